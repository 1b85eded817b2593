"""What of a goal's work could not be read: sources that are down, and items with gaps."""

from collections.abc import Iterable, Iterator, Sequence

from sync_agent.evaluate.bench import Bench
from sync_agent.evaluate.items.mapping import selectors
from sync_agent.evaluate.items.nothing import hidden_in, moved_away
from sync_agent.evaluate.kpis.measures import silent_kpis
from sync_agent.evaluate.sources import say_gaps, say_outage
from sync_agent.model import (
    Gap,
    Goal,
    History,
    Selector,
    SourceState,
)


def broken_sources(bench: Bench, goal: Goal) -> Iterable[tuple[SourceState, str]]:
    """Yields what the goal needs and nobody can tell now: sources that cannot be read and KPIs that are silent, each
    with what is wrong.
    """
    wanted = selectors(goal)
    for name in dict.fromkeys(s.source for s in wanted):
        state = bench.facts.sources.get(name, SourceState(name))
        problem = _problem(bench, state, [s for s in wanted if s.source == name])
        if problem:
            yield state, problem
    yield from silent_kpis(goal, bench.facts, bench.calendar, bench.now)


def gaps_of(bench: Bench, goal: Goal, scope: Sequence[History]) -> Iterator[Gap]:
    """Yields the gaps in what can be read of the goal's items.

    An item that was never readable counts for every goal that looks at its container: nobody knows which goal it
    belongs to. What is hidden below an item counts where a goal wants all that is below it.
    """
    within = {history.item.identity for history in scope}
    for selector in selectors(goal):
        places = _containers([selector])
        for identifier, gap in bench.facts.sources.get(selector.source, SourceState("")).gaps.items():
            item = selector.source, identifier
            here = not places or not gap.container or gap.container.casefold() in places
            near = gap.whole and here and item not in bench.facts.histories
            if item in within or near:
                yield gap
        yield from moved_away(selector, bench.index)
        if selector.parents:
            yield from hidden_in(selector, scope, bench.index)


def _containers(wanted: Iterable[Selector]) -> set[str]:
    """The projects and repositories that are looked at, in lower case; none: all of them."""
    return {name.casefold() for each in wanted for name in (*each.projects, *each.repositories, *each.within)}


def _problem(bench: Bench, state: SourceState, wanted: list[Selector]) -> str | None:
    if outage := say_outage(state, bench.calendar, bench.now):
        return outage
    if state.complete_at is None:
        return f"{state.source} has not been read completely yet"
    containers = _containers(wanted)
    gaps = say_gaps(state, bench.calendar, bench.now)
    return next((why for name, why in gaps.items() if not containers or name.casefold() in containers), None)
