"""What a running agent says of itself over HTTP: that it works, that it does not, and what it knows after a restart."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.run.process.daemon import Daemon
from sync_agent.web import WebServer
from tests.support.agents.daemons import daemon
from tests.support.theatre import TOKENS, Theatre, theatre

QUARTER = timedelta(minutes=15)


@contextmanager
def pages(running: Daemon) -> Iterator[str]:
    with WebServer(running._pages(), "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.port}"


def metric(address: str, name: str) -> float | None:
    """The value of one line of /metrics, such as `sync_agent_cycles_total{outcome="ok"}`."""
    lines = requests.get(f"{address}/metrics", timeout=10).text.splitlines()
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(f"{name} ")), None)


def rename(stage: Theatre, before: str, after: str) -> None:
    with closing(sqlite3.connect(stage.settings.store.removeprefix("sqlite:///"))) as raw:
        raw.execute(f"ALTER TABLE {before} RENAME TO {after}")


def test_cycles_that_all_fail_are_told_and_shown_until_one_goes_well(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running = daemon(stage)
        with pages(running) as address:
            assert metric(address, 'sync_agent_cycles_total{outcome="failed"}') == 0
            assert metric(address, 'sync_agent_last_success_timestamp_seconds{stage="cycle"}') == 0
            running.cycle()
            well = stage.clock.now().timestamp()
            rename(stage, "items", "away")
            ready = []
            for _ in range(4):
                stage.clock.advance(QUARTER)
                running.cycle()
                ready.append(requests.get(f"{address}/readyz", timeout=10).status_code)
            assert ready == [200, 200, 503, 503]
            assert requests.get(f"{address}/readyz", timeout=10).json()["failing_since"] == "2026-10-05T09:15:00+00:00"
            assert metric(address, 'sync_agent_cycles_total{outcome="failed"}') == 4
            for part in ("pull", "judge", "tell", "cycle"):
                assert metric(address, f'sync_agent_last_success_timestamp_seconds{{stage="{part}"}}') == well
            told = [mail["Subject"] for mail in stage.mails_to("ops@example.org")]
            assert len(told) == 1
            rename(stage, "away", "items")
            stage.clock.advance(QUARTER)
            running.cycle()
            assert requests.get(f"{address}/readyz", timeout=10).status_code == 200
            now = stage.clock.now().timestamp()
            assert metric(address, 'sync_agent_last_success_timestamp_seconds{stage="cycle"}') == now


def test_a_restarted_agent_shows_what_the_store_knows(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        empty = daemon(stage)
        with pages(empty) as address:
            assert requests.get(f"{address}/readyz", timeout=10).status_code == 503
        empty.cycle()
        stage.clock.advance(timedelta(hours=2))
        with pages(daemon(stage)) as address:
            assert requests.get(f"{address}/readyz", timeout=10).status_code == 200
            page = requests.get(address, timeout=10).text
            assert "Checkout feels instant" in page
            assert "first cycle is still running" not in page
            assert metric(address, 'sync_agent_goals{health="on track"}') == 2


def test_a_source_that_has_left_the_configuration_leaves_the_metrics(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running, line = daemon(stage), 'sync_agent_source_{}{{source="github"}}'
        names = [line.format(each) for each in ("requests_total", "complete_timestamp_seconds", "failing")]
        with pages(running) as address:
            running.cycle()
            assert all(metric(address, each) is not None for each in names)
            for file, begin, end in (
                ("sync-agent.yaml", "  github:\n", "people:"),
                ("goals/goals.yaml", "  - id: search", None),
            ):
                path = stage.directory / file
                before, _, rest = path.read_text().partition(begin)
                path.write_text(before + (end + rest.partition(end)[2] if end else ""))
            text = (stage.directory / "sync-agent.yaml").read_text()
            (stage.directory / "sync-agent.yaml").write_text(
                text.replace(", github: dana", "").replace(", github: noor", "")
            )
            stage.clock.advance(QUARTER)
            running.cycle()
            assert running.snapshot.config_mistakes == ()
            assert [metric(address, each) for each in names] == [None, None, None]
            assert [state.source for state in running.snapshot.sources] == ["jira"]


def health(stage: Theatre, **environ: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), "health"], env={**TOKENS, **environ})


@pytest.mark.parametrize("where", ["sync-agent.yaml", "goals/goals.yaml"])
def test_health_minds_neither_mistakes_in_files_nor_a_proxy(tmp_path: Path, where: str) -> None:
    with theatre(tmp_path) as stage, pages(daemon(stage)) as address:
        main_file, nowhere = stage.directory / "sync-agent.yaml", socket.create_server(("127.0.0.1", 0))
        port = address.rpartition(":")[2]
        main_file.write_text(main_file.read_text().replace("web: {port: 0}", f"web: {{port: {port}}}"))
        (stage.directory / where).write_text((stage.directory / where).read_text().replace("owner", "onwer"))
        proxy = f"http://127.0.0.1:{nowhere.getsockname()[1]}"
        nowhere.close()
        found = health(stage, HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="", no_proxy="")
        assert found.exit_code == 0, found.output
        assert '"alive":true' in found.output


def test_metrics_tell_of_the_process_the_store_channels_and_reloads(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        running = daemon(stage)
        with pages(running) as address:
            running.cycle()
            text = requests.get(f"{address}/metrics", timeout=10).text
            assert "sync_agent_build_info{" in text
            assert metric(address, "process_start_time_seconds")
            assert metric(address, "sync_agent_store_bytes") > 100_000
            assert metric(address, 'sync_agent_pull_seconds_count{source="jira"}') == 1
            assert metric(address, 'sync_agent_channel_failing{channel="email"}') == 0
            assert metric(address, 'sync_agent_config_reloads_total{outcome="ok"}') == 1
            stage.mail.after = lambda _mail: "421 try later"
            goals = stage.directory / "goals" / "goals.yaml"
            goals.write_text(goals.read_text().replace("owner: dana", "owner: dna"))
            stage.clock.advance(timedelta(days=7))
            running.cycle()
            assert metric(address, 'sync_agent_config_reloads_total{outcome="failed"}') == 1
            assert metric(address, 'sync_agent_channel_failing{channel="email"}') == 1
