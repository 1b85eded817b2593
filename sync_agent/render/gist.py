"""Sums up what a status says, to compare it with the next one."""

import hashlib
from collections.abc import Iterator

from sync_agent.model import Gist, Health, MessageKind, Notice
from sync_agent.render import phrases
from sync_agent.render.markup.document import Document


def gist(notice: Notice, document: Document) -> Gist | None:
    """The gist of a status; None for other messages. It says which problems there are and how bad they are, not for how
    long.
    """
    if notice.kind is not MessageKind.STATUS:
        return None
    goal, found = notice.goals[0]
    forecast = found.forecast
    ends = forecast.p85 if forecast else None
    news = (
        found.health.value,
        found.unknown_since if found.health is Health.UNKNOWN else None,
        (goal.objective, goal.owner, goal.period),
        sorted((*alert.identity, alert.signal.level) for alert in notice.alerts),
        notice.acknowledgements,
        notice.silences,
        notice.refusals,
        ends is None,
        *(
            (notice.heard,) if notice.heard else ()
        ),  # Left out if empty: otherwise every status at the trackers would be edited once.
        *_agreed(notice),
    )
    rest = [block for block in document if block != phrases.as_of(found)]
    return Gist(_digest(news), _digest(rest), found.progress, ends)


def _agreed(notice: Notice) -> Iterator[object]:
    """Who agreed and what was moved, in plain values, because a digest of them is stored."""
    for name, found in sorted(notice.agreements.items()):
        yield name, found.version, found.overdue, tuple((each.signer, each.state.value) for each in found.signers)
    for name, moves in sorted(notice.moves.items()):
        yield name, tuple((move.path, move.after) for move in moves)


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
