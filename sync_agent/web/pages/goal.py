"""`/goals/ID`: one goal, from the headline to what was told about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from sync_agent.decide.alerts.telling import acknowledged
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import BurnUp, burn_up
from sync_agent.evaluate.kpis.course import measured
from sync_agent.judge.load import course_facts
from sync_agent.model import (
    MAILBOX,
    Acknowledgement,
    Alert,
    AlertState,
    Assessment,
    Decision,
    Goal,
    GoalDay,
    KeyResultState,
    Severity,
    Signal,
    Verdict,
)
from sync_agent.model.asking import About, Answer, Topic
from sync_agent.render.charts import Chart, burn_up_chart, ends_chart, kpi_chart, moved_chart, svg
from sync_agent.render.digest import say_promise
from sync_agent.store.facts.facts import load_background
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.days import load_days, stood_otherwise
from sync_agent.store.memory.state import load_acknowledgements, load_alerts_of, load_decisions
from sync_agent.web.pages.rows import owner_of, say_since, standing_of
from sync_agent.web.pages.told import entries, name_of
from sync_agent.web.pages.what_if import asked_what_if
from sync_agent.web.present import Present, ShownGoal
from sync_agent.web.site import Look, no_such_page, safe
from sync_agent.words import say_cause, say_day, say_percent, say_record

_TOLD = 12
_YEAR = timedelta(days=365)
_MOST_ITEMS = 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the store knows of a goal besides its assessment."""

    weeks: tuple[BurnUp, ...] = ()
    days: tuple[GoalDay, ...] = ()
    other: GoalDay | None = None
    decisions: tuple[Decision, ...] = ()
    answers: tuple[Answer, ...] = ()
    alerts: tuple[Alert, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()


def goal_page(look: Look) -> Any:
    """The page of the goal in the address."""
    present = look.present()
    shown = present.by_id.get(look.request.path_params["goal"]) if present else None
    if present is None or shown is None:
        return no_such_page()
    loaded = _loaded(look, present, shown)
    values = {**_head(present, shown, loaded, look), **_inside(look, present, shown, loaded)}
    return look.answer("goal.html", shown.goal.objective, present=present, **values)


def _loaded(look: Look, present: Present, shown: ShownGoal) -> Loaded:
    store, goal = look.site.store, shown.goal
    if store is None:
        return Loaded()
    with store.read() as connection:
        other = stood_otherwise(connection, {goal.id: shown.verdict}, present.day).get(goal.id)
        weeks = look.site.kept.of(present.snapshot, ("weeks", goal.id), lambda: _weeks(connection, present, goal, look))
        return Loaded(
            weeks=tuple(week for week in weeks if week.day <= present.day),
            days=load_days(connection, goal.id, max(goal.period.start, present.day - _YEAR), present.day),
            other=other,
            decisions=load_decisions(connection, goal.id),
            answers=load_answers(connection, about=About(Topic.GOAL, goal.id)),
            alerts=load_alerts_of(connection, goal.id),
            acknowledgements=load_acknowledgements(connection),
        )


def _weeks(connection: Connection, present: Present, goal: Goal, look: Look) -> tuple[BurnUp, ...]:
    calendar = Calendar.of(present.organisation)
    facts = course_facts(connection, load_background(connection), goal, calendar, look.now)
    return burn_up(goal, facts, calendar, look.now)


def _head(present: Present, shown: ShownGoal, loaded: Loaded, look: Look) -> dict[str, Any]:
    goal, found, day = shown.goal, shown.found, present.day
    seen = {name: each for name, each in present.by_id.items() if look.reader.sees(each.goal)}
    return {
        "goal": goal,
        "verdict": shown.verdict,
        "standing": standing_of(shown),
        "since": say_since(loaded.other, day),
        "dates": _dates(shown, day),
        "said_on": [place.key for place in goal.report_on],
        "said_by_mail": any(source.source == MAILBOX for source in present.snapshot.sources),
        "owner": owner_of(present.organisation, goal.owner),
        "theme": present.organisation.themes.get(goal.theme or ""),
        "waits_for": [seen[name].goal for name in goal.depends_on if name in seen],
        "waited_by": [each.goal for each in seen.values() if goal.id in each.goal.depends_on],
        "record": say_record(found.forecast.record) if found and found.forecast and found.forecast.record else "",
        "promise": say_promise(goal, found) if found and look.reader.reads_promise else "",
        "results": [_result(goal, found, state) for state in found.key_results] if found else [],
    }


def _dates(shown: ShownGoal, day: date) -> str:
    goal, then = shown.goal, shown.day
    parts = [f"Due {say_day(goal.period.due, day)}"]
    if shown.verdict is not Verdict.DONE:
        parts += [f"85% sure by {say_day(then.p85, day)}"] if then.p85 else []
        parts += [f"even odds by {say_day(then.p50, day)}"] if then.p50 else []
        if then.chance is not None:
            share = say_percent(goal.rules.delivered_share)
            parts.append(f"{say_percent(then.chance)} likely that {share} is done by the due date")
    return f"{'; '.join(parts)}."


def _result(goal: Goal, found: Assessment, state: KeyResultState) -> dict[str, Any]:
    kpis = {result.id: result for result, _ in measured(goal, found)}
    result = kpis.get(state.id)
    chart = kpi_chart(state.course, result, goal.period.due) if result else None
    share = "" if state.progress is None else f"; {say_percent(state.progress)} of the way"
    wanted = "" if state.expected is None else f", {say_percent(state.expected)} expected by now"
    return {"title": state.title, "words": f"{state.detail}{share}{wanted}", "chart": drawing(chart)}


def _inside(look: Look, present: Present, shown: ShownGoal, loaded: Loaded) -> dict[str, Any]:
    """Everything behind the promise. Customers see only the promise."""
    goal, found = shown.goal, shown.found
    if look.reader.reads_promise:
        return {"inside": False, "told": []}
    told = entries(present.organisation, loaded.decisions, loaded.answers, look.now)
    everything = "all" in look.request.query_params
    return {
        "inside": True,
        "burn_up": drawing(burn_up_chart(loaded.weeks, goal.period.due)),
        "dots": drawing(ends_chart(_tenths(shown), goal.period.due, present.day)),
        "moved": drawing(moved_chart(loaded.days, goal.period.due, present.day)),
        "causes": _causes(found),
        "reasons": found.reasons if found else (),
        "stuck": list(_stuck(look, present, found, loaded)) if found else [],
        "items": _items(found),
        **asked_what_if(look, present, shown),
        "told": told if everything else told[:_TOLD],
        "told_more": 0 if everything or len(told) <= _TOLD else len(told),
    }


def _tenths(shown: ShownGoal) -> Sequence[date | None]:
    """The days by which 10, 20 … 90% of the trials were done; none if there is too little history."""
    forecast = shown.found.forecast if shown.found else None
    if forecast is None or forecast.low_evidence or shown.verdict is Verdict.DONE:
        return ()
    return forecast.share_dates


def drawing(chart: Chart | None) -> dict[str, Any] | None:
    """A chart for the templates."""
    return {"svg": safe(svg(chart)), "said": chart.said, "numbers": chart.numbers} if chart else None


def _causes(found: Assessment | None) -> list[dict[str, Any]]:
    causes = found.causes if found else ()
    most = max((cause.days for cause in causes), default=1) or 1
    return [{"words": say_cause(cause), "share": round(100 * cause.days / most)} for cause in causes]


def _items(found: Assessment | None) -> Sequence[str]:
    """The items that a what-if can leave out: those named in the judgement."""
    named = (fact.item for signal in (found.signals if found else ()) for fact in signal.evidence if fact.item)
    return list(dict.fromkeys(named))[:_MOST_ITEMS]


def _stuck(look: Look, present: Present, found: Assessment, loaded: Loaded) -> Iterator[dict[str, Any]]:
    open_alerts = {each.identity: each for each in loaded.alerts if each.state is AlertState.FIRING}
    for signal in sorted(found.signals, key=lambda each: each.severity is not Severity.ALERT):
        alert = open_alerts.get(signal.identity)
        said = acknowledged(alert, loaded.acknowledgements, look.now) if alert else None
        who = name_of(present.organisation, said.by) if said else ""
        yield {
            "headline": f"{signal.headline[:1].upper()}{signal.headline[1:]}",
            "alert": signal.severity is Severity.ALERT,
            "evidence": [fact for fact in signal.evidence if fact.item][:5],
            "who": _helpers(present, signal),
            "since": say_day(signal.since.date(), present.day) if signal.since else "",
            "answer": f"{who}: {said.reason or 'on it'}" if said else ("none yet" if alert else ""),
        }


def _helpers(present: Present, signal: Signal) -> str:
    """The people who could do something about a signal."""
    accounts: Mapping[tuple[str, str], str] = {
        account: person.name for person in present.organisation.people.values() for account in person.accounts.items()
    }
    return ", ".join(dict.fromkeys(accounts.get(each, each[1]) for each in signal.people))
