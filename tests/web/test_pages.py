"""The daemon's pages: true, harmless, and honest about trouble."""

import re
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.decide.first_run import Waiting
from sync_agent.model import (
    Evidence,
    Health,
    HttpKpi,
    KeyResult,
    KeyResultState,
    KpiStep,
    Severity,
    Signal,
    SignalKind,
    SourceState,
    Threshold,
    Trouble,
    Wait,
)
from sync_agent.web import Metrics, Snapshot, WebServer, build_app, status_page
from tests.support.builders import NOW, goal, organisation
from tests.support.pages import GOOD, JUDGED, PLACE


def get(snapshot: Snapshot, path: str, later: timedelta = timedelta()) -> tuple[int, str, dict[str, str]]:
    metrics = Metrics()
    metrics.show(snapshot)
    app = build_app(lambda: snapshot, lambda: metrics.registry, lambda: NOW + later, later.total_seconds)
    with WebServer(app, "127.0.0.1", 0) as server:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers.items())
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers.items())


def test_the_page_shows_goals_and_lets_no_title_act() -> None:
    code, text, headers = get(GOOD, "/")
    assert code == 200
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "50%" in text
    assert (
        "default-src 'none'" in {name.casefold(): value for name, value in headers.items()}["content-security-policy"]
    )


def test_what_trackers_say_on_the_page_keeps_to_its_line_and_leads_to_trackers_only() -> None:
    backwards = replace(PLACE, goals=(replace(PLACE.goals[0], objective="Checkout \u202eniw\u200b\n\x07 fast"),))
    facts_ = (
        Evidence("SHOP-1 \u2066pay at https://bank.example", "SHOP-1", "https://jira.example.org/browse/SHOP-1"),
        Evidence("SHOP-2", "SHOP-2", "https://jira.example.org@evil.example/"),
        Evidence("SHOP-3", "SHOP-3", "https://jira.example.org/browse/SHOP-3"),
        Evidence("x" * 5000),
    )
    page = status_page(replace(GOOD, organisation=backwards, assessments=(replace(JUDGED[0], reasons=facts_),)), NOW)
    assert "Checkout niw fast<br>" in page
    assert "SHOP-1</a> pay at https://bank.example" in page
    assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x07]", page)
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*)<', page)
    assert links == [(f"https://jira.example.org/browse/{key}", key) for key in ("SHOP-1", "SHOP-3")]
    assert "x" * 1001 not in page


