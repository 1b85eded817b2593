"""Mail: out over SMTP, in from a mailbox."""

from connectors.email.inbox import open_inbox
from connectors.email.mailer import SmtpMailer
from connectors.email.options import EmailOptions, InboxOptions

__all__ = ["EmailOptions", "InboxOptions", "SmtpMailer", "open_inbox"]
