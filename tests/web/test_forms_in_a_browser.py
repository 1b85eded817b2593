"""The forms as a person meets them: in Chromium, on a narrow screen, with the keyboard, and without JavaScript."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

from selenium.webdriver.common.keys import Keys  # noqa: E402

from tests.support.forms import Site, site  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed; test_forms.py speaks plain HTTP"
)

WIDTH = 390
Browser = "webdriver.Chrome"


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with site() as found:
        yield found


@pytest.fixture(scope="module", params=[True, False], ids=["javascript", "no javascript"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": WIDTH, "height": 800}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not request.param:
        setting = "profile.managed_default_content_settings.javascript"
        options.add_experimental_option("prefs", {setting: 2})
    running = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    running.set_page_load_timeout(30)
    yield running
    running.quit()


def tab_to(browser: Browser, name: str) -> None:
    """Presses Tab until the input or button of that name has the focus."""
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focus = browser.switch_to.active_element
        if name in (focus.get_attribute("name"), focus.text):
            return
    pytest.fail(f"the keyboard does not reach {name}")


def typed(browser: Browser, text: str) -> None:
    browser.switch_to.active_element.send_keys(text)


def body(browser: Browser) -> str:
    text: str = browser.find_element("tag name", "body").text
    return text


def fits(browser: Browser) -> bool:
    """Whether nothing on the page is wider than the screen."""
    size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    return bool(size["width"] <= WIDTH)


def test_a_form_is_filled_in_with_the_keyboard(place: Site, browser: Browser) -> None:
    place.now += timedelta(minutes=1)
    ask = place.asked()
    before = len(place.answers())
    browser.get(place.link(ask.id))
    assert fits(browser)
    tab_to(browser, "confidence")
    typed(browser, "170")
    tab_to(browser, "note")
    typed(browser, "waiting for the contract " * 20 + "x" * 200)
    tab_to(browser, "needs.0.from")
    tab_to(browser, "Send my answer")
    typed(browser, Keys.ENTER)
    assert "This is too large" in body(browser)
    assert fits(browser)
    assert len(place.answers()) == before
    tab_to(browser, "confidence")
    assert browser.switch_to.active_element.get_attribute("value") == "170"
    typed(browser, Keys.BACKSPACE * 3 + "70")
    typed(browser, Keys.ENTER)
    assert "Heard, thank you" in body(browser)
    assert fits(browser)
    answer = place.answers()[-1]
    assert (len(place.answers()), answer.values["confidence"]) == (before + 1, 70.0), "not the first button's answer"
    assert complaints(browser) == []


def test_a_button_and_a_way_back_to_the_form(place: Site, browser: Browser) -> None:
    place.now += timedelta(minutes=1)
    before = len(place.answers())
    browser.get(place.link(place.asked().id))
    tab_to(browser, "shortcut")
    typed(browser, Keys.ENTER)
    assert "Heard, thank you" in body(browser)
    assert place.answers()[-1].values == {"confidence": 80.0, "note": "tests are left"}
    tab_to(browser, "open the form again")
    typed(browser, Keys.ENTER)
    assert "You answered on" in body(browser)
    assert len(place.answers()) == before + 1
    assert complaints(browser) == []


def complaints(browser: Browser) -> list[str]:
    """What the browser has written to its console, but for the status of a form with a mistake."""
    return [entry["message"] for entry in browser.get_log("browser") if "422" not in entry["message"]]
