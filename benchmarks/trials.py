"""How often forecasts are tried: fewer times where it does not matter how sure they are."""

from dataclasses import replace

from sync_agent.config import Settings


def with_trials(settings: Settings, trials: int) -> Settings:
    """The same settings, with that many trials in all goals."""
    goals = (replace(goal, rules=replace(goal.rules, forecast_trials=trials)) for goal in settings.organisation.goals)
    return replace(settings, organisation=replace(settings.organisation, goals=tuple(goals)))
