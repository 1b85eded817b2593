"""Receivers of webhooks."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GUIDE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text()


def guides(now: datetime = NOW) -> Callable[[dict[str, str], bytes, str], None]:
    """The function that the guide gives to receivers, at a time of ours."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    room: dict[str, Any] = {}
    exec(code, room)
    room["time"] = type("Time", (), {"time": staticmethod(now.timestamp)})
    verify: Callable[[dict[str, str], bytes, str], None] = room["verify"]
    return verify
