"""Where a question stands: worked out from its times and the answers, never stored."""

from collections.abc import Iterable
from datetime import datetime

from sync_agent.model.asking import Answer, Ask, State


def in_force(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers that nobody has taken back, in the order in which they were given. Each origin counts once."""
    every = {answer.origin: answer for answer in answers}
    gone = {answer.takes_back for answer in every.values()}
    kept = (a for a in every.values() if a.origin not in gone and a.takes_back is None)
    return tuple(sorted(kept, key=lambda answer: answer.order))


def counted(ask: Ask, answers: Iterable[Answer]) -> Answer | None:
    """The answer that counts: the newest that came in time."""
    own = (answer for answer in answers if answer.ask == ask.id)
    return next((answer for answer in reversed(in_force(own)) if not answer.late), None)


def state(ask: Ask, answers: Iterable[Answer], now: datetime, withdrawn: datetime | None = None) -> State:
    """The state at a time. `withdrawn` is when the question was found to be no longer wanted, if it is not. If it was
    answered before, it stays answered; if it had closed by then, it has lapsed.
    """
    settled = ask.settled is not None and ask.settled <= now
    if settled or counted(ask, (answer for answer in answers if answer.at <= now)):
        return State.ANSWERED
    if withdrawn and withdrawn <= now and withdrawn < ask.closes:
        return State.WITHDRAWN
    if now >= ask.closes:
        return State.LAPSED
    return State.OPEN if now >= ask.opens else State.PLANNED
