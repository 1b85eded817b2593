"""Charts of a goal: how its work grew and got done, when it will end, and how the forecast moved."""

from collections.abc import Sequence
from datetime import date, timedelta

from sync_agent.evaluate.items.burn_up import BurnUp
from sync_agent.model import GoalDay
from sync_agent.render.charts.chart import Chart, Dot, LevelMark, Line, Mark, Moment, Style, scale
from sync_agent.words import say_count, say_day

LEAST = 3
"""With fewer entries, a line shows no more than a number."""
_ENDS = 20


def burn_up_chart(weeks: Sequence[BurnUp], due: date) -> Chart | None:
    """Scope and finished items by week up to today, with the due date; None if there is too little to see."""
    if len(weeks) < LEAST or not weeks[-1].scope.total:
        return None
    first, last = weeks[0], weeks[-1]
    low, high, ticks = scale([float(week.scope.total) for week in weeks], least=0)
    marks: list[Mark] = [
        Line(tuple((w.day, float(w.scope.total)) for w in weeks), Style.SCOPE, f"scope {last.scope.total}", step=True),
        Line(tuple((w.day, float(w.scope.done)) for w in weeks), Style.DONE, f"done {last.scope.done}"),
        Moment(due, Style.DUE, f"due {say_day(due, last.day)}"),
    ]
    if due > last.day:
        marks.insert(0, Moment(last.day, Style.TODAY, "today"))
    said = (
        f"Burn-up from {say_day(first.day, last.day)} to {say_day(last.day, last.day)}: {first.scope.done} of"
        f" {first.scope.total} items done at the beginning, {last.scope.done} of {last.scope.total} now."
        f" Due {say_day(due, last.day)}."
    )
    rows = ((say_day(w.day, last.day), f"{w.scope.done:,}", f"{w.scope.total:,}") for w in weeks)
    numbers = (("Day", "Done", "Scope"), *rows)
    return Chart(tuple(marks), first.day, max(last.day, due), low, high, said, numbers, ticks=ticks)


def ends_chart(tenths: Sequence[date | None], due: date, today: date) -> Chart | None:
    """Twenty equally likely ends, from the days by which 10, 20 … 90% of the trials were done."""
    ends = _ends(tenths)
    if not ends or ends[-1] <= today:
        return None
    last = max([*ends, due])
    width = max((last - today).days // 24, 1)
    heights: dict[int, int] = {}
    marks: list[Mark] = [Moment(due, Style.DUE, f"due {say_day(due, today)}")]
    for end in ends:
        column = (end - today).days // width
        heights[column] = heights.get(column, 0) + 1
        style = Style.LATE if end > due else Style.EARLY
        marks.append(Dot((today + timedelta(days=column * width), float(heights[column])), style))
    late = sum(end > due for end in ends)
    said = f"{late} of {len(ends)} equally likely ends lie after the due date, {say_day(due, today)}."
    rows = ((f"{10 * n}%", say_day(day, today) if day else "not foreseeable") for n, day in enumerate(tenths, 1))
    top = float(max(5, max(heights.values()) + 1))
    return Chart(tuple(marks), today, last, 0, top, said, (("Sure", "By"), *rows), say=None)


def _ends(tenths: Sequence[date | None]) -> list[date]:
    """Two ends for each tenth, in the middles of its halves; beyond the known ones at the same distance as the last
    two.
    """
    if not tenths or any(day is None for day in tenths):
        return []
    known = [day.toordinal() for day in tenths if day]
    edges = [2 * known[0] - known[1], *known, 2 * known[-1] - known[-2]]
    ends = []
    for number in range(_ENDS):
        place = (number + 0.5) / 2
        low = int(place)
        ends.append(date.fromordinal(round(edges[low] + (edges[low + 1] - edges[low]) * (place - low))))
    return ends


def moved_chart(days: Sequence[GoalDay], due: date, today: date) -> Chart | None:
    """The end of the goal as it was forecast on each day."""
    known = [each for each in days if each.p85]
    if len(known) < LEAST:
        return None
    sure = tuple((each.day, float(each.p85.toordinal())) for each in known if each.p85)
    half = tuple((each.day, float(each.p50.toordinal())) for each in known if each.p50)
    values = [value for _, value in (*sure, *half)] + [float(due.toordinal())]
    low, high = min(values) - 3, max(values) + 3
    ticks = tuple(low + (high - low) * n / 3 for n in range(4))
    marks: list[Mark] = [Line(sure, Style.VALUE, "85% sure")]
    if len(half) > 1:
        marks.append(Line(half, Style.MEDIAN, "even odds"))
    marks.append(LevelMark(float(due.toordinal()), Style.DUE, f"due {say_day(due, today)}"))
    first, last = known[0], known[-1]
    shift = last.p85.toordinal() - first.p85.toordinal() if last.p85 and first.p85 else 0
    way = f"{say_count(abs(shift), 'day')} {'later' if shift > 0 else 'earlier'}" if shift else "the same day"
    said = f"What was said to be 85% sure on {say_day(first.day, today)} and now: {way}."
    rows = (
        (say_day(d.day, today), *(say_day(end, today) if end else "–" for end in (d.p50, d.p85))) for d in known[-60:]
    )
    numbers = (("Day", "Even odds", "85% sure"), *rows)

    def say(value: float) -> str:
        return say_day(date.fromordinal(round(value)), today).removesuffix(f" {today.year}")

    return Chart(tuple(marks), known[0].day, known[-1].day, low, high, said, numbers, say=say, ticks=ticks)
