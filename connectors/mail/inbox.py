"""The mailbox that the configuration names."""

from datetime import datetime
from email.utils import parseaddr

from connectors.contract import IncomingMail, MailInbox, Runtime
from connectors.mail.imap import ImapInbox
from connectors.mail.incoming import read_mail
from connectors.mail.maildir import MaildirInbox
from connectors.mail.options import EmailOptions, InboxOptions


def open_inbox(options: InboxOptions, email: EmailOptions, context: Runtime) -> MailInbox:
    """Talks to nobody yet. Raises ConnectorError where a secret cannot be read."""
    name, sender = parseaddr(email.sender)
    ours = [text for text in (name, sender, email.answers_to) if text]
    server = options.trusted_server or ""

    def read(raw: bytes, received: datetime) -> IncomingMail:
        return read_mail(raw, received, ours, server)

    if options.imap:
        return ImapInbox(options.imap, options.heard, read, context)
    assert options.maildir is not None
    return MaildirInbox(options.maildir, options.heard, read)
