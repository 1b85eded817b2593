"""One odd value in an answer costs the item, field, comment or KPI that it stands in; all else is judged and told."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync_agent.judge import judge
from sync_agent.model import Assessment, Health, MessageKind, SourceState
from sync_agent.render import message
from sync_agent.render.plain import NO_WORDS
from sync_agent.run.telling import charts
from sync_agent.sandbox.core import Fault, Sandbox, Server
from sync_agent.store.memory.state import load_alerts, load_silences
from tests.support.theatre import GOALS, MONDAY, Theatre, theatre

HOUR = timedelta(hours=1)
TYPES = (None, 5, "text", [], [5], {"a": 5})
Spoil = Callable[[str, Any], None]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """To draw tracebacks takes longer than all the rest."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def spoil(sandbox: Sandbox, change: Spoil, first: str = "") -> None:
    """Answers as `change` leaves them, after some text that comes `first`."""

    def rewrite(path: str, text: str) -> str:
        answer = json.loads(text)
        change(path, answer)
        return first + json.dumps(answer)  # NaN as NaN, and half a surrogate pair as an escape.

    sandbox.rewrite = rewrite


def judged(stage: Theatre) -> tuple[Mapping[str, Assessment], Mapping[str, SourceState]]:
    proposal = stage.cycle(HOUR).proposal
    assert proposal
    return {each.goal: each for each in proposal.assessments}, {each.source: each for each in proposal.sources}


def set_field(key: str, *path: str, to: Any) -> Spoil:
    """Puts a value into every copy of an issue that Jira's search gives."""

    def change(_path: str, answer: Any) -> None:
        for issue in answer.get("issues", ()) if isinstance(answer, dict) else ():
            if issue["key"] == key:
                holder = issue["fields"]
                for step in path[:-1]:
                    holder = holder[step]
                holder[path[-1]] = to

    return change


def in_turn(*changes: Spoil) -> Spoil:
    def change(path: str, answer: Any) -> None:
        for each in changes:
            each(path, answer)

    return change


def dated_9999(path: str, answer: Any) -> None:
    """The first history of the first issue."""
    if "changelog" in path:
        answer["issueChangeLogs"][0]["changeHistories"][0]["created"] = "9999-12-31T23:59:59.999-1200"


def test_odd_values_of_jira_cost_their_items_or_fields(stage: Theatre) -> None:
    odd_adf = {"type": "doc", "content": [5, {"type": "paragraph", "content": "no list"}, None]}
    version = [{"id": "1", "name": "1.0", "releaseDate": "0001-01-01"}]
    spoil(stage.jira, in_turn(
        set_field("SHOP-2", "created", to="0001-01-01T00:00:00.000+0000"),
        set_field("SHOP-3", "resolutiondate", to="9999-12-31T23:59:59.999-1200"),
        set_field("SHOP-7", "duedate", to="9999-12-31"),
        set_field("SHOP-8", "fixVersions", to=version),
        set_field("SHOP-9", "customfield_99016", to=1e308),
        set_field("SHOP-10", "description", to=odd_adf),
        dated_9999,
    ))  # fmt: skip
    goals, sources = judged(stage)
    assert (sources["jira"].error, dict(sources["jira"].unreadable)) == (None, {})
    named = {gap.key: gap.whole for gap in sources["jira"].gaps.values()}
    assert {"SHOP-2", "SHOP-3", "SHOP-7", "version 1.0 of SHOP"} <= named.keys()
    assert "SHOP-4" not in named
    assert goals["search"].progress == 0.75
    assert any("cannot be read" in reason.text for reason in goals["checkout"].reasons)
    assert stage.comments("SHOP-1")
    stage.jira.rewrite = None


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (set_field("SHOP-4", "customfield_1", to="\ud800"), ""),
        (set_field("SHOP-4", "customfield_1", to="a\x00b"), ""),
        (set_field("SHOP-4", "customfield_1", to=float("nan")), ""),
        (set_field("SHOP-4", "customfield_1", to=float("inf")), ""),
        (set_field("SHOP-4", "customfield_1", to="\ufeff"), "\ufeff"),
    ],
    ids=["surrogate", "NUL", "NaN", "Infinity", "BOM"],
)
def test_oddities_in_a_field_that_is_not_used_cost_nothing(stage: Theatre, change: Spoil, first: str) -> None:
    spoil(stage.jira, change, first)
    goals, sources = judged(stage)
    assert (sources["jira"].error, dict(sources["jira"].gaps)) == (None, {})
    assert goals["checkout"].progress == 0.5


