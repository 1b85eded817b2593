"""The demo, as a new user sees it where there is no terminal, and what is found in its folder afterwards."""

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.demo.files import TOKENS
from sync_agent.model.asking import Door, Known
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers

SCENES = (
    "Monday 09:00  The first cycle",
    "Monday 09:15  Nothing is new",
    "Nothing to tell.",
    "Monday 09:45  It tells that the problem is over",
    "resolved",
    "Tuesday 09:00  A check-in is due",
    "Asked of you: how “Checkout feels instant” goes by",
    "We see: on track, 74% done",
    "You said 80% on",
    "Mira replies to the mail",
    "Ines is asked",
    "Mira Okafor needs “a load test” of you",
    "Ines opens the form",
    "You answer as Ines Rocha",
    "Heard, thank you",
    "Answer: I will do it by then",
    "Wednesday 09:00  Mira hears of it",
    "Answered to you: a load test.",
    "What to do next",
)


def call(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments), env=TOKENS, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def shown(folder: Path) -> str:
    return call("demo", "--keep", str(folder))


def test_the_story_is_told_in_order_and_ends_by_itself(shown: str) -> None:
    rest = shown
    for scene in SCENES:
        assert scene in rest, f"{scene!r} is missing after what was shown before:\n{rest}"
        rest = rest.partition(scene)[2]


def test_one_answer_came_by_mail_and_one_by_form(shown: str, folder: Path) -> None:
    assert shown
    with closing(Store.open(f"sqlite:///{folder}/state.db")) as store, store.read() as connection:
        answers = load_answers(connection)
    assert [(each.person, each.kind, each.door, each.known) for each in answers] == [
        ("mira", "check-in", Door.MAIL, Known.MAIL),
        ("ines", "need", Door.FORM, Known.LINK),
    ]
    assert not list((folder / "inbox" / "new").iterdir()), "what was heard is put away"


def test_its_folder_can_be_looked_into_with_the_other_commands(shown: str, folder: Path) -> None:
    assert shown
    explained = call("--config", str(folder / "config"), "explain", "fast-checkout")
    assert "mira answered a check-in by mail: “70 the contract is signed, now we test" in explained
    assert "ines answered a need in a form: “accept”" in explained
