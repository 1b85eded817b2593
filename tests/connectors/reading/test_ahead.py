"""Values that another thread makes come whole, in order, and with their errors."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reading.ahead import ahead, merged


@given(st.lists(st.integers()), st.integers(1, 5))
def test_values_come_in_their_order(values: list[int], depth: int) -> None:
    assert list(ahead(iter(values), depth)) == values


@given(st.lists(st.lists(st.integers())), st.integers(1, 4))
def test_several_sources_lose_nothing(sources: list[list[int]], workers: int) -> None:
    found = merged([iter(source) for source in sources], workers)
    assert sorted(found) == sorted(value for source in sources for value in source)


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    found = ahead(broken())
    assert next(found) == 1
    with pytest.raises(ValueError, match="broken"):
        next(found)


def test_nothing_more_is_made_when_nobody_wants_more() -> None:
    made: list[int] = []
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                made.append(len(made))
                yield made[-1]
        finally:
            ended.set()

    found = ahead(endless(), depth=2)
    assert next(found) == 0
    found.close()  # type: ignore[attr-defined]
    assert ended.wait(10)
    assert len(made) < 10
