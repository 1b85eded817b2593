"""The GraphQL that is sent. What a server's schema lacks is left out: Enterprise Servers are older than github.com."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from connectors.github.options import GithubProject
from connectors.reading.values import mapping_or_empty
from sync_agent.model import ItemKind

SCHEMA = """
query { issue: __type(name: "Issue") { fields { name } } pull: __type(name: "PullRequest") { fields { name } }
  events: __type(name: "IssueTimelineItemsItemType") { enumValues { name } }
  values: __type(name: "ProjectV2ItemFieldValue") { possibleTypes { name } }
  lists: __type(name: "Repository") { fields { name args { name } } } }
"""
# What the lists of a repository have to be asked with; a server that cannot do that is read over REST.
_NEEDED = {"issues": {"orderBy", "filterBy"}, "pullRequests": {"orderBy"}}

# How many entries of a list are told by id and time: of issues since a time, and of what has no such filter.
_MOST_CHANGED = 100
_MOST_RECENT = 20
_LATEST = "orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { id updatedAt } }"

OWNED = f"""
query($login: String!, $size: Int!, $after: String) {{ __typename repositoryOwner(login: $login) {{
  repositories(first: $size, after: $after, orderBy: {{field: NAME, direction: ASC}}) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ nameWithOwner isPrivate
      issues(first: {_MOST_RECENT}, {_LATEST} pullRequests(first: {_MOST_RECENT}, {_LATEST} }} }} }} }}
"""

_SHARED = """
  id number title url body state createdAt updatedAt closedAt author { login }
  milestone { id title dueOn state url } comments(last: 1) { nodes { createdAt author { __typename login } } }
"""
# What an issue has several of: how many are asked for at once, and what of each. The rest is asked for by issue.
_LISTS = {"assignees": (20, "login name"), "labels": (50, "name")}
_ISSUE_LISTS = {"blockedBy": (30, "number repository { nameWithOwner }")}
# What a pull request closes, by its text or by a link in its sidebar.
_PULL_LISTS = {"closingIssuesReferences": (20, "number repository { nameWithOwner }")}
_ACTOR = "id createdAt actor { __typename login }"
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
_PROJECT_EVENTS = {
    "PROJECT_V2_ITEM_STATUS_CHANGED_EVENT": (
        "ProjectV2ItemStatusChangedEvent",
        "previousStatus status project { id }",
    ),
    "REMOVED_FROM_PROJECT_V2_EVENT": ("RemovedFromProjectV2Event", "project { id }"),
}
_PULL_EVENTS = {"MERGED_EVENT": ("MergedEvent", "")}
_OPTIONAL = {
    "parent": "parent { number repository { nameWithOwner } }",
    "issueType": "issueType { name }",
    "stateReason": "stateReason",
    "lastEditedAt": "lastEditedAt",
    "subIssuesSummary": "subIssuesSummary { total }",
}
_OPTIONAL_OF_PULL = {"lastEditedAt": "lastEditedAt"}

# The `diff` of an edit is the whole text that it made.
EDITS = """
query($id: ID!) { node(id: $id) {
  ... on Issue { userContentEdits(first: 100) { nodes { id editedAt editor { login } diff } } }
  ... on PullRequest { userContentEdits(first: 100) { nodes { id editedAt editor { login } diff } } } } }
"""


# The field's own time is that of its last edit.
_VALUES = {
    "ProjectV2ItemFieldSingleSelectValue": "name updatedAt",
    "ProjectV2ItemFieldNumberValue": "number updatedAt",
    "ProjectV2ItemFieldDateValue": "date updatedAt",
    "ProjectV2ItemFieldIterationValue": "iterationId title startDate duration updatedAt",
    # A field of the organisation's issues that the project shows.
    "ProjectV2ItemIssueFieldValue": "issueFieldValue { ... on IssueFieldDateValue { date: value }"
    " ... on IssueFieldNumberValue { number: value } ... on IssueFieldSingleSelectValue { name } }",
}

_PROJECT = """
query($owner: String!, $number: Int!) {{ __typename repositoryOwner(login: $owner) {{ ... on ProjectV2Owner {{
  projectV2(number: $number) {{ id updatedAt {fields} }} }} }} }}
"""
_FIELD = (
    "field(name: {name}) {{ ... on ProjectV2FieldCommon {{ dataType }}"
    " ... on ProjectV2SingleSelectField {{ options {{ name }} }} }}"
)
PROJECT_ITEMS = """
query($id: ID!, $size: Int!, $after: String) { node(id: $id) { ... on ProjectV2 {
  items(first: $size, after: $after, archivedStates: [ARCHIVED, NOT_ARCHIVED]) {
    pageInfo { hasNextPage endCursor }
    nodes { updatedAt content { __typename ... on Issue { id repository { nameWithOwner } }
      ... on PullRequest { id repository { nameWithOwner } } } } } } } }
