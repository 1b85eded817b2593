"""The digest: what each role needs of the same goals, worst first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sync_agent.evaluate.words import say_count, say_day
from sync_agent.model import Assessment, Goal, Health, Notice, Organisation, Role, Severity, SignalKind
from sync_agent.render import phrases
from sync_agent.render.document import Block, Document, Heading, Inline, Strong, bullets, clean, paragraph

Judged = tuple[Goal, Assessment]
_EXCEPTIONS = frozenset({Health.OFF_TRACK, Health.AT_RISK, Health.UNKNOWN})
# What somebody who waits for a goal wants to know of it.
_FELT_OUTSIDE = frozenset({SignalKind.BLOCKED, SignalKind.DEPENDENCY, SignalKind.SLIPPING, SignalKind.OFF_PACE})
_MOST_GOALS = 100
_MOST_FACTS, _MOST_LINES = 3, 20
_LONGEST_OBJECTIVE = 50


def digest(notice: Notice, _organisation: Organisation, _now: datetime) -> tuple[str, Document]:
    """Leaders read a line a goal, exceptions first; partners what holds up what they wait for; customers what was
    promised; everybody else the evidence.
    """
    ordered = sorted(notice.goals, key=lambda pair: phrases.WORST_FIRST.index(pair[1].health))
    role = notice.person.role if notice.person else None
    match role:
        case Role.SENIOR_LEADER:
            blocks = list(_for_leaders(ordered))
        case Role.BUSINESS_PARTNER:
            blocks = [block for pair in ordered for block in _for_partners(*pair)]
        case Role.CUSTOMER_REPRESENTATIVE:
            blocks = [block for pair in ordered for block in _for_customers(*pair)]
        case _:
            blocks = [block for pair in ordered for block in _in_detail(*pair)]
    subject = _subject(ordered)
    news = subject if len(ordered) == 1 else _summary(ordered)
    return subject, (paragraph(Strong(news)), *blocks)


def _subject(ordered: Sequence[Judged]) -> str:
    """`1 off track, 2 at risk of 9 goals: Checkout feels instant, P85 now 9 Jan 2027, due 18 Dec`, the worst named."""
    goal, found = ordered[0]
    objective = clean(goal.objective, _LONGEST_OBJECTIVE)
    if len(ordered) == 1:
        return f"{objective}: {found.health.value}, {phrases.outlook(goal, found)}"
    if found.health not in _EXCEPTIONS:
        return f"All {len(ordered)} goals are on track or done"
    return f"{_counted(ordered, _EXCEPTIONS)} of {len(ordered)} goals: {objective}, {phrases.outlook(goal, found)}"


def _summary(ordered: Sequence[Judged]) -> str:
    return f"{say_count(len(ordered), 'goal')}: {_counted(ordered, frozenset(Health))}."


def _counted(ordered: Sequence[Judged], which: frozenset[Health]) -> str:
    counts = Counter(found.health for _, found in ordered if found.health in which)
    return ", ".join(f"{counts[health]} {health.value}" for health in phrases.WORST_FIRST if counts[health])


def _for_leaders(ordered: Sequence[Judged]) -> Iterator[Block]:
    yield from _listed("Needs attention", [pair for pair in ordered if pair[1].health in _EXCEPTIONS])
    yield from _listed("Going well", [pair for pair in ordered if pair[1].health not in _EXCEPTIONS])


def _listed(title: str, pairs: Sequence[Judged]) -> Iterator[Block]:
    if pairs:
        yield Heading(title)
        yield from bullets([_leader_line(*pair) for pair in pairs], most=_MOST_GOALS)


def _leader_line(goal: Goal, found: Assessment) -> list[str | Inline]:
    """One sentence on how it stands, and for an exception one on why."""
    line: list[str | Inline] = [Strong(goal.objective), f": {found.health.value}, {phrases.in_one_line(goal, found)}."]
    if found.health in _EXCEPTIONS:
        alerts = [signal for signal in found.signals if signal.severity is Severity.ALERT]
        told = next((s for s in alerts if s.kind is not SignalKind.SLIPPING), None)
        why = [told.headline] if told else [reason.text for reason in found.reasons[:1]]
        line += [f" {text[:1].upper()}{text[1:]}." for text in why]
    return line


def _for_partners(goal: Goal, found: Assessment) -> Iterator[Block]:
    yield Heading(f"{phrases.headline(found.health)}: {goal.objective}")
    yield paragraph(f"{_sentence(goal, found)}")
    felt = [signal for signal in found.signals if signal.kind in _FELT_OUTSIDE]
    yield from bullets([[f"{signal.headline[:1].upper()}{signal.headline[1:]}"] for signal in felt])


def _for_customers(goal: Goal, found: Assessment) -> Iterator[Block]:
    yield Heading(goal.objective)
    yield paragraph(_promise(goal, found))
    yield from phrases.key_results(found.key_results)


def _promise(goal: Goal, found: Assessment) -> str:
    today = found.at.date()
    promised = f"Promised by {say_day(goal.period.due, today)}"
    match found.health:
        case Health.DONE:
            return f"{promised}: delivered."
        case Health.UNKNOWN:
            return f"{promised}; where it stands is not known at the moment."
        case Health.ON_TRACK:
            return f"{promised}, and on track for it."
    if found.forecast and found.forecast.p85:
        return f"{promised}; now expected by {say_day(found.forecast.p85, today)}."
    return f"{promised}; that date is in doubt."


def _in_detail(goal: Goal, found: Assessment) -> Iterator[Block]:
    yield Heading(f"{phrases.headline(found.health)}: {goal.objective}")
    yield paragraph(_sentence(goal, found))
    ordered = sorted(found.signals, key=lambda signal: signal.severity is not Severity.ALERT)
    lines = [phrases.fact_line(reason) for reason in found.reasons]
    for signal in ordered:
        lines.append([phrases.problem(signal)])
        if signal.severity is Severity.ALERT:
            lines += [phrases.fact_line(fact) for fact in signal.evidence[:_MOST_FACTS] if fact.item]
    yield from bullets(lines, most=_MOST_LINES)


def _sentence(goal: Goal, found: Assessment) -> str:
    line = phrases.in_one_line(goal, found)
    return f"{line[:1].upper()}{line[1:]}."
