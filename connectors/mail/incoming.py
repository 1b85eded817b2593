"""The bytes of a mail that reached us → `IncomingMail`.

The standard library takes the parts to pieces. For some hostile mails it takes quadratic time or recurses too deep, so
we bound what it gets: the beginning of the mail, few parts, short headers. Addresses are read by a strict rule of our
own: a sender that can be read in two ways counts as nobody.
"""

import codecs
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from connectors.contract import Automatic, IncomingMail, MailBatch
from connectors.mail.authentication import is_aligned
from connectors.mail.html_text import text_of
from connectors.mail.reply import written

MOST_BYTES = 200_000
"""So much of a mail is read. What people write comes first, attachments after it."""
_MOST_LINES = 4_000
_MOST_TEXT = 100_000
_MOST_PARTS = 20
_LONGEST_HEADER = 10_000
_LONGEST_LINE = 20_000
_LONGEST_SUBJECT = 500
_MOST_REFERENCES = 50
_SLOW_CODECS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_BULK = frozenset({"bulk", "list", "junk"})
_AWAY = (
    "automatic reply:", "out of office:", "automatische antwort:", "abwesenheitsnotiz", "réponse automatique",
    "respuesta automática", "risposta automatica", "resposta automática", "automatisch antwoord", "autosvar:",
    "automaattinen vastaus", "odpowiedź automatyczna", "автоматический ответ",
    "自動応答", "自动答复", "自動回覆", "자동 회신",
)  # fmt: skip
"""How Outlook begins the subject of an automatic reply. Gateways on the way may have taken its headers out."""
ReadMail = Callable[[bytes, datetime], IncomingMail]
"""Reads the beginning of a mail that came at an instant."""
_MACHINES = frozenset({"mailer-daemon", "postmaster"})


def read_mail(raw: bytes, received: datetime, ours: Collection[str] = (), server: str = "") -> IncomingMail:
    """A mail of which `raw` is the beginning. `ours` are texts that stand in every mail of the agent; `server` is the
    name that the trusted mail server signs its findings with (empty: none is trusted).
    """
    message = _message(raw)
    sender = _one_address(message.get_all("From", []))
    plain, page, attachments = _parts(message)
    text, quoted = written(plain if plain.strip() else text_of(page), ours)
    if _is_report(message):
        quoted = _returned(message)
    topmost = _header(message, "Authentication-Results")
    return IncomingMail(
        id=_header(message, "Message-ID")[:_LONGEST_SUBJECT],
        digest=hashlib.sha256(raw[:MOST_BYTES]).hexdigest(),
        sender=sender,
        received=received,
        aligned=is_aligned(topmost, server, sender),
        recipients=tuple(_addresses(message, ("To", "Cc", "Delivered-To", "X-Original-To"))),
        references=_references(message),
        subject=_subject(message),
        text=text[:_MOST_TEXT],
        quoted=quoted[:_MOST_TEXT],
        attachments=attachments,
        automatic=_automatic(message, sender),
        unreachable=tuple(_unreachable(message)),
    )


Read = Mapping[str, IncomingMail | str | None]
"""Mails by their names in the mailbox; text of those that tripped the reader, None of those that are gone."""


def batch_of(read: Read, names: tuple[str, ...], cursor: str | None) -> MailBatch:
    """What was read, as a batch."""
    mails = tuple(found for found in read.values() if isinstance(found, IncomingMail))
    return MailBatch(mails, names, cursor, {name: why for name, why in read.items() if isinstance(why, str)})


def read_safely(read: ReadMail, raw: bytes, received: datetime) -> IncomingMail | str:
    """Reads the mail, or says what went wrong: one that trips the reader must not keep the others from being heard."""
    try:
        return read(raw, received)
    except Exception as error:  # noqa: BLE001  the standard library fails in many ways on hostile mails
        return f"{type(error).__name__}: {error}"[:_LONGEST_SUBJECT]


def _message(raw: bytes) -> Message:
    """Takes its beginning to pieces; only its headers if it has more parts than a person's mail."""
    lines = [line[:_LONGEST_LINE] for line in raw[:MOST_BYTES].splitlines()[:_MOST_LINES]]
    start = b"\n".join(lines)
    folded = start.lower()
    parts = folded.count(b"boundary") + folded.count(b"message/rfc822")
    parser = BytesParser() if parts <= _MOST_PARTS else BytesHeaderParser()
    return parser.parsebytes(start)


def _header(message: Message, name: str) -> str:
    """The topmost header of a name, on one line."""
    return " ".join(str(message.get(name, ""))[:_LONGEST_HEADER].split())


def _subject(message: Message) -> str:
    return " ".join(_unencoded(_header(message, "Subject")[:_LONGEST_SUBJECT]).split())


def _unencoded(raw: str) -> str:
    """A header without the encoding of RFC 2047."""
    try:
        return "".join(
            part if isinstance(part, str) else _decoded(part, charset or "ascii")
            for part, charset in decode_header(raw)
        )
    except ValueError:  # Not base64; HeaderParseError is one, too.
        return raw


