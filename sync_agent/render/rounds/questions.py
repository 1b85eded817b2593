"""Questions that rounds ask, in words."""

from collections.abc import Callable, Mapping

from sync_agent.ask.fields.short import notation
from sync_agent.ask.kinds import interview
from sync_agent.ask.rounds.ideas import RATING
from sync_agent.ask.rounds.inputs import IDEA
from sync_agent.model.asking import Ask, OfRound, SaidBy, Visibility
from sync_agent.model.asking.fields import AnyField, FreeText, ListOf
from sync_agent.render.markup.document import Block, Command, Inline, Text, bullets, clean
from sync_agent.render.rounds.promises import IN_SHORT
from sync_agent.words import say_count

_LONGEST, _LONGEST_QUESTION = 60, 300
_READERS: Mapping[Visibility, str] = {
    Visibility.FACILITATOR: "for you alone",
    Visibility.QUOTABLE: "and may be quoted without their name",
    Visibility.NAMED: "and may be quoted with their name",
}

SayName = Callable[[str], str]
"""Says a person's name by their id."""


def of_round(ask: Ask) -> OfRound | None:
    """The round for which something is asked."""
    return next((part for part in ask.question if isinstance(part, OfRound)), None)


def count_of(ask: Ask) -> int:
    """How many questions somebody reads: a step of a round has several."""
    if of_round(ask) is None or ask.kind in (IDEA, RATING):
        return 1
    return sum(each.name != interview.VISIBILITY.name for each in ask.sheet.fields)


def say_step(ask: Ask, found: OfRound) -> str:
    """`3 questions for “Goals for the first quarter”`"""
    title = f"“{clean(found.title, _LONGEST)}”"
    if ask.kind == IDEA:
        return f"your ideas for {title}"
    if ask.kind == RATING:
        return f"{say_count(len(_rated(ask)), 'idea')} to rate for {title}"
    return f"{say_count(count_of(ask), 'question')} for “{clean(found.title, _LONGEST)}”"


def step_sentence(ask: Ask, found: OfRound) -> str:
    """The same as a sentence."""
    text = say_step(ask, found)
    return f"{text[0].upper()}{text[1:]}."


def step_questions(ask: Ask) -> tuple[Block, ...]:
    """The questions themselves, behind the names by which a reply says which it answers; or the ideas to rate."""
    if ask.kind == RATING:
        return bullets([Text(clean(text, _LONGEST_QUESTION))] for text in _rated(ask))
    return bullets([*_named(each, ask), Text(f"{_question(each)}{_right(each)}")] for each in ask.sheet.fields)


def _rated(ask: Ask) -> tuple[str, ...]:
    """The ideas that a rating asks about."""
    return tuple(dict.fromkeys(each.label.rpartition(":")[0] for each in ask.sheet.fields))


def _named(each: AnyField, ask: Ask) -> list[Inline]:
    """The name by which a reply answers it, where a reply can."""
    return [] if ask.anonymous else [Command(f"{each.name}:"), Text(" ")]


def _question(each: AnyField) -> str:
    return clean(each.help if isinstance(each, ListOf) and each.help else each.label, _LONGEST_QUESTION)


def _right(each: AnyField) -> str:
    """What may be answered, where it is not any words."""
    return "" if isinstance(each, (FreeText, ListOf)) else f" ({notation(each)})"


def say_listener(ask: Ask, found: OfRound, name: SayName) -> str:
    """Who hears the answer, and who else may."""
    who = f"{name(found.listener)}, who runs the round,"
    if ask.anonymous:
        return IN_SHORT
    if ask.kind == IDEA:
        return f"{who} says what becomes of each. Everybody in the round reads them, without names."
    if ask.kind == RATING:
        return f"Rate each from 1 to 5. {who} sees the order that comes of it, and that you have rated."
    if ask.kind != interview.NAME:
        return f"{who} reads your answer, with your name."
    meeting = f" They would like to meet you for {say_count(found.meeting, 'minute')}, too." if found.meeting else ""
    return f"{who} reads your answer; you say who else may.{meeting}"


def say_said_by(found: SaidBy, name: SayName) -> str:
    """Who said what is quoted, and what they allow."""
    return f"{name(found.speaker)} said so, {_READERS[Visibility(found.readers)]}."


def lines_to_send(ask: Ask) -> list[Inline]:
    """How a reply says which question it answers: each begins with its name."""
    if ask.kind == IDEA:
        return [Text("reply to this mail with a line for each, beginning with "), Command("ideas:")]
    names = [Command(f"{each.name}:") for each in ask.sheet.fields]
    parts: list[Inline] = [Text("reply to this mail with a line for each, beginning with ")]
    for number, each in enumerate(names):
        parts += [Text(" and " if number == len(names) - 1 else ", ")] if number else []
        parts.append(each)
    return parts
