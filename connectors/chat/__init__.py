"""Chat and everything else that Apprise reaches: https://github.com/caronc/apprise/wiki."""

from typing import Any

from connectors.chat.chat import INSTALL, AppriseChat, installed
from connectors.chat.options import AppriseOptions
from connectors.contract import Carrier, Runtime
from sync_agent.model import ChannelKind


class ChatConnector:
    """The key `apprise` below `channels:`."""

    kind = ChannelKind.CHAT
    options = AppriseOptions
    description = "Slack, Teams and the rest by a name of your choice; needs the extra apprise"

    @property
    def missing(self) -> str | None:
        """The library is an extra."""
        return None if installed() else f"chats need Apprise, which is not installed: {INSTALL}"

    def open(self, name: str, options: Any, context: Runtime) -> Carrier:
        """Opens a chat. Nothing is posted yet."""
        return AppriseChat(name, options, context)


channel = ChatConnector()