def _one_address(headers: list[str]) -> str:
    """The address of the only From header with one mailbox; empty where there is any doubt."""
    text = " ".join(str(headers[0])[:_LONGEST_SUBJECT].split()) if len(headers) == 1 else ""
    name, bracket, rest = text.rpartition("<")
    if not bracket:
        return _address(text)
    # `a@x.org, b <c@y.org>` names two; a comma within quotes is part of the name.
    several = "," in _outside_quotes(name) or "<" in _outside_quotes(name)
    return "" if several or not rest.endswith(">") else _address(rest[:-1])


def _outside_quotes(text: str) -> str:
    return "".join(text.replace('\\"', "").split('"')[::2])


def _address(text: str) -> str:
    """A plain address in lower case; empty where it is none, or a rare form of one (quotes, comments, routes)."""
    local, at, domain = text.strip().rpartition("@")
    odd = any(c in '"(),:;<>@[]\\\ufffd' or not c.isprintable() or c.isspace() for c in local + domain)
    return f"{local}@{domain}".casefold() if at and local and domain and not odd else ""


def _addresses(message: Message, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for header in message.get_all(name, [])[:_MOST_PARTS]:
            for part in str(header)[:_LONGEST_HEADER].split(","):
                if found := _address(part.rpartition("<")[2].partition(">")[0]):
                    yield found


def _references(message: Message) -> tuple[str, ...]:
    """Some mail programs encode long ids as if they were words."""
    ids = f"{_unencoded(_header(message, 'References'))} {_unencoded(_header(message, 'In-Reply-To'))}".split()
    return tuple(dict.fromkeys(each.strip("<>") for each in ids[-_MOST_REFERENCES:] + ids[:1]))


def _parts(message: Message) -> tuple[str, str, int]:
    """The plain text, the HTML, and how many parts are neither. A picture in the middle parts a text in two."""
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    others = 0
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind not in texts or part.get_content_disposition() == "attachment" or part.get_filename():
            others += 1
        else:
            texts[kind].append(_text(part))
    return "\n".join(texts["text/plain"]), "\n".join(texts["text/html"]), others


def _leaves(message: Message) -> Iterator[Message]:
    """Yields parts that hold no others, except what is inside a forwarded mail."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    words = _decoded(payload, part.get_content_charset("utf-8")) if isinstance(payload, bytes) else ""
    return words.replace("\0", "")


def _decoded(data: bytes, charset: str) -> str:
    """In the charset that the mail names, or in UTF-8 if that fits better: many programs name a wrong one."""
    try:
        codec = codecs.lookup(charset)
    except (LookupError, ValueError):
        codec = codecs.lookup("utf-8")
    if codec.name in _SLOW_CODECS or not getattr(codec, "_is_text_encoding", True):
        codec = codecs.lookup("utf-8")
    texts = (data.decode(name, errors="replace") for name in (codec.name, "utf-8"))
    return min(texts, key=lambda text: text.count("\ufffd"))


def _automatic(message: Message, sender: str) -> Automatic | None:
    """RFC 3834 marks automatic replies with Auto-Submitted; the other signs are for programs that do not follow it."""
    if _is_report(message) or sender.partition("@")[0] in _MACHINES:
        return Automatic.BOUNCE
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().casefold()
    precedence = _header(message, "Precedence").casefold()
    named = any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond"))
    if submitted not in ("", "no") or precedence == "auto_reply" or named or _made_by_program(message):
        return Automatic.REPLY
    if precedence in _BULK or message.get("List-Id") is not None:
        return Automatic.BULK
    # A program that wants no answer names no address to return it to (RFC 5321, 4.5.5).
    return Automatic.REPLY if _header(message, "Return-Path") == "<>" else None


def _made_by_program(message: Message) -> bool:
    """Whether it is a read receipt (RFC 8098), the answer to an invitation (RFC 5546), or says that somebody is away,
    though no header marks it as automatic.
    """
    invited = any(
        part.get_content_type() == "text/calendar" and str(part.get_param("method", "")).casefold() == "reply"
        for part in _leaves(message)
    )
    return invited or message.get_content_type() == "multipart/report" or _subject(message).casefold().startswith(_AWAY)


def _is_report(message: Message) -> bool:
    kind = str(message.get_param("report-type", "")).casefold()
    return message.get_content_type() == "multipart/report" and kind == "delivery-status"


def _returned(message: Message) -> str:
    """The headers of the mail that a report returns, which is its last part (RFC 3462)."""
    for part in message.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "text/rfc822-headers":
            return _text(part)
        if kind == "message/rfc822" and isinstance(payload, list) and isinstance(payload[0], Message):
            return "\n".join(f"{name}: {str(value)[:_LONGEST_HEADER]}" for name, value in payload[0].items())
    return ""


def _unreachable(message: Message) -> Iterator[str]:
    """The recipients for whom a delivery report (RFC 3464) says `failed` for good (status 5.x.x)."""
    if not _is_report(message):
        return
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for recipient in part.get_payload():
            if not isinstance(recipient, Message) or _header(recipient, "Action").casefold() != "failed":
                continue
            named = _header(recipient, "Original-Recipient") or _header(recipient, "Final-Recipient")
            if _header(recipient, "Status").startswith("5") and (found := _address(named.rpartition(";")[2])):
                yield found
