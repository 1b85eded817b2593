"""The goal will probably miss its due date."""

from collections.abc import Iterable, Mapping

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.health import judge
from sync_agent.model import CauseKind, Evidence, Health, KeyResultState, Severity, Signal, SignalKind
from sync_agent.words import say_cause, say_count, say_day, say_percent

KINDS = (SignalKind.SLIPPING,)

_QUESTIONS: Mapping[CauseKind, str] = {
    CauseKind.ADDED: "Which of the items added since the start can move out of this goal?",
    CauseKind.BLOCKED: "What would free {blocker} this week?",
    CauseKind.SLOWER: "What has slowed the team down, and what could it leave undone?",
    CauseKind.SHARED: "Which of the goals that share the team comes first?",
    CauseKind.DEPENDENCY: "What can go on without waiting, and what would bring the other goal forward?",
    CauseKind.LATE_NEED: "When will what others have promised be there, and what can go on without it?",
    CauseKind.LATE_START: "What kept the work from beginning, and does it still?",
}


def find(context: Context) -> Iterable[Signal]:
    """Yields an alert if the goal is at risk (level 1) or off track (level 2)."""
    health, reasons = judge(context)
    if health not in (Health.AT_RISK, Health.OFF_TRACK):
        return
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.SLIPPING,
        subject=context.goal.id,
        severity=Severity.ALERT,
        headline=f"{health.value}, {_news(context)}",
        evidence=(*reasons, *(Evidence(say_cause(cause)) for cause in context.causes), *_scope_change(context)),
        questions=tuple(_questions(context)),
        level=2 if health is Health.OFF_TRACK else 1,
    )


def _news(context: Context) -> str:
    due = f"due {say_day(context.goal.period.due, context.today)}"
    if context.forecast and context.forecast.p85:
        return f"P85 now {say_day(context.forecast.p85, context.today)}, {due}"
    if context.forecast and context.forecast.on_time is not None and not context.forecast.low_evidence:
        return f"no end in sight at the present pace, {due}"
    if context.progress is not None and context.today <= context.goal.period.due:
        return f"{say_percent(context.progress)} done, {say_percent(context.expected)} expected, {due}"
    return due


def _scope_change(context: Context) -> Iterable[Evidence]:
    """Mentions added work where no forecast tells what it costs."""
    added = _added(context)
    if context.planned and added and not context.causes:
        yield Evidence(f"{say_count(added, 'item')} added since {say_day(context.planned.since, context.today)}")


def _added(context: Context) -> int:
    """How many items came after the goal was planned."""
    planned = context.planned
    return sum(h.item.identity not in planned.items for h in context.scope) if planned else 0


def _behind(context: Context, state: KeyResultState) -> bool:
    """Whether a key result is one that makes the goal late."""
    if state.outside is not None:
        return state.outside > 0
    if state.forecast and state.forecast.on_time is not None:
        return state.forecast.on_time < context.goal.rules.on_track_probability
    expected = context.elapsed if state.expected is None else state.expected
    return state.progress is not None and state.progress < min(1.0, expected - context.goal.rules.pace_tolerance)


def _by_kpis_alone(context: Context) -> list[KeyResultState]:
    """The KPIs that make the goal late where its work does not: moving items out of it would help nobody."""
    kpis = {result.id for result in context.goal.key_results if result.kpi}
    behind = [state for state in context.states if _behind(context, state)]
    return behind if all(state.id in kpis for state in behind) else []


def _questions(context: Context) -> Iterable[str]:
    """Yields questions that the causes suggest, largest cause first; if there are none, questions from what can be
    seen.
    """
    if kpis := _by_kpis_alone(context):
        yield from (f"What would move “{state.title}” most, and who can do it?" for state in kpis)
        return
    for cause in context.causes:
        yield _QUESTIONS[cause.kind].format(blocker=context.blockages[0].subject if context.blockages else "the work")
    if not context.causes and context.blockages:
        yield _QUESTIONS[CauseKind.BLOCKED].format(blocker=context.blockages[0].subject)
    if not context.causes and _added(context):
        yield _QUESTIONS[CauseKind.ADDED]
    unowned = sum(not h.item.assignees for h in context.scope if not h.item.done)
    if unowned:
        yield f"{say_count(unowned, 'open item')} without an assignee: who takes them, or do they leave the goal?"
    if not (context.causes or context.blockages or _added(context)):
        yield "What slows the work down most, and who could help?"
