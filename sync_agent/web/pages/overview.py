"""`/`: how all goals stand, what changed, and a list that can be searched, filtered and sorted by its address."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sync_agent.model import Alert, AlertState, GoalDay, Person, Verdict
from sync_agent.web.pages.rows import owner_of, rows, standing_of
from sync_agent.web.present import ORDER, Present, ShownGoal
from sync_agent.words import say_count, say_day

PAGE = 50
"""Goals on one page."""
_MOST_CHOICES = 40
_MOST_CHANGES = 8
_MOST_THEMES = 12
_SORTS: Mapping[str, str] = {
    "": "worst first",
    "due": "due first",
    "done": "least done first",
    "late": "latest first",
    "name": "by name",
}


@dataclass(frozen=True, slots=True)
class GoalQuery:
    """A search. Its fields are the parameters of the address, except that the words are called `q`."""

    words: str = ""
    health: str = ""
    theme: str = ""
    owner: str = ""
    period: str = ""
    sort: str = ""
    page: int = 1
    as_of: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], as_of: date | None = None) -> "GoalQuery":
        """The search in an address. Parameters that make no sense are ignored."""
        page = asked.get("page", "1")
        known = {name: asked.get(name, "")[:100] for name in ("health", "theme", "owner", "period", "sort")}
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(words=asked.get("q", "")[:100].strip(), page=max(number, 1), as_of=as_of, **known)

    def address(self, **changes: Any) -> str:
        """The address of this search."""
        changed = replace(self, **changes)
        pairs = [(_NAMES.get(f.name, f.name), getattr(changed, f.name)) for f in fields(changed)]
        asked = [(name, value) for name, value in pairs if value and (name, value) != ("page", 1)]
        return f"?{urlencode(asked)}" if asked else "?"


_NAMES = {"words": "q", "as_of": "as-of"}


def chosen(present: Present, query: GoalQuery) -> Sequence[ShownGoal]:
    """The goals that match, in the requested order."""
    words = query.words.casefold().split()
    filters = [(query.health, _health), (query.theme, _theme), (query.owner, _owner), (query.period, _period)]
    wanted = [(value, of) for value, of in filters if value]
    if not (words or wanted or query.sort):
        return present.goals
    found = [each for each in present.goals if all(of(each) == value for value, of in wanted)]
    if words:
        found = [each for each in found if _says(present, each, words)]
    match query.sort:
        case "due":
            found.sort(key=lambda each: each.goal.period.due)
        case "done":
            found.sort(key=lambda each: each.day.progress or 0.0)
        case "late":
            found.sort(key=lambda each: each.day.p85 or date.max, reverse=True)
        case "name":
            found.sort(key=lambda each: each.goal.objective.casefold())
    return found


def overview(
    present: Present,
    query: GoalQuery,
    found: Sequence[ShownGoal],
    since: Mapping[str, GoalDay],
    reader: Person | None,
    alerts: Iterable[Alert] = (),
) -> dict[str, Any]:
    """What the page shows of the goals that were `found`. `since` are the last days on which goals on this page had
    another verdict.
    """
    shown, summary = page_of(found, query), _summary(present)
    return {
        "query": query,
        "since": present.since,
        "sentence": summary.sentence,
        "tiles": list(_tiles(summary, query)),
        "changed": [_change(each, present.day) for each in summary.changed[:_MOST_CHANGES]],
        "changed_more": max(len(summary.changed) - _MOST_CHANGES, 0),
        "decisions": list(_decisions(present, reader, alerts)),
        "themes": list(_themes(present, summary, query)) if not query.theme else [],
        "choices": list(_choices(summary, query)),
        "rows": rows(shown, present.organisation, since, present.day),
        "counted": _counted(query, len(found), len(shown)),
        "turn": list(_turn(query, len(found))),
    }


def page_of(found: Sequence[ShownGoal], query: GoalQuery) -> Sequence[ShownGoal]:
    """The goals on this page of the list."""
    return found[(query.page - 1) * PAGE : query.page * PAGE]


def _health(each: ShownGoal) -> str:
    return each.verdict.value.replace(" ", "-")


def _theme(each: ShownGoal) -> str:
    return each.goal.theme or "none"


def _owner(each: ShownGoal) -> str:
    return each.goal.owner


def _period(each: ShownGoal) -> str:
    return f"{each.goal.period.due:%Y-%m}"


def _says(present: Present, each: ShownGoal, words: Sequence[str]) -> bool:
    goal = each.goal
    text = f"{goal.id} {goal.objective} {owner_of(present.organisation, goal.owner)}".casefold()
    return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class _Summary:
    """Counts over all goals."""

    now: Counter[Verdict]
    before: Counter[Verdict]
    sentence: str
    changed: tuple[ShownGoal, ...]
    themes: Mapping[str, Sequence[ShownGoal]]
    known: Mapping[str, Mapping[str, str]]


def _summary(present: Present) -> _Summary:
    """Counted once for all readers of the same goals."""
    if "overview" not in present.known:
        present.known["overview"] = _summed(present)
    found: _Summary = present.known["overview"]
    return found


def _summed(present: Present) -> _Summary:
    themes: dict[str, list[ShownGoal]] = {theme: [] for theme in present.organisation.themes}
    for each in present.goals:
        if each.goal.theme in themes:
            themes[each.goal.theme].append(each)
    moved = sorted((each for each in present.goals if each.moved), key=lambda each: -each.moved)
    return _Summary(
        now=Counter(each.verdict for each in present.goals),
        before=Counter(each.before.verdict for each in present.goals if each.before),
        sentence=_sentence(present),
        changed=tuple(moved),
        themes={theme: goals for theme, goals in themes.items() if goals},
        known=_known(present),
    )


def _sentence(present: Present) -> str:
    counts = Counter(each.verdict for each in present.goals)
    total = len(present.goals)
    bad = next((each for each in ORDER[:4] if counts[each]), None)
    first = f"{counts[bad]} of {say_count(total, 'goal')} {_is(counts[bad])} {bad.value}" if bad else _all_well(total)
    worse, better = (sum(sign * each.moved > 0 for each in present.goals) for sign in (1, -1))
    moved = [f"{count} got {word}" for count, word in ((worse, "worse"), (better, "better")) if count]
    since = f" {', '.join(moved)} since {say_day(present.since, present.day)}." if moved else ""
    return f"{first}.{since}"


def _all_well(total: int) -> str:
    return f"All {total} goals are on track or done" if total != 1 else "The goal is on track or done"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _tiles(found: _Summary, query: GoalQuery) -> Iterator[dict[str, Any]]:
    now, before = found.now, found.before
    compared = bool(before)
    for each in ORDER:
        slug = each.value.replace(" ", "-")
        change = now[each] - before[each]
        if now[each] or before[each]:
            yield {
                "verdict": each,
                "count": now[each],
                "chosen": query.health == slug,
                "address": query.address(health="" if query.health == slug else slug, page=1) + "#goals",
                "change": (f"{change:+d}".replace("-", "−") if change else "no change") if compared else "",
            }


def _change(each: ShownGoal, day: date) -> dict[str, Any]:
    before, now = each.before, each.day
    assert before is not None
    moved = ""
    if before.p85 and now.p85 and before.p85 != now.p85:
        moved = f"85% sure by {say_day(now.p85, day)}, was {say_day(before.p85, day)}."
    return {
        "verdict": each.verdict,
        "words": standing_of(each),
        "before": before.verdict.value,
        "id": each.goal.id,
        "objective": each.goal.objective,
        "moved": moved,
    }


def _decisions(present: Present, reader: Person | None, alerts: Iterable[Alert]) -> Iterator[dict[str, Any]]:
    """The open decisions that were put to this reader."""
    for each in alerts:
        standing = present.by_id.get(each.goal)
        if reader and standing and each.state is AlertState.FIRING and each.reading(reader.id).asked:
            objective, headline = standing.goal.objective, each.signal.headline
            yield {"headline": f"{headline[:1].upper()}{headline[1:]}", "goal": each.goal, "objective": objective}


def _themes(present: Present, found: _Summary, query: GoalQuery) -> Iterator[dict[str, Any]]:
    titles = present.organisation.themes
    for theme, goals in list(found.themes.items())[:_MOST_THEMES]:
        counts = Counter(each.verdict for each in goals)
        chances = [each.day.chance for each in goals if each.day.chance is not None]
        likely = sum(chance >= 0.5 for chance in chances)
        yield {
            "title": titles[theme],
            "address": query.address(theme=theme, page=1) + "#goals",
            "words": ", ".join(f"{counts[each]} {each.value}" for each in ORDER if counts[each]),
            "parts": list(_parts(counts, len(goals))),
            "worst": goals[0].goal,
            "likely": f"{likely} of {len(chances)}" if chances else "–",
        }


def _parts(counts: Counter[Verdict], total: int) -> Iterator[dict[str, Any]]:
    x = 0.0
    for each in ORDER:
        width = 100 * counts[each] / total
        if width:
            yield {"verdict": each, "x": round(x, 1), "width": round(width, 1)}
        x += width


def _known(present: Present) -> Mapping[str, Mapping[str, str]]:
    """The choices, by the name of the filter."""
    organisation, goals = present.organisation, [each.goal for each in present.goals]
    owners = {owner: owner_of(organisation, owner) for owner in dict.fromkeys(goal.owner for goal in goals)}
    periods = sorted({f"{goal.period.due:%Y-%m}" for goal in goals})
    return {
        "health": {each.value.replace(" ", "-"): each.value for each in ORDER},
        "theme": dict(organisation.themes) | {"none": "no theme"} if organisation.themes else {},
        "owner": dict(sorted(owners.items(), key=lambda pair: pair[1].casefold())),
        "period": {period: f"due in {period}" for period in periods},
    }


def _choices(found: _Summary, query: GoalQuery) -> Iterator[dict[str, Any]]:
    """The choices among the goals found. A filter with too many choices shows only the chosen one; the others can be
    found by words.
    """
    for name, label, any_ in (
        ("health", "How it stands", "all"),
        ("theme", "Theme", "all"),
        ("owner", "Owner", "anybody"),
        ("period", "Period", "all"),
    ):
        now, known = getattr(query, name), found.known[name]
        few = known if len(known) <= _MOST_CHOICES else {key: words for key, words in known.items() if key == now}
        if few:
            yield {"name": name, "label": label, "chosen": now, "options": [("", any_), *few.items()]}
    yield {"name": "sort", "label": "Order", "chosen": query.sort, "options": list(_SORTS.items())}


def _counted(query: GoalQuery, found: int, shown: int) -> str:
    if not shown:
        return say_count(found, "goal")
    first = (query.page - 1) * PAGE + 1
    return f"{first:,}–{first + shown - 1:,} of {say_count(found, 'goal')}"


def _turn(query: GoalQuery, found: int) -> Iterator[tuple[str, str]]:
    if query.page > 1:
        yield "prev", query.address(page=query.page - 1) + "#goals"
    if query.page * PAGE < found:
        yield "next", query.address(page=query.page + 1) + "#goals"
