"""Every mistake in the configuration is told with its place, all at once, and never with a traceback."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.config import ConfigErrors, installed_connectors, load
from sync_agent.config.nodes import parse

EXAMPLE = Path(__file__).parents[2] / "config"
MAIN, GOALS = "sync-agent.yaml", "goals/2026-q4.yaml"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "config")
    return tmp_path / "config"


def mistakes(directory: Path) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(directory, {}, installed_connectors())
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_example_has_no_mistake(directory: Path) -> None:
    organisation = load(directory, {}, installed_connectors()).organisation
    assert [goal.id for goal in organisation.goals] == ["fast-checkout", "platform-upgrade"]


# File, what is replaced, by what, and words of the mistake that is told in that line.
BROKEN = [
    (GOALS, "owner: dana", "owner: dna", "unknown person 'dna'; did you mean 'dana'?"),
    (GOALS, "owner: dana", "ownr: dana", "unknown key 'ownr'; did you mean 'owner'?"),
    (GOALS, "theme: customer-trust", "theme: customer-trst", "did you mean 'customer-trust'?"),
    (GOALS, "depends_on: [platform-upgrade]", "depends_on: [platform-upgrad]", "did you mean 'platform-upgrade'?"),
    (GOALS, "depends_on: [platform-upgrade]", "depends_on: [fast-checkout]", "wait for each other"),
    (GOALS, "period: 2026-Q4", "period: 2026-Q5", "found '2026-Q5'; should be such as 2026-Q4"),
    (GOALS, "start: 2026-10-01, due: 2026-11-30", "start: 2026-12-01, due: 2026-11-30", "after it is due"),
    (GOALS, "period: 2026-Q4", "period: {start: 2026-10-01, due: 2026-10-31}", "before 'platform-upgrade'"),
    (GOALS, "priority: {relevance: 5", "priority: {relevance: 9", "less than or equal to 5"),
    (GOALS, "report_on: [{source: jira,", "report_on: [{source: jra,", "unknown source 'jra'; did you mean 'jira'?"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "epic: [SHOP-12, NOPE-40]", "NOPE is not in the scope"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "epic: [twelve]", "should be an issue's key"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "milestone: Q4", "knows no 'milestone'; use fix_version"),
    (GOALS, "repo: example/checkout", "repo: example/chekout", "did you mean 'example/checkout'?"),
    (GOALS, "measure: points", "measure: pionts", "did you mean 'points'?"),
    (GOALS, "json: data.value, ", "", "needs json:"),
    (GOALS, "target: 300", "target: 900", "nothing would ever change"),
    (GOALS, "target: 300", "target: three hundred", "should be a number"),
    (GOALS, "id: p95", "id: new-flow", "the key result 'new-flow' is already in"),
    (GOALS, "- id: platform-upgrade", "- id: fast-checkout", "the goal 'fast-checkout' is already in"),
    (GOALS, "source: jira, project: PLAT, fix_version: \"2026.4\"", "source: jira", "this selects everything"),
    (MAIN, "token: {env: JIRA_TOKEN}", "token: hunter2hunter2", "a secret must not be written here"),
    (MAIN, "password: {env: SMTP_PASSWORD}", "password: hunter2hunter2", "a secret must not be written here"),
    (MAIN, "type: github", "type: gihub", "unknown type 'gihub'; did you mean 'github'?"),
    (MAIN, "timezone: Europe/Berlin", "timezone: Europe/Berln", "did you mean 'Europe/Berlin'?"),
    (MAIN, "holidays: DE ", "holidays: ZZ ", "unknown country"),
    (MAIN, "every: 15m", "every: 15", "such as 15m, 24h or 3d"),
    (MAIN, "digest: mon 09:00            #", "digest: monday morning #", "mon 09:00, or daily 08:30, or none"),
    (MAIN, "accounts: {github: noor-haddad}", "accounts: {gitlab: noor-haddad}", "unknown source 'gitlab'"),
    (MAIN, "email: noor@example.org", "email: noor", "an e-mail address"),
    (MAIN, "role: it-ops", "role: boss", "Known: owner, senior-leader"),
    (MAIN, "off_track_below: 0.4", "off_track_below: 0.9", "should be less than at_risk_below"),
    (MAIN, "projects: [SHOP, PLAT]", "projects: []", "should not be empty"),
    (MAIN, "organisation: Example Shop", "organisation: [Example", "not closed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "before", "after", "words"), BROKEN, ids=[f"{n}-{b[2][:30]}" for n, b in enumerate(BROKEN)]
)
def test_a_mistake_is_told_in_its_line(directory: Path, file: str, before: str, after: str, words: str) -> None:
    text = (directory / file).read_text()
    assert before in text
    (directory / file).write_text(text.replace(before, after, 1))
    found = mistakes(directory)
    line = text[: text.index(before)].count("\n") + 1
    assert [mistake for mistake in found if mistake.startswith(f"{file}:{line}:") and words in mistake], found
    assert "hunter2" not in "".join(found)


def test_all_mistakes_of_all_files_are_told_at_once(directory: Path) -> None:
    for file, before, after, _words in (BROKEN[0], BROKEN[5], BROKEN[21], BROKEN[26]):
        text = (directory / file).read_text()
        (directory / file).write_text(text.replace(before, after, 1))
    found = "\n".join(mistakes(directory))
    assert all(words in found for words in (BROKEN[0][3], BROKEN[5][3], BROKEN[21][3], BROKEN[26][3]))


def test_a_person_nobody_can_reach_is_a_mistake(directory: Path) -> None:
    text = (directory / MAIN).read_text()
    (directory / MAIN).write_text(text.replace("    email: ceo-office@example.org\n    digest: mon 08:00\n", "", 1))
    assert any("nobody can reach 'ceo-office'" in mistake for mistake in mistakes(directory))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"goals", b"goals: 7", b"- a\n- b", b"goals:\n\t- id: a", b"a: &a [*a]"]
)
def test_a_file_that_is_no_goal_file_is_a_mistake(directory: Path, content: bytes) -> None:
    (directory / GOALS).write_bytes(content)
    assert any(mistake.startswith(GOALS) for mistake in mistakes(directory))


def test_a_missing_directory_is_a_mistake(tmp_path: Path) -> None:
    assert "sync-agent.yaml: cannot be read" in mistakes(tmp_path / "nowhere")[-1]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("goals:id- {}[]\n\t'\"&*!|>#%@`ab1\x07é")), max_size=80))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    root, found = parse(text, "x.yaml")
    assert root is None or root.file == "x.yaml"
    assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in found)
