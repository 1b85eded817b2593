"""What people are told of goals that were changed or have ended."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync_agent.model import Notice, Organisation
from sync_agent.model.versions import ChangeNote
from sync_agent.render.markup.document import Block, Document, Strong, bullets, clean, paragraph
from sync_agent.render.versions.differences import say_difference
from sync_agent.words import say_count, say_day, say_percent

_LONGEST, _LONGEST_WHY = 60, 300
_NAMED = 10


def changed(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    """What changed and why, whom it affects, and what is asked of the reader."""
    today = now.astimezone(ZoneInfo(organisation.timezone)).date()
    reader = notice.person.id if notice.person else ""
    first = notice.changes[0]
    more = f", and {say_count(len(notice.changes) - 1, 'more goal')}" if len(notice.changes) > 1 else ""
    verb = "Ended" if first.ended else "Changed"
    blocks = (block for note in notice.changes for block in _note(note, reader, organisation, today))
    return f"{verb}: {_objective(first)}{more}", tuple(blocks)


def _note(note: ChangeNote, reader: str, organisation: Organisation, today: date) -> Iterator[Block]:
    day = say_day(note.day, today)
    if note.ended:
        yield paragraph(Strong(f"“{_objective(note)}” ended on {day}."))
        yield paragraph(_end(note, organisation))
        return
    versions = f"version {note.before.short} → {note.after.short}"
    yield paragraph(Strong(f"“{_objective(note)}” was changed on {day} ({versions})."))
    yield from bullets([[line] for line in say_difference(note.before, note.after, organisation, today)])
    yield paragraph(_why(note))
    if note.touches:
        yield paragraph(f"It also touches {_people(note.touches, organisation)}.")
    yield paragraph(" ".join(_asked(note, reader, today)))


def _asked(note: ChangeNote, reader: str, today: date) -> Iterator[str]:
    """What is asked of the reader, and from when on."""
    needs = note.after.agreed.get("needs", {}).get(reader, {})
    for what, by in needs.items():
        yield f"It needs “{clean(what, _LONGEST_WHY)}” of you by {say_day(date.fromisoformat(by), today)}."
    if note.sign_by:
        by = f" by {say_day(note.sign_by, today)}" if note.sign_by >= today else ""
        yield f"You are asked to sign the new version{by}: what you signed before was about another one."
    if not needs and not note.sign_by:
        yield "Nothing is asked of you."
    yield f"It holds since {say_day(note.day, today)}."


def _end(note: ChangeNote, organisation: Organisation) -> str:
    last = note.last
    became = f"When it was last judged, on {say_day(last.day, note.day)}, it was {last.health.value}" if last else ""
    if last and last.progress is not None:
        became += f", {say_percent(last.progress)} done"
    if last and last.done is not None and last.scope:
        became += f" ({last.done:,} of {say_count(last.scope, 'item')})"
    goal = next((each for each in organisation.goals if each.id == note.goes_on), None)
    goes_on = f"It goes on as “{clean(goal.objective, _LONGEST)}”." if goal else ""
    told = f"{became}." if became else "How it stood is not known."
    return " ".join(each for each in ("It is not configured any more.", _why(note), told, goes_on) if each)


def _why(note: ChangeNote) -> str:
    return f"Why: {clean(note.why, _LONGEST_WHY).rstrip('.')}." if note.why else "No reason was given."


def _people(people: Sequence[str], organisation: Organisation) -> str:
    known = organisation.people
    named = [known[each].name if each in known else each for each in people[:_NAMED]]
    more = [say_count(len(people) - _NAMED, "more person", "more people")] if len(people) > _NAMED else []
    every = [*named, *more]
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}"


def _objective(note: ChangeNote) -> str:
    return clean(str(note.after.agreed["objective"]), _LONGEST)
