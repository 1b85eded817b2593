"""The digest: what each role needs to know of the same goals, worst first."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sync_agent.evaluate.verdict import problems, verdict
from sync_agent.model import Assessment, Goal, Health, Notice, Organisation, Person, Role, Severity, SignalKind, Verdict
from sync_agent.render import phrases
from sync_agent.render.asking.asks import asked_of_you
from sync_agent.render.markup.document import (
    Block,
    Document,
    Heading,
    Inline,
    Strong,
    Text,
    bullets,
    clean,
    link,
    paragraph,
)
from sync_agent.render.standing import standing, standing_heading
from sync_agent.render.versions.agreements import changed_and_unagreed, other_words
from sync_agent.words import say_count, say_day

_Assessed = tuple[Goal, Assessment]
_ORDER = tuple(Verdict)
_EXCEPTIONS = frozenset(each for each in Verdict if not each.good)
# The signals that matter to people who wait for a goal.
_FELT_OUTSIDE = frozenset({SignalKind.BLOCKED, SignalKind.DEPENDENCY, SignalKind.SLIPPING, SignalKind.OFF_PACE})
# These roles read only the date of a forecast.
_PLAIN = frozenset({Role.SENIOR_LEADER, Role.BUSINESS_PARTNER, Role.CUSTOMER_REPRESENTATIVE})
_MOST_GOALS, _MOST_DETAILED = 60, 10
# In a line each, if titles are so long that even so no goal can be told of in full.
_FEWEST_GOALS = 20
_MOST_FACTS, _MOST_LINES = 3, 20
_LONGEST_OBJECTIVE = 50


def digest(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    """The digest for its reader's role. Leaders get one line per goal, exceptions first; partners what holds up what
    they wait for; customers what was promised; everybody else the evidence. If there is only one goal, its news is the
    heading.
    """
    ordered = sorted(notice.goals, key=lambda pair: _ORDER.index(verdict(*pair)))
    role = notice.person.role if notice.person else None
    subject = _subject(ordered, phrases.expectation if role in _PLAIN else phrases.outlook)
    if len(ordered) == 1:
        blocks = [paragraph(Strong(subject)), *_of_one(*ordered[0], notice.person)]
        blocks += phrases.page_of(notice, ordered[0][0])
    else:
        blocks = [paragraph(Strong(_summary(ordered))), *_of_several(ordered, notice, organisation)]
    asked = tuple(asked_of_you(notice, organisation, now))
    rest = [Heading("How your goals stand")] if asked else []
    everything = notice.pages.get("")
    linked = [paragraph(link("All goals on their page", everything))] if everything and len(ordered) > 1 else []
    agreed = (*changed_and_unagreed(notice, organisation, now.date()), *other_words(notice, organisation, now.date()))
    blocks[1:1] = [*linked, *asked, *rest, *_last_known(ordered, organisation)]
    closing = () if asked else _closing(ordered, notice.person, organisation)
    return subject, (*blocks, *agreed, *closing)


def _last_known(ordered: Sequence[_Assessed], organisation: Organisation) -> Iterator[Block]:
    """Says which goals are shown in their last known state."""
    old = [found for _, found in ordered if found.as_of]
    if old:
        oldest = min(old, key=lambda found: found.as_of or found.at)
        whose = "It" if len(ordered) == 1 else say_count(len(old), "goal")
        verb = "is" if len(old) == 1 else "are"
        when = phrases.last_known(oldest, organisation)
        yield paragraph(f"{whose} {verb} shown {when}: nothing newer can be read at the moment.")


def _of_one(goal: Goal, found: Assessment, reader: Person | None) -> Iterator[Block]:
    match reader.role if reader else None:
        case Role.SENIOR_LEADER:
            yield from _progress(found)
            yield from (paragraph(why) for why in _exception(found))
        case Role.BUSINESS_PARTNER:
            yield from _progress(found)
            yield from _felt(found)
        case Role.CUSTOMER_REPRESENTATIVE:
            yield paragraph(say_promise(goal, found))
            yield from phrases.key_results(found.key_results)
        case _:
            yield from _progress(found)
            yield from _details(goal, found, reader)


def _of_several(ordered: Sequence[_Assessed], notice: Notice, organisation: Organisation) -> Iterator[Block]:
    reader, shown = notice.person, _MOST_DETAILED if notice.in_full is None else notice.in_full
    if reader and reader.role is Role.SENIOR_LEADER:
        for title, wrong in (("Needs attention", True), ("Going well", False)):
            pairs = [pair for pair in ordered if (verdict(*pair) in _EXCEPTIONS) is wrong]
            yield from _listed(title, pairs, notice, organisation)
        return
    for goal, found in ordered[:shown]:
        if reader and reader.role is Role.CUSTOMER_REPRESENTATIVE:
            yield Heading(goal.objective)
            yield paragraph(say_promise(goal, found), *_more(notice, goal))
            yield from phrases.key_results(found.key_results)
            continue
        yield Heading(f"{standing_heading(goal, found)}: {goal.objective}")
        yield paragraph(_sentence(goal, found), *_more(notice, goal))
        yield from _felt(found) if reader and reader.role is Role.BUSINESS_PARTNER else _details(goal, found, reader)
    yield from _in_short(ordered[shown:], notice, organisation)


def _in_short(rest: Sequence[_Assessed], notice: Notice, organisation: Organisation) -> Iterator[Block]:
    """One line each, so that no mail program cuts the mail: Gmail does from 102 kB on."""
    if not rest:
        return
    customer = notice.person is not None and notice.person.role is Role.CUSTOMER_REPRESENTATIVE
    if not customer:
        yield from _listed("Other goals", rest, notice, organisation)
        return
    yield Heading("Other goals")
    lines = [[Strong(goal.objective), f": {say_promise(goal, found)}", *_more(notice, goal)] for goal, found in rest]
    yield from bullets(lines, most=_in_lines(notice))


def _in_lines(notice: Notice) -> int:
    return _FEWEST_GOALS if notice.in_full == 0 else _MOST_GOALS


def _subject(ordered: Sequence[_Assessed], outlook: Callable[[Goal, Assessment], str]) -> str:
    """Words the subject, naming the worst goal.

    `1 off track, 2 at risk of 9 goals: Checkout feels instant, P85 now 9 Jan 2027, due 18 Dec`.
    """
    goal, found = ordered[0]
    objective = clean(goal.objective, _LONGEST_OBJECTIVE)
    if len(ordered) == 1:
        return f"{objective}: {standing(goal, found)}, {outlook(goal, found)}"
    if verdict(goal, found) not in _EXCEPTIONS:
        return f"All {len(ordered)} goals are on track or done"
    worse = _EXCEPTIONS - {Verdict.TROUBLED} if verdict(goal, found) is not Verdict.TROUBLED else _EXCEPTIONS
    return f"{_counted(ordered, worse)} of {len(ordered)} goals: {objective}, {outlook(goal, found)}"


def _summary(ordered: Sequence[_Assessed]) -> str:
    return f"{say_count(len(ordered), 'goal')}: {_counted(ordered, frozenset(Verdict))}."


def _counted(ordered: Sequence[_Assessed], which: frozenset[Verdict]) -> str:
    counts = Counter(verdict(*pair) for pair in ordered)
    return ", ".join(f"{counts[each]} {each.value}" for each in _ORDER if counts[each] and each in which)


def _listed(title: str, pairs: Sequence[_Assessed], notice: Notice, organisation: Organisation) -> Iterator[Block]:
    if pairs:
        yield Heading(title)
        lines = [[*_leader_line(*pair, organisation), *_more(notice, pair[0])] for pair in pairs]
        yield from bullets(lines, most=_in_lines(notice))


def _more(notice: Notice, goal: Goal) -> list[str | Inline]:
    """A link to the goal's page, if the reader has one."""
    url = notice.pages.get(goal.id)
    return [" ", link("More", url)] if url else []


