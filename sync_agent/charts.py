"""The burn-up charts that mails show, drawn when the mails are worded."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sync_agent.evaluate.burn_up import burn_up
from sync_agent.evaluate.calendar import Calendar
from sync_agent.judging import facts_for
from sync_agent.model import EMAIL, MessageKind, Notice, Organisation, Picture
from sync_agent.render import burn_up_chart
from sync_agent.store import Store

# Where it helps: news about one goal. Prompts ask about one item, digests are read at a glance.
_WITH_CHART = frozenset({MessageKind.ALERT, MessageKind.REMINDER, MessageKind.ESCALATION, MessageKind.RESOLVED})


def pictured(notice: Notice) -> str | None:
    """The id of the goal whose chart a mail shows; None where there is none to show."""
    shown = notice.channel == EMAIL and notice.kind in _WITH_CHART and len(notice.goals) == 1
    return notice.goals[0][0].id if shown else None


def charts(
    store: Store, organisation: Organisation, notices: Iterable[Notice], now: datetime
) -> Mapping[str | None, Picture]:
    """By goal. News are few, so few histories are read for them."""
    wanted = {name for notice in notices if (name := pictured(notice))}
    goals = [goal for goal in organisation.goals if goal.id in wanted]
    if not goals:
        return {}
    calendar = Calendar.of(organisation)
    with store.read() as connection:
        facts = facts_for(connection, organisation, goals, now)
    drawn = {goal.id: burn_up_chart(burn_up(goal, facts, calendar, now), goal.period.due) for goal in goals}
    return {name: picture for name, picture in drawn.items() if picture}
