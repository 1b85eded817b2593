"""What was wrong with something that somebody said, in a sentence for its author."""

from collections.abc import Iterable, Mapping

from sync_agent.ask.hearing import Misheard, Unheard
from sync_agent.ask.mistakes import FieldMistake, Wrong
from sync_agent.model.fields import Sheet
from sync_agent.render.markup.document import clean

_WHY: Mapping[Unheard, str] = {
    Unheard.NOBODY: "nobody is known by this account",
    Unheard.NO_SUCH_ASK: "there is no such question",
    Unheard.ASKED_OF_OTHERS: "this is asked of somebody else",
    Unheard.NOT_FOR_THEM: "this is not asked of you; sync-agent feedback and a text reaches the goal's owner",
    Unheard.NO_SUCH_VERB: "there is no such command",
    Unheard.WHICH: "several questions could be meant; write the one's id after the word, as the question shows it",
    Unheard.UNCLEAR: "it was not understood",
    Unheard.NOT_SURE: "it counts once you have confirmed it by your own link",
}
_WRONG: Mapping[Wrong, str] = {
    Wrong.MISSING: "{field} is missing",
    Wrong.NOT_A_NUMBER: "“{said}” is no number for {field}",
    Wrong.AMBIGUOUS_NUMBER: "“{said}” could be two numbers",
    Wrong.NOT_WHOLE: "{field} has to be a whole number",
    Wrong.TOO_SMALL: "“{said}” is too small for {field}",
    Wrong.TOO_LARGE: "“{said}” is too large for {field}",
    Wrong.NO_SUCH_OPTION: "“{said}” is none of the answers",
    Wrong.NOT_A_DAY: "“{said}” is no day that can be told for sure",
    Wrong.TOO_EARLY: "“{said}” is too early",
    Wrong.TOO_LATE: "“{said}” is too late",
    Wrong.NO_SUCH_PERSON: "nobody, or more than one, is known as “{said}”",
    Wrong.TOO_LONG: "it is too long",
    Wrong.TOO_MANY: "there are too many of {field}",
    Wrong.TWICE: "{field} is there twice",
    Wrong.LEFT_OVER: "“{said}” cannot be placed",
}
_MOST = 3


def say_misheard(found: Misheard) -> str:
    """`“eighty” is no number for Confidence; right would be 0 to 100`."""
    if not found.mistakes:
        return _WHY[found.why]
    return "; ".join(say_mistakes(found.mistakes, found.sheet))


def say_mistakes(mistakes: Iterable[FieldMistake], sheet: Sheet | None) -> list[str]:
    """A part of a sentence for each of the first mistakes."""
    labels = {field.name: field.label for field in sheet.fields} if sheet else {}
    return [_say(each, labels) for each in tuple(mistakes)[:_MOST]]


def _say(mistake: FieldMistake, labels: Mapping[str, str]) -> str:
    label = labels.get(mistake.field, mistake.field)
    said = _WRONG[mistake.wrong].format(field=f"“{label}”", said=clean(mistake.said))
    return f"{said}; right would be {clean(mistake.right)}" if mistake.right else said
