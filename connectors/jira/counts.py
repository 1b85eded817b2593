"""Lists how closed issues are counted, before the first run, because only people know what their names mean."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connectors.contract import Finding, Level
from connectors.errors import ConnectorError
from connectors.jira import stock
from connectors.jira.categories import doubt
from connectors.jira.client import JiraClient
from connectors.jira.fields import Statuses, discover_statuses
from connectors.jira.read.search import Search, search_of
from connectors.reading.names import fold
from connectors.reading.values import mapping_or_empty, said
from sync_agent.model import StatusCategory

_BARE = re.compile(r"[^\W\d_][\w '\u2019().-]*")
_MOST_ASKED = 40
"""Searches for names that were not seen yet; each brings one at least, most bring several."""


def counted(client: JiraClient) -> Iterator[Finding]:
    """Every status of the category Done and every resolution in use, and names in histories that nothing explains."""
    subject = f"{client.name}: what counts as done"
    try:
        search, statuses = search_of(client), discover_statuses(client)
        yield from _statuses(client, search, statuses, subject)
        yield from _open_by_category(client, search, statuses, subject)
        yield from _without_category(client, search, statuses, subject)
        yield from _resolutions(client, search, statuses, subject)
        yield from _histories(client, search, statuses, subject)
    except ConnectorError as error:
        yield Finding(Level.WARNING, subject, f"cannot be looked at ({error})")


def _statuses(client: JiraClient, search: Search, statuses: Statuses, subject: str) -> Iterator[Finding]:
    names = _in_use(client, search, "status", "statusCategory = Done")
    counts = {name: statuses.category(i, name, None) or StatusCategory.TODO for i, name in names.items()}
    known = {name for name in counts if statuses.says(name) or stock.known(fold(name))}
    yield from _told(counts, known, "status", "statuses", subject)


def _open_by_category(client: JiraClient, search: Search, statuses: Statuses, subject: str) -> Iterator[Finding]:
    """Statuses whose names say cancelled, and whose category says that the work goes on."""
    doubted = [
        identifier
        for identifier, name in statuses.names.items()
        if stock.given_up(name) and not statuses.says(name) and not statuses.by_id[identifier].closed
    ]
    for identifier, name in _in_use_of(client, search, doubted):
        text = f"status {name!r} is of a category that is not done and counts as {statuses.by_id[identifier].value}; "
        yield Finding(Level.WARNING, subject, f"{text}{_remedy(name, 'statuses')}")


def _without_category(client: JiraClient, search: Search, statuses: Statuses, subject: str) -> Iterator[Finding]:
    """Statuses of "No Category", which only their names tell apart."""
    doubted = [i for i in statuses.uncategorised if not statuses.says(statuses.names[i])]
    for identifier, name in _in_use_of(client, search, doubted):
        counts = statuses.category(identifier, name, None) or StatusCategory.TODO
        resolved = "" if counts.closed else ", and as closed where an issue has a resolution"
        text = f"status {name!r} has no category in Jira: by its name it counts as {counts.value}{resolved}; "
        remedy = f"give it a category in Jira, or say what it means: statuses: {{{_plain(name)}: done}}"
        yield Finding(Level.WARNING, subject, text + remedy)


def _resolutions(client: JiraClient, search: Search, statuses: Statuses, subject: str) -> Iterator[Finding]:
    names = _in_use(client, search, "resolution", "statusCategory = Done AND resolution is not EMPTY")
    counts = {name: statuses.ending(name) for name in names.values()}
    known = {name for name in counts if fold(name) in statuses.resolutions or stock.known(fold(name))}
    yield from _told(counts, known, "resolution", "resolutions", subject)


def _told(
    counts: Mapping[str, StatusCategory], known: set[str], what: str, option: str, subject: str
) -> Iterator[Finding]:
    for category in StatusCategory:
        names = ", ".join(sorted(repr(name) for name in known if counts[name] is category))
        if names:
            yield Finding(Level.OK, subject, f"{what} {names}: counts as {category.value}")
    for name in sorted(counts.keys() - known):
        text = f"{what} {name!r} is not known and counts as {counts[name].value}; "
        yield Finding(Level.WARNING, subject, text + _remedy(name, option))


def _remedy(name: str, option: str) -> str:
    return f"if it means cancelled, say so: {option}: {{{_plain(name)}: cancelled}}"


def _histories(client: JiraClient, search: Search, statuses: Statuses, subject: str) -> Iterator[Finding]:
    """Looks at the oldest issues and the newest: a deleted status lives on in the old ones."""
    found: dict[str, dict[str, Any]] = {}
    for order in ("ASC", "DESC"):
        page = search.page(f"{_scope(client)} ORDER BY created {order}", None)
        found.update((said(raw["id"]), dict(raw)) for raw in map(mapping_or_empty, page.issues) if "id" in raw)
    for raw in search.complete(list(found.values())) if found else ():
        statuses.learn(mapping_or_empty(raw.get("fields")).get("status"))
        doubt(raw, statuses)
    for name in sorted(statuses.unknown):
        text = f"status {name!r} is in histories, and the site knows it no more: it changes no category; "
        remedy = f"say what it meant, such as statuses: {{{_plain(name)}: done}}"
        yield Finding(Level.WARNING, subject, text + remedy)


def _in_use_of(client: JiraClient, search: Search, statuses: Collection[str]) -> list[tuple[str, str]]:
    """Returns those of some statuses that issues have: their ids and names."""
    found = _in_use(client, search, "status", f"status in ({', '.join(statuses)})") if statuses else {}
    return sorted(found.items())


def _in_use(client: JiraClient, search: Search, field: str, condition: str) -> dict[str, str]:
    """Returns the names that issues have in a field, by id. Each search leaves out what was already seen."""
    names: dict[str, str] = {}
    for _ in range(_MOST_ASKED):
        unseen = f" AND {field} not in ({', '.join(names)})" if names else ""
        issues = search.page(f"{_scope(client)} AND {condition}{unseen} ORDER BY updated DESC", None).issues
        values = [mapping_or_empty(mapping_or_empty(mapping_or_empty(raw).get("fields")).get(field)) for raw in issues]
        fresh = {said(value["id"]): said(value["name"]) for value in values if {"id", "name"} <= value.keys()}
        if not fresh.keys() - names.keys():
            break
        names |= fresh
    return names


def _plain(name: str) -> str:
    """Writes a name so that YAML takes it as a key."""
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _scope(client: JiraClient) -> str:
    return "project in ({})".format(", ".join(f'"{project}"' for project in client.options.projects))
