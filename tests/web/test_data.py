"""The data behind the pages: as described, and harmless where it is opened."""

import csv
import io
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.model import GoalDay, Health, Verdict
from sync_agent.store import Store
from sync_agent.store.memory.days import add_days
from sync_agent.web.data.feeds import calendar
from sync_agent.web.present import ShownGoal
from tests.support.builders import NOW, goal, organisation
from tests.support.pages import GOOD, JUDGED, served

TODAY = NOW.date()


def test_the_json_is_as_its_description_says() -> None:
    with served(GOOD) as site:
        paths = site.get("/openapi.json").json()["paths"]
        for path, address in (("/api/v1/goals", "/api/v1/goals"), ("/api/v1/goals/{goal}", "/api/v1/goals/checkout")):
            schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            answer = site.get(address)
            jsonschema.validate(answer.json(), schema)
            assert answer.headers["content-type"] == "application/json"
        for path in paths:
            assert site.get(path.replace("{goal}", "checkout")).status_code == 200, path
            if "{goal}" in path:
                assert site.get(path.replace("{goal}", "nowhere")).status_code == 404, path
        assert site.get("/api/v1/goals/checkout").json()["signals"] is not None
        assert site.get("/api/v1/goals?health=done").json()["goals"] == []


def test_no_cell_of_the_table_is_a_formula() -> None:
    evil = replace(goal(), objective='=HYPERLINK("https://evil.example")')
    with served(replace(GOOD, organisation=organisation(evil))) as site:
        (row,) = csv.DictReader(io.StringIO(site.get("/goals.csv").text))
    assert row["objective"].startswith("'=")
    assert (row["id"], row["due"]) == ("checkout", "2026-12-31")


def test_a_feed_tells_of_the_days_on_which_goals_began_to_stand_otherwise(tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path}/state.db")) as store:
        with store.begin() as connection:
            standing = (Verdict.AT_RISK, *[Verdict.ON_TRACK] * 4)
            days = (
                GoalDay("checkout", TODAY - timedelta(days=back), Health.AT_RISK, each)
                for back, each in enumerate(standing)
            )
            add_days(connection, days)
        with served(GOOD, store=store) as site:
            for path, count in (("/feed.atom", 1), ("/goals/checkout.atom", 2)):
                feed = ET.fromstring(site.get(path).content)
                name = "{http://www.w3.org/2005/Atom}"
                entries = feed.findall(f"{name}entry")
                assert len(entries) == count
                assert entries[0].findtext(f"{name}title") == "<script>alert(1)</script>: at risk"
                assert all(feed.findtext(name + each) for each in ("id", "updated", "title"))


@given(st.text(max_size=400))
def test_a_calendar_holds_what_was_said_in_lines_that_calendars_read(text: str) -> None:
    said = replace(goal(), objective=text)
    standing = ShownGoal(said, GoalDay("checkout", TODAY, Health.AT_RISK, Verdict.AT_RISK))
    lines = calendar(text, [standing], [], NOW, "https://goals.example.org").split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = "\n".join(lines).replace("\n ", "").split("\n")
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20261231" in unfolded


@pytest.mark.parametrize("each", list(Verdict))
def test_a_badge_says_the_word_beside_its_colour(each: Verdict) -> None:
    health = {"off track": Health.OFF_TRACK, "at risk": Health.AT_RISK, "done": Health.DONE, "unknown": Health.UNKNOWN}
    shown = replace(JUDGED[0], health=health.get(each.value, Health.ON_TRACK), signals=(), forecast=None)
    with served(replace(GOOD, assessments=(shown,))) as site:
        answer = site.get("/goals/checkout.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    if each is not Verdict.TROUBLED:
        assert f'aria-label="goal: {each.value}"' in answer.text