"""


_INFO = "pageInfo {{ hasNextPage endCursor }}"
_HEADS = {
    ItemKind.ISSUE: "issues(first: $z{n}, filterBy: {{since: $s{n}}}, orderBy: {{field: UPDATED_AT, direction: ASC}})"
    f" {{{{ {_INFO} nodes {{{{ ...I }}}} }}}}",
    ItemKind.PULL_REQUEST: "pullRequests(first: $z{n}, orderBy: {{field: UPDATED_AT, direction: DESC}})"
    f" {{{{ {_INFO} nodes {{{{ ...P }}}} }}}}",
}

_CHANGED = (
    f"changed: issues(first: {_MOST_CHANGED}, filterBy: {{{{since: $s{{n}}}}}},"
    " orderBy: {{field: UPDATED_AT, direction: ASC}}) {{ totalCount edges {{ cursor node {{ id updatedAt }} }} }}"
)


class Queries:
    """Queries for one server, whose schema is the answer to `SCHEMA`."""

    def __init__(self, schema: Mapping[str, Any], project: GithubProject | None = None) -> None:
        fields, pulls = (_names_in(schema.get(kind), "fields") for kind in ("issue", "pull"))
        events, values = _names_in(schema.get("events"), "enumValues"), _names_in(schema.get("values"), "possibleTypes")
        shared = {**_LISTS, **({"projectItems": (20, _project_items(project, values))} if project else {})}
        more = {name: event for name, event in _PROJECT_EVENTS.items() if project and name in events}
        extra = " ".join(text for name, text in _OPTIONAL.items() if name in fields)
        known = {name: event for name, event in {**_EVENTS, **_ISSUE_EVENTS}.items() if name in events}
        of_issues = {**shared, **{name: node for name, node in _ISSUE_LISTS.items() if name in fields}}
        lists_of_issue = _connections(of_issues, {**known, **more})
        of_pulls = {**shared, **{name: node for name, node in _PULL_LISTS.items() if name in pulls}}
        lists_of_pull = _connections(of_pulls, {**_EVENTS, **_PULL_EVENTS, **more})
        issue = f"{_SHARED} {extra} {_first(lists_of_issue)}"
        known_of_pull = " ".join(text for name, text in _OPTIONAL_OF_PULL.items() if name in pulls)
        pull = f"{_SHARED} isDraft merged mergedAt {known_of_pull} {_first(lists_of_pull)}"
        self._fragments = {
            ItemKind.ISSUE: f"fragment I on Issue {{ {issue} }}",
            ItemKind.PULL_REQUEST: f"fragment P on PullRequest {{ {pull} }}",
        }
        self.issues = _list("issues", issue, "filterBy: {since: $since}, ", "ASC")
        self.pulls = _list("pullRequests", pull, "", "DESC")
        self.chosen = _chosen(issue, pull)
        # By list: asks for what of one issue did not fit into the page.
        self.rest = {
            ItemKind.ISSUE: _rest("Issue", lists_of_issue),
            ItemKind.PULL_REQUEST: _rest("PullRequest", lists_of_pull),
        }

    def heads(self, lists: Sequence[tuple[str, ItemKind, int, str | None]]) -> tuple[str, dict[str, Any]]:
        """Asks for the first pages of several lists (repository, kind, size, since), as `page` in `l0`, `l1`, …"""
        declared, parts, variables = [], [], dict[str, Any]()
        for n, (repository, kind, size, since) in enumerate(lists):
            declared.append(f"$o{n}: String!, $n{n}: String!, $z{n}: Int!")
            variables[f"o{n}"], variables[f"n{n}"] = repository.split("/", 1)
            variables[f"z{n}"] = size
            if kind is ItemKind.ISSUE:
                declared.append(f"$s{n}: DateTime")
                variables[f"s{n}"] = since
            parts.append(f"l{n}: repository(owner: $o{n}, name: $n{n}) {{ page: {_HEADS[kind].format(n=n)} }}")
        fragments = " ".join(self._fragments[kind] for kind in {kind for _, kind, _, _ in lists})
        return f"query({', '.join(declared)}) {{ {' '.join(parts)} }} {fragments}", variables


def _names_in(kind: Any, what: str) -> set[str]:
    found = mapping_or_empty(kind).get(what)
    return {str(mapping_or_empty(entry).get("name")) for entry in (found if isinstance(found, list) else ())}


def lists_as_needed(schema: Mapping[str, Any]) -> bool:
    """Whether a server, as the answer to `SCHEMA` describes it, can list what changed lately."""
    fields = mapping_or_empty(schema.get("lists")).get("fields")
    known = {mapping_or_empty(each).get("name"): _names_in(each, "args") for each in fields or ()}
    return all(wanted <= known.get(name, set()) for name, wanted in _NEEDED.items())


def project_query(fields: dict[str, str]) -> str:
    """Asks for a project and how it is made of some of its fields (meaning to name)."""
    asked = " ".join(f"{meaning}: {_FIELD.format(name=json.dumps(name))}" for meaning, name in fields.items())
    return _PROJECT.format(fields=asked)


def newest(repositories: Mapping[str, str | None], known: Collection[str]) -> tuple[str, dict[str, Any]]:
    """One query that tells for many repositories how much there is, and of those that are `known` what changed lately:
    of issues since a time (None: ever); and its variables.
    """
    declared, parts, variables = [], [], dict[str, Any]()
    for n, (repository, since) in enumerate(repositories.items()):
        declared.append(f"$o{n}: String!, $n{n}: String!")
        variables[f"o{n}"], variables[f"n{n}"] = repository.split("/", 1)
        recent, changed = 1, ""
        if repository in known:
            declared.append(f"$s{n}: DateTime")
            variables[f"s{n}"] = since
            recent, changed = _MOST_RECENT, _CHANGED.format(n=n)
        parts.append(
            f"r{n}: repository(owner: $o{n}, name: $n{n}) {{ nameWithOwner isPrivate issues(first: 1, {_LATEST}"
            f" pullRequests(first: {recent}, {_LATEST} {changed} }}"
        )
    return f"query({', '.join(declared)}) {{ {' '.join(parts)} }}", variables


def _list(name: str, node: str, narrowed: str, direction: str) -> str:
    since = ", $since: DateTime" if narrowed else ""
    return (
        f"query($owner: String!, $name: String!, $size: Int!, $after: String{since}) {{"
        f" repository(owner: $owner, name: $name) {{ {name}(first: $size, after: $after, {narrowed}"
        f"orderBy: {{field: UPDATED_AT, direction: {direction}}}) {{"
        f" pageInfo {{ hasNextPage endCursor }} nodes {{ {node} }} }} }} }}"
    )


def _chosen(issue: str, pull: str) -> str:
    """Issues and pull requests by their ids. Two lists, for both kinds have a `state`, of different types."""
    issues = f"issues: nodes(ids: $issues) {{ ... on Issue {{ repository {{ nameWithOwner }} {issue} }} }}"
    pulls = f"pulls: nodes(ids: $pulls) {{ ... on PullRequest {{ repository {{ nameWithOwner }} {pull} }} }}"
    return f"query($issues: [ID!]!, $pulls: [ID!]!) {{ {issues} {pulls} }}"


def _project_items(project: GithubProject, known: Collection[str]) -> str:
    value = " ".join(f"... on {kind} {{ {text} }}" for kind, text in _VALUES.items() if kind in known)
    values = (
        f"{meaning}: fieldValueByName(name: {json.dumps(name)}) {{ {value} }}"
        for meaning, name in project.fields.items()
    )
    return f"project {{ id }} {' '.join(values)}"


def _connections(lists: Mapping[str, tuple[int, str]], events: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Each list of an issue by its name, with `%s` where the cursor goes."""
    kinds = " ".join(f"... on {kind} {{ {_ACTOR} {more} }}" for kind, more in events.values())
    timeline = f"timelineItems(first: 50%s, itemTypes: [{', '.join(events)}])"
    known = {name: (f"{name}(first: {size}%s)", node) for name, (size, node) in lists.items()}
    asked = {**known, "timelineItems": (timeline, f"__typename {kinds}")}
    return {
        name: f"{head} {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {node} }} }}"
        for name, (head, node) in asked.items()
    }


def _first(connections: Mapping[str, str]) -> str:
    return " ".join(text.replace("%s", "") for text in connections.values())


def _rest(kind: str, connections: Mapping[str, str]) -> dict[str, str]:
    head = f"query($id: ID!, $after: String) {{ node(id: $id) {{ ... on {kind} {{ "
    return {name: f"{head}{text.replace('%s', ', after: $after')} }} }} }}" for name, text in connections.items()}
