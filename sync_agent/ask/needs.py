"""Where needs stand: what was said to them, and what that means today."""

from collections.abc import Iterable
from datetime import date

from sync_agent.ask.identity.ids import ask_id, need_id
from sync_agent.ask.states import in_force
from sync_agent.model import Need
from sync_agent.model.asking import About, Answer, NeedReply, NeedState, Reply, Topic

NAME = "need"
"""The kind of the questions about them."""


def about(need: Need) -> About:
    """What the questions about a need are about."""
    return About(Topic.NEED, need_id(need))


def replies(need: Need, answers: Iterable[Answer]) -> tuple[NeedReply, ...]:
    """What was said to a need in time, oldest first."""
    own = (answer for answer in answers if answer.kind == NAME and answer.about == about(need))
    return tuple(reply_of(answer) for answer in in_force(own) if not answer.late)


def state(need: Need, answers: Iterable[Answer], today: date) -> NeedState:
    """Where a need stands. An answer holds for the day that was asked for. If the day is moved, they are asked again,
    unless they themselves named that day or an earlier one.
    """
    own = [a for a in in_force(answers) if a.kind == NAME and a.about == about(need) and not a.late]
    if not own:
        return NeedState.ASKED
    last, present = own[-1], own[-1].ask in (ask_of(need), ask_of(need, is_late=True))
    reply = reply_of(last)
    agreed = present if reply.reply is Reply.ACCEPT else bool(reply.day and reply.day <= need.by)
    if reply.reply is Reply.DONE:
        return NeedState.DONE
    if agreed:
        return NeedState.LATE if today > need.by else NeedState.ACCEPTED
    if not present:
        return NeedState.ASKED
    return NeedState.DECLINED if reply.reply is Reply.DECLINE else NeedState.COUNTERED


def ask_of(need: Need, *, is_late: bool = False) -> str:
    """The id of the question whether the need will be met, or, when its day is over, whether it was."""
    return ask_id(NAME, about(need), need.giver, occasion(need, is_late=is_late))


def occasion(need: Need, *, is_late: bool) -> str:
    """What sets questions about one need apart."""
    return f"{need.by.isoformat()}{' late' if is_late else ''}"


def reply_of(answer: Answer) -> NeedReply:
    """What an answer says to a need."""
    values = answer.values
    day = values.get("day")
    return NeedReply(
        answer.about.id, answer.person, answer.at, Reply(str(values["reply"])),
        day if isinstance(day, date) else None, str(values.get("reason", "")),
    )  # fmt: skip
