"""A channel: a sheet of paper. Copied to `connectors/paper/__init__.py` by the test of what adding one costs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.contract import Ability, Carrier, Finding, Level, Markup, Parcel, Runtime, Sent, Turn
from connectors.options import Options
from sync_agent.model import ChannelKind


class PaperOptions(Options):
    sheet: Path


class Paper:
    markup = Markup.TEXT
    can = frozenset[Ability]()
    budget = None

    def __init__(self, sheet: Path) -> None:
        self._sheet = sheet

    def identify(self, _key: str) -> None:
        """Paper has no ids."""

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        with self._sheet.open("a", encoding="utf-8") as sheet:
            sheet.write(f"{parcel.message.payload.subject}\n{parcel.message.payload.body}\n")
        return Sent(parcel.message.key)

    def check(self) -> Iterator[Finding]:
        yield Finding(Level.OK, "paper", "the sheet is there")


class PaperConnector:
    kind = ChannelKind.CHAT
    options = PaperOptions
    description = "Sheets of paper by a name of your choice"
    missing = None

    def open(self, _name: str, options: Any, _context: Runtime) -> Carrier:
        return Paper(options.sheet)


channel = PaperConnector()
