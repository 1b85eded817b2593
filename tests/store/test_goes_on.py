"""A store that was written before the house was put in order goes on: nothing is repeated, under the same keys.

`fixtures/before.sql.gz` is that store after six cycles of commit b03662d, `before.json.gz` what its sandbox trackers
held then. They were made once, in a work tree of that commit, with what is `at_fixed_addresses` here done to its
`tests/scenarios/theatre.py`:

    with theatre(folder) as made:
        made.cycle()
        fields = {"status": "In Progress", "assignee": "noor", "flagged": True}
        made.jira_state.edit("SHOP-8", at=made.clock.now(), by="noor", **fields)
        for later in (HOUR, 4 * DAY, HOUR, 3 * DAY, HOUR):
            made.cycle(later)
        threads = made.github_state.repositories["acme/shop"]
        kept = {"now": made.clock.now().isoformat(), "jira": …, "github": …}  # the attributes that `restore` sets
    dump = "\\n".join(sqlite3.connect(folder / "state.db").iterdump())
"""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_agent.model import MessageKind
from sync_agent.sandbox.core import Server
from sync_agent.store.outbox.rows import Row, RowState, load_rows
from tests.support import theatre as stage
from tests.support.theatre import REPOSITORY, Theatre

FIXTURES = Path(__file__).parent / "fixtures"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def read(name: str) -> str:
    return gzip.decompress((FIXTURES / name).read_bytes()).decode()


def as_proxy(app: Any) -> Any:
    """The application, asked as a proxy is: with whole addresses."""

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        path = "/" + scope["path"].partition("://")[2].partition("/")[2]
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return asked


@pytest.fixture
def at_fixed_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages hold the trackers' addresses, so these have to be the same as then: the sandboxes are their proxies."""
    settings = stage.SETTINGS
    for name in ("jira", "github"):
        address = f"url: http://{name}.example.org\n    proxy: {{{{url: '{{{name}}}'}}}}"
        settings = settings.replace(f"url: {{{name}}}", address)
    monkeypatch.setattr(stage, "SETTINGS", settings)
    monkeypatch.setattr(stage, "Server", lambda app: Server(as_proxy(app)))


def restore(made: Theatre) -> None:
    """The trackers and the clock as they were when the store was written."""
    kept = json.loads(read("before.json.gz"))
    made.clock.advance(datetime.fromisoformat(kept["now"]) - made.clock.now())
    for name, value in kept["jira"].items():
        setattr(made.jira_state, name, value)
    threads = kept["github"].pop("threads")
    for name, value in kept["github"].items():
        setattr(made.github_state, name, value)
    for number, thread in threads.items():
        for name, value in thread.items():
            setattr(made.github_state.repositories[REPOSITORY][int(number)], name, value)


@pytest.fixture
def made(at_fixed_addresses: None, tmp_path: Path) -> Iterator[Theatre]:
    raw = sqlite3.connect(tmp_path / "state.db")
    raw.executescript(read("before.sql.gz"))
    raw.close()
    with stage.theatre(tmp_path) as opened:
        restore(opened)
        yield opened


def rows(made: Theatre) -> dict[str, Row]:
    with made.store.read() as connection:
        return load_rows(connection)


def test_a_store_of_before_goes_on_and_repeats_nothing(made: Theatre) -> None:
    """Its small teams are forecast now, so each status is edited, once; nobody is told anything twice."""
    before = rows(made)
    assert {row.state for row in before.values()} == {RowState.DELIVERED}
    assert len(made.jira_state.comments[made.jira_state.issue("SHOP-1")["id"]]) == 2
    comments = made.comments("SHOP-1")
    first = made.cycle(HOUR).delivery
    assert first is not None
    assert {row.message.kind for row in first.rows.values()} == {MessageKind.STATUS}
    kept = {**before, **first.rows}
    for later in (HOUR, HOUR):
        report = made.cycle(later)
        assert [pull.error for pull in report.pulls] == [None, None]
        assert report.proposal is not None
        assert report.delivery is not None
        assert not report.delivery.rows
        assert made.writes() == 0
    assert made.mail.messages == []
    assert len(made.comments("SHOP-1")) == len(comments)
    assert rows(made).keys() == kept.keys()


def test_whoever_was_told_by_the_old_code_hears_of_the_end_once(made: Theatre) -> None:
    told = {key for key in rows(made) if key.startswith(("alert/", "prompt/"))}
    made.jira_state.edit("SHOP-8", at=made.clock.now(), by="noor", flagged=False)
    keys = [key for _ in range(3) for key in made.cycle(HOUR).delivery.rows if not key.startswith("status/")]
    assert sorted(keys) == sorted(f"resolved/{key.partition('/')[2]}" for key in told)
    assert len(keys) == 3
