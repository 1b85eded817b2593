"""Reads the sentences by which tables up to 0085, and records exported from them, say who was told something."""

from typing import Any


def read_audience(sentence: str) -> dict[str, Any]:
    """What 0086 stores in place of a sentence: `dana and noor on jira SHOP-1`, `dana by mail`, `dana in chat team`,
    `jira SHOP-1`, `dana` or `nobody`.
    """
    if sentence.endswith(" by mail"):
        return _audience(sentence.removesuffix(" by mail"), "email")
    who, found, chat = sentence.partition(" in chat ")
    if found:
        return _audience(who, chat)
    who, found, item = sentence.rpartition(" on ")
    source, is_item, key = item.partition(" ")
    if is_item and " and " not in item:
        return _audience(who, {"source": source, "key": key})
    return _audience("", "email") if "@" in sentence else _audience(sentence, None)


def _audience(who: str, where: Any) -> dict[str, Any]:
    people = [] if who in ("", "nobody", "everybody") else who.split(" and ")
    return {**({"people": people} if people else {}), **({"where": where} if where else {})}
