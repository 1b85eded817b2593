"""Signed JSON posted to an address of yours, as https://www.standardwebhooks.com has it; see docs/channels.md."""

from typing import Any

from connectors.contract import Carrier, Runtime
from connectors.webhook.options import WebhookOptions
from connectors.webhook.webhook import Webhook
from sync_agent.model import ChannelKind


class WebhookConnector:
    """The key `webhook` below `channels:`."""

    kind = ChannelKind.CHAT
    options = WebhookOptions
    description = "Programs of yours by a name of your choice, each at an address that takes signed JSON"
    missing = None

    def open(self, name: str, options: Any, context: Runtime) -> Carrier:
        """Opens a webhook; nothing is posted yet."""
        return Webhook(name, options, context)


channel = WebhookConnector()
