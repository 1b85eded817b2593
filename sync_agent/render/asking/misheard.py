"""What was wrong with something that somebody said, in a sentence to its author."""

from collections.abc import Mapping, Sequence

from sync_agent.ask.fields.mistakes import FieldMistake, Wrong
from sync_agent.ask.hearing import Misheard, Unheard
from sync_agent.model.asking.fields import Sheet
from sync_agent.render.markup.document import clean

_WHY: Mapping[Unheard, str] = {
    Unheard.NOBODY: "nobody is known by this account",
    Unheard.NO_SUCH_ASK: "there is no such question any more",
    Unheard.ASKED_OF_OTHERS: "this is asked of somebody else",
    Unheard.NOT_FOR_THEM: "this is not asked of you; sync-agent feedback and a text reaches the goal's owner",
    Unheard.NO_SUCH_VERB: "there is no such command",
    Unheard.WHICH: "several questions could be meant; write the one's id after the word, as the question shows it",
    Unheard.WHICH_OF_MAIL: "several questions could be meant; answer each of them by its form or in a comment",
    Unheard.UNCLEAR: "your answer could not be read",
    Unheard.NOT_THIS_WAY: "it weighs much, and whoever signs this goal has to be known in another way",
    Unheard.WHICH_VERSION: "name the version, four characters of it or more, such as sync-agent sign a63dd390",
    Unheard.NO_SUCH_VERSION: "there is no such version of this goal; sign the one that the question shows",
    Unheard.TWO_VERSIONS: "several versions begin like that; write more of the one that you mean",
    Unheard.WITHDRAWN: "this question is not asked any more",
    Unheard.ONLY_BY_FORM: "it is anonymous, so it is answered in its form alone; what you wrote was not kept",
    Unheard.PERHAPS_A_BALLOT: (
        "it may be meant for an anonymous survey, which is answered in its form alone, so what you wrote was not kept; "
        "anything else wants a new mail"
    ),
    Unheard.NOT_SURE: "it counts once you have confirmed it by your own link",
}
_WRONG: Mapping[Wrong, str] = {
    Wrong.MISSING: "is missing",
    Wrong.NOT_A_NUMBER: "should be a number",
    Wrong.AMBIGUOUS_NUMBER: "could be two different numbers",
    Wrong.NOT_WHOLE: "should be a whole number",
    Wrong.TOO_SMALL: "is too small",
    Wrong.TOO_LARGE: "is too large",
    Wrong.NO_SUCH_OPTION: "is none of the options",
    Wrong.NOT_A_DAY: "should be a day that can be told for sure",
    Wrong.TOO_EARLY: "is too early",
    Wrong.TOO_LATE: "is too late",
    Wrong.NO_SUCH_PERSON: "is nobody, or more than one person, whom the agent knows",
    Wrong.TOO_LONG: "is too long",
    Wrong.TOO_MANY: "has too many entries",
    Wrong.TWICE: "is there twice",
    Wrong.LEFT_OVER: "belongs to nothing that was asked",
}
_LIMITS: Mapping[Wrong, str] = {Wrong.TOO_LONG: "{} characters at most", Wrong.TOO_MANY: "{} at most"}
_FEW, _MOST = 3, 10


def say_why(why: Unheard) -> str:
    """Why something is no answer, as part of a sentence."""
    return _WHY[why]


def say_misheard(found: Misheard) -> str:
    """`Confidence: “eighty” should be a number; right would be 0 to 100`."""
    if not found.mistakes:
        return say_why(found.why)
    return "; ".join(say_mistakes(found.mistakes[:_FEW], found.sheet))


def say_mistakes(mistakes: Sequence[FieldMistake], sheet: Sheet | None) -> list[str]:
    """Part of a sentence for each of the first mistakes, with the label of the field. A hostile text has thousands."""
    labels = {field.name: field.label for field in sheet.fields} if sheet else {}
    said = [_labelled(each, labels.get(each.field, "")) for each in mistakes[:_MOST]]
    return [*said, f"and {len(mistakes) - _MOST} more"] if len(mistakes) > _MOST else said


def say_mistake(mistake: FieldMistake) -> str:
    """`This should be a number. Right would be 0 to 100.`, for places that show the field and its content."""
    it = f"“{clean(mistake.said)}”" if mistake.wrong is Wrong.LEFT_OVER else "This"
    right = _right(mistake)
    return f"{it} {_WRONG[mistake.wrong]}." + (f" {right[0].upper()}{right[1:]}." if right else "")


def _labelled(mistake: FieldMistake, label: str) -> str:
    said = f"“{clean(mistake.said)}” " if mistake.said else ""
    right = _right(mistake)
    return f"{f'{label}: ' if label else ''}{said or ('it ' if not label else '')}{_WRONG[mistake.wrong]}" + (
        f"; {right}" if right else ""
    )


def _right(mistake: FieldMistake) -> str:
    if not mistake.right:
        return ""
    return _LIMITS.get(mistake.wrong, "right would be {}").format(clean(mistake.right))
