"""One tracker in a process of its own, until its standard input ends. Prints its address."""

import argparse
import sys
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from benchmarks.pull.crowd import END
from benchmarks.pull.front import Front, Life
from benchmarks.pull.github_crowd import GithubCrowd
from benchmarks.pull.jira_crowd import JiraCrowd
from sync_agent.sandbox.core import Server, Tls

TOKEN = "benchmark-token"
_PLENTY = {
    "x-ratelimit-limit": "50000000", "x-ratelimit-remaining": "49999999", "x-ratelimit-used": "1",
    "x-ratelimit-reset": str(int(END.timestamp()) + 3_600_000), "x-ratelimit-resource": "core",
}  # fmt: skip
KINDS = ("jira-cloud", "jira-server", "github")


def main() -> None:
    """Serves."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull.serve", description=__doc__)
    options.add_argument("kind", choices=KINDS)
    options.add_argument("items", type=int)
    options.add_argument("--repositories", type=int, default=1, help="of a GitHub (1)")
    options.add_argument("--latency", type=float, default=0.0, help="seconds before each answer (0)")
    options.add_argument("--edits", type=int, default=0, help="an item is edited after each of the next answers (0)")
    options.add_argument("--spread", action="store_true", help="spread the issues of a Jira over projects and epics")
    options.add_argument("--certificate", type=Path, help="serve over HTTPS with this file")
    options.add_argument("--record", type=Path, help="write every request to this file")
    chosen = options.parse_args()
    crowd: JiraCrowd | GithubCrowd = (
        GithubCrowd(chosen.items, chosen.repositories, TOKEN)
        if chosen.kind == "github"
        else JiraCrowd(chosen.kind, chosen.items, TOKEN, spread=chosen.spread)
    )
    people = People(crowd, chosen.items, chosen.edits)
    headers = _PLENTY if chosen.kind == "github" else {}
    life = Life(chosen.latency, people.edit, people.now, people.work, crowd.truth, headers, chosen.record)
    tls = Tls(chosen.certificate) if chosen.certificate else None
    with Server(Front(crowd.sandbox.app, crowd.answer, life), tls=tls) as server:
        print(server.url, flush=True)
        sys.stdin.read()


class People:
    """They edit another item after each answer, until they are tired; a second passes with each edit."""

    def __init__(self, crowd: JiraCrowd | GithubCrowd, items: int, edits: int) -> None:
        self._crowd = crowd
        self._items = cycle(range(0, items, 7))
        self._left = edits
        self._time = END

    def work(self) -> None:
        """One edit."""
        if self._left:
            self._left -= 1
            self.edit(next(self._items), 1)

    def edit(self, first: int, count: int) -> None:
        """So many edits, of as many items from a first one on."""
        for number in range(first, first + count):
            self._time += timedelta(seconds=1)
            self._crowd.edit(number, int(self._time.timestamp()))

    def now(self) -> datetime:
        """Some seconds after the last edit."""
        return self._time + timedelta(seconds=10)


if __name__ == "__main__":
    main()
