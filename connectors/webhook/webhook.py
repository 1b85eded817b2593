"""Posts messages as signed JSON to one address."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

import requests

from connectors.contract import Ability, Finding, Level, Markup, Parcel, Runtime, Sent, Turn
from connectors.errors import ConnectorError, SecretMissing, Unauthorised
from connectors.http.options import HttpOptions
from connectors.http.policy import Policy, Response, unsent
from connectors.http.transport import Transport
from connectors.webhook.options import WebhookOptions
from connectors.webhook.signature import headers, key_of

VERSION = 1
"""Of the body. New keys may come without a new version; those that there are keep their meaning within one."""
_ATTEMPTS = 3
_GIVE_UP_AFTER = 30
_MOST_READ = 2_000
_LEAST_BYTES = 24
_SERVER_ERROR = 500


class Webhook:
    """One receiver. It may get a message twice, under the same id: it should keep those of the last days."""

    markup = Markup.TEXT
    can = frozenset({Ability.REPEAT, Ability.THREAD})
    budget = None

    def __init__(self, name: str, options: WebhookOptions, context: Runtime) -> None:
        self._where = f"webhook {name}"
        self._options = options
        self._context = context
        self._policy = Policy(context, HttpOptions(give_up_after=_GIVE_UP_AFTER))
        self._transport = Transport(self._where, options, context)

    def identify(self, key: str) -> str:
        """Fit for a header, whatever the key is made of."""
        return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        """Posts the message. To try again does no harm, for its id stays the same."""
        identifier = parcel.known_as or self.identify(parcel.message.key)
        body = json.dumps(_body(parcel, identifier), ensure_ascii=False).encode()
        unclear: list[bool] = []

        def post() -> Response:
            try:
                answer = self._post(identifier, body)
            except requests.RequestException as error:
                unclear.append(not unsent(error))
                raise
            unclear.append(answer.status >= _SERVER_ERROR)
            return answer

        try:
            self._policy.run(self._where, post, repeatable=True, attempts=_ATTEMPTS)
        except SecretMissing:
            raise
        except Unauthorised as error:
            fix = f"the receiver may know another secret than the one in {self._options.secret.place}"
            raise Unauthorised(error.message, error.said, fix) from None
        except ConnectorError as error:
            error.may_have_arrived = any(unclear)
            raise
        return Sent(identifier)

    def check(self) -> Iterator[Finding]:
        """Whether there is a secret that nobody guesses; posts nothing."""
        try:
            size = len(self._key())
        except ConnectorError as error:
            yield Finding(Level.ERROR, self._where, str(error))
            return
        if size < _LEAST_BYTES:
            fix = "make one with `openssl rand -hex 32` and give it to the receiver, too"
            text = f"the secret in {self._options.secret.place} has {size} bytes; it should have {_LEAST_BYTES} or more"
            yield Finding(Level.WARNING, self._where, f"{text}: {fix}")
        else:
            yield Finding(Level.OK, self._where, "the secret is there; nothing was posted")

    def _post(self, identifier: str, body: bytes) -> Response:
        signed = headers(identifier, self._context.clock(), body, self._key())
        ours = {"Content-Type": "application/json", "User-Agent": "goal-sync-agent", **signed}
        # A session of its own: messages are few, and a receiver may have closed an old connection meanwhile.
        with requests.Session() as session:
            answer = self._transport.send(session, "POST", self._options.url, headers=ours, data=body, stream=True)
            with answer:
                said = self._said(answer) if answer.status_code >= 300 else ""
        return Response(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, said)

    def _said(self, answer: requests.Response) -> str:
        """The beginning of an answer that is a no; of one that drips in, what has come within the timeout."""
        until, read = self._context.clock() + timedelta(seconds=self._options.timeout), bytearray()
        for byte in answer.iter_content(1):
            read += byte
            if len(read) >= _MOST_READ or self._context.clock() > until:
                break
        return read.decode("utf-8", errors="replace")

    def _key(self) -> bytes:
        try:
            return key_of(self._context.reveal(self._options.secret))
        except ValueError as error:
            raise Unauthorised(f"{self._where}: the secret in {self._options.secret.place}: {error}") from None


def _body(parcel: Parcel, identifier: str) -> Mapping[str, object]:
    message = parcel.message
    return {
        "version": VERSION,
        "id": identifier,
        "kind": message.kind.value,
        "at": parcel.at.isoformat(),
        "channel": message.channel.name,
        "goal": message.goal,
        "thread": message.thread,
        "reason": message.reason.kind.value,
        "title": message.payload.subject,
        "text": message.payload.body,
    }
