"""Puts notices and labels into words. If that fails for one, the others are not affected, and it is told all the same,
in plain words.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

import structlog

from connectors.contract import Ability, Carrier, Markup
from sync_agent.ask.identity.links import Links
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.decide.late import Late
from sync_agent.model import EMAIL, Message, MessageKind, Notice, Organisation, Picture, Place, TrackerLabel
from sync_agent.render import render, render_label, render_label_plainly, render_plainly
from sync_agent.run.telling.charts import charts, pictured
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_addresses
from sync_agent.world import World

log = structlog.get_logger(__name__)


def words_for(
    organisation: Organisation, store: Store, world: World, notices: Sequence[Notice], late: Late, now: datetime
) -> Callable[[Notice], Message]:
    """Puts any of these notices into words, with their charts and links."""
    drawn = {notice.key: pictured(notice) for notice in notices if Ability.PICTURES in _carrier(world, notice).can}
    wanted = {subject: notice.goals[0] for notice in notices if (subject := drawn.get(notice.key))}
    pictures = charts(store, organisation, wanted, now)
    with store.read() as connection:
        links = load_addresses(connection, chain.from_iterable(map(_answered_at, notices)))

    replies, signed = world.replies(), world.links()

    def worded(notice: Notice) -> Message:
        linked = _with_pages(replace(notice, links=links), signed)
        picture = pictures.get(drawn.get(notice.key))
        message = word(linked, organisation, _carrier(world, notice).markup, now, picture, replies)
        return _as_first_told(message, late)

    return worded


def _with_pages(notice: Notice, links: Links | None) -> Notice:
    """With links to the pages of its reader, and one that ends such mails. Where others read along there are only
    issues.
    """
    person = notice.person
    if links is None or person is None or notice.channel != EMAIL or notice.kind is MessageKind.OPERATIONS:
        return notice
    pages = {goal.id: links.page_link(person.id, goal.id) for goal, _ in notice.goals}
    goal = notice.goals[0][0].id if len(notice.goals) == 1 else None
    ends_at = links.end_link(notice.kind, goal, person.id)
    return replace(notice, pages={**pages, "": links.page_link(person.id)}, ends_at=ends_at)


def _answered_at(notice: Notice) -> Iterable[Place]:
    """The issues that a mail or chat asks its reader to answer on. A comment is there already, a digest has none."""
    if notice.place or notice.kind is MessageKind.DIGEST:
        return ()
    return (place for goal, _ in notice.goals for place in goal.report_on)


def word(
    notice: Notice,
    organisation: Organisation,
    markup: Markup,
    now: datetime,
    picture: Picture | None = None,
    replies: Replies | None = None,
) -> Message:
    """The notice as a message."""
    try:
        return render(notice, organisation, markup, now, picture, replies)
    except Exception:  # A mistake in one notice must not cost the others.
        log.exception("a notice cannot be put into words", key=notice.key)
        return render_plainly(notice, organisation, markup)


def word_label(label: TrackerLabel, organisation: Organisation, markup: Markup) -> Message:
    """What a tracker should show, as a message."""
    try:
        return render_label(label, organisation, markup)
    except Exception:  # See above.
        log.exception("a label cannot be put into words", key=label.key)
        return render_label_plainly(label, markup)


def _carrier(world: World, notice: Notice) -> Carrier:
    return world.channels[notice.channel]


def _as_first_told(message: Message, late: Late) -> Message:
    """The message with what its readers knew before the first message that it replaces."""
    first = late.told.get(message.key)
    if first is None:
        return message
    alerts = tuple(first.get((told.identity, told.episode), told) for told in message.alerts)
    return replace(message, alerts=alerts)
