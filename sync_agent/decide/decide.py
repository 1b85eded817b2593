"""What everybody should be told now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_agent.decide import reasons
from sync_agent.decide.lifecycle import Identity, Step, advance
from sync_agent.decide.notices import News, Options, digest_notices, goal_notices, source_notices
from sync_agent.model import Alert, Assessment, Decision, Health, Notice, Organisation


@dataclass(frozen=True, slots=True)
class Memory:
    """What was decided before: every remembered alert, and the goals that were judged (not unknown) at least once."""

    alerts: Mapping[Identity, Alert]
    judged: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to tell and what to remember; the two belong into one transaction."""

    notices: tuple[Notice, ...]
    alerts: Mapping[Identity, Alert]
    log: tuple[Decision, ...]
    judged: tuple[Assessment, ...]


def decide(
    organisation: Organisation, assessments: Sequence[Assessment], memory: Memory, options: Options, now: datetime
) -> Outcome:
    """`assessments` are those of all goals of the organisation at `now` (aware UTC)."""
    goals = {goal.id: goal for goal in organisation.goals}
    news = []
    for assessment in assessments:
        known = {identity: alert for identity, alert in memory.alerts.items() if alert.goal == assessment.goal}
        goal, first = goals[assessment.goal], assessment.goal not in memory.judged
        news.append(News(goal, assessment, tuple(advance(goal, assessment, known, first=first, now=now))))
    return Outcome(
        notices=tuple(_notices(organisation, news, options, now)),
        alerts={step.after.identity: step.after for n in news for step in n.steps if step.after},
        log=tuple(_log(news, memory, now)),
        judged=tuple(a for a in assessments if a.health is not Health.UNKNOWN),
    )


def _notices(organisation: Organisation, news: Sequence[News], options: Options, now: datetime) -> Iterator[Notice]:
    for each in news:
        yield from goal_notices(organisation, each, options, now)
    if options.email:
        yield from source_notices(organisation, news)
        yield from digest_notices(organisation, [each.assessment for each in news], now)


def _log(news: Sequence[News], memory: Memory, now: datetime) -> Iterator[Decision]:
    for step in (step for each in news for step in each.steps if step.noteworthy):
        yield _decision(step, now)
    configured = {each.goal.id for each in news}
    for alert in memory.alerts.values():
        if alert.goal not in configured:
            yield _decision(Step(alert, None, news=False, reason=reasons.REMOVED), now)


def _decision(step: Step, now: datetime) -> Decision:
    alert = step.alert
    return Decision(now, alert.goal, alert.kind.value, alert.subject, "everybody it concerns", step.news, step.reason)