def _leader_line(goal: Goal, found: Assessment, organisation: Organisation) -> list[str | Inline]:
    """One sentence on how a goal is doing and whose it is; for an exception, a second one says why."""
    whose = f" ({phrases.owner_name(organisation, goal)})"
    state = f"{whose}: {standing(goal, found)}, {phrases.in_one_line(goal, found)}{_when(found, organisation)}."
    return [Strong(goal.objective), state, *(f" {why}" for why in _exception(found))]


def _when(found: Assessment, organisation: Organisation) -> str:
    return f", {phrases.last_known(found, organisation)}" if found.as_of else ""


def _exception(found: Assessment) -> Iterator[str]:
    """One sentence on why a goal is an exception. Leaders are spared error messages."""
    if found.health is Health.UNKNOWN and found.unknown_since:
        since = say_day(found.unknown_since.date(), found.at.date())
        yield f"What it is judged by cannot be read since {since}; those who run the agent are told."
    elif found.health in (Health.OFF_TRACK, Health.AT_RISK, Health.UNKNOWN):
        told = next(iter(problems(found)), None)
        why = [told.headline] if told else [reason.brief for reason in found.reasons[:1]]
        yield from (f"{text[:1].upper()}{text[1:]}." for text in why)


def _felt(found: Assessment) -> Iterator[Block]:
    """What holds up the people who wait for the goal."""
    felt = [signal for signal in found.signals if signal.kind in _FELT_OUTSIDE]
    yield from bullets([[f"{signal.headline[:1].upper()}{signal.headline[1:]}"] for signal in felt])


