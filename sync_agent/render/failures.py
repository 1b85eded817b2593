"""Tells those who run the agent about messages that cannot be delivered."""

from collections import Counter
from collections.abc import Sequence

from sync_agent.model import Person, Undelivered
from sync_agent.model.asking import LeftOut
from sync_agent.render.markup.document import Command, Document, Heading, Inline, Strong, bullets, clean, paragraph

_MOST_LINES = 20


def undelivered(failed: Sequence[Undelivered]) -> tuple[str, Document]:
    """One line per target and error, however many messages it affects."""
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
    """Says that a mail server has refused an address for good."""
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


def stopped(why: str) -> tuple[str, Document]:
    """Says why nobody is told anything, in the words of the log."""
    title = "The agent tells nobody anything until you act"
    return title, (
        paragraph(Strong(f"{title}.")),
        paragraph(why),
        paragraph("Until then this is all it sends, once a day."),
    )


def left_out(found: Sequence[LeftOut]) -> tuple[str, Document]:
    """One line for each answer, with its name in the store."""
    many = len(found) > 1
    title = f"{len(found)} answers cannot be used" if many else "An answer cannot be used"
    them, fit = ("them", "they do not fit") if many else ("it", "it does not fit")
    return title, (
        paragraph(Strong(f"{title}.")),
        paragraph(
            f"As the store holds {them}, {fit} what is asked: the fields have changed, or the record is damaged."
        ),
        *bullets(map(_left_out, found), most=_MOST_LINES),
        paragraph(f"Everything else goes on without {them}. Nothing was deleted, and you are not told again."),
        Heading("What we ask of you"),
        paragraph(
            "If the question is still open, ask the person to answer again; or write it down for them with ",
            Command("sync-agent answer"),
            ".",
        ),
    )


def _left_out(each: LeftOut) -> list[str | Inline]:
    about = f" of {each.goal}" if each.goal else ""
    return [Strong(f"{clean(each.kind, 40)}{about}"), f" by {each.person}: ", Command(each.origin)]


def _line(target: str, error: str, count: int) -> list[str | Inline]:
    many = f" ({count} messages)" if count > 1 else ""
    return [Strong(target), f": {clean(error, 500)}{many}"]
