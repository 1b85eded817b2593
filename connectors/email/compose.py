"""Our mail → an RFC 5322 message that says what it is to machines and looks the same at every retry."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from connectors.base import Mail


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message; the same mail gives the same bytes but for the boundary of its parts."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = message_id(mail.key, domain)
    # RFC 3834: no vacation notice or ticket system shall answer.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    # RFC 2919; lets people filter.
    message["List-Id"] = f"Goals <goals.{domain}>"
    message["List-Unsubscribe"] = f"<mailto:{parseaddr(sender)[1]}?subject=unsubscribe>"
    if mail.thread:
        root = message_id(f"thread/{mail.thread}", domain)
        message["In-Reply-To"] = root
        message["References"] = root
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def message_id(key: str, domain: str) -> str:
    """Depends on nothing but its arguments: a repeated mail has the same id, and mail programs show it once."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}.goal-sync-agent@{domain}>"
