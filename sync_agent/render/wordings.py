"""One function per kind of message: its subject and its document.

Each message begins with the news, gives the evidence with links and the state of the goal, and then says what is asked
of this reader and how to answer. The footer says why they got it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sync_agent.decide.readers.audience import may_command
from sync_agent.model import (
    Acknowledgement,
    Alert,
    Assessment,
    Goal,
    Health,
    MessageKind,
    Notice,
    Organisation,
    Person,
    SignalKind,
)
from sync_agent.render import phrases
from sync_agent.render.asking.asks import asked
from sync_agent.render.digest import digest
from sync_agent.render.gathered import consequences, gathered
from sync_agent.render.markup.document import (
    Block,
    Command,
    Document,
    Heading,
    Inline,
    Mention,
    Strong,
    Text,
    bullets,
    clean,
    paragraph,
)
from sync_agent.render.operations import operations
from sync_agent.render.rounds.report import round_report
from sync_agent.render.standing import standing, standing_fact, standing_heading
from sync_agent.render.versions.agreements import agreed_lines
from sync_agent.render.versions.changes import changed
from sync_agent.words import say_count

_LONGEST_OBJECTIVE = 60
# This many alerts come with evidence, and this many more in one line each: Jira takes at most 32,767 characters.
_MOST_TOLD, _MOST_LINES = 3, 50
Wording = tuple[str, Document]
_COMMANDS = bullets(
    [
        [Command("sync-agent ack"), " and a few words: somebody is on it, and the reminders stop."],
        [Command("sync-agent silence 3d"), " and a reason: nobody is told about this goal for three days."],
        [Command("sync-agent feedback"), " and what you think, from anybody here: its owner says what becomes of it."],
        ["Any other comment is for the people on the issue; the agent does not act on it."],
    ]
)


def status(notice: Notice, organisation: Organisation, _now: datetime) -> Wording:
    """The state of a goal. It says nothing that changes without news, because it is compared with what is already
    there.
    """
    goal, found = notice.goals[0]
    owner = phrases.owner_name(organisation, goal)
    blocks: list[Block] = [paragraph(Strong(f"{standing_heading(goal, found)}: {goal.objective}"))]
    if found.health is Health.UNKNOWN and found.unknown_since:
        since = phrases.at(found.unknown_since, organisation.timezone, today=found.at)
        blocks.append(paragraph(f"Unknown since {since}. Owner: {owner}."))
    else:
        blocks += phrases.state_lines(goal, found, ("Owner", owner))
    blocks += [paragraph(line) for line in agreed_lines(notice, goal, organisation, found.at.date())]
    blocks += [Heading("Why"), *phrases.evidence(found.reasons)]
    if found.causes:
        blocks += [Heading("What makes it late"), *phrases.causes(found.causes)]
    if found.health is not Health.UNKNOWN:
        blocks += [Heading("Key results"), *phrases.key_results(found.key_results)]
    if found.signals:
        blocks += [Heading("Open problems"), *phrases.problems(found)]
    blocks += _answers(notice, organisation, found.at)
    if found.health is not Health.UNKNOWN:
        blocks.append(phrases.as_of(found))
    return f"{goal.objective}: {standing(goal, found)}", tuple(blocks)


def alert(notice: Notice, organisation: Organisation, _now: datetime) -> Wording:
    """What began or got worse, why, what it means, and what would help."""
    return _told("", notice, organisation)


def reminder(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """A problem that was told before and still lasts: when it was told, and how to stop the reminders."""
    goal, first = notice.goals[0][0], notice.alerts[0]
    told = phrases.at(first.reading(goal.owner).at or _open_since(first), organisation.timezone, today=now)
    return _told("Still open: ", notice, organisation, f"You were last told on {told}.")


def escalation(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """For people who have not heard of the problem: whether and when the owner was told, and what they can do."""
    goal, first = notice.goals[0][0], notice.alerts[0]
    told = first.reading(goal.owner).at
    moment = phrases.at(told or _open_since(first), organisation.timezone, today=now)
    owner = phrases.owner_name(organisation, goal)
    since = f"{owner} was last told on {moment}" if told else f"It has been open since {moment}"
    return _told("Your decision: ", notice, organisation, f"{since}, and nobody has taken it on.")


def _open_since(found: Alert) -> datetime:
    return found.opened_at or found.fired_at or found.first_seen


def silence(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """Says that a silence is about to end."""
    found = notice.silence
    assert found is not None
    goal = next((g for g in organisation.goals if g.id == found.target.goal), None)
    objective = goal.objective if goal else found.target.name
    ends = phrases.at(found.until, organisation.timezone, today=now)
    about = f"“{found.target.kind.value}” of " if found.target.kind and goal else ""
    author = organisation.people.get(found.by)
    whose = "Your" if author is None or author == notice.person else f"{author.name}'s"
    at_whose = "your" if whose == "Your" else whose
    title = f"{whose} silence ends {ends}: {objective}"
    where = phrases.places(goal, notice.links) if goal else []
    again = ["write ", Command("sync-agent silence 3d"), " and a reason in a comment on ", *where]
    return title, (
        paragraph(Strong(f"At {at_whose} request nobody has been told about {about}“{objective}”; that ends {ends}.")),
        paragraph(f"{whose} reason was: {found.reason.rstrip('.')}."),
        paragraph("Whatever is still open then is told to the people it concerns."),
        paragraph(
            "There is nothing to do if that is right. To prolong it, ",
            *(again if where else ["ask whoever runs the agent for ", Command("sync-agent silence add")]),
            ".",
        ),
    )


def prompt(notice: Notice, organisation: Organisation, _now: datetime) -> Wording:
    """Asks somebody who can help, with the evidence and the questions that it suggests."""
    owner = phrases.owner_name(organisation, notice.goals[0][0])
    waits = all(each.kind is SignalKind.DEPENDENCY for each in notice.alerts)
    yours = "a goal of yours" if waits else "work of yours"
    return _told("Can you help? ", notice, organisation, f"{owner} owns this goal. It is waiting for {yours}.")


def resolved(notice: Notice, organisation: Organisation, now: datetime) -> Wording:
    """Says what is over."""
    goal, found = notice.goals[0]
    if not notice.alerts:
        return _reached(goal, found)
    ends = [f"{phrases.over(each)} {phrases.lasted(each, organisation, now)}" for each in notice.alerts]
    title = f"{ends[0]}{_others(notice.alerts)}"
    others = ([_sentence(end)] for end in ends[1:])
    news = paragraph(Strong(f"Resolved: {goal.objective}: {title}"))
    blocks: list[Block] = [news, *bullets(others, most=_MOST_LINES)]
    blocks.append(paragraph("Nothing more is asked of you about this. How the goal stands now:"))
    state = phrases.state_lines(goal, found, _health(goal, found))
    return f"Resolved: {_brief(goal)}: {title}", (*blocks, *state, *phrases.page_of(notice, goal))


def _reached(goal: Goal, found: Assessment) -> Wording:
    """Tells the owner that a goal is done."""
    news = paragraph(Strong(f"Done: {goal.objective}"))
    rest = paragraph("Every key result is reached. Others read of it in their digests; nothing is asked of you.")
    return f"Done: {_brief(goal)}", (news, *phrases.key_results(found.key_results), rest)


WORDINGS: Mapping[MessageKind, Callable[[Notice, Organisation, datetime], Wording]] = {
    MessageKind.STATUS: status,
    MessageKind.ALERT: alert,
    MessageKind.RESOLVED: resolved,
    MessageKind.PROMPT: prompt,
    MessageKind.DIGEST: digest,
    MessageKind.GATHERED: gathered,
    MessageKind.OPERATIONS: operations,
    MessageKind.REMINDER: reminder,
    MessageKind.ESCALATION: escalation,
    MessageKind.SILENCE: silence,
    MessageKind.ASKED: asked,
    MessageKind.CHANGED: changed,
    MessageKind.ROUND: round_report,
}


def _told(before: str, notice: Notice, organisation: Organisation, since: str = "") -> Wording:
    """News about one goal: headline, what came before (`since`), evidence, state, and what is asked."""
    goal, found = notice.goals[0]
    news = f"{_headline(notice.alerts[0], goal, found)}{_others(notice.alerts)}"
    called: list[Inline] = [part for who in notice.mentions for part in (_mention(who, notice.channel.name), Text(" "))]
    blocks: list[Block] = [paragraph(*called, Strong(f"{before}{goal.objective}: {news}"))]
    if since:
        blocks.append(paragraph(since))
    for number, each in enumerate(notice.alerts[:_MOST_TOLD]):
        if number:
            blocks.append(paragraph(Strong(_sentence(each.signal.headline))))
        blocks += phrases.evidence(each.signal.evidence)
    if rest := notice.alerts[_MOST_TOLD:]:
        blocks += [
            paragraph(Strong("Besides:")),
            *bullets(([_sentence(each.signal.headline)] for each in rest), most=_MOST_LINES),
        ]
    blocks += [Heading("Where the goal stands"), *phrases.state_lines(goal, found, _health(goal, found))]
    blocks += phrases.page_of(notice, goal)
    blocks += [*consequences(notice, organisation), *_asks(notice, organisation)]
    return f"{before}{_brief(goal)}: {news}", tuple(blocks)


def _headline(first: Alert, goal: Goal, found: Assessment) -> str:
    """What happened and, for blocked work, what it does to the date."""
    ends = f", {phrases.outlook(goal, found)}" if first.kind is SignalKind.BLOCKED else ""
    return f"{first.signal.headline}{ends}"


def _others(alerts: Iterable[Alert]) -> str:
    more = len(tuple(alerts)) - 1
    return f", and {say_count(more, 'more problem', 'more problems')}" if more else ""


def _brief(goal: Goal) -> str:
    """An objective, shortened to leave room for the news in a subject line."""
    return clean(goal.objective, _LONGEST_OBJECTIVE)


def _asks(notice: Notice, organisation: Organisation) -> Iterator[Block]:
    """Says what is asked of this reader, and how to answer."""
    goal = notice.goals[0][0]
    owner = phrases.owner_name(organisation, goal)
    decide = [f"Decide with {owner} what should happen now."] if notice.kind is MessageKind.ESCALATION else []
    if asked := phrases.questions(notice.alerts, decide):
        yield Heading("What we ask of you" if notice.person else "What would help")
        yield from asked
    yield Heading("How to answer")
    yield from _how_to_answer(notice, goal, organisation)


def _how_to_answer(notice: Notice, goal: Goal, organisation: Organisation) -> Iterator[Block]:
    reader = notice.person
    where: list[Inline] = [Text("here")]
    if notice.place is None:
        comments = reader is not None and any(place.source in reader.accounts for place in goal.report_on)
        where = [Text("on "), *phrases.places(goal, notice.links)] if comments else []
    if where and (reader is None or may_command(goal, reader)):
        yield paragraph("In a comment ", *where, f"{_from_whom(notice, goal, organisation)}:")
        yield from _COMMANDS
    else:
        yield _tell_the_owner(goal, reader, where, organisation)


def _from_whom(notice: Notice, goal: Goal, organisation: Organisation) -> str:
    """Whose commands are obeyed, if the comment also mentions people whose commands are not."""
    if notice.person or (notice.mentions and all(may_command(goal, person) for person in notice.mentions)):
        return ""
    return f", from {phrases.owner_name(organisation, goal)} or a stakeholder of the goal"


def _tell_the_owner(goal: Goal, reader: Person | None, where: Sequence[Inline], organisation: Organisation) -> Block:
    """For people who cannot comment where the goal reports, or whose commands are not obeyed there."""
    if reader is None or reader.id != goal.owner:
        comment: list[Inline] = [Text(", or comment "), *where] if where else []
        return paragraph(f"Tell {phrases.contact(organisation, goal)}, who owns this goal", *comment, ".")
    noted = Command(f"sync-agent ack {goal.id} --by {goal.owner}")
    return paragraph("Whoever runs the agent can note for you that you are on it: ", noted)


def _answers(notice: Notice, organisation: Organisation, today: datetime) -> Iterator[Block]:
    """What people have said, repeated to confirm that they were heard."""

    def name(person: str) -> str:
        known = organisation.people.get(person)
        return known.name if known else person

    def at(moment: datetime) -> str:
        return phrases.at(moment, organisation.timezone, today=today)

    def acknowledged(found: Acknowledgement) -> str:
        end = f"No reminders until {at(found.until)}." if found.until else "No reminders until it is over."
        why = f": {found.reason.rstrip('.')}" if found.reason else ""
        return f"Acknowledged by {name(found.by)} on {at(found.at)}{why}. {end}"

    # Whoever acknowledges all that is open says one thing.
    yield from map(paragraph, dict.fromkeys(map(acknowledged, notice.acknowledgements)))
    for silence in notice.silences:
        why = silence.reason.rstrip(".")
        about = f" about {silence.target.kind.value}" if silence.target.kind else ""
        yield paragraph(f"Silent{about} until {at(silence.until)}, as {name(silence.by)} asked: {why}.")
    for each in notice.heard:
        yield paragraph(f"Heard from {name(each.person)} on {at(each.at)}: “{clean(each.raw)}”.")
    for refused in notice.refusals:
        yield paragraph(f"Not done, as {name(refused.by)} asked on {at(refused.at)}: {refused.why}.")


def _health(goal: Goal, found: Assessment) -> tuple[str, str]:
    return "Health", standing_fact(goal, found)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _mention(person: Person, source: str) -> Mention:
    return Mention(person.name, person.accounts[source])
