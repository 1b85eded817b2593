"""Timeline events in GraphQL's shape → dated changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

from connectors.github.decode.items import category, reference
from connectors.github.decode.project import Project
from connectors.github.decode.project import category as category_said
from connectors.github.endings import Endings, counted
from connectors.reading.gaps import read_each
from connectors.reading.values import Raw, moment
from sync_agent.model import Change, Field, ItemKind, LinkKind, StatusCategory

_Pair = tuple[Field, str | None, str | None]
_SILENT: Endings = {}


def make_changes(
    source: str,
    item: str,
    events: Iterable[Raw],
    kind: ItemKind,
    project: Project | None = None,
    said: Endings = _SILENT,
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Returns the changes of an item, oldest first, and which events had to be left out.

    Categories are replayed from the events, because GitHub does not record them. Of a project, it records only the
    field Status.
    """
    replay = _Replay(kind, project, said)
    ordered = sorted(events, key=_order)
    made, odd = read_each(lambda event: list(_changes(source, item, event, replay)), ordered, "its events")
    return tuple(chain.from_iterable(made)), odd


def _order(event: Raw) -> tuple[str, bool]:
    """Sorts by time. A merge closes in the same second, and comes first."""
    return str(event.get("createdAt")), event.get("__typename") != "MergedEvent"


_STEPS = frozenset(
    {
        "MergedEvent",
        "ClosedEvent",
        "ReopenedEvent",
        "AssignedEvent",
        "UnassignedEvent",
        "ProjectV2ItemStatusChangedEvent",
        "RemovedFromProjectV2Event",
    }
)


class _Replay:
    """What the events so far have made of an item."""

    def __init__(self, kind: ItemKind, project: Project | None, said: Endings) -> None:
        self.pull = kind is ItemKind.PULL_REQUEST
        self.merged = False
        self._said = said
        self._ended: StatusCategory | None = None
        self.people: set[str] = set()
        self._project = project if _status_is_recorded(project) else None
        self._place: str | None = None

    @property
    def word(self) -> str:
        """The status while it is open."""
        return self._place or "open"

    def step(self, event: Raw) -> Iterator[_Pair]:
        """Returns the changes of status in the project and of category that an event means, if any."""
        if event.get("__typename") not in _STEPS:
            return
        before, word = self._category(), self.word
        self._take(event)
        after = self._category()
        if word != self.word and not self._ended:
            yield Field.STATUS, word, self.word
        if before is not after:
            yield Field.CATEGORY, before.value, after.value

    def _take(self, event: Raw) -> None:
        match event.get("__typename"):
            case "MergedEvent":
                self.merged = True
            case "ClosedEvent":
                self._ended = counted(self._ending(event), self._said)
            case "ReopenedEvent":
                self._ended = None
            case "AssignedEvent":
                self.people.add(_login(event))
            case "UnassignedEvent":
                self.people.discard(_login(event))
            case "ProjectV2ItemStatusChangedEvent" if self._ours(event):
                self._place = event.get("status")
            case "RemovedFromProjectV2Event" if self._ours(event):
                self._place = None

    def _category(self) -> StatusCategory:
        said = category_said(self._project.options, self._place) if self._project else None
        return category(ended=self._ended, started=self.pull or bool(self.people), said=said)

    def _ending(self, event: Raw) -> str:
        if self.pull:
            return "merged" if self.merged else "declined"
        return _reason(event)

    def _ours(self, event: Raw) -> bool:
        return self._project is not None and (event.get("project") or {}).get("id") == self._project.id


def _status_is_recorded(project: Project | None) -> bool:
    """GitHub keeps the history of a project's own field Status, and of no other."""
    return bool(project and project.options.status and project.options.status.field.casefold() == "status")


def _changes(source: str, item: str, event: Raw, replay: _Replay) -> Iterator[Change]:
    at: datetime = moment(event["createdAt"])
    by = (event.get("actor") or {}).get("login")
    pairs = [*_pairs(event, replay), *replay.step(event)]
    for part, (name, before, after) in enumerate(pairs):
        yield Change(source, item, f"{event['id']}:{part}", at, name, before, after, by)


def _pairs(event: Raw, replay: _Replay) -> list[_Pair]:
    kind = str(event.get("__typename"))
    if kind in _SETS:
        field, added, value = _SETS[kind]
        return [(field, None, value(event)) if added else (field, value(event), None)]
    match kind:
        case "RenamedTitleEvent":
            return [(Field.TITLE, event["previousTitle"], event["currentTitle"])]
        case "ClosedEvent":
            reason = [] if replay.pull else [(Field.RESOLUTION, None, _reason(event))]
            return [(Field.STATUS, replay.word, "closed"), *reason]
        case "MergedEvent":
            return [(Field.STATUS, replay.word, "merged"), (Field.RESOLUTION, None, "merged")]
        case "ReopenedEvent":
            return [(Field.STATUS, "closed", replay.word), (Field.RESOLUTION, None, None)]
    return _structure(event)


def _structure(event: Raw) -> list[_Pair]:
    blocker, parent = reference(event.get("blockingIssue")), reference(event.get("parent"))
    kind, before = (event.get("issueType") or {}).get("name"), (event.get("prevIssueType") or {}).get("name")
    link = f"{LinkKind.BLOCKED_BY.value} {blocker}" if blocker else None
    match event.get("__typename"):
        case "BlockedByAddedEvent" if link:
            return [(Field.LINKS, None, link)]
        case "BlockedByRemovedEvent" if link:
            return [(Field.LINKS, link, None)]
        case "ParentIssueAddedEvent":
            return [(Field.PARENT, None, parent)]
        case "ParentIssueRemovedEvent":
            return [(Field.PARENT, parent, None)]
        case "IssueTypeAddedEvent" | "IssueTypeChangedEvent":
            return [(Field.TYPE, before or "Issue", kind)]
        case "IssueTypeRemovedEvent":
            return [(Field.TYPE, kind, "Issue")]
    return []


def _login(event: Raw) -> str:
    return str((event.get("assignee") or {}).get("login") or "ghost")


def _reason(event: Raw) -> str:
    return str(event.get("stateReason") or "completed").casefold()


def _label(event: Raw) -> str:
    return str(event["label"]["name"])


def _milestone(event: Raw) -> str:
    return str(event["milestoneTitle"])


# Event: the field, whether the value is added to it, and where the value stands.
_SETS: Mapping[str, tuple[Field, bool, Callable[[Raw], str]]] = {
    "LabeledEvent": (Field.LABELS, True, _label),
    "UnlabeledEvent": (Field.LABELS, False, _label),
    "AssignedEvent": (Field.ASSIGNEES, True, _login),
    "UnassignedEvent": (Field.ASSIGNEES, False, _login),
    "MilestonedEvent": (Field.MILESTONE, True, _milestone),
    "DemilestonedEvent": (Field.MILESTONE, False, _milestone),
}
