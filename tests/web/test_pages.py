"""The daemon's pages: true, harmless, light, and honest about trouble."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.decide.first_run import Waiting, WhyWaiting
from sync_agent.evaluate.verdict import verdict
from sync_agent.model import (
    MAILBOX,
    Evidence,
    Forecast,
    GoalDay,
    Health,
    HttpKpi,
    KeyResult,
    KeyResultState,
    KpiStep,
    Place,
    Severity,
    Signal,
    SignalKind,
    SourceState,
    Threshold,
    Trouble,
    Verdict,
    Wait,
)
from sync_agent.store import Store
from sync_agent.store.memory.days import add_days
from sync_agent.web import CycleRun, Snapshot
from sync_agent.web.drawing import HEADERS
from tests.support.builders import NOW, goal, organisation
from tests.support.pages import GOOD, JUDGED, PLACE, served

TODAY = NOW.date()
MONDAY = TODAY - timedelta(days=1)
PAGES = ("/", "/goals/checkout", "/me", "/me?person=dana", "/map", "/record", "/ops")
STUCK = Signal("checkout", SignalKind.BLOCKED, "SHOP-2", Severity.ALERT, "blocked 6 working days by SHOP-77")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path_factory.mktemp('pages')}/state.db")) as opened:
        with opened.begin() as connection:
            days = (TODAY - timedelta(days=back) for back in range(20))
            standing = lambda day: Verdict.AT_RISK if day <= MONDAY else Verdict.ON_TRACK  # noqa: E731
            add_days(connection, [GoalDay("checkout", day, Health.AT_RISK, standing(day), 0.4) for day in days])
        yield opened


def get(snapshot: Snapshot, path: str, later: timedelta = timedelta(), store: Store | None = None) -> tuple[int, str]:
    with served(snapshot, later, store) as site:
        answer = site.get(path)
        return answer.status_code, answer.text


def with_goal(**fields: object) -> Snapshot:
    """The goal judged otherwise."""
    return replace(GOOD, assessments=(replace(JUDGED[0], **fields),))  # type: ignore[arg-type]


def test_every_page_answers_without_script_inline_style_or_anything_from_elsewhere(store: Store) -> None:
    with served(with_goal(signals=(STUCK,)), store=store) as site:
        for path in PAGES:
            answer = site.get(path)
            assert answer.status_code == 200, path
            assert len(answer.content) < 60_000
            assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text), path
            elsewhere = answer.text.replace("https://jira.example.org", "")
            assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', elsewhere), path
            for name, value in HEADERS.items():
                if name != "Cache-Control":
                    assert answer.headers[name] == value
            assert answer.text.count("<h1>") == 1
            assert '<html lang="en">' in answer.text
        sheet = site.get("/static/pages.css")
        assert sheet.headers["content-type"].startswith("text/css")
        assert site.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
        assert site.get("/goals/nowhere").status_code == 404


def test_no_title_acts() -> None:
    for path in ("/", "/goals/checkout", "/map", "/feed.atom", "/goals/checkout.atom"):
        text = get(GOOD, path)[1]
        assert "<script>" not in text
        assert "&lt;script" in text or path.endswith("atom")


def test_what_trackers_say_keeps_to_its_line_and_leads_to_trackers_only() -> None:
    backwards = replace(PLACE, goals=(replace(PLACE.goals[0], objective="Checkout \u202eniw\u200b\n\x07 fast"),))
    facts_ = (
        Evidence("SHOP-1 \u2066pay at https://bank.example", "SHOP-1", "https://jira.example.org/browse/SHOP-1"),
        Evidence("SHOP-2", "SHOP-2", "https://jira.example.org@evil.example/"),
        Evidence("SHOP-3", "SHOP-3", "https://jira.example.org/browse/SHOP-3"),
        Evidence("x" * 5000),
    )
    shown = replace(with_goal(reasons=facts_), organisation=backwards)
    page = get(shown, "/goals/checkout")[1]
    assert "SHOP-1</a> pay at https://bank.example" in page
    assert not re.search(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x07]", page)
    links = re.findall(r'href="(http[^"]*)"[^>]*>([^<]*)<', page)
    assert links == [(f"https://jira.example.org/browse/{key}", key) for key in ("SHOP-1", "SHOP-3")]
    assert "x" * 1001 not in page


def test_a_browser_that_has_the_page_is_told_so_and_texts_are_compressed(store: Store) -> None:
    with served(GOOD, store=store) as site:
        first = site.get("/")
        assert first.headers["content-encoding"] == "gzip"
        again = site.get("/", {"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "default-src 'none'" in again.headers["content-security-policy"]
        assert site.get("/?q=nothing", {"If-None-Match": first.headers["etag"]}).status_code == 200


def many(count: int = 120) -> Snapshot:
    """Goals of two owners and two themes; every third is off track."""
    goals = [
        replace(goal(f"g{n}"), objective=f"Goal {n:03}", theme="ab"[n % 2], owner=("dana", "noor")[n % 2])
        for n in range(count)
    ]
    health = {True: Health.OFF_TRACK, False: Health.ON_TRACK}
    found = tuple(replace(JUDGED[0], goal=f"g{n}", health=health[n % 3 == 0], signals=()) for n in range(count))
    return replace(GOOD, organisation=organisation(*goals, themes={"a": "Theme A", "b": "Theme B"}), assessments=found)


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="goals/g\d+">(Goal \d+)', page)


def test_goals_are_searched_filtered_sorted_and_turned_by_address() -> None:
    with served(many()) as site:
        first = site.get("/").text
        assert len(rows(first)) == 50
        assert rows(first)[0] == "Goal 000"
        assert "1–50 of 120 goals" in first
        assert rows(site.get("/?page=3").text)[-1].startswith("Goal 1")
        assert len(rows(site.get("/?page=3").text)) == 20
        assert rows(site.get("/?q=goal+007").text) == ["Goal 007"]
        assert len(rows(site.get("/?health=off-track").text)) == 40
        assert len(rows(site.get("/?health=off-track&theme=a").text)) == 20
        assert len(rows(site.get("/?owner=noor&health=off-track").text)) == 20
        assert rows(site.get("/?sort=name").text)[:3] == ["Goal 000", "Goal 001", "Goal 002"]
        for odd in ("page=0", "page=-1", "page=9999999", "page=x", "health=<b>", "as-of=yesterday", "sort=x"):
            answer = site.get(f"/?{odd}")
            assert answer.status_code == 200, odd
            assert "<b>" not in answer.text.replace("<b class", "")
        assert "40 of 120 goals are off track" in first
        assert first.index("Theme A") < first.index("Theme B")
        assert len(site.get("/").content) < 60_000


def test_the_page_says_what_changed_and_of_a_past_day_how_it_was(store: Store) -> None:
    snapshot = with_goal(health=Health.ON_TRACK, signals=(), forecast=None)
    assert verdict(PLACE.goals[0], snapshot.assessments[0]) is Verdict.ON_TRACK
    page = get(snapshot, "/", store=store)[1]
    assert "1 got better since 23 Nov" in page
    assert "was at risk" in page
    assert "was at risk until 23 Nov" in page
    then = get(snapshot, f"/?as-of={MONDAY}", store=store)[1]
    assert "How it stood on <strong>23 Nov</strong>" in then
    assert "1 of 1 goal is at risk" in then
    assert "How it stood on" in get(snapshot, f"/goals/checkout?as-of={MONDAY}", store=store)[1]
    assert "How it stood on" not in get(snapshot, f"/?as-of={TODAY}", store=store)[1]


def test_health_is_never_said_by_colour_alone_and_never_without_its_alert() -> None:
    stuck = with_goal(health=Health.ON_TRACK, signals=(STUCK,), forecast=None)
    for path in ("/", "/goals/checkout", "/map", "/me?person=dana"):
        page = get(stuck, path)[1]
        assert "On pace, but blocked 6 working days by SHOP-77" in page
        assert '<span class="pill on-pace-with-a-problem"><svg aria-hidden="true"><use href="#on-pace' in page


def test_what_waits_for_somebodys_word_is_said_on_the_page_and_by_readyz() -> None:
    waiting = replace(GOOD, waiting=Waiting(("checkout",), 3, WhyWaiting.FIRST_RUN))
    for path in ("/", "/readyz"):
        code, text = get(waiting, path)
        assert code == 200
        assert "nobody is told anything about 1 goal yet. 3 messages would be sent" in text
    assert "sync_agent_goals_waiting 1.0" in get(waiting, "/metrics")[1]
    assert '"waiting":null' in get(GOOD, "/readyz")[1]


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


def test_the_page_draws_how_a_kpi_has_moved_and_says_it_in_words_and_numbers() -> None:
    page = get(with_kpi([800, 700, 620]), "/goals/checkout")[1]
    assert 'role="img" aria-label="Latency from 10 Nov to 24 Nov: 800 ms at the beginning, 620 ms now' in page
    assert "target 300 ms" in page
    assert "1,000 ms customers notice" in page
    assert '<td class="num">700 ms</td>' in page
    assert "<figure" not in get(with_kpi([800, 700]), "/goals/checkout")[1]
    hostile = get(with_kpi([3, 2, 1], title='"><script>', text="</svg><b>"), "/goals/checkout")[1]
    assert "<script>" not in hostile
    assert "<b>" not in hostile


def test_the_page_says_which_source_fails_and_which_file_is_wrong() -> None:
    failing = SourceState("jira", failing_since=NOW, error="401: Bearer abc", trouble=Trouble.UNAUTHORISED)
    page = get(replace(GOOD, sources=(failing,), config_mistakes=("goals/a.yaml:3:4: unknown key",)), "/")[1]
    assert "it does not accept the agent&#39;s login; whoever runs the agent has to renew it" in page
    assert "Bearer" not in page
    assert "goals/a.yaml:3:4" in page
    part = replace(failing, error=None, unreadable={"PLAT": "403: no permission"})
    page = get(replace(GOOD, sources=(part,)), "/")[1]
    assert "PLAT in jira has been unreadable since" in page
    assert "Those who run the agent know why." in page
    assert "no permission" not in page


def test_that_cycles_fail_is_said_on_the_page_without_the_error() -> None:
    runs = (
        CycleRun(NOW - timedelta(hours=2), 1.0),
        *(CycleRun(NOW - n * timedelta(minutes=15), 1.0, "a path") for n in (2, 1)),
    )
    page = get(replace(GOOD, problem="the store /var/state.db is damaged", cycles=runs), "/")[1]
    assert "no cycle has gone well since" in page
    assert replace(GOOD, cycles=runs).failing_since == NOW - timedelta(minutes=30)
    assert "Those who run the agent know why." in page
    assert "state.db" not in page


def test_operations_show_sources_that_wait_and_cycles_that_failed(store: Store) -> None:
    waits = SourceState("github", complete_at=NOW, waits=Wait(NOW, NOW + timedelta(minutes=40), "the reserve"))
    page = get(replace(GOOD, sources=(waits,)), "/ops", store=store)[1]
    assert re.search(r"is read again at .*, because of a limit", page)
    assert "Nothing waits, and nothing was given up" in page


@pytest.mark.parametrize(("later", "code"), [(timedelta(minutes=20), 200), (timedelta(hours=3), 503)])
def test_health_fails_when_cycles_stop_coming(later: timedelta, code: int) -> None:
    assert get(GOOD, "/healthz", later)[0] == code


def test_readiness_and_the_pages_wait_for_the_first_cycle() -> None:
    assert get(GOOD, "/readyz")[0] == 200
    young = replace(GOOD, ended=None)
    assert get(young, "/readyz")[0] == 503
    assert "The first cycle is still running" in get(young, "/")[1]
    assert get(young, "/api/v1/goals")[0] == 503


def test_metrics_say_how_goals_and_sources_stand() -> None:
    down = replace(GOOD, sources=(SourceState("jira", failing_since=NOW, error="401"),), dead=2)
    text = get(down, "/metrics")[1]
    assert 'sync_agent_source_failing{source="jira"} 1.0' in text
    assert 'sync_agent_outbox_messages{state="dead"} 2.0' in text
    assert f'sync_agent_goals{{health="{JUDGED[0].health.value}"}} 1.0' in text


def test_a_forecast_is_a_strip_from_even_odds_to_sure_against_the_due_date() -> None:
    ahead = [TODAY + timedelta(days=days) for days in (10, 60)]
    tenths = tuple(ahead[:1] * 5 + ahead[1:] * 4)
    late = with_goal(forecast=Forecast(ahead[0], ahead[1], 0.2, "runs", share_dates=tenths))
    page = get(late, "/")[1]
    assert "4 Dec to 23 Jan 2027, due 31 Dec" in page
    assert 'class="span late"' in page
    assert "20 equally likely ends" in get(late, "/goals/checkout")[1]


def test_the_page_of_a_goal_says_where_to_say_what_one_thinks() -> None:
    reported = replace(PLACE, goals=(replace(PLACE.goals[0], report_on=(Place("jira", "SHOP-1"),)),))
    mails = (SourceState("jira", complete_at=NOW), SourceState(MAILBOX, complete_at=NOW))
    words = "Comment <code>sync-agent feedback</code> and your words on SHOP-1"
    assert "What do you think of this goal?" not in get(GOOD, "/goals/checkout")[1]
    assert f"{words}: Dana" in get(replace(GOOD, organisation=reported), "/goals/checkout")[1]
    both = get(replace(GOOD, organisation=reported, sources=mails), "/goals/checkout")[1]
    assert f"{words}, or reply to any mail about it: Dana" in both
    assert "Reply to any mail about it: Dana" in get(replace(GOOD, sources=mails), "/goals/checkout")[1]
