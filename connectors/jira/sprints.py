"""What an issue's sprint field says: objects on Cloud and new Data Centers, the text of Java objects on older ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# "com.atlassian.greenhopper.service.sprint.Sprint@1a2b[id=12,rapidViewId=5,state=ACTIVE,name=Sprint 3,…]"
_BEFORE_A_PAIR = re.compile(r",(?=[a-zA-Z]++=)")
_NONE = "<null>"


@dataclass(frozen=True, slots=True)
class Sprint:
    """One sprint; a sprint that has not begun has no days."""

    id: str
    name: str
    start: date | None
    due: date | None
    closed: bool


def read_sprints(value: Any) -> Iterator[Sprint]:
    """The sprints of one field; what cannot be understood is left out."""
    for each in value if isinstance(value, list) else ():
        pairs: Mapping[str, Any] = dict(_pairs(each)) if isinstance(each, str) else each
        if isinstance(pairs, Mapping) and pairs.get("name"):
            yield Sprint(
                id=str(pairs.get("id", pairs["name"])),
                name=str(pairs["name"]),
                start=_day(pairs.get("startDate")),
                due=_day(pairs.get("endDate")),
                closed=str(pairs.get("state", "")).casefold() == "closed",
            )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """A comma ends a value only where a name and `=` follow: a sprint may be called `Q4, Sprint 7`."""
    _, _, inside = text.rpartition("]")[0].partition("[")
    for pair in _BEFORE_A_PAIR.split(inside):
        name, _, value = pair.partition("=")
        yield name, value


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text and text != _NONE else None
    except ValueError:
        return None
