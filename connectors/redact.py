"""Blanks out secrets in text: known ones, and anything that looks like one.

A server or proxy may send back what we sent it, in its own spelling. So each secret is recognised in every form in
which it travels: percent-encoded, escaped in JSON or HTML, and in base64 with its user.
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
# Shorter secrets are part of ordinary words: blanking those would spoil the text and reveal the secret.
_SHORTEST = 6
# In data, only what nobody writes by chance is blanked.
_SHORTEST_IN_DATA = 16
# How many values of one place stay known: a rotated secret may still be on its way back to us.
_REMEMBERED = 3
# Credentials by their published prefixes, JSON Web Tokens, whatever follows `Authorization` or its schemes, the login
# in an address, and whatever is called a token in one. Linear time: no part can match where another one ends.
_LOOKS_SECRET = re.compile(
    r"gh[pousr]_\w{20,}|github_pat_\w{20,}|ATATT[\w=-]{20,}|xox[a-z]-[\w-]{10,}|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|(?i:authorization)['\"]?\s{0,3}[:=]\s{0,3}['\"]?(?:\w{1,20}\s)?[^\s'\",;]+"
    r"|(?i:bearer|basic)\s{1,3}[\w+/=.~-]{16,}"
    r"|(?<=://)[^\s/@'\"]{1,300}@"
    r"|(?<=[?&])(?i:access_token|token|api_?key|key|signature|sig|secret|password|auth)=[^&\s'\"]+"
)


def blank_lookalikes(text: str) -> str:
    """Blanks out anything that looks like a credential, known or not."""
    return _LOOKS_SECRET.sub(BLANK, text)


class Keyring:
    """The secrets that this process has read or been given. Thread-safe."""

    def __init__(self) -> None:
        self._places: dict[str, deque[tuple[str, str | None]]] = {}
        self._lock = Lock()
        self._forms: re.Pattern[str] | None = None
        self._in_data: tuple[str, ...] = ()

    def learn(self, place: str, secret: str, user: str | None = None) -> None:
        """Remembers the secret kept at `place`, so that it is blanked from now on. `user` is who logs in with it."""
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
        """Blanks out known secrets and anything that looks like one."""
        return blank_lookalikes(self._forms.sub(BLANK, text) if self._forms else text)

    def clean_data(self, text: str) -> str:
        """Blanks out the credentials that were sent, in the data of a response.

        It looks only for the forms in which they were sent, which costs next to nothing, and copies the text only if
        it finds one.
        """
        found = any(form in text for form in self._in_data)
        return self._forms.sub(BLANK, text) if found and self._forms else text


def _as_sent(secret: str, user: str | None) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    if user is not None:
        yield _base64(f"{user}:{secret}")


def _forms(secret: str, user: str | None) -> Iterator[str]:
    """Yields the forms in which a secret may come back."""
    lines = secret.splitlines()
    if len(lines) > 1:  # A private key is never sent, but no line of it may ever be shown.
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
    """Encodes without padding, so that it is found with and without."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return encode(text.encode("utf-8", "surrogateescape")).decode().rstrip("=")
