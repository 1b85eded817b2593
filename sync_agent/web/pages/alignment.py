"""`/map`: what serves what, what serves nothing, and who waits for whom, by date."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sync_agent.evaluate.forecast.forecast import chance_by
from sync_agent.web.pages.rows import owner_of, standing_of
from sync_agent.web.present import ORDER, Present, ShownGoal
from sync_agent.web.site import Look, no_such_page
from sync_agent.words import say_count, say_day, say_percent

_MOST_THEMES, _MOST_GOALS, _MOST_WAITS, _MOST_BARS = 30, 12, 40, 24
_LIKELY = 0.7
_WIDTH, _ROW, _HEAD = 720, 30, 34
_LONGEST = 40


def map_page(look: Look) -> Any:
    """How goals depend on each other."""
    present = look.present()
    if present is None:
        return no_such_page()
    waits = sorted(_waits(present), key=lambda each: each["chance"] if each["chance"] is not None else 2.0)
    alone = [each for each in present.goals if not each.goal.theme and not each.goal.supports]
    late = sum(each["late"] for each in waits)
    return look.answer(
        "map.html",
        "Alignment and dependencies",
        present=present,
        sentence=_sentence(present, len(alone), late),
        tree=list(_tree(present)),
        alone=[_leaf(each) for each in alone[:_MOST_GOALS]],
        alone_more=max(len(alone) - _MOST_GOALS, 0),
        waits=waits[:_MOST_WAITS],
        waits_more=max(len(waits) - _MOST_WAITS, 0),
        timeline=_timeline(present, waits),
    )


def _sentence(present: Present, alone: int, late: int) -> str:
    themes = present.organisation.themes
    serves = f"Every goal serves a theme but {alone}" if alone else "Every goal serves a theme"
    first = serves if themes else f"{say_count(len(present.goals), 'goal')}, and no themes are configured"
    if not late:
        return f"{first}."
    return f"{first}. {say_count(late, 'dependency', 'dependencies')} may end after the day on which it is needed."


def _tree(present: Present) -> Iterator[dict[str, Any]]:
    """The themes with their goals, worst first; below each goal, those that support it."""
    below: Mapping[str, list[ShownGoal]] = defaultdict(list)
    for each in present.goals:
        if each.goal.supports in present.by_id:
            below[each.goal.supports or ""].append(each)
    tops: Mapping[str, list[ShownGoal]] = defaultdict(list)
    for each in present.goals:
        if each.goal.theme and each.goal.supports not in present.by_id:
            tops[each.goal.theme].append(each)
    for theme, title in list(present.organisation.themes.items())[:_MOST_THEMES]:
        goals = tops[theme]
        counts = Counter(each.verdict for each in goals)
        yield {
            "id": theme,
            "title": title,
            "count": say_count(len(goals), "goal"),
            "words": ", ".join(f"{counts[each]} {each.value}" for each in ORDER if counts[each] and not each.good),
            "goals": [_branch(each, below[each.goal.id]) for each in goals[:_MOST_GOALS]],
            "more": max(len(goals) - _MOST_GOALS, 0),
        }


def _branch(each: ShownGoal, below: Sequence[ShownGoal]) -> dict[str, Any]:
    return {**_leaf(each), "below": [_leaf(other) for other in below[:_MOST_GOALS]]}


def _leaf(each: ShownGoal) -> dict[str, Any]:
    return {
        "id": each.goal.id,
        "objective": each.goal.objective,
        "verdict": each.verdict,
        "standing": standing_of(each),
    }


def _waits(present: Present) -> Iterator[dict[str, Any]]:
    for each in present.goals:
        for name in each.goal.depends_on:
            other = present.by_id.get(name)
            if other is None:
                continue
            forecast = other.found.forecast if other.found else None
            chance = chance_by(forecast, each.goal.period.due) if forecast and not forecast.low_evidence else None
            yield {
                "waits": _leaf(each),
                "for": _leaf(other),
                "owner": owner_of(present.organisation, other.goal.owner),
                "chance": chance,
                "likely": "–" if chance is None else say_percent(chance),
                "late": chance is not None and chance < _LIKELY,
            }


def _timeline(present: Present, waits: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Bars from the start of a goal to its P85, ordered by their ends, with an arrow per dependency."""
    named = dict.fromkeys(each[part]["id"] for each in waits for part in ("for", "waits"))
    shown = [present.by_id[name] for name in named][:_MOST_BARS]
    if not shown:
        return None
    ends = [each.day.p85 or each.goal.period.due for each in shown]
    first = min(each.goal.period.start for each in shown)
    last = max([*ends, *(each.goal.period.due for each in shown), present.day])

    def x(day: date) -> float:
        return round(10 + (_WIDTH - 20) * (day - first).days / max((last - first).days, 1), 1)

    bars = [
        {
            "verdict": each.verdict,
            "name": each.goal.objective[:_LONGEST],
            "x": x(each.goal.period.start),
            "width": max(x(end) - x(each.goal.period.start), 4),
            "due": x(each.goal.period.due),
            "y": _HEAD + _ROW * row,
            "said": f"{each.goal.objective}: {standing_of(each)}, until {say_day(end, present.day)}, "
            f"due {say_day(each.goal.period.due, present.day)}",
        }
        for row, (each, end) in enumerate(zip(shown, ends, strict=True))
    ]
    places = {each.goal.id: bar for each, bar in zip(shown, bars, strict=True)}
    arrows = [_arrow(places[w["for"]["id"]], places[w["waits"]["id"]], late=w["late"])
              for w in waits if w["for"]["id"] in places and w["waits"]["id"] in places]  # fmt: skip
    ticks = [{"x": x(day), "name": say_day(day, present.day)} for day in _months(first, last)]
    height = _HEAD + _ROW * len(bars) + 10
    return {"bars": bars, "arrows": arrows, "ticks": ticks, "today": x(present.day), "width": _WIDTH, "height": height}


def _arrow(of: Mapping[str, Any], to: Mapping[str, Any], *, late: bool) -> dict[str, Any]:
    begin, top = of["x"] + of["width"], of["y"] + 9
    end, below = to["due"], to["y"] + (0 if to["y"] > of["y"] else 18)
    bend = min(max(begin, end) + 24, _WIDTH - 4)
    return {"path": f"M{begin} {top}C{bend} {top} {bend} {below} {end} {below}", "late": late}


def _months(first: date, last: date) -> list[date]:
    found = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    inside = [day for day in found if first <= day <= last]
    return inside[:: -(-len(inside) // 8)] if inside else [first]
