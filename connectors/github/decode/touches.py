"""Who touched an issue or pull request, and whether that was work on it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connectors.github.decode.items import nodes
from connectors.reading.activity import Touch
from connectors.reading.values import Raw, mapping, mapping_or_empty, moment

_QUIET = frozenset({"LabeledEvent", "UnlabeledEvent"})
_OF_ITS_OWN = frozenset({"id", "createdAt", "actor"})
_LONGEST_NAME = 200


def touches(raw: Raw, ignored: Collection[str]) -> list[Touch]:
    """Events and the last comment. What cannot be read is named where the history is."""
    try:
        return list(_touches(raw, ignored))
    except (KeyError, TypeError, ValueError, AttributeError):
        return []


def _touches(raw: Raw, ignored: Collection[str]) -> Iterator[Touch]:
    for event in nodes(raw.get("timelineItems")):
        quiet = event.get("__typename") in _QUIET or _is_bot(event.get("actor"), ignored)
        yield Touch(moment(event["createdAt"]), _login(event.get("actor")), not quiet, _edit(event))
    for comment in nodes(raw.get("comments")):
        author = comment.get("author")
        yield Touch(moment(comment["createdAt"]), _login(author), not _is_bot(author, ignored))
    if edited := raw.get("lastEditedAt"):
        yield Touch(moment(edited), None, works=True)


def _edit(event: Raw) -> str:
    """What an event says besides when and by whom it was."""
    parts = (event[name] for name in sorted(event.keys() - _OF_ITS_OWN))
    named = (part.get("login") or part.get("name") if isinstance(part, dict) else part for part in parts)
    return " ".join(each[:_LONGEST_NAME] for each in named if isinstance(each, str))


def _login(user: Any) -> str | None:
    return mapping(user).get("login")


def _is_bot(user: Any, ignored: Collection[str]) -> bool:
    """GitHub marks Apps, in GraphQL and in REST."""
    known: Mapping[str, Any] = mapping_or_empty(user)
    login = str(known.get("login") or "").casefold()
    marked = "Bot" in (known.get("__typename"), known.get("type")) or login.endswith("[bot]")
    return marked or login in ignored or login.removesuffix("[bot]") in ignored
