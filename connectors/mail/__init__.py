"""Mail: out over SMTP, in from a mailbox."""

from typing import Any

from connectors.contract import Carrier, Runtime
from connectors.mail.inbox import open_inbox
from connectors.mail.mailer import SmtpMailer
from connectors.mail.options import EmailOptions, InboxOptions
from sync_agent.model import ChannelKind

__all__ = ["EmailOptions", "InboxOptions", "MailConnector", "SmtpMailer", "channel", "open_inbox"]


class MailConnector:
    """The key `email` below `channels:`."""

    kind = ChannelKind.MAIL
    options = EmailOptions
    description = "The SMTP server that takes our mail"
    missing = None

    def open(self, _name: str, options: Any, context: Runtime) -> Carrier:
        """Opens the way to the mail server; nobody connects yet."""
        return SmtpMailer(options, context)


channel = MailConnector()
