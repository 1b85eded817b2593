"""Charts: what they show, in which words and numbers, in any script, and that a picture comes with the mail."""

import base64
import re
import struct
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.contract import Markup
from sync_agent.evaluate.items.burn_up import BurnUp
from sync_agent.model import GoalDay, Health, HttpKpi, KeyResult, KpiStep, ScopeChange, Threshold, Verdict
from sync_agent.render import render
from sync_agent.render.charts import Chart, burn_up_chart, ends_chart, kpi_chart, moved_chart, picture, svg
from sync_agent.render.charts.chart import Style, scale
from tests.support.hostile import Page
from tests.support.messages.notices import DEMO, NOTICES, NOW

START, DUE = date(2026, 10, 5), date(2026, 12, 18)
WEEKS = [BurnUp(START + timedelta(weeks=n), ScopeChange(20 + n, 3 * n, n, 0, START)) for n in range(6)]


LATENCY = KeyResult(
    "p95", "Latency", kpi=HttpKpi("https://m.example.org", "v"), unit="ms", baseline=900, target=300,
    thresholds=(Threshold(1000, above=True, text="customers notice"),),
)  # fmt: skip
STEPS = [KpiStep(START + timedelta(weeks=n), 900 - 40 * n, 900 - 60 * n) for n in range(6)]


def burn_up() -> Chart:
    chart = burn_up_chart(WEEKS, DUE)
    assert chart
    return chart


def test_a_picture_is_a_small_png_with_words_that_say_the_same() -> None:
    made = picture(burn_up())
    png = base64.b64decode(made.png)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (1072, 536)
    assert len(png) < 40_000
    assert "0 of 20 items done at the beginning, 15 of 25 now" in made.alt
    assert made == picture(burn_up())
    other = burn_up_chart([*WEEKS[:-1], BurnUp(WEEKS[-1].day, ScopeChange(25, 20, 5, 0, START))], DUE)
    assert other
    assert picture(other).png != made.png


@pytest.mark.parametrize(
    "title", ["Verfügbarkeit der Kasse", "доступность", "זמינות הקופה", "توفر الدفع", "Διαθεσιμότητα", "可用性"]
)
def test_no_letter_of_any_script_is_left_out(title: str) -> None:
    chart = kpi_chart(STEPS, replace(LATENCY, thresholds=(Threshold(1000, above=True, text=title),)), DUE)
    without = kpi_chart(STEPS, replace(LATENCY, thresholds=(Threshold(1000, above=True, text=""),)), DUE)
    assert chart
    assert without
    assert title in svg(chart)
    assert picture(chart).png != picture(without).png


def test_a_drawing_is_one_svg_whose_lines_lie_within_it() -> None:
    drawn = svg(burn_up())
    root = ET.fromstring(drawn)
    assert (root.get("role"), root.get("aria-label")) == ("img", burn_up().said)
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    (done,) = [each for each in root.iter() if each.get("class") == "c-done"]
    points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", done.get("d") or "") if pair]
    assert len(points) == len(WEEKS)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    assert all(left < right and above >= below for (left, above), (right, below) in pairwise(points)), "it gets done"


def test_what_is_drawn_stands_below_it_in_numbers() -> None:
    head, *rows = burn_up().numbers
    assert head == ("Day", "Done", "Scope")
    assert rows[0] == ("5 Oct", "0", "20")
    assert rows[-1] == ("9 Nov", "15", "25")


def test_a_kpi_has_a_chart_of_its_own_with_its_thresholds_and_its_range() -> None:
    chart = kpi_chart(STEPS, LATENCY, DUE)
    assert chart
    assert (
        chart.said == "Latency from 5 Oct to 9 Nov: 900 ms at the beginning, 700 ms now, 600 ms expected. Due 18 Dec."
    )
    assert "1,000 ms customers notice" in svg(chart)
    kept = replace(LATENCY, baseline=None, target=None, between=(0.0, 800.0))
    ranged = kpi_chart([replace(step, expected=None) for step in STEPS], kept, DUE)
    assert ranged
    assert "700 ms now. Due" in ranged.said
    assert kpi_chart(STEPS[:2], LATENCY, DUE) is None
    still = kpi_chart([replace(step, value=0.0, expected=None) for step in STEPS], replace(LATENCY, thresholds=()), DUE)
    assert still
    assert svg(still)


def test_there_is_no_chart_where_there_is_nothing_to_see() -> None:
    assert burn_up_chart(WEEKS[:2], DUE) is None
    assert burn_up_chart([], DUE) is None
    assert burn_up_chart([BurnUp(week.day, ScopeChange(0, 0, 0, 0, START)) for week in WEEKS], DUE) is None
    assert ends_chart((), DUE, START) is None
    assert ends_chart((None,) * 9, DUE, START) is None
    assert moved_chart([], DUE, START) is None


def test_a_goal_that_is_overdue_still_has_its_due_date_in_the_picture() -> None:
    late = burn_up_chart(WEEKS, START + timedelta(days=10))
    assert late
    assert "due 15 Oct" in svg(late)


def test_twenty_dots_say_how_many_ends_are_late() -> None:
    tenths = [START + timedelta(weeks=8 + n) for n in range(9)]
    chart = ends_chart(tenths, tenths[4], START)
    assert chart
    assert svg(chart).count("<circle") == 20
    assert svg(chart).count("c-late") == 10
    assert chart.said.startswith("10 of 20 equally likely ends lie after the due date")


def test_how_the_forecast_moved_is_said_in_days() -> None:
    days = [
        GoalDay(
            "g", START + timedelta(weeks=n), Health.AT_RISK, Verdict.AT_RISK, p50=DUE, p85=DUE + timedelta(days=5 * n)
        )
        for n in range(4)
    ]
    chart = moved_chart(days, DUE, START + timedelta(weeks=4))
    assert chart
    assert "15 days later" in chart.said


@example([5e-324])
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=8))
def test_an_axis_holds_all_its_values_with_few_ticks(values: list[float]) -> None:
    low, high, ticks = scale(values)
    assert low <= min(values) + 1e-6
    assert high >= max(values) - 1e-6
    assert 2 <= len(ticks) <= 8


@given(st.text(max_size=80))
def test_no_text_becomes_markup_of_a_chart(text: str) -> None:
    chart = kpi_chart(STEPS, replace(LATENCY, title=text, thresholds=(Threshold(1, above=True, text=text),)), DUE)
    assert chart
    drawn = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", svg(chart))
    names = {each.tag.rpartition("}")[2] for each in ET.fromstring(drawn).iter()}
    assert names <= {"svg", "path", "text", "circle"}


def test_every_style_has_a_colour_on_pages_and_on_paper() -> None:
    sheet = Path("sync_agent/web/static/pages.css").read_text(encoding="utf-8")
    paper = Path("sync_agent/render/charts/png.py").read_text(encoding="utf-8")
    for style in (*Style, "grid", "axis"):
        assert f".c-{style}" in sheet
        assert f".c-{style}" in paper


def test_the_page_refers_to_the_picture_and_to_nothing_elsewhere() -> None:
    shown = picture(burn_up())
    message = render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW, shown)
    without = render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW)
    assert message.payload.picture == shown
    page = message.payload.html or ""
    assert page.count('<img src="cid:burn-up@goal-sync-agent"') == 1
    assert "src=" not in page.replace('src="cid:', "")
    assert message.payload.body == without.payload.body
    assert Page(without.payload.html or "").links
