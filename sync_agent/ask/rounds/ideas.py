"""The ideas of a board, and how people rated them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean

from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.inputs import settled
from sync_agent.ask.kind import Situation
from sync_agent.ask.rounds.inputs import IDEA, folded, idea_texts, round_inputs
from sync_agent.ask.rounds.ranking import FEWEST_RATERS, Ballot, place_ranges, places
from sync_agent.ask.rounds.steps import about
from sync_agent.model.asking import Answer, InputOutcome, OutcomeKind
from sync_agent.model.rounds import Idea, IdeaBoard, Prioritising, RankedIdea, Round

RATING = "rating"
_OUT = frozenset({OutcomeKind.DECLINED, OutcomeKind.MERGED})


def board_ideas(situation: Situation, one: Round, board: IdeaBoard) -> tuple[Idea, ...]:
    """All ideas, the first first. Who says what another has said is an author, too."""
    subject, authors, texts = about(one, board), defaultdict[str, list[str]](list), dict[str, str]()
    for answer in _newest(situation.said(IDEA, subject)).values():
        for text in idea_texts(answer):
            name = input_id(f"{subject.id}/{folded(text)}")
            texts.setdefault(name, text)
            authors[name].append(answer.person)
    return tuple(Idea(name, text, tuple(dict.fromkeys(authors[name]))) for name, text in texts.items())


def candidates(
    situation: Situation, one: Round, step: Prioritising, outcomes: Iterable[InputOutcome]
) -> tuple[Idea, ...]:
    """The ideas that are rated: those of the board, but for what was declined or merged by then."""
    board = next((each for each in one.steps if isinstance(each, IdeaBoard) and each.id == step.board), None)
    if board is None:
        return ()
    mine = [each for each in round_inputs(situation) if each.about == about(one, board)]
    ended = settled(mine, outcomes)
    gone = {folded(each.text) for each in mine if each.id in ended and ended[each.id].kind in _OUT}
    return tuple(each for each in board_ideas(situation, one, board) if folded(each.text) not in gone)


def ranked(
    situation: Situation, one: Round, step: Prioritising, outcomes: Iterable[InputOutcome], *, ranges: bool
) -> tuple[RankedIdea, ...]:
    """The ideas in the order in which people want them, each, if `ranges` are wanted, with the places between which it
    may be; without an order where fewer than `FEWEST_RATERS` have rated.
    """
    ideas = candidates(situation, one, step, outcomes)
    names = [each.id for each in ideas]
    answers = _newest(situation.said(RATING, about(one, step))).values()
    ballots = [ballot for answer in answers if (ballot := _ballot(answer, names))]
    if len(ballots) < FEWEST_RATERS:
        return tuple(RankedIdea(each, len(ballots)) for each in ideas)
    found, between = places(ballots, names), place_ranges(ballots, names) if ranges else {}
    made = (RankedIdea(each, len(ballots), found[each.id], between.get(each.id)) for each in ideas)
    return tuple(sorted(made, key=lambda each: (each.place or 0, each.idea.id)))


def _newest(answers: Iterable[Answer]) -> Mapping[str, Answer]:
    """Of each person the newest that came in time, in the order in which people began."""
    return {answer.ask: answer for answer in answers if not answer.late}


def _ballot(answer: Answer, ideas: Iterable[str]) -> Ballot:
    """The mean of what somebody gave each idea, by the criteria that they filled in."""
    given: dict[str, list[float]] = defaultdict(list)
    for name, value in answer.values.items():
        idea = name.rpartition("-")[0]
        if isinstance(value, (int, float)):
            given[idea].append(value)
    return {idea: fmean(given[idea]) for idea in ideas if idea in given}
