"""Every mistake in a round is told with its place; what is right is what the agent works with."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sync_agent.config import ConfigErrors, fingerprint, installed_connectors, load
from sync_agent.model import Place, SignOff
from sync_agent.model.rounds import (
    FocusGroup,
    IdeaBoard,
    Interview,
    OpenDays,
    PlanningSession,
    Prioritising,
    Round,
    RoundSignOff,
    RoundSurvey,
)

EXAMPLE = Path(__file__).parents[2] / "config"
ROUND = "rounds/2027-q1.yaml"
MOST = "{id: most, text: What must IT get right next quarter?}"
SESSION = "at: 2026-12-03 14:00"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "config"))


def mistakes(directory: Path) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(directory, {}, installed_connectors())
    return [str(mistake) for mistake in caught.value.mistakes]


def the_round(directory: Path) -> Round:
    (found,) = load(directory, {}, installed_connectors()).organisation.rounds
    return found


def replace(directory: Path, before: str, after: str) -> str:
    """Replaces the first `before`; returns the place that is marked with » in `after`, which itself is left out."""
    file = directory / ROUND
    text = file.read_text()
    assert before in text
    marked = text.replace(before, after, 1)
    file.write_text(marked.replace("»", ""))
    start = marked.index("»")
    return f"{ROUND}:{marked.count(chr(10), 0, start) + 1}:{start - marked.rfind(chr(10), 0, start)}: "


# What is replaced, by what (» is where the mistake is told), and words of the mistake.
BROKEN = [
    ("facilitator: dana", "facilitator: »dna", "unknown person 'dna'; did you mean 'dana'?"),
    ("decides: [ceo-office]", "decides: [»ceo]", "unknown person 'ceo'. Known: ceo-office"),
    ("roles: [senior-leader,", "roles: [»senior,", "did you mean 'senior-leader'?"),
    ("invite: {roles:", "invite: »{}    # {roles:", "name roles or people"),
    ("invite: [shop-tech-lead, ", "invite: [»ilse, ", "unknown person 'ilse'"),
    ("theme: customer-trust", "theme: »trust", "unknown theme 'trust'"),
    ("open: 2026-11-02..2026-11-13", "open: »2026-11-13..2026-11-02", "should be 2026-11-02..2026-11-13"),
    ("open: 2026-11-02..2026-11-13", "open: »2026-11-31", "should be days such as 2026-11-02..2026-11-13"),
    ("scale: 1-5", "scale: »5-1", "should be a scale of 2 to 11 steps"),
    ("scale: 1-5", "scale: »five", "should be a scale such as 1-5"),
    (SESSION, "at: »3 Dec, 14:00", "should be a day and a time such as 2026-12-03 14:00"),
    ("of: ideas", "of: »idea", "unknown board 'idea'; did you mean 'ideas'?"),
    ("by: [relevance,", "by: [»relevant,", "did you mean 'relevance'?"),
    ("interview: priorities", "»intervew: priorities", "a step has exactly one of interview, survey, group"),
    ("survey: candid", "»survey: candid\n    board: two", "found 'survey' and 'board'; a step has exactly one of"),
    ("survey: candid", "survey: »priorities", "the step 'priorities' is already in rounds/2027-q1.yaml:12"),
    ("{id: stop,", "{id: »most,", "the question 'most' is already in rounds/2027-q1.yaml:16"),
    ("{id: stop,", "{id: »mo-st,", "differs from 'most' in punctuation only"),
    ("{id: stop,", "{id: »visibility,", "choose another id than visibility"),
    ("{id: stop, text:", "{id: stop, »tekst:", "unknown key 'tekst'; did you mean 'text'?"),
    ("issue: example/checkout#4", "issue: »example/other#4", "example/other is not in the scope of source 'github'"),
    ("repo: example/checkout,", "repo: »example/other,", "unknown repo 'example/other'"),
    ("{source: github, repo:", "{source: »gitlab, repo:", "unknown source 'gitlab'"),
    ("{source: github, repo: example/checkout,", "»{source: github,", "give exactly one of repo: and project:"),
    ("survey: candid", "survey: candid\n    anonymous: »true", "give web.url and web.secret"),
    ("period: 2027-Q1\n", "period: »2027-Q5\n", "should be such as 2026-Q4"),
    ("answer_inputs_within: 10d", "answer_inputs_within: »10", "should be a number with a unit"),
    ("steps:\n", "steps: »[]\nnone:\n", "a round has 'steps:' and below it a list"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "words"), BROKEN, ids=[words for *_, words in BROKEN])
def test_every_mistake_is_told_at_its_place(directory: Path, before: str, after: str, words: str) -> None:
    place = replace(directory, before, after)
    told = mistakes(directory)
    assert any(each.startswith(place) and words in each for each in told), told


def test_all_mistakes_of_a_round_are_told_at_once(directory: Path) -> None:
    replace(directory, "facilitator: dana", "facilitator: »dna")
    replace(directory, "scale: 1-5", "scale: »five")
    replace(directory, "of: ideas", "of: »idea")
    assert len(mistakes(directory)) == 3


def test_a_round_is_read_as_it_is_written(directory: Path) -> None:
    found = the_round(directory)
    everybody = ("ceo-office", "shop-tech-lead", "payments-partner", "customer-panel")
    interview, survey, group, board, rating, session, sign_off = found.steps
    assert (found.facilitator, found.decides, found.invited, found.answer_days) == (
        "dana",
        ("ceo-office",),
        everybody,
        10,
    )
    assert (found.first, found.last) == (date(2026, 11, 2), date(2026, 12, 18))
    assert isinstance(interview, Interview)
    assert (interview.meeting, interview.invited) == (timedelta(minutes=30), everybody)
    assert isinstance(survey, RoundSurvey)
    assert [question.scale for question in survey.questions] == [(1, 5), None]
    assert isinstance(group, FocusGroup)
    assert (group.open, group.place) == (interview.open, Place("github", "example/checkout#4"))
    assert isinstance(board, IdeaBoard)
    assert board.source
    assert (board.source.label, board.merge) == ("goal-idea", True)
    assert isinstance(rating, Prioritising)
    assert rating.board == board.id
    assert isinstance(session, PlanningSession)
    assert (session.at, session.invited) == (datetime(2026, 12, 3, 13, tzinfo=UTC), ("ceo-office",))
    assert isinstance(sign_off, RoundSignOff)
    assert sign_off.open == OpenDays(date(2026, 12, 4), date(2026, 12, 18))


def test_the_facilitator_is_asked_alone_only_where_they_are_named(directory: Path) -> None:
    replace(directory, "facilitator: dana", "facilitator: »ceo-office")
    interview, survey, *_ = the_round(directory).steps
    assert "ceo-office" not in interview.invited
    assert "ceo-office" in survey.invited
    replace(directory, "meeting: 30m", "»invite: [ceo-office]")
    assert the_round(directory).steps[0].invited == ("ceo-office",)


def test_a_changed_round_is_a_changed_configuration(directory: Path) -> None:
    before = fingerprint(directory)
    replace(directory, "title: Goals", "title: »Our goals")
    assert fingerprint(directory) != before


def test_somebody_speaks_for_what_there_is(directory: Path) -> None:
    main = directory / "sync-agent.yaml"
    main.write_text(main.read_text().replace("  noor:\n", "  noor:\n    speaks_for: [foundation]\n"))
    assert any(
        "unknown theme or goal 'foundation'; did you mean 'foundations'?" in each for each in mistakes(directory)
    )


def test_the_goals_of_the_period_are_signed_by_those_who_decide(directory: Path) -> None:
    replace(directory, "of: {period: 2027-Q1}", "of: {period: »2026-Q4}")
    checkout, upgrade = load(directory, {}, installed_connectors()).organisation.goals
    assert checkout.sign_off == SignOff(("ceo-office",), date(2026, 12, 18), opens=date(2026, 12, 4))
    assert upgrade.sign_off is None  # It has days of its own.
    main, goals = directory / "sync-agent.yaml", directory / "goals" / "2026-q4.yaml"
    web = "web: {url: https://goals.example.org, secret: {env: WEB_SECRET}}"
    main.write_text(main.read_text().replace("web: {host: 127.0.0.1, port: 8080}", web))
    own = "period: 2026-Q4\n    sign_off: {by: shop-tech-lead, until: 2026-10-30}"
    goals.write_text(goals.read_text().replace("period: 2026-Q4", own, 1))
    checkout, _ = load(directory, {}, installed_connectors()).organisation.goals
    assert checkout.sign_off == SignOff(("shop-tech-lead",), date(2026, 10, 30))