def test_no_other_page_shows_ours_in_a_frame_or_takes_its_forms_elsewhere() -> None:
    rules = get(GOOD, "/")[2]["content-security-policy"]
    for rule in ("frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert rule in rules


def test_the_page_shows_themes_in_their_order_and_the_worst_goal_of_each_first() -> None:
    late, fine = replace(goal("late"), theme="b"), replace(goal("fine"), theme="b")
    none, first = goal("none"), replace(goal("first"), theme="a")
    place = organisation(fine, late, none, first)
    healths = {"late": Health.OFF_TRACK}
    found = tuple(replace(JUDGED[0], goal=g.id, health=healths.get(g.id, Health.ON_TRACK)) for g in place.goals)
    place = replace(place, themes={"a": "Theme A", "b": "Theme B"})
    titled = tuple(replace(g, objective=f"Goal {g.id}") for g in place.goals)
    page = status_page(replace(GOOD, organisation=replace(place, goals=titled), assessments=found), NOW)
    wanted = ["Theme A", "Goal first", "Theme B", "Goal late", "Goal fine", "Other goals", "Goal none"]
    assert [page.index(words) for words in wanted] == sorted(page.index(words) for words in wanted)


def test_what_waits_for_somebodys_word_is_said_on_the_page_and_by_readyz() -> None:
    waiting = replace(GOOD, waiting=Waiting(("checkout",), 3, first=True))
    for path in ("/", "/readyz"):
        code, text, _ = get(waiting, path)
        assert code == 200
        assert "nobody is told anything about 1 goal yet. 3 messages would be sent" in text
    assert "sync_agent_goals_waiting 1.0" in get(waiting, "/metrics")[1]
    assert '"waiting":null' in get(GOOD, "/readyz")[1]


def test_the_page_needs_no_script_and_nothing_from_elsewhere() -> None:
    page = status_page(GOOD, NOW)
    assert "<script" not in page
    assert not re.search(r"(?:src|@import|url\()", page)
    assert '<html lang="en">' in page
    assert "50% done, " in page  # The bar in words, for those who do not see it.


def with_kpi(values: list[float], **words: str) -> Snapshot:
    """A goal with a KPI that had these values, a week apart."""
    above = Threshold(1000, above=True, text=words.get("text", "customers notice"))
    result = KeyResult(
        "p95", words.get("title", "Latency"), kpi=HttpKpi("https://m.example.org", "v"), unit="ms",
        baseline=900, target=300, thresholds=(above,),
    )  # fmt: skip
    weeks = tuple(KpiStep(NOW.date() - timedelta(weeks=len(values) - n), v, v - 10) for n, v in enumerate(values, 1))
    state = KeyResultState("p95", result.title, 0.5, values[-1], 300, "ms", "", course=weeks)
    measured = replace(goal(), key_results=(result,))
    return replace(GOOD, organisation=organisation(measured), assessments=(replace(JUDGED[0], key_results=(state,)),))


def test_the_page_draws_how_a_kpi_has_moved_and_says_it_in_words() -> None:
    page = status_page(with_kpi([800, 700, 620]), NOW)
    assert 'role="img" aria-label="Latency from 10 Nov to 24 Nov: 800 ms at the beginning, 620 ms now' in page
    assert "Latency: <strong>620 ms</strong>" in page
    assert "610 ms expected (dashed)" in page
    assert "target 300 ms" in page
    assert "1,000 ms customers notice" in page
    (line,) = re.findall(r'<polyline class="value" points="([^"]*)"', page)
    points = [tuple(map(float, point.split(","))) for point in line.split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted(y for _, y in points)  # It falls, which is down in a picture, too.
    assert all(0 <= x <= 320 and 0 <= y <= 80 for x, y in points)


def test_the_health_is_not_said_again_as_a_finding() -> None:
    late = Signal("checkout", SignalKind.SLIPPING, "checkout", Severity.ALERT, "off track, due 18 Dec")
    stuck = replace(late, kind=SignalKind.BLOCKED, subject="SHOP-2", headline="blocked 6 working days by SHOP-77")
    page = status_page(replace(GOOD, assessments=(replace(JUDGED[0], signals=(late, stuck)),)), NOW)
    assert "Blocked 6 working days by SHOP-77" in page
    assert "due 18 Dec" not in page


def test_a_kpi_of_two_weeks_has_no_chart() -> None:
    assert "<svg" not in status_page(with_kpi([800, 700]), NOW)


def test_a_kpi_that_stands_still_is_a_line() -> None:
    assert "<polyline" in status_page(with_kpi([300, 300, 300]), NOW)


def test_the_words_of_a_kpi_stay_words() -> None:
    page = status_page(with_kpi([3, 2, 1], title='"><script>', text="</svg><b>"), NOW)
    assert "<script>" not in page
    assert "<b>" not in page


def test_the_page_says_which_source_fails_and_which_file_is_wrong() -> None:
    failing = SourceState("jira", failing_since=NOW, error="401: Bearer abc", trouble=Trouble.UNAUTHORISED)
    page = status_page(replace(GOOD, sources=(failing,), config_mistakes=("goals/a.yaml:3:4: unknown key",)), NOW)
    assert "it does not accept the agent&#39;s login; whoever runs the agent has to renew it" in page
    assert "Bearer" not in page
    assert "goals/a.yaml:3:4" in page
    part = replace(failing, error=None, unreadable={"PLAT": "403: no permission"})
    waits = SourceState("github", complete_at=NOW, waits=Wait(NOW, NOW + timedelta(minutes=40), "the reserve"))
    page = status_page(replace(GOOD, sources=(part, waits)), NOW)
    assert "PLAT in jira has been unreadable since" in page
    assert "Those who run the agent know why." in page
    assert "no permission" not in page
    assert "unreadable in part since" in page
    assert re.search(r"is read again at .*, because of a limit", page)


@pytest.mark.parametrize(("later", "code"), [(timedelta(minutes=20), 200), (timedelta(hours=3), 503)])
def test_health_fails_when_cycles_stop_coming(later: timedelta, code: int) -> None:
    assert get(GOOD, "/healthz", later)[0] == code


def test_readiness_waits_for_the_first_cycle() -> None:
    assert get(GOOD, "/readyz")[0] == 200
    assert get(replace(GOOD, ended=None), "/readyz")[0] == 503


def test_metrics_say_how_goals_and_sources_stand() -> None:
    down = replace(GOOD, sources=(SourceState("jira", failing_since=NOW, error="401"),), dead=2)
    text = get(down, "/metrics")[1]
    assert 'sync_agent_source_failing{source="jira"} 1.0' in text
    assert 'sync_agent_outbox_messages{state="dead"} 2.0' in text
    assert f'sync_agent_goals{{health="{JUDGED[0].health.value}"}} 1.0' in text
