"""The pages as people meet them: in Chromium, on wide and narrow screens, in light and dark, and with the keyboard.

axe-core is looked for in `node_modules` (`npm install axe-core`) or where AXE_CORE says; without it the rest runs.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

from selenium.webdriver.common.keys import Keys  # noqa: E402

from sync_agent.model import Forecast, GoalDay, Health, Severity, Signal, SignalKind, Verdict  # noqa: E402
from sync_agent.store import Store  # noqa: E402
from sync_agent.store.memory.days import add_days  # noqa: E402
from tests.support.builders import NOW, goal, organisation  # noqa: E402
from tests.support.pages import GOOD, JUDGED, Site, served  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed; test_pages.py speaks plain HTTP"
)
AXE = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
PATHS = ("/", "/?q=nothing", "/goals/g0", "/goals/g1", "/me", "/me?person=dana", "/map", "/record", "/ops")
LONG = "Supercalifragilisticexpialidocious" * 4
Browser = "webdriver.Chrome"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    today = NOW.date()
    tenths = tuple(today + timedelta(weeks=n) for n in range(1, 10))
    forecast = Forecast(tenths[4], tenths[8], 0.3, "runs", share_dates=tenths)
    stuck = Signal("g0", SignalKind.BLOCKED, "SHOP-2", Severity.ALERT, f"blocked by {LONG}")
    named = (replace(goal(f"g{n}"), objective=f"{LONG} {n}", theme="a") for n in range(3))
    goals = [replace(each, depends_on=() if each.id == "g0" else ("g0",)) for each in named]
    found = tuple(
        replace(JUDGED[0], goal=each.id, forecast=forecast, signals=(stuck,), health=health)
        for each, health in zip(goals, (Health.ON_TRACK, Health.OFF_TRACK, Health.UNKNOWN), strict=True)
    )
    shown = replace(GOOD, organisation=organisation(*goals, themes={"a": LONG}), assessments=found)
    with closing(Store.open(f"sqlite:///{tmp_path_factory.mktemp('browser')}/state.db")) as store:
        with store.begin() as connection:
            known = GoalDay("g0", today, Health.AT_RISK, Verdict.AT_RISK)
            back = ((f"g{n}", today - timedelta(days=ago), tenths[ago % 9]) for n in range(3) for ago in range(30))
            days = [replace(known, goal=name, day=day, p85=end) for name, day, end in back]
            add_days(connection, days)
        with served(shown, store=store) as running:
            yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    running = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    running.set_page_load_timeout(30)
    running.set_script_timeout(60)
    yield running
    running.quit()


def show(browser: Browser, site: Site, path: str, width: int, scheme: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(f"http://127.0.0.1:{site.port}{path}")


@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_is_wider_than_the_screen_or_complains(site: Site, browser: Browser, width: int) -> None:
    for path in PATHS:
        show(browser, site, path, width, "light")
        shown = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"]
        assert shown <= width, (path, shown)
        assert browser.get_log("browser") == [], path


@pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is not installed: npm install axe-core, or AXE_CORE=…/axe.min.js"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_nothing(site: Site, browser: Browser, width: int, scheme: str) -> None:
    for path in PATHS:
        show(browser, site, path, width, scheme)
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        found = browser.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then(r => done(r.violations.map(v => v.id + ': ' + v.nodes[0].html)))"
        )
        assert found == [], path


def test_the_keyboard_reaches_the_content_the_filters_and_a_goal(site: Site, browser: Browser) -> None:
    show(browser, site, "/", 1280, "light")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "To the content"
    reached = set()
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focus = browser.switch_to.active_element
        reached.add(focus.get_attribute("name") or focus.text)
    assert {"q", "health", "sort", "Show", f"{LONG} 0"} <= reached
    browser.find_element("link text", f"{LONG} 1").send_keys(Keys.ENTER)
    assert browser.find_element("tag name", "h1").text == f"{LONG} 1"
