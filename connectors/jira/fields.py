"""Where a site keeps things: custom fields and status categories."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from connectors.errors import Forbidden, NotFound, Refused
from connectors.jira import stock
from connectors.jira.client import JiraClient
from connectors.reading.names import fold, folded
from connectors.reading.values import mapping_or_empty, said
from sync_agent.model import StatusCategory

log = structlog.get_logger(__name__)

_CATEGORIES = {"new": StatusCategory.TODO, "indeterminate": StatusCategory.DOING, "done": StatusCategory.DONE}
# Schema keys are the same in every language; names are a fallback for fields that people made themselves.
_EPIC_KEYS = ("com.pyxis.greenhopper.jira:gh-epic-link",)
_SPRINT_KEYS = ("com.pyxis.greenhopper.jira:gh-sprint",)
_POINT_KEYS = ("com.pyxis.greenhopper.jira:jsw-story-points",)
_POINT_NAMES = frozenset(
    {"story points", "story point estimate", "story-points", "storypoints", "story-punkte", "storypunkte",
     "story-point-schätzung", "points de story", "points d'histoire", "puntos de historia", "pontos de história",
     "punti storia", "verhaalpunten", "ストーリーポイント", "ストーリー ポイント", "故事点", "스토리 포인트"}
)  # fmt: skip
# The flag is a field with check boxes, one of them "Impediment". In other languages both have other names.
_FLAG_KEYS = ("com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes",)
_FLAG_NAMES = frozenset(
    {"flagged", "markiert", "gekennzeichnet", "marqué", "signalé", "marcado", "marcada", "sinalizado",
     "contrassegnato", "segnalato", "gemarkeerd", "gevlagd", "flaggad", "flagget", "markeret", "merket", "merkitty",
     "oznaczone", "oznaczono", "označeno", "označené", "megjelölve", "отмечено", "помечено", "フラグ付き", "フラグ",
     "已标记", "已標記", "标记", "플래그 지정됨", "플래그", "işaretli"}
)  # fmt: skip
_IMPEDIMENTS = frozenset(
    {"impediment", "hindernis", "behinderung", "blockade", "obstacle", "empêchement", "impedimento", "obstáculo",
     "ostacolo", "belemmering", "hinder", "hindring", "este", "przeszkoda", "překážka", "prekážka", "akadály",
     "препятствие", "помеха", "障害", "障害物", "障碍", "阻碍", "阻礙", "장애", "장애물", "engel"}
)  # fmt: skip
_PARENT_LINK_KEYS = ("com.atlassian.jpo:jpo-custom-field-parent",)

BASE = (
    "summary", "status", "issuetype", "priority", "resolution", "resolutiondate", "created", "updated", "duedate",
    "assignee", "reporter", "creator", "labels", "components", "fixVersions", "parent", "issuelinks", "project",
    "description", "statuscategorychangedate", "security",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """The ids of the fields that matter on this site; several if a site has several of a kind. `boxes` are the fields
    with check boxes, if none is known to be the flag: then a box tells whether an issue has an impediment. `names` maps
    the (folded) names in changelogs to what they mean here.
    """

    points: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> list[str]:
        """What to ask a search for."""
        return [*BASE, *self.points, *self.epic, *self.flagged, *self.boxes, *self.sprint]


@dataclass(frozen=True, slots=True)
class Statuses:
    """What statuses and resolutions count as. The configuration has the last word.

    `by_id` and `by_name` are Jira's own categories, by id and by folded name; `names` is the folded name that a status
    has today, by its id. `uncategorised` are the ids of those to which Jira gives no category. `said` and `resolutions`
    are what the configuration says, by folded name. `unknown` are names in histories that nothing explains.
    """

    by_id: dict[str, StatusCategory]
    by_name: dict[str, StatusCategory]
    said: Mapping[str, StatusCategory]
    resolutions: Mapping[str, StatusCategory] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    uncategorised: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    _answers: dict[tuple[str | None, ...], StatusCategory | None] = field(default_factory=dict)

    def learn(self, status: Any) -> None:
        """Remembers a status that an issue carries, with its category. Where Jira gives it none ("No Category"), its
        name has to say what it is.
        """
        given = category_of(status)
        if given:
            self._remember(status, given)
            self.uncategorised.discard(said(status.get("id")))
        elif isinstance(status, dict) and "id" in status and said(status["id"]) not in self.by_id:
            closed = stock.closed(fold(said(status.get("name", ""))))
            self._remember(status, StatusCategory.DONE if closed else StatusCategory.TODO)
            self.uncategorised.add(said(status["id"]))

    def _remember(self, status: Mapping[str, Any], found: StatusCategory) -> None:
        identifier, name = said(status.get("id")), fold(said(status.get("name", "")))
        if self.by_id.get(identifier) is not found or self.names.get(identifier) != name:
            self.by_id[identifier] = self.by_name[name] = found
            self.names[identifier] = name
            self._answers.clear()

    def category(self, identifier: str | None, name: str | None, resolution: str | None) -> StatusCategory | None:
        """Returns what an issue counts as, from its status and resolution; None if nothing is known of the status.

        Jira's category Done says that an issue is closed. Only names tell whether it was delivered or cancelled.
        """
        asked = identifier, name, resolution
        if asked not in self._answers:
            self._answers[asked] = self._category(*asked)
        return self._answers[asked]

    def _category(self, identifier: str | None, name: str | None, resolution: str | None) -> StatusCategory | None:
        called = self.names.get(identifier or "", fold(name))
        said = self.said.get(fold(name)) or self.said.get(called)
        base = said or self.by_id.get(identifier or "") or self.by_name.get(called)
        if said is None and identifier in self.uncategorised and resolution:
            base = StatusCategory.DONE  # Jira resolves only what is closed.
        if base is not StatusCategory.DONE:
            return base
        if said is None and stock.cancelled(called):
            return StatusCategory.CANCELLED
        return self.ending(resolution)

    def ending(self, resolution: str | None) -> StatusCategory:
        """What a closed issue counts as, by its resolution."""
        ended = fold(resolution)
        by_name = StatusCategory.CANCELLED if stock.cancelled(ended) else StatusCategory.DONE
        return self.resolutions.get(ended, by_name)

    def doubt(self, *sides: tuple[str | None, str | None]) -> None:
        """Notes those names of statuses, each with its id, that nothing explains."""
        self.unknown.update(name for i, name in sides if name and not self.category(i, name, None))

    def says(self, status: str | None) -> bool:
        """Tells whether the configuration says what a status counts as. If so, Jira's own dates do not apply."""
        return fold(status) in self.said