def test_odd_values_of_github_cost_their_items_or_fields(stage: Theatre) -> None:
    def change(_path: str, answer: Any) -> None:
        nodes = list(_nodes(answer))
        for node in nodes:
            if node.get("number") == 2:
                node["createdAt"] = "0001-01-01T00:00:00Z"
            if node.get("milestone") and node.get("number") == 3:
                node["milestone"] = {**node["milestone"], "dueOn": "0001-01-01T00:00:00Z"}
            if node.get("number") == 4:
                node["title"] = "\ud800"

    spoil(stage.github, change)
    goals, sources = judged(stage)
    assert (sources["github"].error, dict(sources["github"].unreadable)) == (None, {})
    assert "acme/shop#2" in {gap.key for gap in sources["github"].gaps.values()}
    assert goals["checkout"].progress == 0.5
    assert goals["search"].progress is not None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(each)


def test_an_error_of_any_shape_is_the_sources_and_nobody_elses(stage: Theatre) -> None:
    for status in (400, 403, 500):
        for body in ({"errorMessages": 5}, {"errorMessages": [5]}, {"errors": 5}, {"message": {}}, [], 5):
            stage.jira.faults.clear()
            stage.jira.faults.add(Fault(path="/search", status=status, body=json.dumps(body)))
            goals, sources = judged(stage)
            assert sources["jira"].error, (status, body)
            assert (goals["checkout"].health, goals["search"].progress) == (Health.UNKNOWN, 0.75), (status, body)


@pytest.mark.parametrize("source", ["jira", "github"])
def test_another_json_type_at_any_address_is_the_sources_and_nobody_elses(stage: Theatre, source: str) -> None:
    other = {"jira": "search", "github": "checkout"}[source]
    sandbox: Sandbox = getattr(stage, source)
    paths = {"jira": ("/myself", "/field", "/search", "/changelog", "/status", "/comment"), "github": ("", "comments")}
    before = judged(stage)[0][other]
    for path in paths[source]:
        for value in TYPES:
            sandbox.rewrite = lambda asked, text, p=path, v=value: json.dumps(v) if p in asked else text
            stage.jira_state.edit("SHOP-4", at=stage.clock.now(), by="noor", summary=f"{path} {value}")
            found = judged(stage)[0][other]
            assert (found.progress, found.health) == (before.progress, before.health), (path, value)
    sandbox.rewrite = None
    goals, sources = judged(stage)
    assert sources[source].error is None
    assert {goal: each.progress for goal, each in goals.items()} == {"checkout": 0.5, "search": 0.75}


def test_odd_comments_are_passed_over_and_a_command_among_them_is_obeyed(stage: Theatre) -> None:
    stage.cycle()
    at = stage.clock.now() + timedelta(minutes=1)
    good = {"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "sync-agent silence 3d moving house"}]},
    ]}  # fmt: skip
    odd: list[Any] = [None, 5, [], {}, {"type": "doc", "content": 5}, {"type": "doc", "content": [5, None, {"a": []}]}]
    for body in (*odd, good, *odd):
        stage.jira_state.comment("SHOP-1", body, at=at, by="dana")
    comments = stage.jira_state.comments[stage.jira_state.issue("SHOP-1")["id"]]
    comments[-1].update(author=None)
    comments[-2].update(author=5, created="9999-12-31T23:59:59.999-1200")
    comments[-3].update(created=5)
    goals, sources = judged(stage)
    assert sources["jira"].error is None
    assert goals["checkout"].progress == 0.5
    with stage.store.read() as connection:
        (silence,) = load_silences(connection, stage.clock.now())
    assert silence.reason == "moving house"


