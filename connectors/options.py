"""Pieces that several connectors' options share. Pydantic, for this is where configuration comes in."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.errors import SecretMissing


class Options(BaseModel):
    """Base of every options model: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Options):
    """Where a secret is kept, never the secret itself: `{env: NAME}` or `{file: /run/secrets/name}`."""

    env: str | None = Field(default=None, description="Name of the environment variable that holds the secret")
    file: Path | None = Field(default=None, description="File that holds the secret")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("give exactly one of env: NAME or file: PATH")
        return self

    @classmethod
    def at(cls, place: str) -> Self:
        """The one at `env:NAME` or `file:PATH`, as a KPI names it."""
        kind, _, where = place.partition(":")
        return cls(env=where) if kind == "env" else cls(file=Path(where))

    @property
    def place(self) -> str:
        """Where it is kept, in words."""
        return f"the file {self.file}" if self.file else f"the environment variable {self.env}"

    def reveal(self, environ: Mapping[str, str]) -> str:
        """The secret's text, stripped. Raises SecretMissing, naming where it was looked for."""
        value = self._from_file() if self.file else environ.get(self.env or "", "")
        if not value.strip():
            raise SecretMissing(f"{self.place} is empty or not set; put the secret there")
        return value.strip()

    def _from_file(self) -> str:
        try:
            # Some editors put a byte order mark before the first letter.
            return self.file.read_text(encoding="utf-8-sig") if self.file else ""
        except UnicodeDecodeError as error:
            raise SecretMissing(
                f"the secret file {self.file} is not UTF-8 (byte {error.start}); save it as UTF-8"
            ) from None
        except PermissionError as error:
            fix = f"make it readable to the agent's user (uid {os.geteuid()})"
            raise SecretMissing(f"cannot read the secret file {self.file}: {error.strerror}; {fix}") from None
        except OSError as error:
            raise SecretMissing(f"cannot read the secret file {self.file}: {error.strerror}") from None


Counted = Literal["todo", "doing", "done", "cancelled"]
"""The categories that a tracker's own words count as."""


class Ignored(Options):
    """What is no work of people."""

    accounts: tuple[str, ...] = Field(
        default=(), description="Accounts of bots, by id, login or name; what trackers mark as apps is ignored anyway"
    )

    @property
    def folded(self) -> frozenset[str]:
        """The accounts, case-folded."""
        return frozenset(account.casefold() for account in self.accounts)


Label = Annotated[str, Field(pattern=r"^[^\s,]+$")]


class StateLabels(Options):
    """The label of an issue whose goals stand so; none where a state has no label."""

    on_track: Label | None = None
    at_risk: Label | None = Field(default=None, description="Such as goal-at-risk")
    off_track: Label | None = None
    done: Label | None = None
    blocked: Label | None = Field(default=None, description="Beside the others: something is blocked")
    agreed: Label | None = Field(default=None, description="Beside the others: everybody who has to sign agreed")
    not_agreed: Label | None = Field(default=None, description="Beside the others: somebody has not")

    @property
    def by_state(self) -> dict[str, str]:
        """As the judgement calls the states: `at risk`."""
        return {name.replace("_", " "): label for name, label in self if label}
