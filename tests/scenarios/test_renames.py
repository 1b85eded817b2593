"""A goal, a source or a person gets another name in the files: nothing is told anew, nothing is forgotten."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_agent.cli import main
from sync_agent.config import ConfigErrors
from sync_agent.model import AlertState, SignalKind, Target
from sync_agent.model.telling.overlays import Acknowledgement, Silence
from sync_agent.store.facts.facts import load_facts
from sync_agent.store.memory.state import (
    acknowledge,
    load_acknowledgements,
    load_alerts,
    load_decisions,
    load_silences,
    save_silence,
)
from sync_agent.store.memory.unsubscribed import load_unsubscribed, unsubscribe
from sync_agent.store.outbox.rows import load_rows
from tests.support.theatre import Theatre, theatre

QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        play(made)
        yield made


def play(stage: Theatre) -> None:
    """Checkout is blocked, and everybody has heard of it."""
    now = stage.clock.now()
    stage.jira_state.edit("SHOP-8", at=now - timedelta(days=9), by="noor", status="Blocked", assignee="noor")
    stage.cycle()
    stage.cycle(QUARTER)


def edit(stage: Theatre, *changes: tuple[str, str]) -> None:
    """Edits the files, and has them read."""
    for name in ("sync-agent.yaml", "goals/goals.yaml"):
        path = stage.directory / name
        text = path.read_text()
        for before, after in changes:
            text = text.replace(before, after)
        path.write_text(text)
    stage.reload()


def rename_goal(stage: Theatre, old: str, new: str, former: Sequence[str] = ()) -> None:
    """As its owner would; `former` are the names that stand in `renamed_from`."""
    path = stage.directory / "goals" / "goals.yaml"
    text = re.sub(r"    renamed_from: .*\n", "", path.read_text())
    said = f"    renamed_from: [{', '.join(former)}]\n" if former else ""
    path.write_text(text.replace(f"  - id: {old}\n", f"  - id: {new}\n{said}"))
    stage.reload()


def own_comments(stage: Theatre, key: str = "SHOP-1") -> list[str]:
    """The markers of an issue's comments."""
    found = stage.jira_state.comments.get(stage.jira_state.issue(key)["id"], [])
    entries = (entry for comment in found for entry in comment["properties"])
    return [entry["value"]["key"] for entry in entries if entry["key"] == "goal-sync-agent"]


def news(stage: Theatre) -> int:
    """How many mails there were, and comments but for statuses."""
    every = [*own_comments(stage), *(c["body"] for t in stage.github_state.threads() for c in t.comments)]
    return len(stage.mail.messages) + len(every)


def test_a_renamed_goal_keeps_its_alerts_its_comment_and_its_history(stage: Theatre) -> None:
    before, comments = news(stage), len(own_comments(stage))
    with stage.store.begin() as connection:
        now = stage.clock.now()
        blocked = Target("checkout", SignalKind.BLOCKED, "SHOP-8")
        acknowledge(connection, Acknowledgement(blocked, "dana", now, "on it"))
        acknowledge(connection, Acknowledgement(Target("checkout", SignalKind.SLIPPING, "checkout"), "dana", now))
        target = Target("checkout")
        save_silence(connection, Silence("checkout-all", target, "dana", "moving", now, now + DAY))
        unsubscribe(connection, "board", "checkout", now)
        told = len(load_decisions(connection, "checkout"))
    rename_goal(stage, "checkout", "fast-checkout", ["checkout"])
    for _ in range(3):
        stage.cycle(QUARTER)
    assert news(stage) == before
    assert len(own_comments(stage)) == comments
    assert "status/fast-checkout/jira/SHOP-1" in own_comments(stage)
    assert "status/checkout/jira/SHOP-1" not in own_comments(stage)
    with stage.store.read() as connection:
        alerts = load_alerts(connection)
        blocked_now = alerts["fast-checkout", "blocked", "SHOP-8"]
        assert blocked_now.state is AlertState.FIRING
        assert blocked_now.readings
        assert not any(goal == "checkout" for goal, _, _ in alerts)
        acks = load_acknowledgements(connection)
        assert {ack.target.goal for ack in acks} == {"fast-checkout"}
        assert {ack.target.subject for ack in acks} == {"SHOP-8", "fast-checkout"}
        assert [(s.id, s.target.goal) for s in load_silences(connection, stage.clock.now())] == [
            ("fast-checkout-all", "fast-checkout")
        ]
        assert load_unsubscribed(connection) == {("board", "fast-checkout")}
        assert len(load_decisions(connection, "fast-checkout")) >= told
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="In Progress")
    stage.clock.advance(2 * DAY)
    for _ in range(3):
        stage.cycle(QUARTER)
    assert any("resolved/fast-checkout/" in each for each in own_comments(stage))


