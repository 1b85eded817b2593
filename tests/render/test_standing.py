"""One headline: health, alerts and chance never contradict each other in a message."""

from dataclasses import replace

import pytest

from connectors.contract import Markup
from sync_agent.evaluate.verdict import colour_of, problems, verdict
from sync_agent.model import Assessment, Forecast, Goal, Health, Role, Severity, SignalKind, Verdict
from sync_agent.render import render
from sync_agent.render.standing import standing, standing_fact
from tests.support.messages.notices import BLOCKED, BOARD, DEMO, FINDINGS, FOUND, GOAL, NOTICES, NOW, PACED, REASON

THIN = Forecast(None, None, 0.49, "too little history", low_evidence=True)
STUCK = BLOCKED.headline
QUIET = replace(PACED, signals=())


@pytest.mark.parametrize(
    ("found", "how", "said"),
    [
        (PACED, Verdict.TROUBLED, "on pace, but blocked 6 working days by SHOP-77"),
        (QUIET, Verdict.ON_TRACK, "on track"),
        (
            replace(QUIET, forecast=THIN),
            Verdict.TROUBLED,
            "on pace, but only 49% likely by 18 Dec, from little history",
        ),
        (replace(PACED, signals=(BLOCKED,) * 3), Verdict.TROUBLED, f"on pace, but {STUCK} and 2 more problems"),
        (replace(PACED, signals=(replace(BLOCKED, severity=Severity.NOTICE),)), Verdict.ON_TRACK, "on track"),
        (replace(PACED, health=Health.DONE), Verdict.DONE, "done"),
        (replace(PACED, health=Health.UNKNOWN), Verdict.UNKNOWN, "unknown"),
        (FOUND, Verdict.OFF_TRACK, "off track"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_goal_holds_with_all_that_is_known_of_it(found: Assessment, how: Verdict, said: str) -> None:
    assert verdict(GOAL, found) is how
    assert standing(GOAL, found) == said


def test_a_goal_in_trouble_names_its_problems_beside_its_health_once() -> None:
    assert standing_fact(GOAL, FOUND) == "Off track, blocked 6 working days by SHOP-77"
    late = replace(BLOCKED, kind=SignalKind.SLIPPING, headline="off track, due 18 Dec")
    assert problems(replace(FOUND, signals=(late,))) == ()
    assert problems(replace(PACED, signals=(late,))) == (late,), "it was told so, and is not told better yet"


def test_the_colour_follows_the_worse_of_health_and_alerts() -> None:
    assert colour_of(GOAL, PACED) is Health.AT_RISK
    assert colour_of(GOAL, replace(PACED, signals=(replace(BLOCKED, level=2),))) is Health.OFF_TRACK
    assert colour_of(GOAL, QUIET) is Health.ON_TRACK
    assert colour_of(GOAL, FOUND) is Health.OFF_TRACK
    html = render(NOTICES["alert-on-pace-mail"], DEMO, Markup.MAIL, NOW).payload.html or ""
    assert "border-top:4px solid #9a6700" in html


@pytest.mark.parametrize("role", list(Role))
def test_nothing_that_an_owner_was_alerted_about_goes_well_in_a_digest(role: Role) -> None:
    pairs: list[tuple[Goal, Assessment]] = [(GOAL, PACED), (replace(GOAL, id="b", objective="Other"), QUIET)]
    notice = replace(NOTICES["digest-leader-mail"], person=replace(BOARD, role=role), goals=tuple(pairs))
    for goals in (tuple(pairs), (pairs[0],)):
        text = " ".join(render(replace(notice, goals=goals), DEMO, Markup.MAIL, NOW).payload.body.split())
        about = text.partition("Other")[0]
        assert "on track for it" not in about
        assert "All 2 goals are on track" not in text
        if "Going well" in text:
            assert GOAL.objective not in text.partition("Going well")[2]
        assert "but" in about or "problem" in about


@pytest.mark.parametrize("role", list(Role))
def test_no_digest_is_so_long_that_a_mail_program_cuts_it(role: Role) -> None:
    one = replace(FOUND, signals=(BLOCKED, *FINDINGS), reasons=(REASON,) * 5)
    pairs = tuple((replace(GOAL, id=f"g{n}", objective=f"{GOAL.objective} {n} {'x' * 60}"), one) for n in range(300))
    pages = {goal.id: f"https://goals.example.org/enter/{'t' * 140}?to=goals/{goal.id}" for goal, _ in pairs}
    pages[""] = "https://goals.example.org/"
    long = replace(NOTICES["digest-leader-mail"], person=replace(BOARD, role=role), goals=pairs, pages=pages)
    html = render(long, DEMO, Markup.MAIL, NOW).payload.html or ""
    assert len(html.encode()) < 100_000
    assert "more" in html
    assert "All goals on their page" in html
