"""What trackers should show: a function of how the goals stand; emptied when untrue, left alone while unknown."""

import json
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Markup
from sync_agent.decide import tracker_labels
from sync_agent.model import (
    Alert,
    AlertState,
    Evidence,
    Health,
    IssueLabels,
    LabelRules,
    Message,
    Place,
    ProblemIssue,
    ProjectHealth,
    ReaderState,
    SignalKind,
    TrackerLabel,
)
from sync_agent.render import render_label
from tests.support.deciding import blocked, firing, goal, judged, organisation

PLACE = Place("jira", "SHOP-12")
RULES = LabelRules(
    labels={"at risk": "goal-at-risk", "off track": "goal-off-track", "blocked": "goal-blocked"},
    values={health.value: health.value.capitalize() for health in Health if health is not Health.UNKNOWN},
    problems="SHOP",
    projects={"acme/4": ("fast", "safe")},
)
TWO = organisation(goal("fast"), goal("safe"))
HEALTHS = st.sampled_from(Health)


def wanted(
    healths: Sequence[Health], alerts: Sequence[Alert] = (), standing: Sequence[Message] = ()
) -> list[TrackerLabel]:
    found = [judged(each.id, health=health) for each, health in zip(TWO.goals, healths, strict=True)]
    return list(tracker_labels(TWO, found, alerts, {"jira": RULES}, standing))


def messages(found: Sequence[TrackerLabel]) -> list[Message]:
    return [render_label(mark, TWO, Markup.WIKI) for mark in found]


def one(found: Sequence[TrackerLabel], kind: type) -> TrackerLabel | None:
    return next((mark for mark in found if isinstance(mark, kind)), None)


def test_an_issue_has_the_labels_of_all_its_goals_and_the_value_of_the_worst() -> None:
    found = one(wanted([Health.AT_RISK, Health.OFF_TRACK], [firing(blocked())]), IssueLabels)
    assert found == IssueLabels(PLACE, ("goal-at-risk", "goal-blocked", "goal-off-track"), "Off track")


def test_nothing_is_said_about_what_cannot_be_judged() -> None:
    standing = messages(wanted([Health.AT_RISK, Health.AT_RISK], [firing(blocked())]))
    assert wanted([Health.UNKNOWN, Health.UNKNOWN], [], standing) == []


def test_a_problem_is_told_people_first() -> None:
    assert one(wanted([Health.AT_RISK] * 2, [firing(blocked(), told=0)]), ProblemIssue) is None
    asleep = firing(
        blocked(), told=0, readings=(ReaderState("dana", 1),)
    )  # They have not heard that it was over before.
    assert one(wanted([Health.AT_RISK] * 2, [asleep]), ProblemIssue)
    pending = firing(blocked(), state=AlertState.PENDING)
    assert one(wanted([Health.AT_RISK] * 2, [pending]), ProblemIssue) is None


def test_a_problem_links_the_goals_issue_first_and_then_what_is_blocked() -> None:
    evidence = (Evidence("SHOP-8 waits", "SHOP-8", None), Evidence("a fact"))
    found = one(wanted([Health.AT_RISK] * 2, [firing(blocked(evidence=evidence))]), ProblemIssue)
    assert isinstance(found, ProblemIssue)
    assert found.links == ("SHOP-12", "SHOP-8")


def test_the_text_of_a_problem_does_not_change_with_the_days() -> None:
    early, late = (firing(blocked(headline=f"blocked {days} working days")) for days in (3, 9))
    texts = {
        m.payload.body for alert in (early, late) for m in messages(wanted([Health.AT_RISK] * 2, [alert])) if m.goal
    }
    assert len(texts) == 1


def test_a_project_has_the_worst_health_of_its_goals_and_their_dates() -> None:
    found = one(wanted([Health.ON_TRACK, Health.OFF_TRACK]), ProjectHealth)
    assert isinstance(found, ProjectHealth)
    assert found.health is Health.OFF_TRACK
    assert json.loads(render_label(found, TWO, Markup.MARKDOWN).payload.body)["due"] == "2026-12-18"


@given(st.tuples(HEALTHS, HEALTHS), st.tuples(HEALTHS, HEALTHS), st.booleans(), st.booleans())
def test_what_stood_and_is_no_longer_true_is_wanted_empty(
    before: tuple[Health, Health], after: tuple[Health, Health], first: bool, second: bool
) -> None:
    alerts = [firing(blocked())]
    standing = messages(wanted(before, alerts if first else []))
    found = wanted(after, alerts if second else [], standing)
    assert wanted(after, alerts if second else [], messages(found) or standing) == found or not found
    if Health.UNKNOWN not in after:
        assert {message.key for message in standing} <= {mark.key for mark in found}
        problem = one(found, ProblemIssue)
        assert (problem is not None and bool(getattr(problem, "alerts", ()))) == second


@given(st.tuples(HEALTHS, HEALTHS))
def test_what_is_no_longer_configured_is_taken_off(before: tuple[Health, Health]) -> None:
    standing = messages(wanted(before, [firing(blocked())]))
    found = tracker_labels(TWO, [], [], {}, standing)
    assert {mark.key for mark in found} == {message.key for message in standing}
    for message in messages(found):
        body = json.loads(message.payload.body)
        assert not body.get("labels")
        assert body.get("value") is body.get("health") is None
        assert not body.get("open")


def test_slipping_opens_a_problem_and_other_findings_do_not() -> None:
    for kind, opened in ((SignalKind.SLIPPING, True), (SignalKind.STALE_GOAL, False)):
        signal = replace(blocked(), kind=kind)
        assert (one(wanted([Health.AT_RISK] * 2, [firing(signal)]), ProblemIssue) is not None) is opened
