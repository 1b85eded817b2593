"""How a goal stands, in the words with which every message and page begins."""

from sync_agent.evaluate.verdict import problems, unlikely, verdict
from sync_agent.model import Assessment, Goal, Health, Verdict
from sync_agent.words import say_count, say_day, say_percent


def standing(goal: Goal, found: Assessment) -> str:
    """Says `off track`, or `on pace, but blocked 6 working days by SHOP-77`."""
    if verdict(goal, found) is Verdict.TROUBLED:
        return f"on pace, but {_trouble(goal, found)}"
    return found.health.value


def standing_heading(goal: Goal, found: Assessment) -> str:
    """The same as the beginning of a line."""
    text = standing(goal, found)
    return f"{text[:1].upper()}{text[1:]}"


def standing_fact(goal: Goal, found: Assessment) -> str:
    """The same for lines with room for the problems of a goal in trouble: `Off track, blocked …`."""
    open_problems = problems(found)
    beside = found.health is not Health.ON_TRACK and open_problems
    return f"{standing_heading(goal, found)}{f', {_trouble(goal, found)}' if beside else ''}"


def _trouble(goal: Goal, found: Assessment) -> str:
    first, *others = problems(found) or (None,)
    if first:
        more = f" and {say_count(len(others), 'more problem')}" if others else ""
        return f"{first.headline}{more}"
    assert unlikely(goal, found)
    forecast = found.forecast
    chance = forecast.on_time if forecast and forecast.on_time is not None else 0.0
    guess = ", from little history" if forecast and forecast.low_evidence else ""
    return f"only {say_percent(chance)} likely by {say_day(goal.period.due, found.at.date())}{guess}"