def test_a_renamed_person_is_not_told_again(stage: Theatre) -> None:
    before = news(stage)
    with stage.store.begin() as connection:
        unsubscribe(connection, "dana", "search", stage.clock.now())
    edit(stage, ("  dana: {", "  dreyes: {renamed_from: dana, "), ("owner: dana", "owner: dreyes"))
    for _ in range(3):
        stage.cycle(QUARTER)
    assert news(stage) == before
    with stage.store.read() as connection:
        readers = {r.person for alert in load_alerts(connection).values() for r in alert.readings}
        assert "dreyes" in readers
        assert "dana" not in readers
        assert load_unsubscribed(connection) == {("dreyes", "search")}
        assert not any("dana" in each.audience.people for each in load_decisions(connection))
        assert any("dreyes" in each.audience.people for each in load_decisions(connection))


def test_a_renamed_source_keeps_facts_cursors_and_comments(stage: Theatre) -> None:
    before, comments = news(stage), sorted(own_comments(stage))
    with stage.store.read() as connection:
        items = len(load_facts(connection).histories)
    edit(
        stage,
        ("  jira:\n    type: jira", "  shop:\n    type: jira\n    renamed_from: jira"),
        ("source: jira", "source: shop"),
        ("jira: dana", "shop: dana"),
        ("jira: noor", "shop: noor"),
    )
    stage.cycle(QUARTER)
    asked = len(stage.jira.journal.exchanges)
    for _ in range(2):
        stage.cycle(QUARTER)
    assert asked < 15, "a renamed source is not read anew"
    assert news(stage) == before
    assert len(own_comments(stage)) == len(comments)
    with stage.store.read() as connection:
        facts = load_facts(connection)
        assert len(facts.histories) == items
        assert {source for source, _ in facts.histories} == {"shop", "github"}
        assert {history.item.source for history in facts.histories.values()} == {"shop", "github"}
        places = {row.message.place.source for row in load_rows(connection).values() if row.message.place}
        assert places == {"shop", "github"}


def test_a_rename_that_is_taken_back_and_made_again_tells_nothing(stage: Theatre) -> None:
    before = news(stage)
    rename_goal(stage, "checkout", "quick", ["checkout"])
    stage.cycle(QUARTER)
    rename_goal(stage, "quick", "checkout")
    for _ in range(4):
        stage.cycle(QUARTER)
    rename_goal(stage, "checkout", "quick", ["checkout"])
    stage.cycle(QUARTER)
    assert news(stage) == before
    with stage.store.read() as connection:
        assert ("quick", "blocked", "SHOP-8") in load_alerts(connection)