KPIS = """\
  - id: uptime
    objective: The shop is up
    owner: noor
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results:
      - {id: up, title: Up, kpi: {prometheus: "PROMETHEUS", query: up}, baseline: 0, target: 1}
      - {id: score, title: Score, kpi: {csv: kpis/score.csv, column: score, date: day}, baseline: 0, target: 10}
      - {id: good, title: Good, kpi: {csv: kpis/good.csv, column: score, date: day}, baseline: 0, target: 10}
"""


@pytest.mark.parametrize("answer", [{"data": None}, [], {"data": []}, {"status": "success", "data": {"result": 5}}, 5])
def test_odd_kpis_cost_themselves(tmp_path: Path, answer: Any) -> None:
    def metrics(_request: Request) -> Response:
        return Response(json.dumps(answer), media_type="application/json")

    kpis = tmp_path / "config" / "kpis"
    kpis.mkdir(parents=True)
    (kpis / "good.csv").write_text(f"day,score\n{MONDAY:%F},5\n")
    (kpis / "score.csv").write_text("day,score\n0001-01-01,5\n")
    app = Starlette(routes=[Route("/api/v1/query", metrics)])
    with Server(app) as server, theatre(tmp_path, goals=GOALS + KPIS.replace("PROMETHEUS", server.url)) as stage:
        found, _ = judged(stage)
        states = {state.id: state for state in found["uptime"].key_results}
        assert {name: state.done for name, state in states.items()} == {"up": None, "score": None, "good": 5.0}
        assert found["search"].progress == 0.75
        assert found["checkout"].progress == 0.5


def test_a_goal_that_cannot_be_judged_is_unknown_and_those_who_run_the_agent_hear_of_it(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate = judge.evaluate

    def odd(organisation: Any, facts: Any, now: Any, before: Any, goals: Any, known: Any) -> Any:
        if any(goal.id == "checkout" for goal in goals):
            raise ZeroDivisionError
        return evaluate(organisation, facts, now, before, goals, known)

    monkeypatch.setattr(judge, "evaluate", odd)
    goals, _ = judged(stage)
    assert (goals["checkout"].health, goals["search"].progress) == (Health.UNKNOWN, 0.75)
    for _ in range(3):
        stage.cycle(HOUR)
    (mail,) = stage.mails_to("ops@example.org")
    assert "checkout" in str(mail["Subject"])
    told = mail.get_body(("plain",))
    assert told
    assert "a fault of the agent (ZeroDivisionError); its log has the details" in " ".join(told.get_content().split())
    monkeypatch.undo()
    stage.clock.advance(timedelta(days=1))
    assert judged(stage)[0]["checkout"].progress == 0.5


def no_words(*_: object) -> Any:
    raise OverflowError


def test_a_status_without_words_is_told_in_plain_ones_until_they_are_there(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(message, "WORDINGS", {**message.WORDINGS, MessageKind.STATUS: no_words})
        for _ in range(3):
            stage.cycle(HOUR)
        (plain,) = stage.comments("SHOP-1")
        assert plain == f"Checkout feels instant: status Checkout feels instant: on track {NO_WORDS}"
    stage.cycle(HOUR)
    (comment,) = stage.comments("SHOP-1")
    assert "Key results" in comment


def test_an_alert_without_words_and_chart_is_told_in_plain_ones_and_only_once(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "WORDINGS", {**message.WORDINGS, MessageKind.ALERT: no_words})
    monkeypatch.setattr(charts, "burn_up", no_words)
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="In Progress")
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", customfield_99021=[{"value": "Impediment"}])
    for _ in range(5):
        stage.cycle(timedelta(days=1))
    told = [mail for mail in stage.mails_to("dana@example.org") if "blocked" in str(mail["Subject"])]
    assert [str(mail["Subject"]) for mail in told] == ["[Goals] Checkout feels instant: blocked"]
    with stage.store.read() as connection:
        assert [each for each in load_alerts(connection).values() if each.fired_at]
