"""KPIs are sampled one by one, and what cannot be read says since when and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from connectors.errors import Unavailable
from sync_agent.evaluate import as_of, evaluate
from sync_agent.model import CsvKpi, Facts, Health, HttpKpi, KeyResult, SampledKpi, SignalKind
from sync_agent.pull.kpis import sample_kpis
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts
from tests.support.builders import NOW, goal, organisation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATENCY = HttpKpi("https://m.example.org", "v")
SCORE = CsvKpi("nps.csv", "score", "day")
Points = tuple[tuple[datetime, float], ...]


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.temporary() as made:
        yield made


def facts(store: Store) -> Facts:
    with store.read() as connection:
        return load_facts(connection)


def works(_kpi: SampledKpi, at: datetime) -> Points:
    return ((at, 400.0),)


def fails(_kpi: SampledKpi, _at: datetime) -> Points:
    raise Unavailable("KPI at https://m.example.org: connection refused")


def sample(store: Store, at: datetime, *, up: bool) -> None:
    sample_kpis([("checkout/p95", LATENCY)], works if up else fails, store, at)


def judged(store: Store, now: datetime) -> tuple[Health, list[str]]:
    result = KeyResult("p95", "Latency", kpi=LATENCY, baseline=900, target=300)
    (found,) = evaluate(organisation(goal(key_results=(result,))), as_of(facts(store), now), now)
    return found.health, [signal.headline for signal in found.signals if signal.kind is SignalKind.SOURCE_DOWN]


def test_one_kpi_that_fails_does_not_stop_the_others(store: Store) -> None:
    def read(kpi: SampledKpi, at: datetime) -> Points:
        return fails(kpi, at) if kpi is LATENCY else works(kpi, at)

    errors = sample_kpis([("a/p95", LATENCY), ("a/nps", SCORE)], read, store, NOW)
    assert list(errors) == ["a/p95"]
    assert [(s.at, s.value) for s in facts(store).samples["a/nps"]] == [(NOW, 400)]


def test_a_short_outage_changes_nothing_and_a_long_one_makes_the_goal_unknown(store: Store) -> None:
    sample(store, NOW - 3 * DAY, up=True)
    sample(store, NOW - 3 * DAY + HOUR, up=False)
    assert judged(store, NOW - 2 * DAY) == (Health.ON_TRACK, [])
    sample(store, NOW, up=False)
    health, told = judged(store, NOW)
    assert health is Health.UNKNOWN
    assert told == ["Latency has no value since 21 Nov: it does not answer"]
    assert facts(store).sources["KPI checkout/p95"].failing_since == NOW - 3 * DAY + HOUR
    sample(store, NOW + HOUR, up=True)
    assert judged(store, NOW + HOUR) == (Health.ON_TRACK, [])
    assert facts(store).sources["KPI checkout/p95"].error is None


def test_a_kpi_that_never_had_a_value_says_why(store: Store) -> None:
    sample(store, NOW, up=False)
    result = KeyResult("p95", "Latency", kpi=LATENCY, baseline=900, target=300)
    (found,) = evaluate(organisation(goal(key_results=(result,))), facts(store), NOW)
    assert "no value yet: it does not answer" in found.reasons[0].text


def test_a_file_says_anew_what_was(store: Store) -> None:
    rows: list[Points] = [((NOW - DAY, 1.0), (NOW, 2.0)), ((NOW, 3.0),)]
    for points in rows:
        sample_kpis([("a/nps", SCORE)], lambda _kpi, _at, points=points: points, store, NOW)  # type: ignore[misc]
    assert [s.value for s in facts(store).samples["a/nps"]] == [3.0]


def test_a_file_that_cannot_be_read_keeps_what_it_said(store: Store) -> None:
    sample_kpis([("a/nps", SCORE)], works, store, NOW)
    sample_kpis([("a/nps", SCORE)], fails, store, NOW + HOUR)
    assert [s.value for s in facts(store).samples["a/nps"]] == [400.0]


def test_the_state_of_a_kpi_leaves_with_it(store: Store) -> None:
    sample(store, NOW, up=False)
    sample_kpis([], works, store, NOW)
    assert not facts(store).sources


def test_of_old_samples_the_last_of_each_day_is_kept(store: Store) -> None:
    start = NOW - 20 * DAY
    for hours in (0, 6, 12, 24, 30):
        sample(store, start + hours * HOUR, up=True)
    sample(store, NOW - HOUR, up=True)
    sample(store, NOW, up=True)
    kept = [sample.at for sample in facts(store).samples["checkout/p95"]]
    # 09:00, 15:00 and 21:00 of one day, 09:00 and 15:00 of the next; and everything of the last days.
    assert kept == [start + 12 * HOUR, start + 30 * HOUR, NOW - HOUR, NOW]
