"""Decides what everybody should be told now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sync_agent.decide.alerts.lifecycle import advance, leave, returned
from sync_agent.decide.alerts.telling import OpenAlert, Overlays, Telling, stand
from sync_agent.decide.notices.notices import (
    chats,
    comments,
    digest_notices,
    done_notices,
    gathered_notices,
    lonely,
    mails,
    silence_notices,
    status_notices,
    unmentioned,
)
from sync_agent.decide.notices.overlays import unwanted, with_overlays
from sync_agent.decide.notices.sources import cases_of_outage, notices_of_outage, outages
from sync_agent.decide.readers.addressing import Briefing, Case, GoalCase, News, cases_of
from sync_agent.decide.readers.hours import Timetable
from sync_agent.decide.readers.inhibition import Causes, inhibited
from sync_agent.decide.readers.limits import limited
from sync_agent.decide.readers.readers import Readers
from sync_agent.decide.remembering import decisions, remembered, taken_over
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.sources import NO_WATCH, Watch
from sync_agent.model import (
    NOBODY,
    Alert,
    Assessment,
    AvailableChannels,
    Decision,
    Health,
    MessageKind,
    Notice,
    Organisation,
    Reason,
    ReasonKind,
    Rules,
    Severity,
)
from sync_agent.model.telling.alerts import Identity


@dataclass(frozen=True, slots=True)
class Memory:
    """What was decided before.

    `alerts` are all remembered alerts, `judged` the goals that were judged (not unknown) at least once, and `overlays`
    what people have said about alerts since. `sent` is when each person got mails in the last two days, `digested` when
    they were last sent a digest, both by id. `told_before` are goals ("" for the sources) whose readers already know
    how they stand, from a store that was lost. `unfinished` are goals that were judged and were not done.
    `late_digests` are the slots of digests that have not left, by person.
    """

    alerts: Mapping[Identity, Alert]
    judged: frozenset[str]
    overlays: Overlays = field(default_factory=Overlays)
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    digested: Mapping[str, datetime] = field(default_factory=dict)
    told_before: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()
    late_digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What to tell, and what to remember. Both belong into one transaction."""

    notices: tuple[Notice, ...]
    alerts: Mapping[Identity, Alert]
    log: tuple[Decision, ...]
    judged: tuple[Assessment, ...]


def decide(
    organisation: Organisation,
    assessments: Sequence[Assessment],
    memory: Memory,
    options: AvailableChannels,
    now: datetime,
    watch: Watch = NO_WATCH,
) -> Decided:
    """Decides what to tell. `assessments` are of goals of the organisation at `now` (aware UTC): all of them, or those
    to tell about. `watch` is what was found of the sources.
    """
    readers, overlays = Readers(organisation), memory.overlays
    news, gone = _open_alerts(organisation, assessments, memory, readers, now)
    known = (memory.sent, memory.digested, memory.told_before, memory.late_digests)
    desk = Briefing(organisation, readers, overlays, options, Timetable(now), now, *known)
    causes = Causes.of(news)
    found = [case for each in news for case in cases_of(desk, each)]
    cases = tuple(limited(desk, tuple(inhibited(desk, found, causes))))
    broken = outages(desk, watch, assessments, memory.alerts.values())
    down = [(outage, tuple(cases_of_outage(desk, outage))) for outage in broken]
    reached = [each for each in news if each.goal.id in memory.unfinished]
    of_sources = (notices_of_outage(*each) for each in down)
    made = chain(_notices(desk, news, cases, causes), done_notices(desk, reached, cases), *of_sources)
    every = [with_overlays(notice, overlays, now) for notice in made]
    by_alert = _by_alert((*cases, *(case for _, some in down for case in some)))
    of_goals = chain.from_iterable(each.open_alerts for each in news)
    alerts = (*of_goals, *gone, *(outage.open_alert for outage, _ in down))
    after = (remembered(each, by_alert[each.alert.identity], now) for each in alerts if each.after)
    return Decided(
        notices=tuple(notice for notice in every if not unwanted(notice, overlays)),
        alerts={alert.identity: alert for alert in after},
        log=(
            *_lines_of(every, overlays, now),
            *decisions(chain.from_iterable(by_alert.values()), now),
            *(_untold(open_alert, now) for open_alert in alerts if open_alert.noteworthy),
        ),
        judged=tuple(a for a in assessments if a.health is not Health.UNKNOWN),
    )