def say_promise(goal: Goal, found: Assessment) -> str:
    """What customers read of a goal: what was promised, and whether it is expected then."""
    today = found.at.date()
    promised = f"Promised by {say_day(goal.period.due, today)}"
    match verdict(goal, found):
        case Verdict.DONE:
            return f"{promised}: delivered."
        case Verdict.UNKNOWN:
            return f"{promised}; where it stands is not known at the moment."
        case Verdict.ON_TRACK:
            return f"{promised}, and on track for it."
        case Verdict.TROUBLED:
            return f"{promised}, and on pace for it, but there is a problem that its owner knows of."
    if found.forecast and found.forecast.p85:
        return f"{promised}; now expected by {say_day(found.forecast.p85, today)}."
    return f"{promised}; that date is in doubt."


def _details(goal: Goal, found: Assessment, reader: Person | None) -> Iterator[Block]:
    """Lists the reasons and all signals with their items. The owner also gets the questions that alerts have not
    asked.
    """
    asked = _asked(reader, goal)
    ordered = sorted(found.signals, key=lambda signal: signal.severity is not Severity.ALERT)
    lines = [phrases.fact_line(reason) for reason in found.reasons]
    for signal in ordered:
        alert = signal.severity is Severity.ALERT
        questions = "" if alert or not asked else "".join(f" {question}" for question in signal.questions[:1])
        lines.append([phrases.problem(signal), *([Text(f".{questions}")] if questions else [])])
        if alert:
            lines += [phrases.fact_line(fact) for fact in signal.evidence[:_MOST_FACTS] if fact.item]
    yield from bullets(lines, most=_MOST_LINES)


def _closing(ordered: Sequence[_Assessed], reader: Person | None, organisation: Organisation) -> Iterator[Block]:
    """What is asked of this reader, or who answers their questions."""
    if any(_asked(reader, goal) and _has_questions(found) for goal, found in ordered):
        yield Heading("How to answer")
        yield paragraph("In the trackers, where the work is, or with a check-in in the goal's file.")
    elif not reader or any(goal.owner != reader.id for goal, _ in ordered):
        whom = phrases.contact(organisation, ordered[0][0]) if len(ordered) == 1 else "each goal's owner"
        yield paragraph(f"Nothing is asked of you. Questions are for {whom}.")


def _asked(reader: Person | None, goal: Goal) -> bool:
    return reader is not None and reader.id == goal.owner


def _has_questions(found: Assessment) -> bool:
    return any(signal.questions for signal in found.signals if signal.severity is not Severity.ALERT)


def _progress(found: Assessment) -> Iterator[Block]:
    if so_far := phrases.done_so_far(found):
        yield paragraph(so_far)


def _sentence(goal: Goal, found: Assessment) -> str:
    line = phrases.in_one_line(goal, found)
    return f"{line[:1].upper()}{line[1:]}."
