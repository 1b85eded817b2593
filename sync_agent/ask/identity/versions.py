"""A goal's version: the hash of what was agreed. Layout, order and titles do not change it; what people signed does.

What belongs to it: objective, owner, period, whether it is committed, what it depends on, supports and needs, and of
each key result what is counted, by which measure, from where to where. What does not: titles, thresholds, weights,
places, check-ins, stakeholders, priority, theme, rules, and where it is written. See
docs/decisions/0061-what-a-version-is.md.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum

import rfc8785

from sync_agent.model import CsvKpi, DeployKpi, Goal, HttpKpi, KeyResult, Kpi, PrometheusKpi, Selector, TrackerKpi
from sync_agent.model.versions import SHOWN

Json = str | float | list["Json"] | dict[str, "Json"]

SHORTEST = 4
"""People have to write at least this many characters of a version."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version, with the definition that it stands for as canonical JSON (RFC 8785)."""

    hash: str
    definition: str

    @property
    def short(self) -> str:
        """The version as it is shown."""
        return self.hash[:SHOWN]


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference between two definitions: its place (`key_results`, `latency`, `target`), the value before and the
    one after. None means that there was no value.
    """

    path: tuple[str, ...]
    before: Json | None
    after: Json | None


def version_of(goal: Goal) -> Version:
    """The version of a goal."""
    canonical = rfc8785.dumps(agreed(goal))
    return Version(hashlib.sha256(canonical).hexdigest(), canonical.decode())


class Versions:
    """The versions of goals by their ids. Only goals that are new objects are worked out: a configuration is read
    rarely and looked at every few minutes.
    """

    def __init__(self) -> None:
        self._goals: tuple[Goal, ...] = ()
        self._hashes: Mapping[str, str] = {}

    def of(self, goals: tuple[Goal, ...]) -> Mapping[str, str]:
        """The versions of all these goals."""
        if goals is not self._goals:
            same = {id(goal): self._hashes[goal.id] for goal in self._goals}
            self._hashes = {goal.id: same.get(id(goal)) or version_of(goal).hash for goal in goals}
            self._goals = goals
        return self._hashes


def agreed(goal: Goal) -> dict[str, Json]:
    """What people agree to when they sign a goal. Empty values are left out, so that new kinds of entries do not change
    old versions.
    """
    wanted: dict[str, Json] = {}
    for need in sorted(goal.needs, key=lambda each: (each.giver, each.what, each.by)):
        of_giver = wanted.setdefault(need.giver, {})
        assert isinstance(of_giver, dict)
        of_giver[_said(need.what)] = need.by.isoformat()
    return _without_empty({
        "objective": _said(goal.objective),
        "owner": goal.owner,
        "kind": goal.ambition.value,
        "period": {"start": goal.period.start.isoformat(), "due": goal.period.due.isoformat()},
        "key_results": {result.id: _key_result(result) for result in goal.key_results},
        "needs": wanted,
        "depends_on": _set(goal.depends_on),
        "supports": goal.supports or "",
    })  # fmt: skip


def edits(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[Edit, ...]:
    """The differences between two definitions, ordered by their places."""
    return tuple(_edits((), before, after))


def _edits(path: tuple[str, ...], before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Edit]:
    for key in sorted({*before, *after}):
        old, new, here = before.get(key), after.get(key), (*path, key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _edits(here, old, new)
        elif old != new:
            yield Edit(here, old, new)


def _key_result(result: KeyResult) -> dict[str, Json]:
    found: dict[str, Json] = {
        "delivers": _selectors(result.delivers),
        "measure": result.measure.value if result.delivers else "",
        "kpi": _kpi(result.kpi) if result.kpi else {},
        "unit": result.unit,
        "between": [float(limit) for limit in result.between or ()],
        "milestones": {each.on.isoformat(): float(each.value) for each in result.milestones},
    }
    ends = {"baseline": result.baseline, "target": result.target}
    return _without_empty(found) | {name: float(value) for name, value in ends.items() if value is not None}


def _kpi(kpi: Kpi) -> dict[str, Json]:
    """Which number is measured. How it is read (token, how old it may be) is not part of an agreement."""
    match kpi:
        case HttpKpi():
            return {"http": kpi.url, "json": kpi.path}
        case PrometheusKpi():
            return {"prometheus": kpi.url, "query": _said(kpi.query)}
        case CsvKpi():
            where: dict[str, Json] = dict(sorted(kpi.where))
            return _without_empty({"csv": kpi.file, "column": kpi.column, "date": kpi.date or "", "where": where})
        case DeployKpi():
            return _without_empty({
                "deploys": kpi.source, "repositories": _set(kpi.repositories, folded=True),
                "environment": kpi.environment or "", "window": float(kpi.window_days),
            })  # fmt: skip
        case TrackerKpi():
            return _without_empty({
                "measure": kpi.measure.value, "of": _selectors(kpi.of), "among": _selectors(kpi.among),
                "percentile": float(kpi.percentile), "window": float(kpi.window_days),
            })  # fmt: skip


def _selectors(selectors: Iterable[Selector]) -> list[Json]:
    """The order of selectors and of their values means nothing, nor does case. A query is taken literally."""
    every: dict[bytes, Json] = {rfc8785.dumps(found): found for found in map(_selector, selectors)}
    return [every[key] for key in sorted(every)]


def _selector(selector: Selector) -> dict[str, Json]:
    found: dict[str, Json] = {"source": selector.source, "query": _said(selector.query or "")}
    for each in (each for each in fields(selector) if each.compare):
        value = getattr(selector, each.name)
        if isinstance(value, tuple):
            found[each.name] = _set(value, folded=True)
        elif isinstance(value, Enum):
            found[each.name] = str(value.value)
    if selector.leaves:
        found["count"] = "leaves"
    return _without_empty(found)


def _set(names: Iterable[str], *, folded: bool = False) -> list[Json]:
    return list[Json](sorted({name.casefold() if folded else name for name in names}))


def _said(text: str) -> str:
    """Text without its layout."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _without_empty(found: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in found.items() if value not in ("", [], {})}