def _by_alert(cases: Iterable[Case]) -> Mapping[Identity, list[Case]]:
    found: dict[Identity, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.alert.identity].append(case)
    return found


def _open_alerts(
    organisation: Organisation, assessments: Sequence[Assessment], memory: Memory, readers: Readers, now: datetime
) -> tuple[list[News], list[OpenAlert]]:
    """Returns what becomes of every alert, by goal, and of those whose goal has left the configuration."""
    goals = {goal.id: goal for goal in organisation.goals}
    calendar = Calendar.of(organisation)
    known: dict[str, dict[Identity, Alert]] = defaultdict(dict)
    for identity, alert in memory.alerts.items():
        if alert.goal in goals:
            known[alert.goal][identity] = taken_over(returned(alert), goals[alert.goal], readers)
    news = []
    for assessment in assessments:
        goal, first = goals[assessment.goal], assessment.goal not in memory.judged.difference(memory.told_before)
        steps = advance(goal, assessment, known[assessment.goal], first=first, now=now)
        open_alerts = tuple(stand(step, goal.rules, memory.overlays, calendar, now) for step in steps)
        news.append(News(goal, assessment, open_alerts))
    left = [alert for alert in memory.alerts.values() if alert.goal and alert.goal not in goals]
    return news, [stand(leave(alert, now), Rules(), memory.overlays, calendar, now) for alert in left]


def _notices(desk: Briefing, news: Sequence[News], cases: Sequence[GoalCase], causes: Causes) -> Iterator[Notice]:
    by_goal: dict[str, list[GoalCase]] = defaultdict(list)
    for case in cases:
        by_goal[case.news.goal.id].append(case)
    for each in news:
        mine = by_goal[each.goal.id]
        yield from status_notices(desk, each)
        for telling in Telling:
            yield from comments(each, mine, telling, causes.below)
        yield from mails(mine, causes.below)
        yield from chats(mine, causes.below)
        left = [s.alert for s in each.open_alerts if lonely(s, mine)]
        if left and desk.options.comments:
            yield from unmentioned(each, left)
    yield from silence_notices(desk)
    if desk.options.email:
        yield from gathered_notices(desk, cases)
        yield from digest_notices(desk, news)


def _lines_of(notices: Sequence[Notice], overlays: Overlays, now: datetime) -> Iterator[Decision]:
    yield from told_lines([notice for notice in notices if not unwanted(notice, overlays)], now)
    yield from _declined([notice for notice in notices if unwanted(notice, overlays)], now)


def told_lines(notices: Sequence[Notice], now: datetime) -> Iterator[Decision]:
    """One line for each alert in each message; for a source, one for each goal that needs it. People mentioned in a
    comment are named.
    """
    for notice in (each for each in notices if not each.edits):
        for alert in notice.alerts:
            audience, reason = notice.audience, notice.reason
            for goal in [alert.goal] if alert.goal else [goal.id for goal, _ in notice.goals] or [""]:
                yield Decision(now, goal, alert.kind.value, alert.subject, audience, told=True, reason=reason)


def told_in_digests(notices: Sequence[Notice], fresh: Collection[str], now: datetime) -> Iterator[Decision]:
    """Yields a log line for each goal with an alert in each digest that was not sent before. `fresh` holds the keys of
    those digests.
    """
    for notice in (n for n in notices if n.kind is MessageKind.DIGEST and n.key in fresh):
        for goal, found in notice.goals:
            if any(signal.severity is Severity.ALERT for signal in found.signals):
                slot = notice.key.rpartition("/")[2]
                yield Decision(now, goal.id, "digest", slot, notice.audience, told=True, reason=notice.reason)


def _declined(notices: Sequence[Notice], now: datetime) -> Iterator[Decision]:
    """Yields a log line for each alert that its reader wanted no mail about."""
    for notice in notices:
        for alert in notice.alerts:
            reason = Reason(ReasonKind.UNSUBSCRIBED, who=notice.person.id if notice.person else "")
            yield Decision(now, *alert.identity, NOBODY, told=False, reason=reason)


def _untold(open_alert: OpenAlert, now: datetime) -> Decision:
    alert, reason = open_alert.alert, open_alert.acknowledged or open_alert.reason
    return Decision(now, *alert.identity, NOBODY, told=False, reason=reason)
