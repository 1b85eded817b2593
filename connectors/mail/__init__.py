"""Mail: out over SMTP, in from a mailbox."""

from connectors.mail.inbox import open_inbox
from connectors.mail.mailer import SmtpMailer
from connectors.mail.options import EmailOptions, InboxOptions

__all__ = ["EmailOptions", "InboxOptions", "SmtpMailer", "open_inbox"]
