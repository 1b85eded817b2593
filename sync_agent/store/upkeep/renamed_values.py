"""How stored values change when something is renamed. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sync_agent.model import Alert, Message, SignalKind
from sync_agent.model.facts import judgement_source, kpi_source
from sync_agent.model.renames import Named
from sync_agent.model.telling.labels import LABEL_KINDS

_KEYS: Mapping[Named, Collection[str]] = {
    Named.GOAL: {"goal"},
    Named.PERSON: {"person", "by", "who", "giver", "asker", "from", "instead_of"},
    Named.SOURCE: {"source"},
    Named.ASK: {"id", "ask"},
}
"""The fields of stored values that contain a name."""
_LISTS = ("mentioned", "people")
"""Those that contain several people."""
_PLACES: Mapping[Named, Mapping[str, int]] = {
    Named.GOAL: {"status": 1, "problem": 1},
    Named.PERSON: {"digest": 1, "asked": 1, "gathered": 1, "reply": 1, "round": 2},
    Named.SOURCE: {"status": 2, "problem": 2, "mark": 1, "project": 1, "operations": 1, "asked": 3},
    Named.ASK: {},
}
"""Where a name stands in the keys of messages that are made again in later cycles, by their first part. All other
messages keep their keys: they are made once, and what is on its way is found by them."""
_OF_PEOPLE = frozenset({SignalKind.OVERLOADED, SignalKind.SHARED_PEOPLE})
_OF_RESULTS = frozenset({
    SignalKind.KPI_OFF_TARGET, SignalKind.KPI_THRESHOLD, SignalKind.KPI_TREND, SignalKind.NO_SCOPE,
    SignalKind.BLOCKED, SignalKind.STALE_ITEM,
})  # fmt: skip
"""Findings whose subject is a key result or an item, which may have the same name as a goal."""


def renamed_data(value: Any, kind: Named, old: str, new: str) -> Any:
    """A value from JSON, with the new name in each place where the old one is used as a name."""
    if isinstance(value, dict):
        keys = _KEYS[kind]
        after = {k: new if k in keys and v == old else renamed_data(v, kind, old, new) for k, v in value.items()}
        signal = next((each for each in SignalKind if each.value == value.get("kind")), None)
        if signal and value.get("subject") and "goal" in value:
            after["subject"] = renamed_subject(value["goal"], signal, value["subject"], kind, old, new)
        if kind is Named.PERSON:
            after.update((k, [new if each == old else each for each in value[k]]) for k in _LISTS if k in value)
        return after
    if isinstance(value, list):
        return [renamed_data(each, kind, old, new) for each in value]
    return value


def renamed_subject(goal: str, signal: SignalKind, subject: str, kind: Named, old: str, new: str) -> str:
    """The subject of an alert. Most of them are names."""
    if kind is Named.GOAL:
        return _of_goal(goal, signal, subject, old, new)
    if kind is Named.SOURCE and signal is not SignalKind.SOURCE_DOWN:
        return subject
    if kind is Named.PERSON and signal not in _OF_PEOPLE:
        return subject
    return new if subject == old else subject


def _of_goal(goal: str, signal: SignalKind, subject: str, old: str, new: str) -> str:
    if signal is SignalKind.SOURCE_DOWN:
        return renamed_kpi(new if subject == old else subject, old, new)
    own = goal == old or signal is SignalKind.DEPENDENCY
    return new if subject == old and own and signal not in _OF_RESULTS | _OF_PEOPLE else subject


def renamed_kpi(name: str, old: str, new: str) -> str:
    """The name under which a KPI of a goal, or its judgement, is watched like a source."""
    before = kpi_source(f"{old}/")
    if name.startswith(before):
        return kpi_source(f"{new}/{name.removeprefix(before)}")
    return judgement_source(new) if name == judgement_source(old) else name


def renamed_alert(alert: Alert, kind: Named, old: str, new: str) -> Alert:
    """The alert, with what its readers know."""
    subject = renamed_subject(alert.goal, alert.kind, alert.subject, kind, old, new)
    goal = new if kind is Named.GOAL and alert.goal == old else alert.goal
    readings = alert.readings
    if kind is Named.PERSON:
        known = {each.person for each in readings}
        readings = tuple(
            replace(each, person=new) if each.person == old else each
            for each in readings
            if each.person != old or new not in known
        )
    signal = replace(alert.signal, goal=goal, subject=subject)
    return replace(alert, goal=goal, subject=subject, signal=signal, readings=readings)


def renamed_key(key: str, kind: Named, old: str, new: str) -> str:
    """The key of a message."""
    parts = key.split("/")
    place = _PLACES[kind].get(parts[0])
    if place is not None and place < len(parts) and parts[place] == old:
        parts[place] = new
    if kind is Named.GOAL and parts[0] == "silence" and len(parts) > 1:
        parts[1] = renamed_silence(parts[1], old, new)
    return "/".join(parts)


def renamed_silence(identifier: str, old: str, new: str) -> str:
    """The id of a silence, which begins with the goal's id."""
    before = f"{old}-"
    return f"{new}-{identifier.removeprefix(before)}" if identifier.startswith(before) else identifier


def remarked(message: Message, before: Message, external_id: str | None) -> Message:
    """A message whose key has changed. On trackers, a comment keeps its marker until it is edited; issues and labels
    keep it for good. The gist of a status is forgotten, so that it is edited once and gets its new marker.
    """
    if message.key == before.key:
        return message
    kept = before.marker if message.place and (external_id is None or message.kind in LABEL_KINDS) else None
    return replace(message, marked=kept, gist=None)
