"""Who agreed to which version of a goal: stances, overrides, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Stand(StrEnum):
    """What somebody can say about a version that they are asked to sign."""

    SIGN = "sign"
    DISCUSS = "discuss"
    ABSTAIN = "abstain"
    HOLD = "hold"


class Matter(StrEnum):
    """The part of a goal that somebody discusses."""

    DATE = "date"
    TARGET = "target"
    SCOPE = "scope"
    OWNER = "owner"
    OBJECTIVE = "objective"
    NEEDS = "needs"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Stance:
    """What was said for a `signer` about one version (its whole hash) of a goal. `by` is who said it: the signer or a
    deputy. A hold lasts through the day `until`. `origin` is that of the answer.
    """

    goal: str
    version: str
    signer: str
    stand: Stand
    at: datetime
    by: str
    origin: str
    reason: str = ""
    until: date | None = None
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """The word of a decider, with a reason, that a version holds although it is discussed."""

    goal: str
    version: str
    by: str
    at: datetime
    reason: str


class SignerState(StrEnum):
    """Where one signer stands with the present version. `overridden` means that a decider ended their discussion,
    `unsigned` that they have said nothing about it yet.
    """

    SIGNED = "signed"
    ABSTAINS = "abstains"
    OVERRIDDEN = "overridden"
    DISCUSSES = "discusses"
    HOLDS = "holds"
    UNSIGNED = "unsigned"


SETTLED = frozenset({SignerState.SIGNED, SignerState.ABSTAINS, SignerState.OVERRIDDEN})
"""States in which nothing more is asked of a signer."""


@dataclass(frozen=True, slots=True)
class SignerView:
    """One signer, where they stand, and what they last said about any version."""

    signer: str
    state: SignerState
    stance: Stance | None = None
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where everybody who has to sign a goal stands with its present version. `until` is the deadline, `overdue` means
    that it is over.
    """

    goal: str
    version: str
    until: date
    signers: tuple[SignerView, ...]
    overdue: bool = False

    @property
    def agreed(self) -> bool:
        """Whether everybody has signed or abstained, and no discussion is open."""
        return all(each.state in SETTLED for each in self.signers)

    def of(self, *states: SignerState) -> Sequence[SignerView]:
        """The signers in one of these states."""
        return [each for each in self.signers if each.state in states]
