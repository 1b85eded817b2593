"""What sprints, versions, components, issues and people are called today, by their ids.

A history has the names of its time. If somebody renames a sprint, moves an epic or renames a user, the old names stay
in the history, and so do the ids.
"""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from connectors.jira.sprints import pairs
from connectors.reading.values import mapping_or_empty
from sync_agent.model import Field, Rename

_PEOPLE = ("assignee", "reporter", "creator")


class HistoryName(StrEnum):
    """What has an id besides its name in histories."""

    SPRINT = "sprint"
    VERSION = "version"
    COMPONENT = "component"
    ISSUE = "issue"
    PERSON = "person"


_FIELDS = {
    HistoryName.SPRINT: Field.SPRINTS,
    HistoryName.VERSION: Field.VERSIONS,
    HistoryName.COMPONENT: Field.COMPONENTS,
}


class CurrentNames:
    """Learns names from the issues of a pull. `sprints` are the fields for sprints."""

    def __init__(self, sprints: Iterable[str]) -> None:
        self._sprints = tuple(sprints)
        self._known: dict[HistoryName, dict[str, str]] = {kind: {} for kind in HistoryName}
        self._homes: dict[tuple[HistoryName, str], str] = {}
        self._renames: dict[tuple[HistoryName, str | None, str], str] = {}

    def learn(self, raw: Any) -> None:
        """Looks at an issue. What is odd about it is reported where it is read."""
        issue = mapping_or_empty(raw)
        fields = mapping_or_empty(issue.get("fields"))
        self._note(HistoryName.ISSUE, issue, "key")
        project = mapping_or_empty(fields.get("project")).get("key")
        for kind, name in ((HistoryName.VERSION, "fixVersions"), (HistoryName.COMPONENT, "components")):
            for each in _list(fields.get(name)):
                self._note(kind, each, home=project)
        for each in (each for name in self._sprints for each in _list(fields.get(name))):
            self._note(HistoryName.SPRINT, dict(pairs(each)) if isinstance(each, str) else each)
        for name in _PEOPLE:  # Data Center's histories have keys (JIRAUSER10100) where issues have names.
            self._note(HistoryName.PERSON, fields.get(name), identifier="key")

    def now(self, kind: HistoryName, identifier: Any, otherwise: str | None) -> str | None:
        """The present name of something; `otherwise` if nothing that was read tells."""
        found = self._known[kind].get(str(identifier), otherwise) if identifier else otherwise
        if found and otherwise and found != otherwise and kind in _FIELDS:
            self._renames[kind, self._homes.get((kind, str(identifier))), otherwise] = found
        return found

    def renames(self) -> tuple[Rename, ...]:
        """What has another name now than in the histories that were read, except names that something else has."""
        used = {
            (kind, self._homes.get((kind, identifier)), name)
            for kind, names in self._known.items()
            for identifier, name in names.items()
        }
        return tuple(
            Rename(_FIELDS[kind], old, new, home)
            for (kind, home, old), new in self._renames.items()
            if (kind, home, old) not in used
        )

    def several(self, kind: HistoryName, identifiers: Any, text: str | None) -> list[str]:
        """The present names of several things whose ids and names are in one list. A name may contain a comma."""
        wanted = [each.strip() for each in str(identifiers or "").split(",") if each.strip()]
        texts = self._texts(kind, text, len(wanted))
        if not wanted:
            return [each for each in texts if each]
        pairs = zip(wanted, texts, strict=True)
        return [name for each, said in pairs if (name := self.now(kind, each, said))]

    def _texts(self, kind: HistoryName, text: str | None, count: int) -> list[str | None]:
        parts: list[str] = (text or "").split(", ")
        if count == 1:
            return [text]
        if len(parts) != count:
            parts = _joined(parts, frozenset(self._known[kind].values()))
        if count and len(parts) != count:  # It is unknown which comma belongs to a name.
            return [None] * count
        return [*parts]

    def _note(self, kind: HistoryName, raw: Any, name: str = "name", identifier: str = "id", home: Any = None) -> None:
        """`home` is the project that it belongs to, if it belongs to one."""
        found = mapping_or_empty(raw)
        key, said = found.get(identifier), found.get(name)
        if isinstance(key, str | int) and isinstance(said, str):
            self._known[kind][str(key)] = said
            if isinstance(home, str):
                self._homes[kind, str(key)] = home


def _joined(parts: list[str], known: frozenset[str]) -> list[str]:
    """Puts together again what was one name with a comma, the longest that fits."""
    begins: dict[str, list[list[str]]] = defaultdict(list)
    for pieces in sorted((name.split(", ") for name in known), key=len, reverse=True):
        begins[pieces[0]].append(pieces)
    found, at = list[str](), 0
    while at < len(parts):
        fitting = (pieces for pieces in begins.get(parts[at], ()) if parts[at : at + len(pieces)] == pieces)
        size = len(next(fitting, parts[at : at + 1]))
        found.append(", ".join(parts[at : at + size]))
        at += size
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
