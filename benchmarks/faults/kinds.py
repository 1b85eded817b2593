"""The faults: what goes wrong, and what may be affected by it."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sync_agent.demo.stage import Stage
from sync_agent.sandbox.core import Fault, Sandbox

ODD: Mapping[str, Any] = {
    "null": None, "a number": 5, "less than nothing": -1, "1e308": 1e308, "NaN": math.nan, "infinite": math.inf,
    "a number of 41 digits": 10**40, "true": True, "a word": "text", "no text": "", "a list": [], "a list of 5": [5],
    "a mapping": {"a": 5}, "the end of time": "9999-12-31T23:59:59.999-1200", "year 1": "0001-01-01",
    "half a character": "\ud800", "NUL": "a\x00b", "a byte order mark": "\ufeff", "100,000 letters": "x" * 100_000,
    "markup": "<script>[x](https://evil.example)</script>{code}", "a list of null": [None], "nested": [[[[[[]]]]]],
}  # fmt: skip
_JIRA_FIELDS = (
    "summary", "status", "issuetype", "created", "updated", "resolutiondate", "duedate", "priority", "assignee",
    "labels", "components", "fixVersions", "parent", "issuelinks", "project",
)  # fmt: skip
_HUB_FIELDS = ("title", "state", "createdAt", "closedAt", "labels", "assignees", "milestone", "author", "stateReason")
_STATUSES = (400, 401, 403, 404, 407, 410, 418, 429, 500, 502, 503)
_MAIL = ("550 no such user", "552 mailbox full", "451 try later", "421 closing", "554 spam")
JIRA_GOALS = frozenset({"fast-checkout", "platform-upgrade", "fewer-crashes"})
HUB_GOALS = frozenset({"fast-checkout", "search"})


@dataclass(frozen=True)
class Trouble:
    """One fault. `goals` may be judged otherwise, or be told otherwise; `channels` (`jira`, `github`, an address) may
    miss messages. All others have to be as without it.
    """

    name: str
    inflict: Callable[[Stage, dict[str, str]], None]
    goals: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


def every(jira: Mapping[str, str], hub: Mapping[int, str], people: tuple[str, ...]) -> Iterator[Trouble]:
    """All faults. `jira` and `hub` are the items to spoil, each with the goal that it counts for."""
    for key, goal in jira.items():
        yield from _values("jira", key, goal, _JIRA_FIELDS)
    for number, goal in hub.items():
        yield from _values("github", number, goal, _HUB_FIELDS)
    yield from _servers()
    yield from _mailboxes(people)
    yield from _secrets()


def _values(source: str, item: str | int, goal: str, fields: tuple[str, ...]) -> Iterator[Trouble]:
    for name in fields:
        for called, value in ODD.items():
            spoil = _spoiler(source, item, name, value)
            yield Trouble(f"{source} {item}: {name} is {called}", spoil, frozenset({goal}))


def _spoiler(source: str, item: str | int, name: str, value: Any) -> Callable[[Stage, dict[str, str]], None]:
    def change(holder: Any) -> None:
        for each in _dictionaries(holder):
            if source == "jira" and each.get("key") == item and isinstance(each.get("fields"), dict):
                each["fields"][name] = value
            elif source == "github" and each.get("number") == item and name in each and "url" in each:
                each[name] = value

    def inflict(stage: Stage, _environ: dict[str, str]) -> None:
        _sandbox(stage, source).rewrite = lambda _path, text: _rewritten(text, change)

    return inflict


def _rewritten(text: str, change: Callable[[Any], None]) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    change(answer)
    return json.dumps(answer)


def _dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        yield from chain.from_iterable(map(_dictionaries, list(value.values())))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_dictionaries, value))


def _sandbox(stage: Stage, source: str) -> Sandbox:
    return stage.jira if source == "jira" else stage.github


def _servers() -> Iterator[Trouble]:
    """What servers answer instead."""
    places = (
        ("jira", "reads", Fault("/search|/issue/|/bulk", "GET"), JIRA_GOALS),
        ("jira", "searches by POST", Fault("/search|/changelog", "POST"), JIRA_GOALS),
        ("jira", "comments", Fault("/comment$", "POST"), frozenset[str]()),
        ("github", "reads", Fault("/graphql", "POST"), HUB_GOALS),
        ("github", "comments", Fault("/comments$", "POST"), frozenset[str]()),
    )
    ways: list[tuple[str, dict[str, Any]]] = [(f"answers {status}", {"status": status}) for status in _STATUSES]
    ways += [("breaks off", {"reset": True}), ("gives half an answer", {"cut": True})]
    ways += [(f"answers {body[:9]!r}", {"body": body}) for body in ("<html>", "null", "[]", "5", '{"data": null}', "")]
    for source, what, where, goals in places:
        for way, said in ways:
            fault = Fault(where.path, where.method, **said)
            yield Trouble(f"{source} {what}: {way}", _switch(source, fault), goals, frozenset({source}))


def _switch(source: str, fault: Fault) -> Callable[[Stage, dict[str, str]], None]:
    return lambda stage, _environ: _sandbox(stage, source).faults.add(fault)


def _mailboxes(people: tuple[str, ...]) -> Iterator[Trouble]:
    for address in people:
        for answer in _MAIL:
            yield Trouble(f"mail to {address}: {answer}", _refuse(address, answer), channels=frozenset({address}))


def _refuse(address: str, answer: str) -> Callable[[Stage, dict[str, str]], None]:
    return lambda stage, _environ: stage.mail.refuse.update({address: answer})


def _secrets() -> Iterator[Trouble]:
    concerned = (
        ("DEMO_JIRA_TOKEN", JIRA_GOALS, {"jira"}),
        ("DEMO_GITHUB_TOKEN", HUB_GOALS, {"github"}),
        ("DEMO_WEB_SECRET", frozenset[str](), set[str]()),
    )
    for name, goals, channels in concerned:
        for called, value in (("is missing", None), ("is wrong", "wrong-secret-of-somebody-else"), ("is empty", "")):
            yield Trouble(f"{name} {called}", _secret(name, value), goals, frozenset(channels))


def _secret(name: str, value: str | None) -> Callable[[Stage, dict[str, str]], None]:
    def inflict(_stage: Stage, environ: dict[str, str]) -> None:
        environ.pop(name, None)
        if value is not None:
            environ[name] = value

    return inflict
