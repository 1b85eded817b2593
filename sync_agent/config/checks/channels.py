"""What is below `channels:`: which channels there are, and names that something else has already."""

from collections.abc import Iterator, Mapping

from connectors.contract import ChannelConnector
from sync_agent.config.declared import Declared
from sync_agent.config.errors import Mistake
from sync_agent.config.nodes import Node
from sync_agent.model import COMMENTS, EMAIL, AvailableChannels, ChannelKind


def options_of(main: Node, channels: Mapping[str, ChannelConnector]) -> AvailableChannels:
    """The channels of sync-agent.yaml."""
    told = main.get("channels")
    comments = told.get("comments") if told else None
    mail = bool(_mail(main, channels))
    names = (name for _, node in _named(main, channels) for name in node.mapping)
    return AvailableChannels(comments is None or comments.value is not False, mail, frozenset(names))


def check_channels(main: Node, declared: Declared, channels: Mapping[str, ChannelConnector]) -> Iterator[Mistake]:
    """A message's channel is a name: that of a source, of a chat, or one of ours."""
    taken = {*declared.sources, EMAIL.name, COMMENTS.name}
    for connector, node in _named(main, channels):
        for name, key in node.keys.items():
            if name in taken:
                yield key.mistake(
                    f"found {key.describe()}; sources and channels have this name already, choose another"
                )
        taken.update(node.keys)
        if node.mapping and connector.missing:
            yield node.mistake(connector.missing)
    for second in _mail(main, channels)[1:]:
        yield second.mistake(f"found {second.describe()}; mails go through one channel, and there is one already")


def _mail(main: Node, channels: Mapping[str, ChannelConnector]) -> list[Node]:
    """The keys of what sends mails."""
    told = main.get("channels")
    kinds = {key: each.kind for key, each in channels.items()}
    return [node for key, node in told.keys.items() if kinds.get(key) is ChannelKind.MAIL] if told else []


def _named(main: Node, channels: Mapping[str, ChannelConnector]) -> Iterator[tuple[ChannelConnector, Node]]:
    """What holds channels by their names."""
    told = main.get("channels")
    for key, connector in channels.items():
        node = told.get(key) if told and connector.kind is not ChannelKind.MAIL else None
        if node:
            yield connector, node
