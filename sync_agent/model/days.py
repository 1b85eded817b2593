"""How a goal stood on one day, as people were shown it then."""

from dataclasses import dataclass
from datetime import date

from sync_agent.model.judgement import Assessment, Health, Verdict


@dataclass(frozen=True, slots=True)
class GoalDay:
    """One goal on one day, after its last judgement of that day.

    The fields from `health` to `scope` are those of its assessment: `verdict` is how it stood with all that was known,
    `chance` is that of being on time, `done` and `scope` count items. `version` is that of the goal then, and `told`
    counts what people were told of it on that day. `worked_out` rows come from the histories of items afterwards;
    nobody was told them.
    """

    goal: str
    day: date
    health: Health
    verdict: Verdict
    progress: float | None = None
    expected: float = 0.0
    p50: date | None = None
    p85: date | None = None
    chance: float | None = None
    done: int | None = None
    scope: int | None = None
    version: str = ""
    told: int = 0
    worked_out: bool = False


def day_of(found: Assessment, day: date, verdict: Verdict, version: str = "", *, worked_out: bool = False) -> GoalDay:
    """What is kept of an assessment."""
    forecast, scope = found.forecast, found.scope
    return GoalDay(
        goal=found.goal,
        day=day,
        health=found.health,
        verdict=verdict,
        progress=found.progress,
        expected=found.expected,
        p50=forecast.p50 if forecast else None,
        p85=forecast.p85 if forecast else None,
        chance=forecast.on_time if forecast else None,
        done=scope.done if scope else None,
        scope=scope.total if scope else None,
        version=version,
        worked_out=worked_out,
    )
