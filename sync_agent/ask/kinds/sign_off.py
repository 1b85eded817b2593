"""Asks people to agree to the present version of a goal. They sign it, discuss it, abstain, or hold it until a day.

A question is about one version. When the goal changes, people are asked about the new version. When it goes back to a
version that somebody has signed, their signature counts again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import zip_longest

from sync_agent.ask import needs
from sync_agent.ask.consequences import consequences, unanswered
from sync_agent.ask.history import at, present
from sync_agent.ask.identity.ids import ask_id, need_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds.check_in import about
from sync_agent.ask.quiet import deputies_of
from sync_agent.ask.spans import working_days_later
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Goal, Need, Proof, SignOff
from sync_agent.model.agreement import Matter, Stance, Stand
from sync_agent.model.asking import Answer, Ask, Known, Meaning, QuestionPart, Reply, ToSign, Weight
from sync_agent.model.asking.fields import AnyField, Choice, Day, FreeText, Option, Sheet
from sync_agent.model.versions import ConfiguredVersion

NAME, VERB = "sign-off", "sign-off"
WORDS = tuple(stand.value for stand in Stand)
_AT_LEAST = 5
"""Working days for signing, however late the goal was changed."""
_MINUTES = 5
_LONGEST_LABEL = 60
_LABELS = {
    Stand.SIGN: "I agree to it as it is",
    Stand.DISCUSS: "I want to discuss it first",
    Stand.ABSTAIN: "I abstain; it may go on without me",
    Stand.HOLD: "Wait for me until a day",
}
_NEEDS = {Stand.DISCUSS: ("reason",), Stand.HOLD: ("until",)}
MATTERS: Mapping[Matter, str] = {
    Matter.DATE: "the date",
    Matter.TARGET: "the target",
    Matter.SCOPE: "the scope",
    Matter.OWNER: "the owner",
    Matter.OBJECTIVE: "the objective",
    Matter.NEEDS: "what it needs",
    Matter.LINKS: "what it depends on",
}
FIELDS = (
    Choice(
        name="position",
        label="Your position",
        options=tuple(Option(stand.value, label, _NEEDS.get(stand, ())) for stand, label in _LABELS.items()),
    ),
    FreeText(name="reason", label="Why", required=False, help="Everybody who has to sign reads it"),
    Choice(
        name="matter",
        label="What you discuss",
        lead="about",
        required=False,
        options=tuple(Option(matter.value, label) for matter, label in MATTERS.items()),
    ),
    Day(name="until", label="Until", lead="until", required=False, help="The last day on which it waits for you"),
)
_KNOWN: Mapping[Proof, Known] = {
    Proof.LINK: Known.LINK,
    Proof.ALIGNED_MAIL: Known.ALIGNED_MAIL,
    Proof.SSO: Known.PROXY,
    Proof.ACCOUNT: Known.ACCOUNT,
}


def signers(situation: Situation, goal: Goal) -> tuple[str, ...]:
    """The ids of those who have to sign a goal."""
    people = situation.organisation.people
    return tuple(each for each in dict.fromkeys(goal.sign_off.by) if each in people) if goal.sign_off else ()


def accepted(sign_off: SignOff) -> frozenset[Known]:
    """The ways of knowing a signer that are good enough."""
    return frozenset(_KNOWN[proof] for proof in sign_off.require)


def stances(situation: Situation, goal: Goal) -> tuple[Stance, ...]:
    """Everything that signers or their deputies said, oldest first."""
    found = ((_signer(situation, goal, answer), answer) for answer in situation.said(NAME, about(goal)))
    return tuple(_stance(answer, signer) for signer, answer in found if signer and answer.version)


def asked(situation: Situation, goal: Goal, signer: str) -> Ask | None:
    """The question to a signer about the present version."""
    version, said = situation.versions.get(goal.id), stances(situation, goal)
    if not goal.sign_off or version is None:
        return None
    return _ask(situation, goal, goal.sign_off, signer, version, [each for each in said if each.signer == signer])


def _signer(situation: Situation, goal: Goal, answer: Answer) -> str | None:
    """The person for whom an answer was given. The question that a deputy answers is to somebody else, and has an id of
    its own.
    """
    every = signers(situation, goal)
    others = [each for each in every if answer.person in deputies_of(each, situation.deputies)]
    count = len(situation.said(NAME, about(goal)))
    for other in others:
        ids = (_id(goal, other, answer.version or "", turn) for turn in range(1, count + 2))
        if answer.ask in ids:
            return other
    return answer.person if answer.person in every else None


def _asks(situation: Situation) -> Iterator[Ask]:
    for goal in situation.organisation.goals:
        if goal.sign_off and situation.today <= goal.period.due:
            yield from (ask for each in signers(situation, goal) if (ask := asked(situation, goal, each)))


def _ask(situation: Situation, goal: Goal, sign_off: SignOff, signer: str, version: str, said: Sequence[Stance]) -> Ask:
    calendar = situation.calendar
    turn, again = _turn(said, version, calendar, situation.today)
    since = _since(situation, goal)
    since = max(since, calendar.midnight(sign_off.opens)) if sign_off.opens else since
    opens = max(since, calendar.midnight(again)) if again else since
    last = max(sign_off.until, working_days_later(calendar, calendar.day(opens), _AT_LEAST))
    return Ask(
        id=_id(goal, signer, version, turn),
        kind=NAME,
        person=signer,
        about=about(goal),
        occasion=_occasion(version, turn),
        sheet=Sheet((*FIELDS, *_need_fields(unanswered(situation, goal, signer)))),
        opens=opens,
        closes=calendar.midnight(last + timedelta(days=1)),
        question=tuple(_question(situation, goal, signer, said)),
        weight=Weight.WEIGHS,
        minutes=_MINUTES,
        goal=goal.id,
        version=version,
        accepts=accepted(sign_off),
    )


def _turn(said: Sequence[Stance], version: str, calendar: Calendar, today: date) -> tuple[int, date | None]:
    """How many times somebody is asked about a version. They are asked again if they have said something about another
    version since, if the day is over until which they held it, and on the day after that if holding it was their last
    word.
    """
    turn, again = 1, None
    for one, other in zip_longest(said, said[1:]):
        if one.version == version:
            waited = one.stand is Stand.HOLD and one.until and one.until < (calendar.day(other.at) if other else today)
            turn += bool(waited or (other and other.version != version))
            again = one.until + timedelta(days=1) if waited and one.until and not other else None
    return turn, again


def _since(situation: Situation, goal: Goal) -> datetime:
    """Since when the present version has been configured without a break; today if nobody has noted it yet."""
    history = situation.histories.get(goal.id, ())
    now = present(history)
    begun = now.since if now else situation.calendar.midnight(situation.today)
    for each in reversed(history):
        if now is None or each.version != now.version:
            break
        begun = each.since
    return begun


def _question(situation: Situation, goal: Goal, signer: str, said: Sequence[Stance]) -> Iterator[QuestionPart]:
    """What is to be signed, what is new in it since the signer last said something, and what it means for them."""
    history = situation.histories.get(goal.id, ())
    now = present(history)
    if now:
        yield ToSign(now, _spoken_of(history, said[-1]) if said else None)
    yield consequences(situation, goal, signer)


def _spoken_of(history: Sequence[ConfiguredVersion], stance: Stance) -> ConfiguredVersion | None:
    then = at(history, stance.at)
    if then and then.version == stance.version:
        return then
    return next((each for each in reversed(history) if each.version == stance.version), None)


def _occasion(version: str, turn: int) -> str:
    return version if turn == 1 else f"{version} {turn}"


def _id(goal: Goal, signer: str, version: str, turn: int) -> str:
    return ask_id(NAME, about(goal), signer, _occasion(version, turn))


def _stance(answer: Answer, signer: str) -> Stance:
    values = answer.values
    until, matter = values.get("until"), values.get("matter")
    return Stance(
        answer.about.id, answer.version or "", signer, Stand(str(values["position"])), answer.at, answer.person,
        answer.origin, str(values.get("reason", "")), until if isinstance(until, date) else None,
        Matter(str(matter)) if matter else None,
    )  # fmt: skip


def _need_fields(needs: Iterable[Need]) -> Iterator[AnyField]:
    """Each need can be accepted or countered together with the signature."""
    for number, each in enumerate(needs, start=1):
        name, label = need_id(each), " ".join(each.what.split())[:_LONGEST_LABEL]
        options = (
            Option(Reply.ACCEPT.value, f"I will do it by {each.by.isoformat()}"),
            Option(Reply.COUNTER.value, "By another day", (f"day-{name}",)),
            Option(Reply.DECLINE.value, "I will not", ("reason",)),
        )
        help_ = f"It needs this of you by {each.by.isoformat()}; you may also answer later"
        yield Choice(name=f"need-{name}", label=f"Need {number}: {label}", required=False, options=options, help=help_)
        yield Day(name=f"day-{name}", label=f"Day for need {number}", required=False)


def _also(situation: Situation, answer: Answer) -> Iterator[Answer]:
    """What was said about needs, as the answers to them."""
    goal = situation.goal(answer.about.id)
    for each in goal.needs if goal else ():
        name = need_id(each)
        if reply := answer.values.get(f"need-{name}"):
            said = {"reply": reply, "day": answer.values.get(f"day-{name}"), "reason": answer.values.get("reason")}
            values = {key: value for key, value in said.items() if value is not None}
            yield replace(
                answer, origin=f"{answer.origin}-need-{name}", ask=needs.ask_of(each), kind=needs.NAME,
                about=needs.about(each), values=values, raw="",
            )  # fmt: skip


def _means(situation: Situation, answer: Answer) -> Iterable[Meaning]:
    goal = situation.goal(answer.about.id)
    signer = _signer(situation, goal, answer) if goal else None
    return (_stance(answer, signer),) if signer and answer.version else ()


KIND = Kind(
    NAME,
    VERB,
    _asks,
    means=_means,
    example="sign",
    fields=FIELDS,
    words=WORDS,
    also=_also,
    of_version=True,
    late_counts=True,
)
