"""Reads what a browser sends: the fields of a form, or why they are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request

from sync_agent.model.asking.answers import Submission

LARGEST = 512 * 1024
"""Bytes of one form. A letter takes up to twelve bytes in this encoding."""
MOST_FIELDS = 1_000
_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Unacceptable(Exception):
    """A refused request: the status, and what its sender reads."""

    status: int
    text: str


def refuse_cross_site(headers: Mapping[str, str], url: str) -> None:
    """Raises Unacceptable for requests that come from another site. `url` is our public address.

    Browsers say so in Sec-Fetch-Site. Those that do not send it send Origin, which is `null` under our own
    `Referrer-Policy: no-referrer` and then tells nothing:
    https://fetch.spec.whatwg.org/#append-a-request-origin-header. A stranger cannot have a nonce.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin", "null")
    ours = {_place(url), headers.get("host", "")}
    foreign = site not in ("same-origin", "none") if site else origin != "null" and _place(origin) not in ours
    if foreign:
        raise Unacceptable(403, "This came from another site. Open the link in your mail and send the form from there.")


async def receive(request: Request) -> Submission:
    """The fields of a form. Raises Unacceptable."""
    try:
        body = await _body(request)
        if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
            raise Unacceptable(415, "This is not what the form sends. Open the link in your mail and send the form.")
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, ClientDisconnect) as error:
        raise Unacceptable(400, "The form arrived damaged. Go back and send it again.") from error
    submitted: dict[str, list[str]] = {}
    for name, value in pairs:
        submitted.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in submitted.items()}


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            raise Unacceptable(
                413, "That is more than the form takes. Go back, say it in fewer words and send it again."
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _place(url: str) -> str:
    """The host and port of an address."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url
