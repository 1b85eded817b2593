"""What an issue's sprint field says: objects on Cloud and new Data Centers, the text of Java objects on older ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from functools import partial
from typing import Any

from connectors.reading.gaps import read_what_can_be
from connectors.reading.values import day_in

# "com.atlassian.greenhopper.service.sprint.Sprint@1a2b[id=12,rapidViewId=5,state=ACTIVE,name=Sprint 3,…]"
_BEFORE_A_PAIR = re.compile(r",(?=[a-zA-Z]++=)")
_NONE = "<null>"


@dataclass(frozen=True, slots=True)
class Sprint:
    """One sprint. A sprint that has not begun has no days. `odd` says which of its days cannot be read."""

    id: str
    name: str
    start: date | None
    due: date | None
    closed: bool
    odd: tuple[str, ...] = ()


def read_sprints(value: Any, zone: tzinfo = UTC) -> Iterator[Sprint]:
    """The sprints of one field; what cannot be understood is left out. They begin and end at an instant: the day of it
    is that of the organisation, in `zone`.
    """
    for each in value if isinstance(value, list) else ():
        found = dict(pairs(each)) if isinstance(each, str) else each
        if isinstance(found, dict) and found.get("name"):
            known = {key: value for key, value in found.items() if value != _NONE}
            yield _sprint(*read_what_can_be(partial(_made, zone), known, (("startDate",), ("endDate",))))


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """A comma ends a value only if a name and `=` follow, because a sprint may be called `Q4, Sprint 7`."""
    _, _, inside = text.rpartition("]")[0].partition("[")
    for pair in _BEFORE_A_PAIR.split(inside):
        name, _, value = pair.partition("=")
        yield name, value


def _made(zone: tzinfo, known: Mapping[str, Any]) -> Sprint:
    return Sprint(
        id=str(known.get("id", known["name"])),
        name=str(known["name"]),
        start=day_in(known.get("startDate"), zone),
        due=day_in(known.get("endDate"), zone),
        closed=str(known.get("state", "")).casefold() == "closed",
    )


def _sprint(made: Sprint, odd: tuple[str, ...]) -> Sprint:
    return replace(made, odd=odd) if odd else made
