"""Mails that people send to the agent, put into its Maildir as a mail server would."""

import mailbox
import os
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from itertools import count
from pathlib import Path

from connectors.mail.options import EmailOptions
from connectors.options import Secret
from sync_agent.config import Settings
from sync_agent.model import EMAIL, Message, MessageKind, Payload, Reason, ReasonKind
from tests.support.theatre import Theatre

SECRET = "a secret of thirty-two characters"
SERVER = "mx.example.org"


def body_of(message: EmailMessage) -> str:
    """The plain text of a mail of the agent."""
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def with_mail(settings: Settings, options: EmailOptions) -> Settings:
    """The same with another mail server."""
    channel = replace(settings.channels[EMAIL], options=options)
    return replace(settings, channels={**settings.channels, EMAIL: channel})


def with_inbox(stage: Theatre, folder: Path, **options: object) -> "Postbox":
    """From now on the agent has a Maildir that it can be answered at."""
    box = mailbox.Maildir(folder)
    assert stage.settings.email
    said = stage.settings.email.model_dump(by_alias=True, exclude={"inbox"})
    inbox = {"maildir": folder, "secret": {"env": "REPLY_SECRET"}, "trusted_server": SERVER, **options}
    stage.environ["REPLY_SECRET"] = SECRET
    stage.settings = with_mail(stage.settings, EmailOptions.model_validate({**said, "inbox": inbox}))
    return Postbox(stage, box, folder)


def with_pages(stage: Theatre) -> None:
    """Links in mails lead to the agent's own pages."""
    stage.environ["WEB_SECRET"] = SECRET
    stage.settings = replace(
        stage.settings, web_url="https://goals.example.org", web_secrets=(Secret(env="WEB_SECRET"),)
    )


@dataclass
class Postbox:
    """The agent's mailbox as people see it."""

    stage: Theatre
    box: "mailbox.Maildir"
    folder: Path
    numbers: "count[int]" = field(default_factory=count)

    def deliver(self, message: EmailMessage | bytes, at: datetime | None = None) -> None:
        """A mail arrives, by default now."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        key = self.box.add(raw)
        moment = (at or self.stage.clock.now()).timestamp()
        os.utime(self.folder / "new" / key, (moment, moment))

    def write(self, text: str, sender: str = "dana@example.org", **headers: str) -> EmailMessage:
        """A mail to the agent that answers none."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = "goals@example.org"
        message["Message-ID"] = f"<{next(self.numbers)}@mail.example.org>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        return message

    def reply(self, to: EmailMessage, text: str, sender: str | None = None, **headers: str) -> EmailMessage:
        """An answer as a mail program makes it."""
        quoted = "".join(f"> {line}\n" for line in body_of(to).splitlines())
        who = sender or parseaddr(to["To"])[1]
        message = self.write(f"{text}\n\nOn Monday, {to['From']} wrote:\n{quoted}", who, **headers)
        message.replace_header("To", to["Reply-To"] or to["From"])
        message["Subject"] = f"Re: {to['Subject']}"
        message["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        message["In-Reply-To"] = to["Message-ID"]
        return message

    @property
    def waiting(self) -> int:
        """How many mails were not put away."""
        return len(list(self.folder.glob("new/*")) + list(self.folder.glob("cur/*")))


ALERT = Message(
    "key", MessageKind.ALERT, EMAIL, Payload("body"), Reason(ReasonKind.FIRST), goal="checkout", person="dana"
)
