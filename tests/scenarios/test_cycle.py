"""Whole cycles through real HTTP, SMTP and SQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from sync_agent.config import SourceSettings
from sync_agent.model import Health, MessageKind
from sync_agent.sandbox.core import Fault
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["cloud", "server", "cloud on postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    kind, _, database = request.param.partition(" on ")
    store = request.getfixturevalue(database).database() if database else None
    with theatre(tmp_path, kind=kind, store=store) as made:
        yield made


@pytest.fixture
def cloudy(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def health(report) -> dict[str, Health]:
    return {a.goal: a.health for a in report.proposal.assessments}


def told(report) -> list[MessageKind]:
    return [message.kind for message in report.delivery.delivered]


def test_the_first_cycle_judges_every_goal_and_writes_a_status_for_each(stage: Theatre) -> None:
    report = stage.cycle()
    assert [pull.error for pull in report.pulls] == [None, None]
    progress = {a.goal: a.progress for a in report.proposal.assessments}
    assert progress == {"checkout": 0.5, "search": 0.75}
    assert len(stage.comments("SHOP-1")) == 1
    assert "Checkout feels instant" in stage.comments("SHOP-1")[0]
    assert len(stage.github_state.repositories[REPOSITORY][1].comments) == 1
    assert len(stage.mails_to("board@example.org")) == 1


def test_a_second_cycle_tells_nobody_anything(stage: Theatre) -> None:
    stage.cycle()
    mails = len(stage.mail.messages)
    report = stage.cycle(HOUR)
    assert told(report) == []
    assert stage.writes() == 0
    assert len(stage.mail.messages) == mails


def test_an_idle_cycle_costs_one_request_for_each_tracker_and_one_for_its_fields(stage: Theatre) -> None:
    stage.cycle()
    stage.cycle(HOUR)
    stage.cycle(HOUR)
    jira = [exchange.path for exchange in stage.jira.journal.exchanges]
    assert [path for path in jira if "field" not in path] == [path for path in jira if "search" in path]
    # A world that is opened anew asks the schema once; what changed last is one question.
    assert len(stage.github.journal.exchanges) == 2


def test_a_blocked_item_is_told_once_and_its_end_once(stage: Theatre) -> None:
    stage.cycle()
    stage.jira_state.edit(
        "SHOP-8", at=stage.clock.now(), by="noor", status="In Progress", assignee="noor", flagged=True
    )
    assert MessageKind.ALERT not in told(stage.cycle(HOUR))
    report = stage.cycle(4 * DAY)
    assert told(report).count(MessageKind.ALERT) == 2  # the comment and the owner's mail
    alert = next(text for text in stage.comments("SHOP-1") if "SHOP-8" in text and "impediment" in text)
    assert "impediment" in alert
    assert [m for m in stage.mails_to("dana@example.org") if "blocked" in m["Subject"]]
    assert MessageKind.PROMPT in told(report)
    assert MessageKind.ALERT not in told(stage.cycle(HOUR))
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", flagged=False)
    first, second, third = (told(stage.cycle(HOUR)) for _ in range(3))
    assert MessageKind.RESOLVED not in first
    assert second.count(MessageKind.RESOLVED) == 3  # and the mail to whom had been asked for help
    assert MessageKind.RESOLVED not in third


def test_an_open_blocker_in_the_other_tracker_blocks(cloudy: Theatre) -> None:
    cloudy.cycle()
    now = cloudy.clock.now()
    blocker = cloudy.github_state.create(REPOSITORY, "Rate limits", at=now, by="noor")
    cloudy.jira_state.edit(
        "SHOP-9", at=now, by="dana", status="In Progress", description=f"Blocked by {REPOSITORY}#{blocker}"
    )
    report = cloudy.cycle(5 * DAY)
    checkout = report.proposal.assessments[0]
    assert [s.subject for s in checkout.signals if s.kind.value == "blocked"] == [f"{REPOSITORY}#{blocker}"]


def test_the_status_comment_is_edited_in_place(stage: Theatre) -> None:
    stage.cycle()
    before = stage.comments("SHOP-1")[0]
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="Done")
    stage.cycle(HOUR)
    after = stage.comments("SHOP-1")
    assert len(after) == 1
    assert after[0] != before


def test_a_deleted_status_comment_is_written_anew(cloudy: Theatre) -> None:
    cloudy.cycle()
    cloudy.jira_state.comments.clear()
    cloudy.jira_state.edit("SHOP-8", at=cloudy.clock.now(), by="noor", status="Done")
    cloudy.cycle(HOUR)
    assert len(cloudy.comments("SHOP-1")) == 1


def test_a_lost_store_repeats_no_comment(stage: Theatre, tmp_path: Path) -> None:
    from sync_agent.store import Store

    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="In Progress", flagged=True)
    stage.cycle()
    comments = stage.comments("SHOP-1")
    stage.store = Store.open(f"sqlite:///{tmp_path / 'new.db'}")
    stage.cycle(timedelta(minutes=1))
    assert stage.comments("SHOP-1") == comments
    stage.store.close()


@pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 503])
def test_a_tracker_that_refuses_makes_only_its_own_goals_unknown(cloudy: Theatre, status: int) -> None:
    cloudy.cycle()
    cloudy.jira.faults.add(Fault(path="/search", status=status))
    report = cloudy.cycle(HOUR)
    assert health(report) == {"checkout": Health.UNKNOWN, "search": Health.ON_TRACK}
    assert report.pulls[0].error
    assert "secret" not in report.pulls[0].error
    cloudy.jira.faults.clear()
    assert health(cloudy.cycle(HOUR))["checkout"] is not Health.UNKNOWN


@pytest.mark.parametrize("body", ["", "{}", "[]", "<html>login</html>"])
def test_an_answer_that_makes_no_sense_makes_the_goal_unknown_and_loses_nothing(cloudy: Theatre, body: str) -> None:
    cloudy.cycle()
    cloudy.jira.faults.add(Fault(path="/search", body=body))
    cloudy.jira_state.edit("SHOP-8", at=cloudy.clock.now(), by="noor", status="Done")
    assert health(cloudy.cycle(HOUR))["checkout"] is Health.UNKNOWN
    cloudy.jira.faults.clear()
    report = cloudy.cycle(HOUR)
    assert report.proposal.assessments[0].progress == 0.6


@pytest.mark.parametrize("body", ['{"issues": [{}]}', '{"issues": [{"id": "1", "fields": null}]}'])
def test_an_item_that_makes_no_sense_is_named_and_makes_its_goal_no_better(cloudy: Theatre, body: str) -> None:
    before = health(cloudy.cycle())["checkout"]
    cloudy.jira.faults.add(Fault(path="/search", body=body))
    report = cloudy.cycle(HOUR)
    assert health(report)["checkout"] is before
    assert any("cannot be read" in reason.text for reason in report.proposal.assessments[0].reasons)


def test_a_tracker_that_fails_half_way_goes_on_where_it_stopped(cloudy: Theatre) -> None:
    cloudy.jira.faults.add(Fault(path="/changelog/bulkfetch", status=500, times=20))
    assert health(cloudy.cycle())["checkout"] is Health.UNKNOWN
    cloudy.jira.faults.clear()
    assert cloudy.cycle(HOUR).proposal.assessments[0].progress == 0.5


def test_operations_hears_of_an_outage_once_and_of_its_end(cloudy: Theatre) -> None:
    cloudy.cycle()
    cloudy.jira.faults.add(Fault(path="/search", status=401))
    for _ in range(4):
        cloudy.cycle(HOUR)
    (down,) = (m["Subject"] for m in cloudy.mails_to("ops@example.org"))
    assert down.startswith("[Goals] jira cannot be read, ")
    assert cloudy.mails_to("dana@example.org") == []
    cloudy.jira.faults.clear()
    for _ in range(3):
        cloudy.cycle(HOUR)
    assert [m["Subject"] for m in cloudy.mails_to("ops@example.org")][1:] == [
        "[Goals] jira can be read again after less than a day"
    ]


def test_a_comment_whose_answer_was_lost_is_there_once(cloudy: Theatre) -> None:
    cloudy.jira.faults.add(Fault(path="/comment", method="POST", status=502, lost=True, times=1))
    report = cloudy.cycle()
    assert len(report.delivery.waiting) == 1
    cloudy.cycle(HOUR)
    assert len(cloudy.comments("SHOP-1")) == 1


def test_a_mail_server_that_is_down_delays_mail_and_nothing_else(cloudy: Theatre) -> None:
    cloudy.mail.refuse["board@example.org"] = "451 try later"
    report = cloudy.cycle()
    assert [message.address for message, _ in report.delivery.waiting] == ["board@example.org"]
    assert len(cloudy.comments("SHOP-1")) == 1
    cloudy.mail.refuse.clear()
    cloudy.cycle(HOUR)
    assert len(cloudy.mails_to("board@example.org")) == 1


def test_titles_are_text_and_nothing_else(stage: Theatre) -> None:
    evil = "<script>alert(1)</script> @everyone [~dana] {code} ![x](http://evil.example) " + "x" * 10_000
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="In Progress", flagged=True)
    stage.jira_state.issue("SHOP-8")["fields"]["summary"] = evil
    stage.cycle()
    mail = stage.mails_to("dana@example.org")[0]
    page = mail.get_body(("html",)).get_content()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert len(page) < 20_000
    alert = next(text for text in stage.comments("SHOP-1") if "SHOP-8" in text)
    assert len(alert) < 20_000


def test_an_unknown_status_and_null_fields_are_borne(stage: Theatre) -> None:
    raw = stage.jira_state.issue("SHOP-8")
    raw["fields"] |= {
        "status": {"id": "1", "name": "Quarantine"},
        "priority": None,
        "issuetype": None,
        "reporter": None,
    }
    raw["fields"] |= {"labels": None, "fixVersions": None, "components": None, "issuelinks": None, "summary": None}
    report = stage.cycle()
    assert report.pulls[0].error is None
    assert health(report)["checkout"] is not Health.UNKNOWN


def test_many_repositories_are_read_side_by_side_and_their_cost_is_known(cloudy: Theatre) -> None:
    names = [f"acme/part-{number}" for number in range(7)]
    for name in names:
        cloudy.github_state.add_repository(name)
        for number in range(3):
            cloudy.github_state.create(name, f"Issue {number}", at=MONDAY - HOUR, by="dana")
    options = cloudy.settings.sources["github"].options.model_copy(update={"repositories": (REPOSITORY, *names)})
    sources = {**cloudy.settings.sources, "github": SourceSettings("github", options)}
    cloudy.settings = replace(cloudy.settings, sources=sources)
    cloudy.cycle()
    with cloudy.store.read() as connection:
        found = {history.item.container for history in load_facts(connection).histories.values()}
    assert found >= set(names)
    cloudy.cycle(timedelta(minutes=15))
    idle = cloudy.cycle(timedelta(minutes=15)).pulls[1]
    assert idle.items == 0
    assert idle.usage.requests == 2, "the schema, asked anew after a restart, and what changed last"
    assert idle.usage.quotas["graphql"].limit == 5000


SUB_ISSUES = """\
goals:
  - id: search
    objective: Search finds the book
    owner: noor
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results:
      - {id: parts, title: All parts done, delivers: {source: github, sub_issues_of: "acme/shop#1"}}
