"""Our mail → an RFC 5322 message that says what it is to machines and looks the same at every retry."""

import base64
import hashlib
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

import idna

from connectors.contract import PICTURE, Mail, Parcel
from connectors.errors import Refused


class _Addresses(UnstructuredHeader):
    """Addresses in brackets, one a line: the library would cut and encode long ones, and no mail program reads that."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        lines = str(self).replace(">, <", f">,{policy.linesep} <")
        return f"List-Unsubscribe: {lines}{policy.linesep}"


class _Ids(UniqueUnstructuredHeader):
    """Ids in brackets, one a line. The library would encode one that is longer than a line, and no mail program reads
    that: neither the thread nor the token in it would be found.
    """

    name: str

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


class _Subject(UniqueUnstructuredHeader):
    """Words or encoded words (RFC 2047) that begin beside the header's name: some mail programs show an empty subject
    where they begin on the next line. The library's own way also loses a space between two encoded words.
    """

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        text = str(self)
        plain = text.isascii() and all(len(word) <= _WORD for word in text.split(" "))
        header = Header(text, None if plain else "utf-8", header_name="Subject")
        return f"Subject: {header.encode(splitchars=' ', linesep=policy.linesep)}{policy.linesep}"


_WORD = 60
"""Characters of a word that surely fits into a line."""
_HEADERS = HeaderRegistry()
# A mixin, as the library's own are: it is joined with BaseHeader.
_HEADERS.map_to_type("list-unsubscribe", _Addresses)  # type: ignore[arg-type]
for _name in ("references", "in-reply-to", "list-id"):
    _HEADERS.map_to_type(_name, _Ids)  # type: ignore[arg-type]
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_HEADERS)


def as_mail(parcel: Parcel, message_id: str) -> Mail:
    """The mail that a message is."""
    message, payload = parcel.message, parcel.message.payload
    return Mail(
        message_id=message_id,
        date=parcel.at,
        recipient=message.address or "",
        subject=payload.subject or "",
        text=payload.body,
        html=payload.html or "",
        thread=message.thread,
        unsubscribe=parcel.unsubscribe,
        picture=base64.b64decode(payload.picture.png) if payload.picture else None,
        reply_to=message.reply.address if message.reply else None,
        token=message.reply.token if message.reply else None,
        ends=(message.reply.ends or message.reply.token) if message.reply else None,
    )


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message; the same mail gives the same bytes but for the boundary of its parts.

    Raises Refused where the recipient is not one address.
    """
    name, address = parseaddr(sender)
    address = in_ascii(address)
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = _recipient(mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _recipient(mail.reply_to)
    message["Subject"] = _line(mail.subject)
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = mail.message_id
    # RFC 3834: no vacation notice or ticket system shall answer. The next two are for those that do not know it.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "list"
    # RFC 2919 and 2369; let people filter, and programs offer a way out.
    message["List-Id"] = f"Goals <goals.{_domain(address)}>"
    message["List-Unsubscribe"] = ", ".join(_ways_out(mail, address))
    if mail.unsubscribe:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    if mail.thread or mail.token:
        root = _root(mail, sender)
        message["In-Reply-To"] = root
        message["References"] = root
    message.set_content(_text(mail.text))
    message.add_alternative(_text(mail.html), subtype="html")
    if mail.picture:
        _, page = message.iter_parts()
        page.add_related(mail.picture, "image", "png", cid=f"<{PICTURE}>", disposition="inline")
    return message


def message_id(key: str, sender: str) -> str:
    """Depends on nothing but its arguments: a repeated mail has the same id, and mail programs show it once.

    The whole sender is part of it, so that two agents of one company that know the same goals do not hide each
    other's mails.
    """
    digest = hashlib.sha256(f"{sender}\n{key}".encode()).hexdigest()[:32]
    return f"<{digest}.goal-sync-agent@{_domain(parseaddr(sender)[1])}>"


def _root(mail: Mail, sender: str) -> str:
    """What a thread begins with. With the token in it, a reply names what it answers whatever else it loses: some
    servers replace Message-IDs, and some programs the last line.
    """
    root = message_id(f"thread/{mail.thread}" if mail.thread else f"single/{mail.message_id}", sender)
    return f"<{mail.token}.{root[1:]}" if mail.token else root


def _ways_out(mail: Mail, address: str) -> list[str]:
    one_click = [f"<{mail.unsubscribe}>"] if mail.unsubscribe else []
    named = f"%20{mail.ends}" if mail.ends else ""
    return [*one_click, f"<mailto:{mail.reply_to or address}?subject=unsubscribe{named}>"]


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"


def in_ascii(address: str) -> str:
    """The address with its domain as all servers know it: `noor@xn--bcher-kva.example`. What stands before the @ has no
    such form.
    """
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=in_ascii(address))
    except (ValueError, IndexError) as error:
        raise Refused(f"{address!r} is no mail address ({error}); correct it in sync-agent.yaml") from None


def _line(text: str) -> str:
    """One line that stays what it is: an encoded word would be decoded, whatever it hides."""
    return " ".join(_text(text).split()).replace("=?", "= ?")


def _text(text: str) -> str:
    """Without what UTF-8 cannot say or a mail may not hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
