"""What everybody should be told now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_agent.decide.lifecycle import Identity, Step, advance, retire
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
    known: dict[str, dict[Identity, Alert]] = defaultdict(dict)
    for identity, alert in memory.alerts.items():
        known[alert.goal][identity] = alert
    news = []
    for assessment in assessments:
        goal, first = goals[assessment.goal], assessment.goal not in memory.judged
        mine = known[assessment.goal]
        news.append(News(goal, assessment, tuple(advance(goal, assessment, mine, first=first, now=now))))
    gone = [retire(alert, now) for alert in memory.alerts.values() if alert.goal not in goals]
    steps = (*(step for each in news for step in each.steps), *gone)
    return Outcome(
        notices=tuple(_notices(organisation, news, options, now)),
        alerts={step.after.identity: step.after for step in steps if step.after},
        log=tuple(_decision(step, now) for step in steps if step.noteworthy),
        judged=tuple(a for a in assessments if a.health is not Health.UNKNOWN),
    )


def _notices(organisation: Organisation, news: Sequence[News], options: Options, now: datetime) -> Iterator[Notice]:
    for each in news:
        yield from goal_notices(organisation, each, options, now)
    if options.email:
        yield from source_notices(organisation, news)
        yield from digest_notices(organisation, [each.assessment for each in news], now)


def _decision(step: Step, now: datetime) -> Decision:
    alert = step.alert
    return Decision(now, alert.goal, alert.kind.value, alert.subject, "everybody it concerns", step.news, step.reason)
