"""What people contributed to rounds. Of each person and step there is one input: their newest answer that came in
time. It is owed an outcome once the step has closed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.kind import Situation
from sync_agent.ask.rounds.steps import found_step, open_span
from sync_agent.ask.spans import working_days_later
from sync_agent.model import Organisation
from sync_agent.model.asking import Answer, Input, Visibility
from sync_agent.model.rounds import Interview, RoundSurvey

_ASKED = ("interview", "survey")
IDEA = "idea"
"""The kind of ask by which ideas come in."""
_VISIBILITY = "visibility"


def round_inputs(situation: Situation) -> tuple[Input, ...]:
    """All of them, the oldest first."""
    newest = {answer.ask: answer for answer in situation.of_kind(*_ASKED, IDEA) if not answer.late}
    said = (input_of_step(situation.organisation, answer) for answer in newest.values() if answer.kind != IDEA)
    ideas = (each for answer in newest.values() if answer.kind == IDEA for each in idea_inputs(answer))
    return tuple(sorted((*(each for each in said if each), *ideas), key=lambda each: (each.at, each.id)))


def idea_inputs(answer: Answer) -> Iterator[Input]:
    """Each idea of one person, in their words."""
    for text in idea_texts(answer):
        name = input_id(f"{answer.ask}/{folded(text)}")
        yield Input(name, answer.origin, answer.about, answer.person, answer.at, text, Visibility.QUOTABLE)


def folded(text: str) -> str:
    """An idea as it is compared with others."""
    return " ".join(text.casefold().split())


def idea_texts(answer: Answer) -> tuple[str, ...]:
    """The ideas in an answer."""
    ideas = answer.values.get("ideas", ())
    return tuple(str(each) for each in ideas) if isinstance(ideas, tuple) else ()


def input_of_step(organisation: Organisation, answer: Answer) -> Input | None:
    """What an answer says in words, with the questions; None where it has none. The id is that of the question: a
    second answer takes the place of the first.
    """
    lines = list(_in_words(answer, _texts(organisation, answer)))
    if not lines:
        return None
    said = answer.values.get(_VISIBILITY)
    visibility = next((each for each in Visibility if each.value == said), Visibility.FACILITATOR)
    return Input(
        input_id(answer.ask), answer.origin, answer.about, answer.person, answer.at, "\n".join(lines), visibility
    )


def outcome_span(situation: Situation, each: Input) -> tuple[datetime, datetime] | None:
    """When it is asked what becomes of an input: from the close of its step, for as long as the round says. None where
    the step is not configured any more.
    """
    found, calendar = found_step(situation.organisation, each.about), situation.calendar
    if found is None:
        return None
    one, step = found
    last = working_days_later(calendar, step.open.last, one.answer_days)
    return open_span(situation, step)[1], calendar.midnight(last + timedelta(days=1))


def _texts(organisation: Organisation, answer: Answer) -> Mapping[str, str]:
    found = found_step(organisation, answer.about)
    step = found[1] if found else None
    return {each.id: each.text for each in step.questions} if isinstance(step, (Interview, RoundSurvey)) else {}


def _in_words(answer: Answer, texts: Mapping[str, str]) -> Iterator[str]:
    said: Iterable[tuple[str, object]] = ((n, v) for n, v in answer.values.items() if n != _VISIBILITY)
    for name, value in said:
        if isinstance(value, str):
            yield f"{texts.get(name, name)} {value}"
