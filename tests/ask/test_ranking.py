"""From ratings to an order: nobody counts more than others, no idea more than others, and praise never harms."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from sync_agent.ask.rounds.ranking import Ballot, mean_ranks, place_ranges, places

IDEAS = ("a", "b", "c", "d")
BALLOT = st.dictionaries(st.sampled_from(IDEAS), st.integers(1, 5), min_size=1)
BALLOTS = st.lists(BALLOT, min_size=1, max_size=6)


def rounded(found: Mapping[str, float]) -> Mapping[str, float]:
    return {idea: round(rank, 6) for idea, rank in found.items()}


@given(st.data(), BALLOTS)
def test_it_does_not_matter_who_gave_a_ballot(data: st.DataObject, ballots: list[Ballot]) -> None:
    mixed = data.draw(st.permutations(ballots))
    assert rounded(mean_ranks(ballots, IDEAS)) == rounded(mean_ranks(mixed, IDEAS))


@given(st.permutations(IDEAS), BALLOTS)
def test_it_does_not_matter_what_an_idea_is_called(names: list[str], ballots: list[Ballot]) -> None:
    called = dict(zip(IDEAS, names, strict=True))
    renamed = [{called[idea]: given for idea, given in ballot.items()} for ballot in ballots]
    found = rounded(mean_ranks(renamed, IDEAS))
    assert {idea: found[called[idea]] for idea in IDEAS} == rounded(mean_ranks(ballots, IDEAS))


@given(BALLOTS, st.data())
def test_who_rates_an_idea_higher_never_harms_it(ballots: list[Ballot], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(ballots) - 1))
    idea = data.draw(st.sampled_from(sorted(ballots[number])))
    better = [dict(ballot) for ballot in ballots]
    better[number][idea] = min(5, better[number][idea] + 1)
    assert rounded(mean_ranks(better, IDEAS))[idea] <= rounded(mean_ranks(ballots, IDEAS))[idea]


def test_ties_share_the_ranks_that_they_take_up_and_what_is_left_out_is_in_the_middle() -> None:
    assert mean_ranks([{"a": 5, "b": 5, "c": 1}], IDEAS) == {"a": 1.5, "b": 1.5, "c": 4, "d": 3}
    assert places([{"a": 5}, {"b": 5}], ("a", "b")) == {"a": 1.5, "b": 1.5}
    assert mean_ranks([], IDEAS) == {}


def test_nobody_counts_more_for_using_the_ends_of_the_scale() -> None:
    mild, loud = {"a": 3, "b": 4}, {"a": 5, "b": 1}
    assert mean_ranks([mild, loud], ("a", "b")) == {"a": 1.5, "b": 1.5}


def test_the_range_is_narrow_where_people_agree_and_wide_where_they_do_not() -> None:
    agreed = [{"a": 5, "b": 3, "c": 1, "d": 2}] * 6
    assert place_ranges(agreed, IDEAS)["a"] == (1, 1)
    split = [{"a": 5, "b": 1, "c": 3, "d": 2}, {"a": 1, "b": 5, "c": 3, "d": 2}] * 3
    least, most = place_ranges(split, IDEAS)["a"]
    assert most - least >= 1
    assert place_ranges(split, IDEAS) == place_ranges(list(reversed(split)), IDEAS)
