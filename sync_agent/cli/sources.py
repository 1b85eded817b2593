"""How a source is read, and who was told what of it and why: for `status` and `explain`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync_agent.config import Settings
from sync_agent.config.credentials import needed
from sync_agent.decide.alerts.telling import acknowledged
from sync_agent.decide.preview import preview_source
from sync_agent.evaluate import kpi_name
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import (
    MAILBOX,
    Acknowledgement,
    Alert,
    AlertState,
    Decision,
    Goal,
    SampledKpi,
    Silence,
    SourceState,
    Target,
    is_setting,
    kpi_source,
)
from sync_agent.render.routing import when
from sync_agent.store.facts.facts import load_source
from sync_agent.store.memory.state import load_acknowledgements, load_alerts, load_decisions, load_silences
from sync_agent.words import say_count, say_day

_MOST_GAPS = 20


def source_names(settings: Settings) -> list[str]:
    """The configured trackers, the KPIs that are read from elsewhere, the mailbox, and the secrets of channels."""
    results = ((goal, result) for goal in settings.organisation.goals for result in goal.key_results)
    kpis = (kpi_source(kpi_name(goal, result)) for goal, result in results if isinstance(result.kpi, SampledKpi))
    channels = (each.setting for each in needed(settings) if each.setting)
    mailbox = [MAILBOX] if settings.email and settings.email.inbox else []
    return [*settings.sources, *kpis, *mailbox, *dict.fromkeys(channels)]


def trouble(state: SourceState, settings: Settings, now: datetime) -> Iterator[str]:
    """What keeps a source from being read, and for how long."""
    if state.error:
        yield f"{state.source}: {state.error}"
        return
    if state.waits:
        until = _moment(state.waits.until, settings, now)
        yield f"{state.source}: is read again at {until}: {state.waits.reason}"
    yield from (f"{container} in {state.source}: {error}" for container, error in state.unreadable.items())
    yield from (f"{gap} ({state.source})" for gap in list(state.gaps.values())[:_MOST_GAPS])
    if len(state.gaps) > _MOST_GAPS:
        yield f"{len(state.gaps) - _MOST_GAPS:,} more items of {state.source} cannot be read; the log names them"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """All that the store knows of one source. `goals` cannot be judged without it; `silences` hold now."""

    state: SourceState
    alert: Alert | None
    goals: tuple[Goal, ...]
    acknowledgements: Sequence[Acknowledgement]
    silences: Sequence[Silence]
    decisions: Sequence[Decision]


def report_on(connection: Connection, settings: Settings, name: str, now: datetime) -> SourceReport:
    """What the store knows of a source now."""
    target = Target.of_source(name)
    signals = [signal for found in kept_assessments(connection).values() for signal in found.signals]
    suffer = {signal.goal for signal in signals if signal.kind is target.kind and signal.subject == name}
    log = (replace(each, goal="") for each in load_decisions(connection, source=name))
    return SourceReport(
        state=load_source(connection, name)[0],
        alert=next((alert for alert in load_alerts(connection).values() if target.covers(alert)), None),
        goals=tuple(goal for goal in settings.organisation.goals if goal.id in suffer),
        acknowledgements=load_acknowledgements(connection),
        silences=[each for each in load_silences(connection, now) if each.target == target and each.begins <= now],
        decisions=tuple(dict.fromkeys(log)),  # What was told is logged for every goal that suffers.
    )


def explained(report: SourceReport, settings: Settings, person: str | None, now: datetime) -> Iterator[str]:
    """How it is read, its alert, and who is told of it: everybody, or one `person`."""
    yield from trouble(report.state, settings, now)
    if not is_setting(report.state.source):
        yield from _reading(report, settings, now)
    if report.alert:
        yield from _alert(report, report.alert, settings, now)
    yield from _readers(report, settings, person)


def _reading(report: SourceReport, settings: Settings, now: datetime) -> Iterator[str]:
    read = report.state.complete_at
    last = f"was last read completely on {_moment(read, settings, now)}" if read else "was never read completely"
    yield f"{report.state.source} {last}"
    names = ", ".join(goal.id for goal in report.goals)
    yield f"{say_count(len(report.goals), 'goal')} unknown without it{f': {names}' if names else ''}"


def _alert(report: SourceReport, alert: Alert, settings: Settings, now: datetime) -> Iterator[str]:
    began = _moment(alert.fired_at or alert.first_seen, settings, now)
    span = f"from {began} to {_moment(alert.resolved_at, settings, now)}" if alert.resolved_at else f"since {began}"
    yield f"alert: {alert.state.value}, {span}: {alert.signal.headline}"
    wrong = " ".join(trouble(report.state, settings, now))
    yield from (f"    {each.text}" for each in alert.signal.evidence if each.text not in wrong)
    said = acknowledged(alert, report.acknowledgements, now) if alert.state is AlertState.FIRING else None
    if said:
        until = f" until {_moment(said.until, settings, now)}" if said.until else ""
        yield f"acknowledged by {said.by}{until}: {said.reason or 'no reason given'}"
    for each in report.silences:
        yield f"silenced by {each.by} until {_moment(each.until, settings, now)}: {each.reason}"


def _readers(report: SourceReport, settings: Settings, person: str | None) -> Iterator[str]:
    organisation = settings.organisation
    told = tuple(preview_source(organisation, settings.options, report.goals or organisation.goals))
    for each in (each for each in told if person in (None, each.person.id)):
        by = " and ".join(map(str, each.ways))
        yield f"{each.person.id} hears of it {when(each)}, by {by} (route: {each.route.name})"
    if person and person not in {each.person.id for each in told}:
        names = " and ".join(each.person.id for each in told) or "nobody"
        yield f"{person} does not hear of sources; who does: {names}"


def _moment(moment: datetime, settings: Settings, now: datetime) -> str:
    zone = ZoneInfo(settings.organisation.timezone)
    local = moment.astimezone(zone)
    return f"{say_day(local.date(), now.astimezone(zone).date())} {local:%H:%M %Z}"
