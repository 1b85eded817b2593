"""What an issue's sprint field says: objects on Cloud and new Data Centers, the text of Java objects on older ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from connectors.reading.gaps import read_what_can_be
from connectors.reading.values import day

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


def read_sprints(value: Any) -> Iterator[Sprint]:
    """Returns the sprints of one field. What cannot be understood is left out."""
    for each in value if isinstance(value, list) else ():
        pairs = dict(_pairs(each)) if isinstance(each, str) else each
        if isinstance(pairs, dict) and pairs.get("name"):
            known = {key: found for key, found in pairs.items() if found != _NONE}
            yield _sprint(*read_what_can_be(_made, known, (("startDate",), ("endDate",))))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """A comma ends a value only where a name and `=` follow: a sprint may be called `Q4, Sprint 7`."""
    _, _, inside = text.rpartition("]")[0].partition("[")
    for pair in _BEFORE_A_PAIR.split(inside):
        name, _, value = pair.partition("=")
        yield name, value


def _made(pairs: Mapping[str, Any]) -> Sprint:
    return Sprint(
        id=str(pairs.get("id", pairs["name"])),
        name=str(pairs["name"]),
        start=day(pairs.get("startDate")),
        due=day(pairs.get("endDate")),
        closed=str(pairs.get("state", "")).casefold() == "closed",
    )


def _sprint(made: Sprint, odd: tuple[str, ...]) -> Sprint:
    return replace(made, odd=odd) if odd else made
