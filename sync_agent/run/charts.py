"""The charts that mails show, drawn when the mails are worded: the burn-up of a goal, or the course of a KPI."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import burn_up
from sync_agent.evaluate.kpis.course import kpi_course
from sync_agent.judge.load import course_facts
from sync_agent.model import Facts, Goal, MessageKind, Notice, Organisation, Picture, SignalKind
from sync_agent.render import burn_up_chart, kpi_chart
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_background

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
    store: Store, organisation: Organisation, wanted: Collection[Subject], now: datetime
) -> Mapping[Subject | None, Picture]:
    """Those of some subjects, where there is something to show."""
    if not wanted:
        return {}
    goals, calendar = {goal.id: goal for goal in organisation.goals}, Calendar.of(organisation)
    drawn = {}
    with store.read() as connection:
        background = load_background(connection)
        for name, about in sorted(wanted, key=str):
            facts = course_facts(connection, background, goals[name], calendar, now)
            drawn[name, about] = _chart(goals[name], about, facts, calendar, now)
    return {subject: picture for subject, picture in drawn.items() if picture}


def _chart(goal: Goal, about: str | None, facts: Facts, calendar: Calendar, now: datetime) -> Picture | None:
    """The KPI that it is about; else how the work grew or, where there is none, the first KPI that has a course."""
    due = goal.period.due
    work = None if about else burn_up_chart(burn_up(goal, facts, calendar, now), due)
    kpis = (result for result in goal.key_results if result.kpi and about in (None, result.id))
    pictures = (kpi_chart(kpi_course(goal, result, facts, calendar, now), result, due) for result in kpis)
    return work or next((picture for picture in pictures if picture), None)
