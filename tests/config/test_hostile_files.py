"""Whatever lies in the directory, the answer is settings or mistakes with their places, never a traceback."""

import os
import shutil
import tempfile
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.config import ConfigErrors, Mistake, installed_connectors, load
from sync_agent.config.nodes import MAX_BYTES, parse

EXAMPLE = Path(__file__).parents[2] / "config"
FILES = ["sync-agent.yaml", "goals/2026-q4.yaml", "rounds/2027-q1.yaml"]
CONNECTORS = installed_connectors()
SCALARS = [
    "",
    "7",
    "true",
    "null",
    "-1",
    "nan",
    "1e999",
    "9" * 400,
    "'x'",
    "[]",
    "{}",
    "[[a]]",
    "{a: b}",
    "*a",
    "é",
    "☃",
]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "config")
    return tmp_path / "config"


def mistakes(directory: Path) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(directory, {}, CONNECTORS)
    return [str(mistake) for mistake in caught.value.mistakes]


def outcome(changed: dict[str, str]) -> tuple[Mistake, ...]:
    """The mistakes in the example after some of its files were changed."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(shutil.copytree(EXAMPLE, Path(name) / "config"))
        for file, text in changed.items():
            (directory / file).write_text(text, encoding="utf-8")
        try:
            load(directory, {}, CONNECTORS)
        except ConfigErrors as errors:
            return errors.mistakes or (Mistake("", 0, 0, "refused without a reason"),)
    return ()


def told_properly(found: tuple[Mistake, ...]) -> bool:
    """Each mistake is one line and names its file."""
    return all(mistake.file in (*FILES, "goals") and len(str(mistake).splitlines()) == 1 for mistake in found)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("goals:id- {}[]\n\t'\"&*!|>#%@`ab1\x07é")), max_size=80))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    root, found = parse(text, "x.yaml")
    assert root is None or root.file == "x.yaml"
    assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in found)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(FILES), st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_file_of_any_text_gives_no_traceback(file: str, text: str) -> None:
    assert told_properly(outcome({file: text}))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_any_value_in_any_place_gives_no_traceback(file: str, data: st.DataObject) -> None:
    """The example with one to three of its values replaced by something else."""
    text = (EXAMPLE / file).read_text()
    for _ in range(data.draw(st.integers(1, 3))):
        places = [at for at, letter in enumerate(text[:-1]) if text[at : at + 2] == ": "]
        start = data.draw(st.sampled_from(places)) + 2
        ends = [at for mark in ",}]\n" if (at := text.find(mark, start)) >= 0]
        text = text[:start] + data.draw(st.sampled_from(SCALARS)) + text[min(ends, default=len(text)) :]
    assert told_properly(outcome({file: text}))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_file_with_a_piece_cut_out_gives_no_traceback(file: str, data: st.DataObject) -> None:
    text = (EXAMPLE / file).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    assert told_properly(outcome({file: text[:start] + text[end:]}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"goals", "found 'goals'; a file begins with keys"),
        (b"goals: 7", "below it a list"),
        (b"goals: []", "below it a list"),
        (b"goals:\n  - 7", "should be a mapping"),
        (b"goal:\n  - id: a", "unknown key 'goal'; did you mean 'goals'?"),
        (b"- a\n- b", "found a list; a file begins with keys"),
        (b"goals:\n\t- id: a", "a tab in the indentation"),
        (b"a: &a [*a]", "no value above is marked"),
        (b"goals: " + b"[" * 100, "nested more than"),
        (b"goals: []\n" * 2 + b"#" * MAX_BYTES, "larger than"),
    ],
)
def test_a_file_that_is_no_goal_file_is_a_mistake(directory: Path, content: bytes, words: str) -> None:
    (directory / FILES[1]).write_bytes(content)
    assert any(mistake.startswith(FILES[1]) and words in mistake for mistake in mistakes(directory))


def test_a_folder_or_a_pipe_instead_of_a_file_is_a_mistake(directory: Path) -> None:
    (directory / "goals" / "folder.yaml").mkdir()
    os.mkfifo(directory / "goals" / "pipe.yaml")
    found = mistakes(directory)
    assert [m for m in found if m.startswith("goals/folder.yaml: cannot be read: it is not a file")]
    assert [m for m in found if m.startswith("goals/pipe.yaml: cannot be read: it is not a file")]


def test_a_link_to_nowhere_is_a_mistake(directory: Path) -> None:
    (directory / "goals" / "gone.yaml").symlink_to("nowhere")
    assert any(m.startswith("goals/gone.yaml: cannot be read") for m in mistakes(directory))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_mistake(directory: Path) -> None:
    (directory / FILES[1]).chmod(0)
    assert any(m.startswith(f"{FILES[1]}: cannot be read") for m in mistakes(directory))


def test_a_missing_directory_is_a_mistake(tmp_path: Path) -> None:
    assert any(m.startswith("sync-agent.yaml: cannot be read in ") for m in mistakes(tmp_path / "nowhere"))


def test_a_missing_file_and_missing_goals_are_mistakes(tmp_path: Path) -> None:
    found = mistakes(tmp_path)
    assert any(m.startswith("goals: there are no goals") for m in found)
    assert any(m.startswith("sync-agent.yaml: cannot be read in ") for m in found)


def test_a_connector_that_cannot_be_loaded_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("linear", "no_such_package:connector", "sync_agent.connectors")
    monkeypatch.setattr(import_module("sync_agent.config.directory"), "entry_points", lambda **_group: [broken])
    with pytest.raises(ConfigErrors, match=r"^linear \(no_such_package:connector\): this connector cannot be loaded"):
        installed_connectors()
