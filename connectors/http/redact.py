"""Secrets in text: blanked where they are known, and where something looks like one.

A server or a proxy may send back what we sent to it, in its own spelling. So a secret is known in every form in which
it travels: percent-encoded, escaped in JSON or HTML, and in base64 with its user.
"""

import base64
import html
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from threading import Lock
from urllib.parse import quote, quote_plus

BLANK = "[secret]"
# Shorter ones are parts of ordinary words; blanking these would spoil the text and tell what the secret is.
_SHORTEST = 6
# In an answer that is data, only what nobody writes by chance is blanked.
_SHORTEST_IN_DATA = 16
# How many values of one place stay known: what was rotated away may still be on its way back to us.
_REMEMBERED = 3
# Credentials by their published prefixes, JSON Web Tokens, whatever follows `Authorization` or its schemes, the login
# in an address, and what calls itself a token in one. All of them are linear: no part can match where another ends.
_LOOKS_SECRET = re.compile(
    r"gh[pousr]_\w{20,}|github_pat_\w{20,}|ATATT[\w=-]{20,}|xox[a-z]-[\w-]{10,}|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|(?i:authorization)['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:\w{1,20}\s)?[^\s'\",;]+"
    r"|(?i:bearer|basic)\s{1,3}[\w+/=.~-]{16,}"
    r"|(?<=://)[^\s/@'\"]{1,300}@"
    r"|(?<=[?&])(?i:access_token|token|api_?key|key|signature|sig|secret|password|auth)=[^&\s'\"]+"
)


def blank_lookalikes(text: str) -> str:
    """The text without anything that looks like a credential, known or not."""
    return _LOOKS_SECRET.sub(BLANK, text)


class Keyring:
    """The secrets that this process has read or been given. Safe to use from several threads."""

    def __init__(self) -> None:
        self._places: dict[str, deque[tuple[str, str | None]]] = {}
        self._lock = Lock()
        self._forms: re.Pattern[str] | None = None
        self._in_data: tuple[str, ...] = ()

    def learn(self, place: str, secret: str, user: str | None = None) -> None:
        """From now on this secret, kept at `place`, is blanked. `user` is who logs in with it."""
        with self._lock:
            known = self._places.setdefault(place, deque(maxlen=_REMEMBERED))
            if (secret, user) in known:
                return
            known.append((secret, user))
            pairs = [pair for each in self._places.values() for pair in each]
            forms = {form for pair in pairs for form in _forms(*pair) if len(form) >= _SHORTEST}
            self._forms = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True)))) if forms else None
            sent = {form for pair in pairs for form in _as_sent(*pair)}
            self._in_data = tuple(form for form in sent if len(form) >= _SHORTEST_IN_DATA)

    def clean(self, text: str) -> str:
        """The text without known secrets and without anything that looks like one."""
        return blank_lookalikes(self._forms.sub(BLANK, text) if self._forms else text)

    def clean_data(self, text: str) -> str:
        """An answer without the credentials that were sent for it. It is searched for them as they were sent, which
        costs next to nothing, and touched only where one is found.
        """
        found = any(form in text for form in self._in_data)
        return self._forms.sub(BLANK, text) if found and self._forms else text


def _as_sent(secret: str, user: str | None) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    if user is not None:
        yield _base64(f"{user}:{secret}")


def _forms(secret: str, user: str | None) -> Iterator[str]:
    """How a secret may look on its way."""
    lines = secret.splitlines()
    if len(lines) > 1:  # A private key: it is never sent, and no line of it may be seen.
        yield from lines
        return
    packed = [secret, f":{secret}", *([user + ":" + secret, f"\0{user}\0{secret}"] if user is not None else ())]
    codes = {code for text in packed for code in (_base64(text), _base64(text, urlsafe=True))}
    for text in (secret, *codes):
        yield from _spelt(text)


def _spelt(text: str) -> Iterable[str]:
    escaped = json.dumps(text)[1:-1]
    percent = quote(text, safe="")
    odd = re.compile(r"[^A-Za-z0-9_.~-]")
    return (
        text,
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(text, ensure_ascii=False)[1:-1],
        odd.sub(lambda c: f"\\u{ord(c.group()):04x}", text),
        odd.sub(lambda c: f"\\u{ord(c.group()):04X}", text),
        percent,
        quote_plus(text),
        re.sub("%..", lambda found: found.group().lower(), percent),
        quote(percent, safe=""),
        html.escape(text),
        repr(text)[1:-1],
    )


def _base64(text: str, *, urlsafe: bool = False) -> str:
    """Without padding, so that it is found with and without."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return encode(text.encode("utf-8", "surrogateescape")).decode().rstrip("=")
