"""Stores that are old or damaged."""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from sync_agent import store as store_package
from tests.support.deciding import blocked


def spoil(file: Path) -> None:
    """Overwrites the middle of the database, its header left as it is."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = file.stat().st_size
    with file.open("r+b") as handle:
        handle.seek(size // 4)
        handle.write(b"\xa5" * (size // 2))


_ALERT = {
    "goal": "fast", "kind": "blocked", "subject": "SHOP-77", "state": "firing", "severity": "alert",
    "signal": {**asdict(blocked()), "people": [], "evidence": [], "questions": []},
    "first_seen": "2026-10-05T09:00:00Z", "last_seen": "2026-10-07T09:00:00Z", "episode": 1, "seen": 9, "missed": 0,
    "fired_at": "2026-10-05T09:00:00Z", "resolved_at": None, "told": 1, "told_at": "2026-10-05T09:00:00Z",
}  # fmt: skip


_DOWN = {
    **_ALERT, "kind": "source down", "subject": "jira", "signal": {**_ALERT["signal"], "kind": "source down"},
    "readings": [{"person": "ops", "level": 1}],
}  # fmt: skip


_ITEM = {
    "source": "jira", "id": "1", "key": "SHOP-1", "url": "https://jira.example.org/browse/SHOP-1", "container": "SHOP",
    "title": "A story", "type": "Story", "status": "To Do", "category": "todo", "created": "2026-10-01T09:00:00Z",
    "updated": "2026-10-01T09:00:00Z", "active": "2026-10-01T09:00:00Z",
}  # fmt: skip


def first_version(path: Path) -> None:
    """A store as version 0001 left it, with one item and one alert that was told two days ago."""
    config = Config()
    config.set_main_option("script_location", str(Path(store_package.__file__).parent / "engine" / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO alerts VALUES (?, ?, ?, ?)", ("fast", "blocked", "SHOP-77", json.dumps(_ALERT)))
        for goal_id in ("fast", "base"):
            down = json.dumps({**_DOWN, "goal": goal_id})
            raw.execute("INSERT INTO alerts VALUES (?, ?, ?, ?)", (goal_id, "source down", "jira", down))
        row = ("jira", "1", "SHOP-1", "SHOP", 1_700_000_000_000_000, json.dumps(_ITEM))
        raw.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", row)
        state = json.dumps({"source": "jira", "complete_at": "2026-10-07T09:00:00Z"})
        raw.execute("INSERT INTO sources VALUES (?, ?, ?)", ("jira", "a cursor", state))
    raw.close()
