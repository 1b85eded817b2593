"""Who touched an issue, and whether that was work on it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connectors.jira.categories import histories
from connectors.jira.fields import Fields
from connectors.jira.items import account_id
from connectors.reading.activity import Touch
from connectors.reading.values import entries, mapping_or_empty, moment

# Order on a board, words to find it by, and guesses of its size.
_QUIET = frozenset({"labels", "rank", "timeestimate", "timeoriginalestimate", "workratio", "link", "issuelinks"})
_LOOKED_AT = 50
# The last times somebody worked on an issue: some of them may turn out to be bulk edits.
_TIMES = 4
_LONGEST_EDIT = 200


def touches(raw: Mapping[str, Any], fields: Fields, ignored: Collection[str]) -> list[Touch]:
    """The newest touches back to the last few that were work. What cannot be read is named where the history is."""
    try:
        steps = [step for step in histories(raw) if isinstance(step, dict)]
    except ValueError:
        return []
    newest = sorted(steps, key=_said_at, reverse=True)[:_LOOKED_AT]
    found = []
    for touch in _touches(newest, fields, ignored):
        found.append(touch)
        if touch.works and len({each.minute for each in found if each.works}) >= _TIMES:
            break
    return found


def _said_at(step: Mapping[str, Any]) -> str:
    """For the order alone."""
    at = step.get("created")
    return at if isinstance(at, str) else ""


def _touches(steps: list[dict[str, Any]], fields: Fields, ignored: Collection[str]) -> Iterator[Touch]:
    quiet = _QUIET | {name for name, meaning in fields.names.items() if meaning == "points"}
    for step in steps:
        try:
            at, parts = moment(step["created"]), entries(step.get("items"))
        except (KeyError, TypeError, ValueError):
            continue
        works = not all(_names(part) & quiet for part in parts) and not _is_bot(step.get("author"), ignored)
        what = " ".join(sorted(_edit(part) for part in parts))
        yield Touch(at, account_id(step.get("author")), works, what)


def _edit(part: Mapping[str, Any]) -> str:
    said = (value for name in ("field", "to", "toString") if isinstance(value := part.get(name), str))
    return " ".join(said)[:_LONGEST_EDIT]


def _names(part: Mapping[str, Any]) -> set[str]:
    said = [each for name in ("field", "fieldId") if isinstance(each := part.get(name), str)]
    return {*said, *(each.casefold() for each in said)}


def _is_bot(author: Any, ignored: Collection[str]) -> bool:
    """Jira marks apps as such on Cloud."""
    found = mapping_or_empty(author)
    said = (found.get(name) for name in ("accountId", "name", "key", "displayName"))
    names = (each.casefold() for each in said if isinstance(each, str))
    return found.get("accountType") == "app" or any(name in ignored for name in names)
