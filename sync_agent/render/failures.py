"""Tells those who run the agent about messages that cannot be delivered."""

from collections import Counter
from collections.abc import Sequence

from sync_agent.model import Person, Undelivered
from sync_agent.render.markup.document import Command, Document, Heading, Inline, Strong, bullets, clean, paragraph


def undelivered(failed: Sequence[Undelivered]) -> tuple[str, Document]:
    """Words one line per target and error, however many messages that affects."""
    title = f"{len(failed)} messages cannot be delivered" if len(failed) > 1 else "A message cannot be delivered"
    causes = Counter((each.target, each.error) for each in failed)
    lines = [_line(target, error, count) for (target, error), count in causes.items()]
    return title, (
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


def unreachable(person: Person) -> tuple[str, Document]:
    """A mail server said for good that an address is not there."""
    title = f"Mails to {person.name} come back"
    return title, (
        paragraph(Strong(f"{title}."), f" Their address is {person.email}."),
        paragraph("From now on they are told in another way, where there is one; else mails still go there."),
        Heading("What we ask of you"),
        paragraph("Correct ", Command("email"), f" of {person.id} in sync-agent.yaml."),
        paragraph(
            "If it is right, and works again: a mail of theirs to the agent is enough, or ",
            Command(f"sync-agent mail reachable {person.id}"),
            ".",
        ),
    )


def _line(target: str, error: str, count: int) -> list[str | Inline]:
    many = f" ({count} messages)" if count > 1 else ""
    return [Strong(target), f": {clean(error, 500)}{many}"]
