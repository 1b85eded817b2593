"""The measurement of a pull measures: requests, time, memory, and what is lost."""

import pytest

from benchmarks.pull.__main__ import measure
from benchmarks.pull.world import tracker


@pytest.mark.parametrize(("kind", "requests"), [("jira-cloud", 5), ("jira-server", 3), ("github", 4)])
def test_everything_is_read_in_few_requests(kind: str, requests: int) -> None:
    with tracker(kind, 20, 0.0) as served:
        run = measure("ours", served, None)
        assert run.found == served.truth()
    assert run.requests <= requests
    assert run.megabytes > 1
