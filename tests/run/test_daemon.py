"""The daemon takes over what changes in the files, and keeps the last good configuration while they are wrong."""

import math
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from structlog.testing import capture_logs

from connectors.contract import Runtime, Source
from connectors.jira import JiraConnector
from connectors.jira.options import JiraOptions
from sync_agent.config import installed_connectors
from sync_agent.run.process.daemon import Daemon
from sync_agent.sandbox.core import Exchange, Fault
from sync_agent.store import Store, StoreError
from sync_agent.web import WebServer
from tests.support.agents.daemons import daemon
from tests.support.servers.postgresql import Server as DatabaseServer
from tests.support.theatre import theatre


def failing(running: Daemon) -> list[str]:
    return [state.source for state in running.snapshot.sources if state.error]


def test_wrong_files_leave_the_last_good_configuration_in_use(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running, goals = daemon(stage), stage.directory / "goals" / "goals.yaml"
        good = goals.read_text()
        goals.write_text(good.replace("owner: dana", "owner: dna"))
        running.cycle()
        assert "unknown person 'dna'" in running.snapshot.config_mistakes[0]
        assert len(running.snapshot.assessments) == 2
        running.cycle()
        assert running.snapshot.config_mistakes, "they are still there"
        goals.write_text(good.replace("id: search", "id: finding"))
        stage.clock.advance(timedelta(minutes=15))
        running.cycle()
        assert running.snapshot.config_mistakes == ()
        assert [a.goal for a in running.snapshot.assessments] == ["checkout", "finding"]
        before = running.snapshot.organisation
        running.cycle()
        assert running.snapshot.organisation is before, "files that are as they were are not read again"
        (goals.parent / "more.yaml").write_text("goals: []\n")
        running.cycle()
        assert running.snapshot.config_mistakes


def test_a_secret_that_was_changed_is_read_anew_after_a_failure(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        secret = stage.environ["JIRA_TOKEN"]
        stage.environ["JIRA_TOKEN"] = "expired-token"
        running = daemon(stage)
        running.cycle()
        assert failing(running)
        stage.environ["JIRA_TOKEN"] = secret
        stage.clock.advance(timedelta(minutes=15))
        running.cycle()
        assert not failing(running)


def test_what_was_found_is_shown_before_anything_is_sent(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running, shown = daemon(stage), list[tuple[bool, int, int]]()

        def seen(_mail: EmailMessage) -> str:
            shown.append((running.snapshot.ready(), len(running.snapshot.assessments), running.snapshot.pending))
            return "250 OK"

        stage.mail.after = seen
        running.cycle()
        assert shown
        assert all(ready and goals == 2 and pending for ready, goals, pending in shown)
        assert running.snapshot.pending == 0


def test_what_there_is_no_time_for_goes_out_in_the_next_cycle(tmp_path: Path) -> None:
    """Each mail takes a day; there is a while for it in each cycle."""
    with theatre(tmp_path) as stage:
        path = stage.directory / "sync-agent.yaml"
        path.write_text(path.read_text().replace("owner, email: dana", "owner, digest: mon 09:00, email: dana"))
        seconds = 0.0

        def slow(_mail: EmailMessage) -> str:
            nonlocal seconds
            seconds += 86400
            return "250 OK"

        stage.mail.after = slow
        connectors, now = installed_connectors(), stage.clock.now
        running = Daemon(stage.directory, stage.settings, stage.store, connectors, stage.environ, now, lambda: seconds)
        running.cycle()
        assert len(stage.mail.messages) == 1
        assert stage.comments("SHOP-1"), "no comment waits for mails"
        assert running.snapshot.pending == 1
        running.cycle()
        assert len(stage.mail.messages) == 2
        assert running.snapshot.pending == 0


def test_cycles_go_on_after_one_that_failed(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running = daemon(stage)
        stage.jira.faults.add(Fault(path="/search", body="\x00", times=1))
        running.cycle()
        stage.clock.advance(timedelta(minutes=15))
        running.cycle()
        assert all(a.progress is not None for a in running.snapshot.assessments)


def test_a_database_server_that_restarts_costs_a_cycle_and_repeats_nothing(
    tmp_path: Path, postgresql: DatabaseServer
) -> None:
    with theatre(tmp_path, store=postgresql.database()) as stage, stage.store.exclusive() as hold:
        running = daemon(stage)
        running._hold = hold
        running.cycle()
        told = len(stage.mail.messages), stage.writes()
        postgresql.stop()
        running.cycle()
        assert "cannot use its store" in (running.snapshot.problem or "")
        postgresql.start()
        running.cycle()
        assert running.snapshot.problem is None
        assert (len(stage.mail.messages), stage.writes()) == told
        other = Store.open(stage.settings.store)
        with pytest.raises(StoreError, match="another agent is at work"), other.exclusive():
            pass
        other.close()


def test_what_a_source_costs_is_shown_while_it_is_pulled(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running = daemon(stage)
        shown: list[float | None] = []

        def scrape(_exchange: Exchange) -> None:
            shown.append(running._counted().get_sample_value("sync_agent_source_requests_total", {"source": "jira"}))

        stage.jira.after = scrape
        running.cycle()
        assert shown == list(range(1, len(shown) + 1))
        stage.jira.after = lambda _exchange: None
        running._close()
        running.cycle()
        scrape(stage.jira.journal.exchanges[-1])
        assert shown[-1] == len(stage.jira.journal.exchanges), "opened anew, it is counted on"


def test_a_limit_is_remembered_from_cycle_to_cycle_and_shown(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running = daemon(stage)
        stage.jira.faults.add(Fault(path="/search", status=429, headers={"retry-after": "3600"}, times=1))

        def waits() -> float | None:
            name = "sync_agent_source_waiting_until_timestamp_seconds"
            return running._metrics.registry.get_sample_value(name, {"source": "jira"})

        running.cycle()
        until = stage.clock.now() + timedelta(hours=1)
        assert failing(running) == []
        assert [state.source for state in running.snapshot.sources if state.waits] == ["jira"]
        assert waits() == until.timestamp()
        stage.jira.journal.clear()
        stage.clock.advance(timedelta(minutes=15))
        running.cycle()
        assert stage.jira.journal.exchanges == [], "nobody is asked before the hour is over"
        stage.clock.set(until)
        running.cycle()
        assert failing(running) == []
        assert waits() == 0


@pytest.mark.parametrize(("secret", "warned"), [("s" * 32, 0), ("short", 1)])
def test_links_that_come_with_a_reload_lead_somewhere(tmp_path: Path, secret: str, warned: int) -> None:
    with theatre(tmp_path) as stage, capture_logs() as logs:
        running, path = daemon(stage), stage.directory / "sync-agent.yaml"
        with WebServer(running._pages(), "127.0.0.1", 0) as server:
            web = "web: {port: 0, url: https://goals.example.org, secret: {env: WEB_SECRET}}"
            path.write_text(path.read_text().replace("web: {port: 0}", web))
            stage.environ["WEB_SECRET"] = secret
            running.cycle()
            (digest,) = stage.mails_to("board@example.org")
            link = digest["List-Unsubscribe"].removeprefix("<https://goals.example.org").partition(">")[0]
            answer = requests.get(f"http://127.0.0.1:{server.port}{link}", timeout=10)
            assert answer.status_code == 200
        short = [line for line in logs if "secret of links is too short" in line["event"]]
        assert len(short) == warned


def test_a_source_that_was_down_is_not_waited_for_long_until_it_is_back(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running, patience = daemon(stage), list[float]()

        class Watched(JiraConnector):
            def open(self, name: str, options: JiraOptions, context: Runtime) -> Source:
                patience.append(context.patience)
                return super().open(name, options, context)

        running._connectors = {**running._connectors, "jira": Watched()}
        for down in (True, True, False, False, False):
            stage.jira.faults.clear()
            if down:
                stage.jira.faults.add(Fault(path="/", status=503))
            running.cycle()
            assert ("jira" in failing(running)) is down
            stage.clock.advance(timedelta(minutes=15))
        assert patience == [math.inf, 2, 2, math.inf], "while it is read well, it stays open"
