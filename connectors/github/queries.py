"""The GraphQL that is sent. What a server's schema lacks is left out: Enterprise Servers are older than github.com."""

from collections.abc import Collection

SCHEMA = """
query { issue: __type(name: "Issue") { fields { name } }
  events: __type(name: "IssueTimelineItemsItemType") { enumValues { name } } }
"""

_NEWEST = "(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { id updatedAt } }"

OWNED = f"""
query($login: String!, $size: Int!, $after: String) {{ __typename repositoryOwner(login: $login) {{
  repositories(first: $size, after: $after, orderBy: {{field: NAME, direction: ASC}}) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ nameWithOwner issues{_NEWEST} pullRequests{_NEWEST} }} }} }} }}
"""

_PEOPLE = "author { login } assignees(first: 20) { nodes { login name } }"
_SHARED = f"""
  id number title url body state createdAt updatedAt closedAt {_PEOPLE}
  labels(first: 50) {{ nodes {{ name }} }}
  milestone {{ id title dueOn state url }}
"""
_ACTOR = "id createdAt actor { login }"
_WHO = "assignee { ... on User { login } ... on Bot { login } ... on Mannequin { login } }"
# Enumeration value: (type, what is asked of it besides id, time and actor)
_EVENTS = {
    "LABELED_EVENT": ("LabeledEvent", "label { name }"),
    "UNLABELED_EVENT": ("UnlabeledEvent", "label { name }"),
    "ASSIGNED_EVENT": ("AssignedEvent", _WHO),
    "UNASSIGNED_EVENT": ("UnassignedEvent", _WHO),
    "MILESTONED_EVENT": ("MilestonedEvent", "milestoneTitle"),
    "DEMILESTONED_EVENT": ("DemilestonedEvent", "milestoneTitle"),
    "CLOSED_EVENT": ("ClosedEvent", "stateReason"),
    "REOPENED_EVENT": ("ReopenedEvent", ""),
    "RENAMED_TITLE_EVENT": ("RenamedTitleEvent", "previousTitle currentTitle"),
}
_ISSUE_EVENTS = {
    "BLOCKED_BY_ADDED_EVENT": ("BlockedByAddedEvent", "blockingIssue { number repository { nameWithOwner } }"),
    "BLOCKED_BY_REMOVED_EVENT": ("BlockedByRemovedEvent", "blockingIssue { number repository { nameWithOwner } }"),
    "PARENT_ISSUE_ADDED_EVENT": ("ParentIssueAddedEvent", "parent { number repository { nameWithOwner } }"),
    "PARENT_ISSUE_REMOVED_EVENT": ("ParentIssueRemovedEvent", "parent { number repository { nameWithOwner } }"),
    "ISSUE_TYPE_ADDED_EVENT": ("IssueTypeAddedEvent", "issueType { name }"),
    "ISSUE_TYPE_CHANGED_EVENT": ("IssueTypeChangedEvent", "issueType { name } prevIssueType { name }"),
    "ISSUE_TYPE_REMOVED_EVENT": ("IssueTypeRemovedEvent", "issueType { name }"),
}
_PULL_EVENTS = {"MERGED_EVENT": ("MergedEvent", "")}
_OPTIONAL = {
    "parent": "parent { number repository { nameWithOwner } }",
    "issueType": "issueType { name }",
    "stateReason": "stateReason",
    "blockedBy": "blockedBy(first: 30) { nodes { number repository { nameWithOwner } } }",
}


class Queries:
    """Queries for one server. `fields` are those of its issues, `events` those of its timelines."""

    def __init__(self, fields: Collection[str], events: Collection[str]) -> None:
        extra = " ".join(text for name, text in _OPTIONAL.items() if name in fields)
        known = {name: event for name, event in {**_EVENTS, **_ISSUE_EVENTS}.items() if name in events}
        self.issues = _list("issues", f"{_SHARED} {extra} {_timeline(known)}", "filterBy: {since: $since}, ", "ASC")
        self.pulls = _list(
            "pullRequests", f"{_SHARED} isDraft merged mergedAt {_timeline({**_EVENTS, **_PULL_EVENTS})}", "", "DESC"
        )
        self.more_events = _more({"Issue": known, "PullRequest": {**_EVENTS, **_PULL_EVENTS}})


def newest(repositories: list[str]) -> tuple[str, dict[str, str]]:
    """One query that tells for many repositories what changed last, and its variables."""
    declared = ", ".join(f"$o{n}: String!, $n{n}: String!" for n in range(len(repositories)))
    parts = " ".join(
        f"r{n}: repository(owner: $o{n}, name: $n{n}) {{ issues{_NEWEST} pullRequests{_NEWEST} }}"
        for n in range(len(repositories))
    )
    variables = {}
    for n, repository in enumerate(repositories):
        variables[f"o{n}"], variables[f"n{n}"] = repository.split("/", 1)
    return f"query({declared}) {{ {parts} }}", variables


def _list(name: str, node: str, narrowed: str, direction: str) -> str:
    since = ", $since: DateTime" if narrowed else ""
    return (
        f"query($owner: String!, $name: String!, $size: Int!, $after: String{since}) {{"
        f" repository(owner: $owner, name: $name) {{ {name}(first: $size, after: $after, {narrowed}"
        f"orderBy: {{field: UPDATED_AT, direction: {direction}}}) {{"
        f" pageInfo {{ hasNextPage endCursor }} nodes {{ {node} }} }} }} }}"
    )


def _timeline(events: dict[str, tuple[str, str]], after: str = "") -> str:
    kinds = " ".join(f"... on {kind} {{ {_ACTOR} {more} }}" for kind, more in events.values())
    return (
        f"timelineItems(first: 50{after}, itemTypes: [{', '.join(events)}])"
        f" {{ pageInfo {{ hasNextPage endCursor }} nodes {{ __typename {kinds} }} }}"
    )


def _more(kinds: dict[str, dict[str, tuple[str, str]]]) -> str:
    parts = " ".join(f"... on {kind} {{ {_timeline(events, ', after: $after')} }}" for kind, events in kinds.items())
    return f"query($id: ID!, $after: String) {{ node(id: $id) {{ {parts} }} }}"
