"""How goals stood day by day: from cycles, and worked out for the days before the first one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sync_agent.model import GoalDay, Health, Verdict
from sync_agent.run.proposal.days import fill_past, wanted
from sync_agent.sandbox.core import Fault
from sync_agent.store.memory.days import add_days, forget_days, load_day, load_days, stood_otherwise
from sync_agent.store.upkeep.record import TABLES, read_lines, table_lines
from tests.support.theatre import GOALS, MONDAY, Theatre, theatre

TODAY = MONDAY.date()
YEARS = timedelta(days=730)


def days(stage: Theatre, goal: str = "checkout") -> tuple[GoalDay, ...]:
    with stage.store.read() as connection:
        return load_days(connection, goal, TODAY - YEARS, TODAY + YEARS)


def filled(stage: Theatre) -> int:
    """How many days were worked out."""
    organisation, now = stage.settings.organisation, stage.clock.now()
    return sum(1 for _ in iter(lambda: fill_past(organisation, stage.store, now, YEARS), None))


def test_a_cycle_keeps_a_row_for_each_goal_and_counts_what_was_told(tmp_path: Path) -> None:
    with theatre(tmp_path, goals=GOALS.replace("2026-12-31", "2026-10-06")) as stage:
        stage.cycle()
        (today,) = days(stage)
        assert (today.day, today.done, today.scope, today.worked_out) == (TODAY, 5, 10, False)
        assert (len(today.version), today.told) == (64, 3), "a comment, a mail to the owner, the board's digest"
        stage.cycle(timedelta(minutes=15))
        assert days(stage)[0].told == 3, "nothing more was told"
        stage.cycle(timedelta(days=1))
        assert [each.day for each in days(stage)] == [TODAY, TODAY + timedelta(days=1)]


def test_the_past_is_worked_out_a_day_at_a_time_and_never_replaces_what_was_told(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        first = days(stage)[0]
        assert filled(stage) == sum(day >= TODAY - timedelta(weeks=5) for day in wanted(TODAY))
        found = days(stage)
        assert found[-1] == first
        assert all(each.worked_out and not each.told for each in found[:-1])
        assert [each.done for each in found] == sorted(each.done or 0 for each in found), "work got done"
        assert fill_past(stage.settings.organisation, stage.store, stage.clock.now(), YEARS) is None


def test_nothing_is_worked_out_while_a_source_cannot_be_read(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        stage.jira.faults.add(Fault(status=401))
        stage.cycle(timedelta(minutes=15))
        assert filled(stage) == 0


def test_a_row_is_exported_and_read_back(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        known = days(stage)
        with stage.store.begin() as connection:
            lines = list(table_lines(connection, TABLES["goal_days"]))
            forget_days(connection, TODAY + timedelta(days=1))
            assert read_lines(connection, TABLES["goal_days"], lines, "goal_days.jsonl") == len(lines)
        assert days(stage) == known


def test_since_when_a_goal_has_its_health(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage, stage.store.begin() as connection:
        good = GoalDay("a", TODAY, Health.ON_TRACK, Verdict.ON_TRACK)
        rows = [
            replace(good, day=TODAY - timedelta(days=back), verdict=Verdict.AT_RISK if back > 3 else Verdict.ON_TRACK)
            for back in range(8)
        ]
        add_days(connection, rows)
        (last,) = stood_otherwise(connection, {"a": Verdict.ON_TRACK}, TODAY).values()
        assert (last.day, last.verdict) == (TODAY - timedelta(days=4), Verdict.AT_RISK)
        assert stood_otherwise(connection, {"a": Verdict.AT_RISK}, TODAY - timedelta(days=5)) == {}
        assert load_day(connection, TODAY + timedelta(days=3), TODAY)["a"].day == TODAY