"""
SUMMARY = '{ repository(owner: "acme", name: "shop") { issue(number: 1) { subIssuesSummary { total completed } } } }'


def test_the_progress_of_an_issue_with_sub_issues_is_what_github_says_itself(tmp_path: Path) -> None:
    """Sub-issues may be in another repository, and come, end and go."""
    with theatre(tmp_path, goals=SUB_ISSUES) as stage:
        hub = stage.github_state
        hub.add_repository("acme/tools")
        other = hub.create("acme/tools", "A part elsewhere", at=MONDAY - DAY, by="noor")
        old = stage.settings.sources["github"]
        options = old.options.model_copy(update={"repositories": (REPOSITORY, "acme/tools")})
        sources = {**stage.settings.sources, "github": replace(old, options=options)}
        stage.settings = replace(stage.settings, sources=sources)

        def progress() -> tuple[float, int]:
            report = stage.cycle(HOUR)
            answer = requests.post(
                old.options.url + "/graphql", json={"query": SUMMARY}, timeout=10,
                headers={"Authorization": f"Bearer {stage.environ['GITHUB_TOKEN']}"},
            ).json()  # fmt: skip
            said = answer["data"]["repository"]["issue"]["subIssuesSummary"]
            (assessment,) = report.proposal.assessments
            assert assessment.progress == pytest.approx(said["completed"] / said["total"])
            return assessment.progress, said["total"]

        for number in (2, 7, 8):
            hub.edit(REPOSITORY, number, at=stage.clock.now(), by="noor", parent=1)
        hub.edit("acme/tools", other, at=stage.clock.now(), by="noor", parent=f"{REPOSITORY}#1")
        assert progress() == (0.25, 4)
        hub.edit("acme/tools", other, at=stage.clock.now(), by="noor", state="closed")
        assert progress() == (0.5, 4)
        hub.edit(REPOSITORY, 7, at=stage.clock.now(), by="noor", parent=None)
        assert progress() == (pytest.approx(2 / 3), 3)
