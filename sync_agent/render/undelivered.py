"""What those who run the agent are told of messages that cannot be delivered."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sync_agent.decide.addressing import Options
from sync_agent.model import Message, Organisation
from sync_agent.render.document import Command, Document, Heading, Inline, Strong, bullets, clean, paragraph
from sync_agent.render.operations import News, to_operators

REASON = "messages cannot be delivered"


def undelivered(
    failed: Sequence[tuple[Message, str]], organisation: Organisation, options: Options, now: datetime
) -> tuple[Message, ...]:
    """One message for each operator, by mail or else in their chat, for each chat once. `failed` are the messages with
    the error that says what would put it right.
    """
    goals = {message.goal for message, _ in failed}
    suffering = [goal for goal in organisation.goals if goal.id in goals]
    parts = "\n".join(sorted(message.key for message, _ in failed))
    key = f"operations/undelivered/{now:%Y%m%dT%H%M%S}/{hashlib.sha256(parts.encode()).hexdigest()[:8]}"
    title = f"{len(failed)} messages cannot be delivered" if len(failed) > 1 else "A message cannot be delivered"
    news = News(key, "operations/undelivered", REASON, title, _document(title, failed))
    return to_operators(news, organisation, options, suffering)


def _document(title: str, failed: Sequence[tuple[Message, str]]) -> Document:
    """One line for each target and error, however many messages it stops."""
    causes = Counter((message.target, error) for message, error in failed)
    lines = [_line(target, error, count) for (target, error), count in causes.items()]
    return (
        paragraph(Strong(f"{title}.")),
        *bullets(lines),
        paragraph("Where there was another way to tell the people concerned, it has been taken."),
        Heading("What we ask of you"),
        paragraph("Put right what each error names, then run ", Command("sync-agent outbox retry --all"), "."),
        paragraph(
            Command("sync-agent outbox"),
            " lists what waits and what was given up, ",
            Command("sync-agent outbox drop"),
            " lets go of what nobody needs any more.",
        ),
    )


def _line(target: str, error: str, count: int) -> list[str | Inline]:
    many = f" ({count} messages)" if count > 1 else ""
    return [Strong(target), f": {clean(error, 500)}{many}"]
