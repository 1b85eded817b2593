"""Ideas for goals, and the order in which people want them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea on a board, in the words of whoever had it first. `id` is the same whoever says it again; `authors` are
    people's ids.
    """

    id: str
    text: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedIdea:
    """An idea with its place, 1 being first, and the places between which it would be had other people of the same kind
    rated. Without a place there is no order, for too few have rated.
    """

    idea: Idea
    raters: int
    place: float | None = None
    between: tuple[float, float] | None = None
