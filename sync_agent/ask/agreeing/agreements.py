"""The agreement of every goal that somebody has to sign."""

from collections.abc import Callable, Collection, Iterable, Mapping

from sync_agent.ask.agreeing.agreement import agreement, matters
from sync_agent.ask.history import moves, unlike
from sync_agent.ask.identity.versions import edits
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import override, sign_off
from sync_agent.model import Goal
from sync_agent.model.agreement import Agreement, Matter
from sync_agent.model.asking import AskTold, Step
from sync_agent.model.versions import Move


def agreements(situation: Situation, told: Iterable[AskTold]) -> Mapping[str, Agreement]:
    """The agreements by goal id. `told` is what people have been told of their questions."""
    asked = {each.ask for each in told if each.step in (Step.ASK, Step.REMIND)}
    goals = (goal for goal in situation.organisation.goals if goal.sign_off)
    found = (_agreement(situation, goal, asked) for goal in goals)
    return {each.goal: each for each in found if each}


def changed_promises(situation: Situation) -> Mapping[str, tuple[Move, ...]]:
    """What each goal promises differently from when its period began, by goal id."""
    calendar, today = situation.calendar, situation.today
    histories = situation.histories
    changed = (goal for goal in situation.organisation.goals if len(histories.get(goal.id, ())) > 1)
    found = {goal.id: moves(goal, histories[goal.id], calendar, today) for goal in changed if today <= goal.period.due}
    return {name: each for name, each in found.items() if each}


def _agreement(situation: Situation, goal: Goal, asked: Collection[str]) -> Agreement | None:
    version, signers = situation.versions.get(goal.id), sign_off.signers(situation, goal)
    if goal.sign_off is None or version is None or not signers:
        return None
    asks = ((each, sign_off.asked(situation, goal, each)) for each in signers)
    return agreement(
        goal.id, version, signers, sign_off.stances(situation, goal), override.overrides(situation, goal),
        until=goal.sign_off.until, today=situation.today,
        asked_again={name for name, ask in asks if ask and ask.id in asked},
        changed_since=_differs(situation, goal, version),
    )  # fmt: skip


def _differs(situation: Situation, goal: Goal, version: str) -> Callable[[str], Collection[Matter]]:
    """What differs between a version and the present one. If the definition of the version is lost, everything may
    differ.
    """
    known = {each.version: each.agreed for each in unlike(situation.histories.get(goal.id, ()))}

    def since(old: str) -> Collection[Matter]:
        if old not in known or version not in known:
            return frozenset(Matter)
        return matters(edits(known[old], known[version]))

    return since
