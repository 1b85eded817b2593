"""One function per kind of message: its subject and its document."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sync_agent.model import (
    Alert,
    Assessment,
    Goal,
    Health,
    MessageKind,
    Notice,
    Organisation,
    Person,
    Role,
    SignalKind,
)
from sync_agent.render import phrases
from sync_agent.render.document import Block, Document, Heading, Inline, Mention, Strong, Text, bullets, paragraph

_WITH_DETAIL = frozenset({Role.OWNER, Role.TECHNICAL_EXPERT, Role.IT_OPS})
Wording = tuple[str, Document]


def status(notice: Notice, organisation: Organisation, _now: datetime) -> Wording:
    """How a goal stands. Says nothing that changes without news, for it is compared with what is there."""
    goal, found = notice.goals[0]
    owner = phrases.owner_name(organisation, goal)
    blocks: list[Block] = [
        paragraph(Strong(f"{phrases.headline(found.health)}: {goal.objective}")),
        paragraph(f"{phrases.progress(found)} {phrases.due_and_forecast(goal, found)} Owner: {owner}."),
    ]
    if found.health is Health.UNKNOWN and found.unknown_since:
        since = phrases.at(found.unknown_since, organisation.timezone, today=found.at)
        blocks[1] = paragraph(f"Unknown since {since}. Owner: {owner}.")
    blocks += [Heading("Why"), *phrases.evidence(found.reasons)]
    if found.causes:
        blocks += [Heading("What makes it late"), *phrases.causes(found.causes)]
    if found.health is not Health.UNKNOWN:
        blocks += [Heading("Key results"), *phrases.key_results(found.key_results)]
    if found.signals:
        blocks += [Heading("Open problems"), *phrases.problems(found)]
    blocks += _answers(notice, organisation, found.at)
    return f"{goal.objective}: {found.health.value}", tuple(blocks)


def alert(notice: Notice, _organisation: Organisation, _now: datetime) -> Wording:
    """What began or got worse, why, what it means, and what would help. The first line is the news."""
    goal, found = notice.goals[0]
    title = f"{goal.objective}: {notice.alerts[0].signal.headline}"
    called: list[Inline] = [part for who in notice.mentions for part in (_mention(who, notice.channel), Text(" "))]
    blocks: list[Block] = [paragraph(*called, Strong(title))]
    for number, each in enumerate(notice.alerts):
        if number:
            blocks.append(paragraph(_sentence(each)))
        blocks += phrases.evidence(each.signal.evidence)
    blocks.append(paragraph(f"{phrases.progress(found)} {phrases.due_and_forecast(goal, found)}"))
    blocks += [*_asks(notice), paragraph(_how_to_answer(notice, goal))]
    return title, tuple(blocks)


def reminder(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """What lasts and was told before. Says since when, and how to stop being reminded."""
    title, document = alert(notice, organisation, now)
    first = notice.alerts[0]
    told = phrases.at(first.fired_at or first.first_seen, organisation.timezone, today=now)
    return f"Still open: {title}", (paragraph(f"First told on {told}, and it lasts."), *document)


def escalation(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """For those who have not heard of it before: who was told when, and that it lasts."""
    title, document = alert(notice, organisation, now)
    goal, first = notice.goals[0][0], notice.alerts[0]
    told = phrases.at(first.fired_at or first.first_seen, organisation.timezone, today=now)
    owner = phrases.owner_name(organisation, goal)
    line = f"{owner} was told on {told}; nobody has acknowledged it, and it lasts. You are asked to help decide."
    return f"Needs a decision: {title}", (paragraph(line), *document)


def silence(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """A silence is about to end."""
    found = notice.silence
    assert found is not None
    goal = next((g.objective for g in organisation.goals if g.id == found.target.goal), found.target.goal)
    ends = phrases.at(found.until, organisation.timezone, today=now)
    about = f" ({found.target.kind.value})" if found.target.kind else ""
    title = f"Your silence ends {ends}: {goal}"
    return title, (
        paragraph(Strong(goal), f"{about} is silent until {ends}. Your reason was: {found.reason}"),
        paragraph("What lasts then is told. sync-agent silence prolongs it."),
    )


def prompt(notice: Notice, organisation: Organisation, _now: datetime) -> Wording:
    """Asks somebody who can help, with the evidence and the questions it suggests."""
    goal, found = notice.goals[0]
    owner = phrases.owner_name(organisation, goal)
    blocks: list[Block] = [
        paragraph(f"{owner}'s goal ", Strong(goal.objective), " needs something that you can help with."),
    ]
    for each in notice.alerts:
        blocks += [paragraph(_sentence(each)), *phrases.evidence(each.signal.evidence)]
    blocks += _asks(notice)
    blocks.append(paragraph(f"{phrases.due_and_forecast(goal, found)} {_where_to_answer(goal, owner)}"))
    return f"Can you help? {goal.objective}", tuple(blocks)


def resolved(notice: Notice, _organisation: Organisation, now: datetime) -> Wording:
    """What is over."""
    goal, found = notice.goals[0]
    over = bullets([f"{_short(each)}: over {phrases.lasted(each, now)}"] for each in notice.alerts)
    title = f"Resolved: {goal.objective}"
    state = f"Now {found.health.value}. {phrases.progress(found)} {phrases.due_and_forecast(goal, found)}"
    return title, (paragraph(Strong(title)), *over, paragraph(state))


def digest(notice: Notice, _organisation: Organisation, _now: datetime) -> Wording:
    """One honest line a goal, worst first; evidence for those who work on it."""
    ordered = sorted(notice.goals, key=lambda pair: phrases.WORST_FIRST.index(pair[1].health))
    counts = Counter(found.health for _, found in ordered)
    summary = ", ".join(f"{counts[health]} {health.value}" for health in phrases.WORST_FIRST if counts[health])
    blocks: list[Block] = []
    for goal, found in ordered:
        blocks += _digest_entry(goal, found, notice.person)
    return summary, (paragraph(f"{summary.capitalize()}."), *blocks)


def operations(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """A source went away or is back: for whoever runs the agent."""
    first = notice.alerts[0]
    source, goals = first.subject, bullets([goal.objective] for goal, _ in notice.goals)
    if first.resolved_at:
        title = f"{source} can be read again"
        return title, (paragraph(f"{title}, {phrases.lasted(first, now)}. These goals are judged again:"), *goals)
    title = f"{source} cannot be read"
    since = phrases.at(first.signal.since or first.first_seen, organisation.timezone, today=now)
    return title, (
        paragraph(Strong(title), f" since {since}."),
        *phrases.evidence(first.signal.evidence),
        paragraph("Until it can, these goals are unknown and nobody is told anything new about them:"),
        *goals,
        paragraph("sync-agent validate --online shows what is missing."),
    )


WORDINGS: Mapping[MessageKind, Callable[[Notice, Organisation, datetime], Wording]] = {
    MessageKind.STATUS: status,
    MessageKind.ALERT: alert,
    MessageKind.RESOLVED: resolved,
    MessageKind.PROMPT: prompt,
    MessageKind.DIGEST: digest,
    MessageKind.OPERATIONS: operations,
    MessageKind.REMINDER: reminder,
    MessageKind.ESCALATION: escalation,
    MessageKind.SILENCE: silence,
}


def _digest_entry(goal: Goal, found: Assessment, reader: Person | None) -> Iterator[Block]:
    yield Heading(f"{phrases.headline(found.health)}: {goal.objective}")
    yield paragraph(f"{phrases.progress(found)} {phrases.due_and_forecast(goal, found)}")
    if reader and reader.role in _WITH_DETAIL:
        yield from phrases.evidence(found.reasons)
        yield from phrases.problems(found)
    elif found.health in (Health.AT_RISK, Health.OFF_TRACK, Health.UNKNOWN) and found.reasons:
        yield paragraph(*phrases.fact_line(found.reasons[0]))


def _asks(notice: Notice) -> Iterator[Block]:
    found = phrases.questions(notice.alerts)
    if found:
        yield Heading("What would help")
        yield from found


def _answers(notice: Notice, organisation: Organisation, today: datetime) -> Iterator[Block]:
    """What people have said: the confirmation that they were heard."""

    def name(person: str) -> str:
        known = organisation.people.get(person)
        return known.name if known else person

    def at(moment: datetime) -> str:
        return phrases.at(moment, organisation.timezone, today=today)

    for found in notice.acknowledgements:
        end = f"No reminders until {at(found.until)}." if found.until else "No reminders until it is over."
        why = f": {found.reason.rstrip('.')}" if found.reason else ""
        yield paragraph(f"Acknowledged by {name(found.by)} on {at(found.at)}{why}. {end}")
    for silence in notice.silences:
        why = silence.reason.rstrip(".")
        about = f" about {silence.target.kind.value}" if silence.target.kind else ""
        yield paragraph(f"Silent{about} until {at(silence.until)}, as {name(silence.by)} asked: {why}.")


def _how_to_answer(notice: Notice, goal: Goal) -> str:
    """How to end reminders, where it can be done."""
    if notice.place:
        return "Somebody works on it? A comment that begins with sync-agent ack and a reason ends the reminders."
    places = ", ".join(place.key for place in goal.report_on)
    ways = f"a comment on {places} that begins with sync-agent ack" if places else f"sync-agent ack {goal.id}"
    return f"Somebody works on it? {ways[:1].upper()}{ways[1:]} ends the reminders."


def _where_to_answer(goal: Goal, owner: str) -> str:
    places = ", ".join(place.key for place in goal.report_on)
    return f"Please answer on {places}, or tell {owner}." if places else f"Please tell {owner}."


def _title(found: Alert) -> str:
    if found.kind is SignalKind.SLIPPING:
        return "Off track" if found.signal.level > 1 else "Slipping"
    return phrases.finding(found.kind)


def _short(found: Alert) -> str:
    about = "" if found.subject == found.goal else f" ({found.subject})"
    return f"{_title(found)}{about}"


def _sentence(found: Alert) -> str:
    headline = found.signal.headline
    return f"{headline[:1].upper()}{headline[1:]}."


def _mention(person: Person, source: str) -> Mention:
    return Mention(person.name, person.accounts[source])
