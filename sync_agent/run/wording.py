"""Notices and labels put into words. One that cannot be costs no other, and is told all the same, in plain words."""

from datetime import datetime

import structlog

from connectors.contract import Markup
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.model import Message, Notice, Organisation, Picture, TrackerLabel
from sync_agent.render import render, render_label, render_label_plainly, render_plainly

log = structlog.get_logger(__name__)


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
    except Exception:  # Whatever is odd about one notice is about that notice alone.
        log.exception("a notice cannot be put into words", key=notice.key)
        return render_plainly(notice, organisation, markup)


def word_label(label: TrackerLabel, organisation: Organisation, markup: Markup) -> Message:
    """What a tracker should show, as a message."""
    try:
        return render_label(label, organisation, markup)
    except Exception:  # See above.
        log.exception("a label cannot be put into words", key=label.key)
        return render_label_plainly(label, markup)
