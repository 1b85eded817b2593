"""Connectors → store: what people answer in comments. Each command is dealt with once.

Comments are read only of items that hold a comment of the agent and were updated since they were last read: the pull
knows that, so a cycle without news asks nothing.
"""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from connectors import contract
from connectors.contract import Inbox
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused
from sync_agent.ask.hearing import Listener
from sync_agent.ask.texts.comments import CommentMarkup, commands
from sync_agent.ask.texts.grammar import SpokenCommand
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.decide.notices.notices import status_key
from sync_agent.hear.answering import Deaf, Ears, answer, forgive
from sync_agent.hear.obey import CommandFate, HeardComment, settle
from sync_agent.hear.situation import listener, recall
from sync_agent.model import (
    Assessment,
    Goal,
    Organisation,
    Place,
)
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.heard import (
    UnheardItem,
    known_command,
    load_unheard,
    note_command,
    note_heard,
)
from sync_agent.store.outbox.rows import load_rows

_MARKUPS = {
    contract.Markup.MARKDOWN: CommentMarkup.MARKDOWN,
    contract.Markup.WIKI: CommentMarkup.WIKI,
    contract.Markup.ADF: CommentMarkup.PLAIN,
}

# Nobody writes more commands in one comment, and each costs a look into the store.
_MOST = 20

log = structlog.get_logger(__name__)

# How far back the comments of an item are read for the first time: a store that was lost finds its silences again.
_FIRST = timedelta(days=30)
# The same comment may come with a slightly different time. It is recognised by its id.
_OVERLAP = timedelta(minutes=5)


React = Callable[[Connection, Place, str, bool], None]
"""Shows on a comment (its id) at a place whether it was understood."""


def _no_reaction(_connection: Connection, _place: Place, _comment: str, _understood: bool) -> None:
    """Shows nothing."""


@dataclass(frozen=True, slots=True)
class HeardItem:
    """An item whose comments are heard, the goals that report there, and who listens."""

    organisation: Organisation
    goals: Sequence[Goal]
    unheard: UnheardItem
    now: datetime
    ears: Ears
    react: React


def listen(
    organisation: Organisation,
    inboxes: Mapping[str, Inbox],
    store: Store,
    now: datetime,
    stop: threading.Event,
    assessed: Callable[[Connection], Iterable[Assessment]] = lambda _connection: (),
    react: React = _no_reaction,
    worked_out: WorkedOut | None = None,
) -> None:
    """Reads the comments since the last time and stores what they say. A source that fails is heard in a later cycle.
    `assessed` gives the newest judgements; `react` shows on a comment whether it was understood; `worked_out` is as in
    `recall`.
    """

    def make(connection: Connection) -> Listener:
        return listener(connection, recall(connection, organisation, assessed(connection), now, worked_out))

    ears = Ears(make)
    goals: dict[Place, list[Goal]] = defaultdict(list)
    for goal in organisation.goals:
        for place in goal.report_on:
            goals[place].append(goal)
    for source, inbox in inboxes.items():
        keys = [place.key for place in goals if place.source == source]
        with store.read() as connection:
            unheard = [u for u in load_unheard(connection, source, keys) if _told(connection, goals[u.place], u.place)]
        try:
            for each in unheard:
                heard = HeardItem(organisation, goals[each.place], each, now, ears, react)
                if stop.is_set() or not _hear(heard, inbox, store):
                    break
        except Deaf:
            log.exception("answers in comments cannot be understood; they are heard in a later cycle", source=source)


def _told(connection: Connection, goals: Sequence[Goal], place: Place) -> bool:
    """Whether the agent has written there."""
    rows = load_rows(connection, [status_key(goal, place) for goal in goals])
    return any(row.external_id for row in rows.values())


def _hear(item: HeardItem, inbox: Inbox, store: Store) -> bool:
    """Hears one item, and tells whether the source can be asked for more."""
    unheard, now = item.unheard, item.now
    place = unheard.place
    since = unheard.before - _OVERLAP if unheard.before else min(now, unheard.updated) - _FIRST
    try:
        heard = inbox.said(place, since)
    except ConnectorError as error:
        log.warning("comments cannot be read", source=place.source, item=place.key, error=str(error))
        return isinstance(error, (Forbidden, NotFound, Refused))
    with store.begin() as connection:
        for said in heard:
            try:
                with connection.begin_nested():
                    _deal_with(connection, item, HeardComment(item.organisation, place, said, now))
            except (StoreError, Deaf):
                raise
            except Exception:  # It is about one comment; the others are heard.
                log.exception("a comment cannot be dealt with", source=place.source, item=place.key, comment=said.id)
        note_heard(connection, unheard)
    return True


def _deal_with(connection: Connection, item: HeardItem, hearing: HeardComment) -> None:
    """Deals with every command of a comment, as it is written now; once."""
    said, source = hearing.said, hearing.place.source
    found = commands(said.text, _MARKUPS[said.markup])[:_MOST]
    if not found or known_command(connection, source, said.name):
        return
    unchanged = _wording(said.id, found)
    if said.edited and known_command(connection, source, unchanged):
        fates = {CommandFate.UNDERSTOOD}  # The edit concerned something else, or was taken back.
        forgive(connection, hearing, item.goals)
    else:
        fates = {_fate(connection, item, hearing, command, number) for number, command in enumerate(found)}
    if fates - {CommandFate.PASSED}:
        item.react(connection, hearing.place, said.id, CommandFate.REFUSED not in fates)
    if fates == {CommandFate.UNDERSTOOD}:
        note_command(connection, source, unchanged, hearing.now)
    note_command(connection, source, said.name, hearing.now)


def _wording(comment: str, found: Sequence[SpokenCommand]) -> str:
    """What names the commands of a comment (its id), however often it is edited."""
    words = "\n".join(command.text for command in found)
    return f"{comment} {hashlib.sha256(words.encode(errors='surrogatepass')).hexdigest()}"


def _fate(
    connection: Connection, item: HeardItem, hearing: HeardComment, command: SpokenCommand, number: int
) -> CommandFate:
    fate = answer(connection, hearing, item.goals, command, number, item.ears)
    return fate or settle(connection, hearing, item.goals, command.words)
