"""What holds for all scenarios."""

from datetime import timedelta

import pytest


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the second that GitHub wants between two writes, which would be waited for by a real clock."""
    monkeypatch.setattr("connectors.github.writer._GAP", timedelta(0))
