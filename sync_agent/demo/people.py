"""What the demo's people do when they are asked: they reply to mails, and fill in forms."""

import html
import mailbox
import os
import re
from email.message import EmailMessage

import requests

from sync_agent.demo.files import PUBLIC
from sync_agent.demo.stage import Stage

_PATIENCE = 10.0
_SHOWN = re.compile(r"<h1>.*?</h1>|You answer as .*?</strong>|<dt>.*?</dd>")


def newest_mail(stage: Stage, to: str) -> EmailMessage:
    """The last one that somebody got."""
    return next(mail for mail in reversed(stage.mail.messages) if mail["To"] == to)


def body_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Its text, or its HTML."""
    part = mail.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def reply(stage: Stage, mail: EmailMessage, text: str) -> None:
    """Answers a mail as a mail program does, above the quotation. It arrives at once in the agent's mailbox."""
    quoted = "".join(f"> {line}\n" for line in body_of(mail).splitlines())
    answer = EmailMessage()
    answer["From"], answer["To"] = mail["To"], mail["Reply-To"]
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Date"] = stage.clock.now()
    answer["Message-ID"] = f"<{len(stage.mail.messages)}@mail.lantern.example>"
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["References"] = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    answer.set_content(f"{text}\n\nOn {mail['Date']}, {mail['From']} wrote:\n{quoted}")
    key = mailbox.Maildir(stage.inbox).add(answer.as_bytes())
    moment = stage.clock.now().timestamp()
    os.utime(stage.inbox / "new" / key, (moment, moment))


def fill_in(mail: EmailMessage, port: int, **fields: str) -> tuple[str, str]:
    """Opens the form that a mail leads to and sends it, as a browser does; the pages listen at `port` on loopback.
    Returns what both pages say: whose form it is, and what was heard.
    """
    found = re.search(rf'href="{re.escape(PUBLIC)}(/answer/[^"]+)"', body_of(mail, "html"))
    assert found, "the mail has no link to a form"
    link = f"http://127.0.0.1:{port}{html.unescape(found[1])}"
    form = requests.get(link, timeout=_PATIENCE)
    nonce = re.search(r'name="nonce" value="([^"]+)"', form.text)
    assert nonce, form.text
    heard = requests.post(link, data={"nonce": html.unescape(nonce[1]), **fields}, timeout=_PATIENCE)
    heard.raise_for_status()
    return _words(form.text), _words(heard.text)


def _words(page: str) -> str:
    shown = (found[0].replace("</dt>", ": ") for found in _SHOWN.finditer(page))
    return html.unescape("\n".join(re.sub("<[^>]+>", "", each) for each in shown))
