"""A tracker that nothing of ours has heard of: boards with cards, `OPS/12`. It cannot be read, only configured."""

import re
from types import SimpleNamespace
from typing import Any

from connectors.contract import Runtime, Source, Survey
from connectors.errors import Unauthorised
from connectors.http.options import WebAddress
from connectors.options import Options, Secret
from connectors.profile import Profile, Question, Selecting, Starter


class PlannerOptions(Options):
    url: WebAddress
    token: Secret
    boards: tuple[str, ...]


class _Probe:
    def __init__(self, token: str) -> None:
        self._token = token

    def survey(self) -> Survey:
        if self._token != "let-me-in":
            raise Unauthorised("the planner knows no such token")
        cards = {"OPS": (("OPS/7", "Fewer pages at night", "2027-03-31"),), "LAB": (("LAB/1", "Try it", ""),)}
        return Survey("Planner bot", "bot", (("OPS", "Operations"), ("LAB", "Laboratory")), cards)


class PlannerConnector:
    options = PlannerOptions
    profile = Profile(
        title="Planner",
        selecting=Selecting(
            keys=frozenset({"epic", "issue", "label", "status"}),
            own={"board": "project"},
            containers=("board",),
            items=("epic", "issue"),
            item=re.compile(r"([A-Z]+)/\d+", re.ASCII),
            example="a card's key such as OPS/12",
            instead={"sub_issues_of": "use epic", "project": "use board"},
        ),
        starter=Starter(
            questions=(
                Question("--planner", "Address of a planner.", metavar="URL"),
                Question("--planner-token-env", "Variable with its token.", default="PLANNER", missed="try another"),
            ),
            scope="boards",
            options=lambda answers: {
                "url": answers["--planner"],
                "token": {"env": answers["--planner-token-env"]},
                "boards": ["ANY"],
            },
            selector=lambda board, card: {"epic": card} if card else {"board": board},
        ),
    )

    def open(self, name: str, options: PlannerOptions, context: Runtime) -> Source:
        probe = _Probe(context.reveal(options.token))
        opened: Any = SimpleNamespace(name=name, probe=probe, close=lambda: None)
        return opened  # type: ignore[no-any-return]

    def containers(self, options: PlannerOptions) -> tuple[str, ...]:
        return options.boards


connector = PlannerConnector()
