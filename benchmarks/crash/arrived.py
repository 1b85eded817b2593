"""What the servers have got: comments, marks, posts in a chat, mails."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sync_agent.demo.story import BOT
from sync_agent.sandbox.chat import ChatRoom
from sync_agent.sandbox.github import GithubState
from sync_agent.sandbox.jira import JiraState
from sync_agent.sandbox.mail import MailServer

_MARKER = re.compile(r"<!-- goal-sync-agent:(.*) -->")
_PROPERTY = "goal-sync-agent"
_EPISODE = re.compile(r"/[0-9a-f]{8}\b")
_DIGEST = re.compile(r" of \d+ goals\b|^\[Goals\] All \d+ goals\b")
_CLOCK = re.compile(r"^\[Goals\] The clock jumped")
_PREFIX = re.compile(r"^(\[Goals\]|Goals:) ")


@dataclass(frozen=True)
class Count:
    """How often each comment, mark, post, mail and answer is there, and the Dates of each mail. Comments and problem
    issues are told by their markers, whatever the episode is called in there; posts and mails by their readers and
    subjects. A mail that came again under its Message-ID is one of the `copies`. That the clock jumped is told, and not
    counted.
    """

    comments: Counter[str]
    marks: Counter[str]
    posts: Counter[str]
    mails: Counter[str]
    answers: Counter[str]
    dates: dict[str, set[str]]
    copies: int

    @property
    def known(self) -> set[str]:
        """Everything that arrived."""
        return {*self.comments, *self.marks, *self.posts, *self.mails, *self.answers}


def count(jira: JiraState, hub: GithubState, room: ChatRoom, mail: MailServer, answers: Counter[str]) -> Count:
    """What is there now, with the `answers` that the store has."""
    dates: dict[str, set[str]] = {}
    messages = [each for each in mail.messages if not _CLOCK.match(str(each["Subject"]))]
    for each in messages:
        dates.setdefault(str(each["Message-ID"]), set()).add(str(each["Date"]))
    first = {str(each["Message-ID"]): f"{each['To']}: {_subject(str(each['Subject']))}" for each in messages}
    return Count(
        comments=Counter(map(_unnamed, [*_jira_comments(jira), *_hub_comments(hub)])),
        marks=Counter([*_jira_marks(jira), *_hub_marks(hub)]),
        posts=Counter(f"chat: {_subject(str(post['title']))}" for post in room.posts),
        mails=Counter(first.values()),
        answers=answers,
        dates=dates,
        copies=len(messages) - len(first),
    )


def _unnamed(key: str) -> str:
    """Without the name of the episode, which is that of an instant."""
    return _EPISODE.sub("/episode", key)


def _subject(text: str) -> str:
    """The goal that it is about; all digests are one, for how goals stand may depend on when they could be read."""
    return "digest" if _DIGEST.search(text) else _PREFIX.sub("", text).partition(": ")[0]


def _jira_comments(jira: JiraState) -> Iterator[str]:
    for issue, comments in jira.comments.items():
        for entry in (entry for comment in comments for entry in comment["properties"]):
            if entry["key"] == _PROPERTY:
                yield f"{issue}: {entry['value']['key']}"


def _hub_comments(hub: GithubState) -> Iterator[str]:
    for thread in hub.threads():
        keys = _marked(comment["body"] for comment in thread.comments)
        yield from (f"{thread.repository}#{thread.number}: {key}" for key in keys)


def _jira_marks(jira: JiraState) -> Iterator[str]:
    """Problem issues with what they are linked to, and what our account has done to labels and fields of others."""
    for issue in jira.issues.values():
        problem = jira.properties.get(issue["id"], {}).get(_PROPERTY)
        if problem:
            yield f"jira {problem['key']}"
            ends = (
                (link.get("outwardIssue") or link.get("inwardIssue"))["key"] for link in issue["fields"]["issuelinks"]
            )
            yield from (f"jira {problem['key']} to {end}" for end in ends)
            continue
        for history in (h for h in issue["changelog"]["histories"] if h["author"] == jira.users[BOT]):
            for entry in (each for each in history["items"] if each["field"] != "Link"):
                before, after = (set(str(entry[side] or "").split()) for side in ("fromString", "toString"))
                yield from (f"{issue['key']}: {entry['field']} {word}" for word in after - before)


def _hub_marks(hub: GithubState) -> Iterator[str]:
    """Problem issues, labels that our account has added, and status updates."""
    for thread in hub.threads():
        yield from (f"github {key}" for key in _marked([thread.record["body"]]))
        for event in (e for e in thread.events if e["event"] == "labeled" and e["actor"]["login"] == BOT):
            yield f"{thread.repository}#{thread.number}: {event['label']['name']}"
    for comment, given in hub.reactions.items():
        yield from (f"reaction of {login} to {comment}: {content}" for login, content in given)
    for project in hub.projects.values():
        yield from (f"{project.owner}/{project.number}: {update['status']}" for update in project.updates)


def _marked(texts: Iterable[Any]) -> Iterator[str]:
    found = (_MARKER.match(str(text or "")) for text in texts)
    return (each.group(1) for each in found if each)
