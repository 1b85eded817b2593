"""Checks that the names and channels in `routes:` exist."""

from collections.abc import Iterator

from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake
from sync_agent.config.nodes import Node
from sync_agent.config.shapes.routes import CHANNELS


def check_routes(parent: Node, declared: Declared, chats: frozenset[str]) -> Iterator[Mistake]:
    """Yields the mistakes in the branches below sync-agent.yaml or below another branch. `chats` are those that
    exist.
    """
    known = {"goal": ("goal", declared.goals), "theme": ("theme", declared.themes)}
    known |= {"owner": ("person", declared.people), "person": ("person", declared.people)}
    for route in parent.many("routes"):
        wanted = route.get("match")
        for key, (noun, names) in known.items() if wanted else ():
            for node in wanted.many(key) if wanted else ():
                yield from named(node, noun, names)
        for channel in route.many("channels"):
            yield from named(channel, "channel", (*CHANNELS, *chats))
        yield from check_routes(route, declared, chats)
