"""What everybody should be told now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync_agent.decide import reasons
from sync_agent.decide.lifecycle import Identity, Transition, advance, retire
from sync_agent.decide.notices import News, Options, digest_notices, goal_notices, silence_notices, source_notices
from sync_agent.decide.overlays import unwanted, with_overlays
from sync_agent.decide.telling import Overlays, Step, tell
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Alert, Assessment, Decision, Goal, Health, Notice, Organisation, Rules

NOBODY = "nobody"
"""The audience of what nobody is told."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What was decided before: every remembered alert, and the goals that were judged (not unknown) at least once;
    and what people have said about alerts since.
    """

    alerts: Mapping[Identity, Alert]
    judged: frozenset[str]
    overlays: Overlays = field(default_factory=Overlays)


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
    calendar = Calendar.of(organisation)

    def told(transition: Transition, goal: Goal | None = None) -> Step:
        return tell(transition, goal.rules if goal else Rules(), memory.overlays, calendar, now)

    known: dict[str, dict[Identity, Alert]] = defaultdict(dict)
    for identity, alert in memory.alerts.items():
        known[alert.goal][identity] = alert
    news = []
    for assessment in assessments:
        goal, first = goals[assessment.goal], assessment.goal not in memory.judged
        mine = known[assessment.goal]
        steps = tuple(told(each, goal) for each in advance(goal, assessment, mine, first=first, now=now))
        news.append(News(goal, assessment, steps))
    gone = [told(retire(alert, now)) for alert in memory.alerts.values() if alert.goal not in goals]
    every = (*(step for each in news for step in each.steps), *gone)
    overlays = memory.overlays
    every_notice = [with_overlays(n, overlays, now) for n in _notices(organisation, news, overlays, options, now)]
    notices = tuple(n for n in every_notice if not unwanted(n, overlays))
    declined = [n for n in every_notice if unwanted(n, overlays)]
    return Outcome(
        notices=notices,
        alerts={step.after.identity: step.after for step in every if step.after},
        log=(
            *_told(notices, now),
            *_declined(declined, now),
            *(_untold(step, now) for step in every if step.noteworthy and not step.news),
        ),
        judged=tuple(a for a in assessments if a.health is not Health.UNKNOWN),
    )


def _notices(
    organisation: Organisation, news: Sequence[News], overlays: Overlays, options: Options, now: datetime
) -> Iterator[Notice]:
    for each in news:
        yield from goal_notices(organisation, each, options, now)
    if options.email:
        yield from source_notices(organisation, news)
        yield from silence_notices(organisation, overlays.silences, now)
        yield from digest_notices(organisation, [each.assessment for each in news], now)


def _told(notices: Sequence[Notice], now: datetime) -> Iterator[Decision]:
    """One line for each alert in each message; who is mentioned in a comment is named."""
    for notice in (each for each in notices if not each.edits):
        for alert in notice.alerts:
            audience, reason = _audience(notice), notice.reason
            yield Decision(now, alert.goal, alert.kind.value, alert.subject, audience, told=True, reason=reason)


def _declined(notices: Sequence[Notice], now: datetime) -> Iterator[Decision]:
    """One line for each alert that its reader wanted no mail about."""
    for notice in notices:
        for alert in notice.alerts:
            reason = f"{notice.person.id if notice.person else NOBODY} {reasons.UNSUBSCRIBED}"
            yield Decision(now, alert.goal, alert.kind.value, alert.subject, NOBODY, told=False, reason=reason)


def _audience(notice: Notice) -> str:
    """`dana by mail`, `dana and noor on jira SHOP-1`, `everybody on jira SHOP-1`."""
    if notice.place is None:
        return f"{notice.person.id if notice.person else 'nobody'} by mail"
    named = " and ".join(person.id for person in notice.mentions) or "everybody"
    return f"{named} on {notice.place.source} {notice.place.key}"


def _untold(step: Step, now: datetime) -> Decision:
    alert = step.alert
    return Decision(now, alert.goal, alert.kind.value, alert.subject, NOBODY, told=False, reason=step.reason)
