"""The picture in a mail: what it shows, in which words, and that it comes with the mail."""

import base64
import io
from dataclasses import replace
from datetime import date, timedelta

from PIL import Image

from connectors.contract import Markup
from sync_agent.evaluate.items.burn_up import BurnUp
from sync_agent.model import HttpKpi, KeyResult, KpiStep, ScopeChange, Threshold
from sync_agent.render import burn_up_chart, kpi_chart, render
from tests.support.hostile import Page
from tests.support.notices import DEMO, NOTICES, NOW

START, DUE = date(2026, 10, 5), date(2026, 12, 18)
WEEKS = [BurnUp(START + timedelta(weeks=n), ScopeChange(20 + n, 3 * n, n, 0)) for n in range(6)]


def test_the_picture_is_a_small_png_with_words_that_say_the_same() -> None:
    picture = burn_up_chart(WEEKS, DUE)
    assert picture is not None
    png = base64.b64decode(picture.png)
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.size) == ("PNG", (1072, 440))
        assert len(image.convert("RGB").getcolors() or ()) > 4
    assert len(png) < 20_000
    assert "0 of 20 items done at the beginning, 15 of 25 now" in picture.alt
    assert "Due 18 Dec" in picture.alt
    assert picture == burn_up_chart(WEEKS, DUE)


LATENCY = KeyResult(
    "p95", "Latency", kpi=HttpKpi("https://m.example.org", "v"), unit="ms", baseline=900, target=300,
    thresholds=(Threshold(1000, above=True, text="customers notice"),),
)  # fmt: skip
STEPS = [KpiStep(START + timedelta(weeks=n), 900 - 40 * n, 900 - 60 * n) for n in range(6)]


def test_a_kpi_has_a_chart_of_its_own_with_its_thresholds_and_its_range() -> None:
    picture = kpi_chart(STEPS, LATENCY, DUE)
    assert picture is not None
    assert (
        picture.alt == "Latency from 5 Oct to 9 Nov: 900 ms at the beginning, 700 ms now, 600 ms expected. Due 18 Dec."
    )
    assert kpi_chart(STEPS, replace(LATENCY, thresholds=()), DUE) != picture
    kept = replace(LATENCY, baseline=None, target=None, between=(0.0, 800.0))
    ranged = kpi_chart([replace(step, expected=None) for step in STEPS], kept, DUE)
    assert ranged is not None
    assert "700 ms now. Due" in ranged.alt
    assert ranged.png != picture.png
    assert kpi_chart(STEPS[:2], LATENCY, DUE) is None


def test_what_stays_the_same_and_what_no_font_knows_can_be_drawn() -> None:
    still = [replace(step, value=0.0, expected=None) for step in STEPS]
    assert kpi_chart(still, replace(LATENCY, title="遅延", thresholds=()), DUE) is not None


def test_more_work_done_is_another_picture() -> None:
    other = [*WEEKS[:-1], BurnUp(WEEKS[-1].day, ScopeChange(25, 20, 5, 0))]
    assert burn_up_chart(other, DUE) != burn_up_chart(WEEKS, DUE)


def test_there_is_no_picture_where_there_is_nothing_to_see() -> None:
    assert burn_up_chart(WEEKS[:2], DUE) is None
    assert burn_up_chart([], DUE) is None
    assert burn_up_chart([BurnUp(week.day, ScopeChange(0, 0, 0, 0)) for week in WEEKS], DUE) is None


def test_a_goal_that_is_overdue_still_has_its_due_date_in_the_picture() -> None:
    assert burn_up_chart(WEEKS, START + timedelta(days=10)) is not None


def test_the_page_refers_to_the_picture_and_to_nothing_elsewhere() -> None:
    picture = burn_up_chart(WEEKS, DUE)
    message = render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW, picture)
    without = render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW)
    assert message.payload.picture == picture
    page = message.payload.html or ""
    assert page.count('<img src="cid:burn-up@goal-sync-agent"') == 1
    assert "src=" not in page.replace('src="cid:', "")
    assert message.payload.body == without.payload.body
    assert Page(without.payload.html or "").links
