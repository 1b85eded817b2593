"""Whether a goal is agreed, worked out from what people said about its versions. Nothing of it is stored.

A goal is agreed when three things hold: everybody who has to sign has spoken, their newest stance on the present
version is to sign or to abstain, and no discussion of it is open. A discussion ends when its author says something
else, when what it was about has changed and its author was asked again, or when a decider overrides it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from sync_agent.ask.identity.versions import Edit
from sync_agent.model.agreement import Agreement, Matter, Override, SignerState, SignerView, Stance, Stand

ChangedSince = Callable[[str], Collection[Matter]]
"""Returns the differences between a version, given by its hash, and the present one."""

_MATTERS: Mapping[str, Matter] = {
    "objective": Matter.OBJECTIVE,
    "kind": Matter.OBJECTIVE,
    "owner": Matter.OWNER,
    "period": Matter.DATE,
    "needs": Matter.NEEDS,
    "depends_on": Matter.LINKS,
    "supports": Matter.LINKS,
}
_TARGETS = frozenset({"baseline", "target", "between", "milestones"})
_STATES: Mapping[Stand, SignerState] = {
    Stand.SIGN: SignerState.SIGNED,
    Stand.ABSTAIN: SignerState.ABSTAINS,
    Stand.DISCUSS: SignerState.DISCUSSES,
    Stand.HOLD: SignerState.HOLDS,
}


def matters(edits: Iterable[Edit]) -> frozenset[Matter]:
    """What edits are about."""
    return frozenset(_matter(edit.path) for edit in edits)


def _matter(path: Sequence[str]) -> Matter:
    if path[0] in _MATTERS:
        return _MATTERS[path[0]]
    return Matter.TARGET if _TARGETS.intersection(path[2:3]) else Matter.SCOPE


def agreement(
    goal: str,
    version: str,
    signers: Iterable[str],
    stances: Iterable[Stance],
    overrides: Iterable[Override],
    *,
    until: date,
    today: date,
    asked_again: Collection[str] = (),
    changed_since: ChangedSince = lambda _version: frozenset(Matter),
) -> Agreement:
    """Where everybody stands with a version. Those of one instant count in the order of `stances`; `asked_again` are
    the signers who were asked about this version.
    """
    newest = {each.signer: each for each in sorted(stances, key=lambda each: each.at)}
    ended = [each for each in overrides if each.version == version]

    def view(signer: str) -> SignerView:
        stance = newest.get(signer)
        if stance is None:
            return SignerView(signer, SignerState.UNSIGNED)
        if stance.version != version:
            again = signer in asked_again and _changed(stance, changed_since(stance.version))
            still = stance.stand is Stand.DISCUSS and not again
            return SignerView(signer, SignerState.DISCUSSES if still else SignerState.UNSIGNED, stance)
        override = next((each for each in ended if each.at >= stance.at), None)
        if stance.stand is Stand.DISCUSS and override:
            return SignerView(signer, SignerState.OVERRIDDEN, stance, override)
        over = stance.stand is Stand.HOLD and stance.until is not None and stance.until < today
        return SignerView(signer, SignerState.UNSIGNED if over else _STATES[stance.stand], stance)

    return Agreement(goal, version, until, tuple(view(each) for each in dict.fromkeys(signers)), until < today)


def _changed(stance: Stance, changed: Collection[Matter]) -> bool:
    """Whether what a discussion named has changed. A discussion that named nothing is about the whole goal."""
    return stance.matter is None or stance.matter in changed
