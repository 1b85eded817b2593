"""Charts for mails, drawn when the mail is worded: the burn-up of a goal, or the course of a KPI."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

import structlog

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import burn_up
from sync_agent.evaluate.kpis.course import measured
from sync_agent.judge.load import course_facts
from sync_agent.model import Assessment, Facts, Goal, MessageKind, Notice, Organisation, Picture, SignalKind
from sync_agent.render.charts import Chart, burn_up_chart, kpi_chart, picture
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_background

log = structlog.get_logger(__name__)

# Where it helps: news about one goal. Prompts ask about one item, digests are read at a glance.
_WITH_CHART = frozenset({MessageKind.ALERT, MessageKind.REMINDER, MessageKind.ESCALATION, MessageKind.RESOLVED})
_OF_KPIS = frozenset({SignalKind.KPI_THRESHOLD, SignalKind.KPI_OFF_TARGET, SignalKind.KPI_TREND})

Subject = tuple[str, str | None]
"""A goal's id, and the id of the key result whose KPI a mail is about, if it is about one."""


def pictured(notice: Notice) -> Subject | None:
    """What the chart in a message shows, where its channel carries pictures; None where there is none to show."""
    if notice.kind not in _WITH_CHART or len(notice.goals) != 1:
        return None
    about = next((alert.subject for alert in notice.alerts if alert.kind in _OF_KPIS), None)
    return notice.goals[0][0].id, about


def charts(
    store: Store, organisation: Organisation, wanted: Mapping[Subject, tuple[Goal, Assessment]], now: datetime
) -> Mapping[Subject | None, Picture]:
    """The charts of some subjects, each with its goal as it was judged. A mail says everything without its chart, so
    one that cannot be drawn is left out.
    """
    goals = [goal for (_, about), (goal, _) in wanted.items() if about is None]
    work = _burn_ups(store, organisation, goals, now) if goals else {}
    pictures = (
        ((name, about), (None if about else work[name]) or _kpi(goal, found, about))
        for (name, about), (goal, found) in wanted.items()
    )
    return {subject: picture for subject, picture in pictures if picture}


def _kpi(goal: Goal, found: Assessment, about: str | None) -> Picture | None:
    """The KPI that a mail is about; otherwise the first that has a course."""
    kpis = ((result, state) for result, state in measured(goal, found) if about in (None, result.id))
    draw = partial(_drawn, goal)
    pictures = (draw(partial(kpi_chart, state.course, result, goal.period.due)) for result, state in kpis)
    return next((picture for picture in pictures if picture), None)


def _burn_ups(
    store: Store, organisation: Organisation, goals: Iterable[Goal], now: datetime
) -> Mapping[str, Picture | None]:
    """How the work of these goals grew and was done."""
    calendar = Calendar.of(organisation)
    drawn = {}
    with store.read() as connection:
        background = load_background(connection)
        for goal in goals:
            facts = course_facts(connection, background, goal, calendar, now)
            drawn[goal.id] = _drawn(goal, partial(_burn_up, goal, facts, calendar, now))
    return drawn


def _burn_up(goal: Goal, facts: Facts, calendar: Calendar, now: datetime) -> Chart | None:
    return burn_up_chart(burn_up(goal, facts, calendar, now), goal.period.due)


def _drawn(goal: Goal, make: Callable[[], Chart | None]) -> Picture | None:
    try:
        chart = make()
        return picture(chart) if chart else None
    except Exception:
        log.exception("a chart cannot be drawn", goal=goal.id)
        return None
