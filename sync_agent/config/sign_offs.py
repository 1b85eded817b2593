"""Who signs a goal: what it says itself, or its theme."""

from collections.abc import Iterator

from sync_agent.config.shapes.goals import GoalShape
from sync_agent.config.shapes.settings import SettingsShape, SignOffShape, ThemeShape
from sync_agent.model import SignOff


def sign_off_of(goal: GoalShape, main: SettingsShape) -> SignOff | None:
    """The goal's own, else that of its theme."""
    theme = main.themes.get(goal.theme or "")
    found = goal.sign_off or (theme.sign_off if isinstance(theme, ThemeShape) else None)
    if found is None:
        return None
    return SignOff(tuple(dict.fromkeys(_signers(found, goal, main))), found.until, found.require, found.decider)


def _signers(found: SignOffShape, goal: GoalShape, main: SettingsShape) -> Iterator[str]:
    """People's ids; those of a role in the order in which the goal names its stakeholders."""
    for each in found.by:
        if isinstance(each, str):
            yield each
        else:
            yield from (n for n in goal.stakeholders or () if n in main.people and main.people[n].role is each.role)
