"""What may be wrong with a round, in words."""

from collections.abc import Iterable, Mapping

from sync_agent.ask.rounds.advice import (
    CannotSign,
    FreeDay,
    NotReached,
    NotRunYet,
    NotWritable,
    OutOfOrder,
    PartlyRun,
    RoundAdvice,
    RoundProblem,
    TooFewInvited,
    TooMuchAsked,
    Unspoken,
)
from sync_agent.ask.rounds.urns import FEWEST
from sync_agent.model import Role
from sync_agent.model.rounds import Interview
from sync_agent.words import say_count, say_percent

_MOST = 5
_SPOKEN_FOR: Mapping[Role, str] = {
    Role.SENIOR_LEADER: "the senior leaders",
    Role.TECHNICAL_EXPERT: "the technical experts",
    Role.BUSINESS_PARTNER: "the business partners",
    Role.CUSTOMER_REPRESENTATIVE: "the customers",
}


def say_advice(found: RoundAdvice) -> str:
    """What it is, and what would be better."""
    match found:
        case NotRunYet():
            ids = named(step.id for step in found.steps)
            return f"{ids}: planned and shown, but not carried out by the agent: do it yourself"
        case PartlyRun(step=Interview()):
            return "nobody is invited to the meeting: do it yourself"
        case PartlyRun():
            return "ideas come by mail and form: issues are not read, and similar ideas not found, by the agent yet"
        case _:
            return _problem(found)


def _problem(found: RoundProblem) -> str:
    match found:
        case Unspoken():
            text = _unspoken(found)
        case NotReached(away=True):
            text = f"{named(found.people)} will be away until it closes; name a deputy, or choose other days"
        case NotReached():
            text = f"its questions do not reach {named(found.people)}: give them an email, with channels.email"
        case FreeDay():
            text = _free_day(found)
        case TooMuchAsked():
            text = _too_much(found)
        case TooFewInvited():
            text = _too_few(found)
        case OutOfOrder():
            begins, ends = found.step.open.first, found.before.open.last
            text = f"begins on {begins}, while {found.before.id} is open until {ends}; move one of them"
        case CannotSign():
            text = (
                f"{named(found.people)} could never sign: give web.url and web.secret and them an email, or an account"
            )
        case NotWritable():
            text = "may not write there, for channels.comments is false; turn it on, or leave the place out"
    return text


def _unspoken(found: Unspoken) -> str:
    fix = f"invite somebody with the role {found.role.value} and say speaks_for: [{found.themes[0]}] of them"
    return f"nobody speaks for {_SPOKEN_FOR[found.role]} of {named(found.themes)}; {fix}"


def _too_much(found: TooMuchAsked) -> str:
    most = round(found.attention.total_seconds() / 60)
    asked = f"asks {say_count(found.minutes, 'minute')} of {found.person} in the week of {found.week}"
    return f"{asked}, and attention allows {most}; ask less, invite fewer, or move a step"


def _too_few(found: TooFewInvited) -> str:
    asked = f"asks {say_count(len(found.step.invited), 'person', 'people')}"
    why = f"of whom {FEWEST} or more answer with a probability of {say_percent(found.chance)}"
    return f"{asked}, {why}; with fewer nothing is ever shown: invite ten or so, or do without anonymity"


def _free_day(found: FreeDay) -> str:
    name = f" ({found.holiday})" if found.holiday else ""
    if found.people:
        return f"{found.day}{name} is a holiday for {named(found.people)}; nothing is told to them on that day"
    ends = "begins" if found.day == found.step.open.first else "ends"
    meets = found.step.open.first == found.step.open.last
    return f"{'is' if meets else ends} on {found.day}{name}, on which nobody works; choose a working day"


def named(names: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return f"{', '.join(listed[:_MOST])}{more}"
