"""KPIs through whole cycles: read, kept, judged, said, for today and for past days."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.judge.judge import judge_past
from sync_agent.model import Assessment, Health, KeyResultState
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import GOALS, MONDAY, TOKENS, Theatre, theatre

DAY = timedelta(days=1)
KPIS = """\
  - id: flow
    objective: Work flows
    owner: dana
    period: {start: 2026-09-01, due: 2026-12-31}
    rules: {check_in_every: 7d}
    check_ins: [{on: 2026-09-02, by: noor, confidence: 0.9, text: it goes well}]
    key_results:
      - id: cycle-time
        title: Cycle time
        kpi: {measure: cycle_time, percentile: 50, window: 6w, of: {source: jira, project: SHOP, type: Story}}
        between: [0, 2]
      - id: satisfaction
        title: Satisfaction
        kpi: {csv: kpis/score.csv, column: score, date: day, stale_after: 3d}
        baseline: 20
        target: 40
        thresholds: [{below: 35, text: readers leave, alert: true}]
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    (tmp_path / "config" / "kpis").mkdir(parents=True)
    write(tmp_path / "config", f"{MONDAY:%F},36\n")
    with theatre(tmp_path, goals=GOALS + KPIS) as made:
        yield made


def write(directory: Path, rows: str) -> None:
    (directory / "kpis" / "score.csv").write_text("day,score\n" + rows)


def flow(assessments: tuple[Assessment, ...]) -> Assessment:
    return next(each for each in assessments if each.goal == "flow")


def states(found: Assessment) -> dict[str, KeyResultState]:
    return {state.id: state for state in found.key_results}


def test_kpis_are_measured_kept_and_read_again_on_past_days(stage: Theatre) -> None:
    report = stage.cycle()
    assert report.proposal
    now = states(flow(report.proposal.assessments))
    assert (now["cycle-time"].done, now["satisfaction"].done) == (1.0, 36.0)
    assert now["cycle-time"].detail == "1 day, to be kept between 0 and 2 (P50 of 5 items finished in 42 days)"
    with stage.store.read() as connection:
        kept = load_facts(connection).samples
    assert {name: [s.value for s in samples] for name, samples in kept.items()} == {
        "flow/cycle-time": [1.0],
        "flow/satisfaction": [36.0],
    }
    with stage.store.read() as connection:
        then = judge_past(connection, stage.settings.organisation, MONDAY - 20 * DAY)
    assert states(flow(then))["cycle-time"].detail == "no value: 3 items finished in a year, 5 are needed"


def test_a_crossed_threshold_that_should_alert_is_told(stage: Theatre) -> None:
    stage.cycle()
    stage.mail.messages.clear()
    weekly = "".join(f"{MONDAY - n * 7 * DAY:%F},{36 + n}\n" for n in reversed(range(4)))
    write(stage.directory, f"{weekly}{MONDAY + DAY:%F},34\n")
    stage.cycle(DAY)
    stage.cycle(timedelta(minutes=15))
    (mail,) = (mail for mail in stage.mails_to("dana@example.org") if "asked of you" not in mail["Subject"])
    assert mail["Subject"] == "[Goals] Work flows: Satisfaction is below 35: readers leave"
    assert 'alt="Satisfaction from' in mail.get_body(("html",)).get_content(), "the chart is that of the KPI"
    assert [part for part in mail.walk() if part.get_content_type() == "image/png"]


def test_a_file_that_nobody_writes_any_more_makes_its_goal_unknown(stage: Theatre) -> None:
    stage.cycle()
    stage.cycle(3 * DAY)
    report = stage.cycle(2 * DAY)
    assert report.proposal
    found = flow(report.proposal.assessments)
    assert found.health is Health.UNKNOWN
    assert "Satisfaction has no value since" in found.reasons[0].text
    (told,) = [mail for mail in stage.mails_to("ops@example.org") if "KPI" in mail["Subject"]]
    assert told["Subject"] == "[Goals] KPI flow/satisfaction cannot be read, 1 goal unknown"


def test_status_and_explain_show_scope_and_check_ins(stage: Theatre) -> None:
    stage.cycle()
    stage.store.close()

    def call(*arguments: str) -> str:
        return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS).output

    day = f"{MONDAY:%F}"
    assert re.search(r"scope: 10 items, 5 done; \d+ added and 0 removed since", call("status", "--as-of", day))
    explained = call("explain", "checkout")
    assert "Burn-up" in explained
    flowing = call("explain", "flow")
    assert "noor: 90% confident: it goes well" in flowing
    assert re.search(r"satisfaction +Value +Expected *\n\d{4}-\d\d-\d\d +36 +\d\d", flowing)


UNREAD = """\
  - id: ship
    objective: We ship
    owner: dana
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results:
      - id: tasks
        title: Tasks done
        delivers: {source: github, repo: acme/shop, milestone: Search}
      - {id: part, title: The other part, PART}
"""


@pytest.mark.parametrize(
    "part",
    [
        "kpi: {csv: kpis/nowhere.csv, column: score, date: day}, baseline: 0, target: 5",
        "kpi: {http: 'http://127.0.0.1:9/nothing', json: a}, baseline: 0, target: 5",
        "delivers: {source: jira, jql: 'nonsense ~~ ('}",
    ],
)
def test_what_cannot_be_read_makes_no_goal_look_better(tmp_path: Path, part: str) -> None:
    with theatre(tmp_path, goals="goals:\n" + UNREAD.replace("PART", part)) as stage:
        for milestone in range(6):
            stage.github_state.create("acme/shop", f"Late {milestone}", at=MONDAY - 20 * DAY, by="noor")
        report = stage.cycle()
        assert report.proposal
        (found,) = report.proposal.assessments
    assert (found.health, found.progress) == (Health.UNKNOWN, None)
    assert found.reasons[0].text.startswith("The other part: ")
    assert "on track" not in " ".join(reason.text for reason in found.reasons)
