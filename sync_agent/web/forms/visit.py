"""Somebody who follows a link, or sends the form behind it."""

from dataclasses import dataclass
from datetime import datetime

from sync_agent.ask.identity.ids import origin
from sync_agent.hear.forms import FormDoor
from sync_agent.model.asking import Door, Token
from sync_agent.model.asking.answers import Submission
from sync_agent.web.forms import nonces

NOT_OURS = "This page was open for too long, or was not ours. What you entered is still here: please send it again."


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. `text` is the token in the address, `keys` are the secrets, newest first. `submitted` is None if the
    page is only opened.
    """

    token: Token
    text: str
    keys: tuple[str, ...]
    door: FormDoor
    now: datetime
    submitted: Submission | None = None

    @property
    def nonce(self) -> str | None:
        """The nonce that was sent, if we made it for this link."""
        sent = next(iter((self.submitted or {}).get(nonces.FIELD, ())), "")
        return sent if self._signed(sent) else None

    @property
    def entered(self) -> Submission:
        """What was filled in."""
        return {name: said for name, said in (self.submitted or {}).items() if name != nonces.FIELD}

    @property
    def shown_nonce(self) -> str:
        """The nonce of the form that is shown. Sending the form again after a mistake is the same submission."""
        return self.nonce or nonces.new_nonce(self.token, self.keys)

    @property
    def origin(self) -> str:
        """The origin of the answer that this submission makes."""
        return origin(Door.FORM, self._signed(self.nonce or "") or "")

    def _signed(self, nonce: str) -> str | None:
        return nonces.value_of(nonce, self.token, self.keys)
