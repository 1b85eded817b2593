"""Arbitrary fields with values that fit them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from sync_agent.ask.fields.values import Reading, tidy
from sync_agent.model.asking.fields import (
    AnyField,
    Choice,
    Day,
    FreeText,
    Group,
    ListOf,
    Number,
    Option,
    Percent,
    Scale,
    Sheet,
    Single,
    Someone,
    Values,
)

READING = Reading(
    date(2026, 11, 24),
    {"ilse": "ilse", "ilse braun": "ilse", "payments-partner": "payments-partner", "dana": "dana", "d": "dana"},
)

# Words that mean something in one of the notations, and pieces of markup.
_HARD = st.sampled_from([
    "needs", "from", "by", "@ilse", "2026-12-02", "70", "still true", "sync-agent ack", "> quoted", "```", "~~", "`",
    "\\", '"', "--", "a:", "a: b", "    code", "bq. x", "{code}", "{quote}", "<!--", "-->", "<del>", "b (c): d",
    "1,500", "<pre>", "**", "", "accept", "x y", "__",
])  # fmt: skip
_WORDS = st.one_of(_HARD, st.text(max_size=12))
names = st.from_regex(r"[a-e][a-e0-9]{0,3}([_-][a-e0-9]{1,2})?", fullmatch=True)
labels = st.one_of(st.text(max_size=20), st.sampled_from(["Confidence", "What has changed?", "a", "b: c", "By when"]))


def texts(*, lines: bool, longest: int) -> st.SearchStrategy[str]:
    """Text as it is kept."""
    parts = st.lists(_WORDS, min_size=1, max_size=6)
    joined = st.tuples(parts, st.sampled_from([" ", "\n", "\n\n"])).map(lambda pair: pair[1].join(pair[0]))
    return joined.map(lambda text: tidy(text, lines=lines)[:longest].strip()).filter(bool)


@st.composite
def singles(draw: st.DrawFn, name: str = "", *, lead: str = "", one_line: bool = False) -> Single:
    """A field that is one thing."""
    common: dict[str, Any] = {
        "name": name or draw(names), "label": draw(labels), "required": draw(st.booleans()), "lead": lead,
    }  # fmt: skip
    kind = draw(st.sampled_from([Choice, Number, Scale, Percent, Day, FreeText, Someone]))
    if kind is Choice:
        ids = draw(st.lists(names, min_size=1, max_size=4, unique=True))
        return Choice(**common, options=tuple(Option(each, draw(labels)) for each in ids))
    if kind is Number:
        return Number(**common, unit=draw(st.sampled_from(["", "ms", "%"])))
    if kind is FreeText:
        return FreeText(
            **common, longest=draw(st.sampled_from([1, 40, 400])), lines=not one_line and draw(st.booleans())
        )
    return kind(**common)


@st.composite
def groups(draw: st.DrawFn, name: str) -> Group:
    """A first part, and others with leads."""
    first = draw(singles("what", one_line=True))
    others = [draw(singles(lead, lead=lead, one_line=True)) for lead in draw(st.sets(st.sampled_from(["from", "by"])))]
    return Group(name=name, label=draw(labels), required=False, parts=(first, *others))


@st.composite
def fields(draw: st.DrawFn, name: str, lead: str) -> AnyField:
    """Any field."""
    shape = draw(st.sampled_from(["single", "single", "group", "list", "list of groups"]))
    if shape == "single":
        return draw(singles(name, lead=lead))
    if shape == "group":
        return draw(groups(name))
    of = draw(singles("of") if shape == "list" else groups("of"))
    return ListOf(name=name, label=draw(labels), lead=lead, required=False, of=of, most=5)


@st.composite
def values(draw: st.DrawFn, each: AnyField) -> Any:
    """A value that fits a field."""
    if isinstance(each, ListOf):
        return tuple(draw(st.lists(values(each.of), min_size=1, max_size=3)))
    if isinstance(each, Group):
        parts = [part for part in each.parts if part.required or draw(st.booleans())] or [each.parts[0]]
        return {part.name: draw(values(part)) for part in parts}
    return draw(_single_values(each))


def _single_values(each: Single) -> st.SearchStrategy[Any]:
    match each:
        case Choice():
            return st.sampled_from(each.options).map(lambda option: option.id)
        case Number():
            return st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0)
        case Percent():
            return st.floats(0, 100).map(lambda value: value + 0.0)
        case Scale():
            return st.integers(each.least, each.most)
        case Day():
            return st.dates(date(1930, 1, 1), date(2120, 12, 31))
        case Someone():
            return st.sampled_from(["ilse", "payments-partner", "dana"])
    return texts(lines=each.lines, longest=each.longest)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Sheet, Values]:
    """A sheet with values for all that is required and some of the rest."""
    chosen = draw(st.lists(names, min_size=1, max_size=4, unique_by=lambda name: name.replace("_", "-")))
    every = [draw(fields(name, draw(st.sampled_from(["", "", "needs", name])))) for name in chosen]
    leads: Mapping[str, AnyField] = {each.lead: each for each in every if each.lead}
    kept = tuple(each for each in every if not each.lead or leads[each.lead] is each)
    given = {each.name: draw(values(each)) for each in kept if each.required or draw(st.booleans())}
    return Sheet(kept), given