def discover_fields(client: JiraClient) -> Fields:
    """Asks the site for its fields."""
    raw = _listed(client)
    options = client.options.fields
    points = _named(raw, options.points) or _find(raw, _POINT_KEYS, _POINT_NAMES)
    epic = _named(raw, options.epic) or _find(raw, (*_EPIC_KEYS, *_PARENT_LINK_KEYS), ("epic link", "parent link"))
    flagged = _named(raw, options.flagged) or _find(raw, (), _FLAG_NAMES)
    boxes = () if flagged else _find(raw, _FLAG_KEYS, ())
    sprint = _named(raw, options.sprint) or _find(raw, _SPRINT_KEYS, ())
    meanings = {"points": points, "epic": epic, "flagged": flagged, "boxes": boxes, "sprint": sprint}
    by_id = {str(entry.get("id")): str(entry.get("name", "")) for entry in raw}
    names = {by_id[i].casefold(): meaning for meaning, ids in meanings.items() for i in ids}
    return Fields(points, epic, flagged, sprint, boxes, {**names, **{i: m for m, ids in meanings.items() for i in ids}})


def is_impediment(name: str | None) -> bool:
    """Whether a check box means that an issue is blocked."""
    return (name or "").strip().casefold() in _IMPEDIMENTS


def missing_fields(client: JiraClient) -> list[str]:
    """Fields that the configuration names and the site does not have."""
    raw = _listed(client)
    named = client.options.fields.model_dump(exclude_none=True)
    return [f"{option}: {name}" for option, name in named.items() if not _named(raw, name)]


def find_field(client: JiraClient, name: str) -> dict[str, Any]:
    """A field by its name or id. Raises Refused where the site has none, or several of that name."""
    raw = _listed(client)
    found = _named(raw, name)
    if len(found) != 1:
        count = "no field" if not found else f"{len(found)} fields"
        raise Refused(f"{client.name}: there is {count} {name!r}; give the field's id in marks.field.name")
    return next(entry for entry in raw if entry["id"] == found[0])


def odd_fields(client: JiraClient) -> list[str]:
    """Returns fields for points that hold something other than numbers."""
    raw = {str(entry["id"]): entry for entry in _listed(client)}
    points = (i for i in discover_fields(client).points if i in raw)
    kinds = {i: mapping_or_empty(raw[i].get("schema")).get("type") for i in points}
    return [
        f"the field {raw[i].get('name')!r} ({i}) has the type {kind}, not number; what is no number counts as missing"
        for i, kind in kinds.items()
        if kind not in ("number", None)
    ]


def discover_statuses(client: JiraClient) -> Statuses:
    """Asks the site for its statuses."""
    options = client.options
    statuses = Statuses({}, {}, _said(options.statuses), _said(options.resolutions))
    try:
        for entry in client.get_list(f"{client.api}/status"):
            statuses.learn(entry)
    except (Forbidden, NotFound) as error:
        log.warning("statuses cannot be listed; taking those that issues carry", source=client.name, error=str(error))
    return statuses


def category_of(status: Any) -> StatusCategory | None:
    """Returns the category that a status object carries."""
    raw = status.get("statusCategory") if isinstance(status, dict) else None
    return _CATEGORIES.get(said(mapping_or_empty(raw).get("key", "")))


def _listed(client: JiraClient) -> list[dict[str, Any]]:
    """The site's fields; what has no id is none."""
    return [each for each in client.get_list(f"{client.api}/field") if isinstance(each, dict) and "id" in each]


def _said(words: Mapping[str, str]) -> dict[str, StatusCategory]:
    return {name: StatusCategory(word) for name, word in folded(words).items()}


def _named(raw: Iterable[Mapping[str, Any]], wanted: str | None) -> tuple[str, ...]:
    if not wanted:
        return ()
    return tuple(
        str(e["id"]) for e in raw if wanted.casefold() in (str(e["id"]).casefold(), str(e.get("name")).casefold())
    )


def _find(raw: Iterable[Mapping[str, Any]], keys: tuple[str, ...], names: Collection[str]) -> tuple[str, ...]:
    return tuple(
        str(entry["id"])
        for entry in raw
        if mapping_or_empty(entry.get("schema")).get("custom") in keys
        or (entry.get("custom", True) and str(entry.get("name", "")).casefold() in names)
    )