def test_what_goes_for_four_cycles_and_comes_back_is_not_told_anew(stage: Theatre) -> None:
    before, goals = news(stage), (stage.directory / "goals" / "goals.yaml").read_text()
    first, second = goals.index("  - id: checkout"), goals.index("  - id: search")
    (stage.directory / "goals" / "goals.yaml").write_text(goals[:first] + goals[second:])
    stage.reload()
    for _ in range(4):
        stage.cycle(QUARTER)
    status = next(text for text in stage.comments("SHOP-1") if "checkout" in text)
    assert "The goal checkout is not followed here any more." in status
    (stage.directory / "goals" / "goals.yaml").write_text(goals)
    stage.reload()
    for _ in range(4):
        stage.cycle(QUARTER)
    assert news(stage) == before
    assert not any("not followed" in text for text in stage.comments("SHOP-1"))
    assert any("Checkout feels instant" in text for text in stage.comments("SHOP-1"))


def test_without_a_word_of_it_the_old_status_is_closed(stage: Theatre) -> None:
    rename_goal(stage, "checkout", "quick")
    for _ in range(2):
        stage.cycle(QUARTER)
    texts = stage.comments("SHOP-1")
    assert sum("The goal checkout is not followed here any more." in text for text in texts) == 1
    assert "status/quick/jira/SHOP-1" in own_comments(stage)
    writes = stage.writes()
    stage.cycle(QUARTER)
    assert stage.writes() == 0, writes


def test_a_goal_that_reports_elsewhere_leaves_a_word(stage: Theatre) -> None:
    edit(stage, ("    owner: dana\n", "    owner: dana\n    report_on: [{source: jira, issue: SHOP-2}]\n"))
    stage.cycle(QUARTER)
    assert any("not followed here any more" in text for text in stage.comments("SHOP-1"))
    assert any("Checkout feels instant" in text for text in stage.comments("SHOP-2"))


def test_validate_asks_whether_something_was_renamed(stage: Theatre) -> None:
    rename_goal(stage, "checkout", "quick")
    edit(
        stage,
        ("  dana: {", "  dreyes: {"),
        ("owner: dana", "owner: dreyes"),
        ("  jira:\n    type", "  jira-cloud:\n    type"),
        ("source: jira", "source: jira-cloud"),
        ("accounts: {jira: ", "accounts: {jira-cloud: "),
    )
    result = CliRunner().invoke(main, ["--config", str(stage.directory), "validate"], env=stage.environ)
    assert result.exit_code == 0, result.output
    assert "goal quick: is new, and the goal checkout has gone" in result.output
    assert "person dreyes: is new, and the person dana has gone" in result.output
    assert "add `renamed_from: jira` to it" in result.output
    rename_goal(stage, "quick", "quick", ["checkout"])
    result = CliRunner().invoke(main, ["--config", str(stage.directory), "validate"], env=stage.environ)
    assert "the goal checkout" not in result.output


NAMES = ("checkout", "quick", "swift", "rapid")


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), min_size=1, max_size=5))
def test_whatever_is_renamed_in_whatever_order_nothing_is_told_twice(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, bool]]
) -> None:
    """Names come, go and come back; some are never seen by a cycle."""
    with theatre(tmp_path_factory.mktemp("renames")) as stage:
        play(stage)
        before, name, former = news(stage), "checkout", list[str]()
        for wanted, seen in moves:
            if wanted == name:
                continue
            former = [each for each in (*former, name) if each != wanted]
            rename_goal(stage, name, wanted, former)
            name = wanted
            if seen:
                stage.cycle(QUARTER)
        stage.cycle(QUARTER)
        stage.cycle(QUARTER)
        assert news(stage) == before
        with stage.store.read() as connection:
            firing = {a.goal for a in load_alerts(connection).values() if a.kind is SignalKind.BLOCKED}
        assert firing == {name}
        assert sum(each.startswith("status/") for each in own_comments(stage)) == 1


@pytest.mark.parametrize(
    ("former", "said"),
    [("search", "there is a goal 'search'"), ("[search]", "there is a goal 'search'")],
)
def test_what_still_goes_by_a_name_was_not_renamed_from_it(stage: Theatre, former: str, said: str) -> None:
    with pytest.raises(ConfigErrors, match=said):
        edit(stage, ("  - id: checkout\n", f"  - id: checkout\n    renamed_from: {former}\n"))
