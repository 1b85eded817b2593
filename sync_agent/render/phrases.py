"""Sentences and lists that several messages share."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync_agent.model import (
    Alert,
    Assessment,
    Cause,
    Evidence,
    Forecast,
    Goal,
    Health,
    KeyResultState,
    Organisation,
    Place,
    Severity,
    Signal,
    SignalKind,
)
from sync_agent.render.markup.document import Bullets, Facts, Inline, Paragraph, Strong, Text, bullets, link, paragraph
from sync_agent.words import say_cause, say_count, say_day, say_percent, say_record


def headline(health: Health) -> str:
    """`Off track`."""
    return health.value.capitalize()


def outlook(goal: Goal, found: Assessment) -> str:
    """`P85 now 9 Jan 2027, due 18 Dec`: what a subject line has room for."""
    due = f"due {say_day(goal.period.due, found.at.date())}"
    if found.forecast and found.forecast.p85:
        return f"P85 now {say_day(found.forecast.p85, found.at.date())}, {due}"
    return due


def expectation(goal: Goal, found: Assessment) -> str:
    """`expected by 9 Jan 2027, due 18 Dec`: the same for readers who need not know what a P85 is."""
    due = f"due {say_day(goal.period.due, found.at.date())}"
    if found.forecast and found.forecast.p85 and found.health is not Health.DONE:
        return f"expected by {say_day(found.forecast.p85, found.at.date())}, {due}"
    return due


def last_known(found: Assessment, organisation: Organisation) -> str:
    """`as of 23 Nov 08:45 CET` where a goal is shown as it was last known."""
    return f"as of {at(found.as_of, organisation.timezone, today=found.at)}" if found.as_of else ""


def done_so_far(found: Assessment) -> str:
    """`42% done, 68% expected by now.`; nothing where it is not known or all is done."""
    said = found.progress is None or found.health is Health.DONE
    return "" if said else f"{_progress(found)}."


def in_one_line(goal: Goal, found: Assessment) -> str:
    """`42% done (68% expected), due 18 Dec, 85% sure by 9 Jan 2027`."""
    today, forecast = found.at.date(), found.forecast
    said = found.progress is None or found.health is Health.DONE
    parts = [] if said else [_progress(found, short=True)]
    parts.append(f"due {say_day(goal.period.due, today)}")
    if forecast and forecast.p85:
        parts.append(f"85% sure by {say_day(forecast.p85, today)}")
    elif forecast and not forecast.low_evidence and found.progress != 1:
        parts.append("no end in sight at this pace")
    return ", ".join(parts)


def state_lines(goal: Goal, found: Assessment, *first: tuple[str, str]) -> tuple[Facts, ...]:
    """Progress, due date, forecast and how good such forecasts were, after some facts that come `first`."""
    today, forecast = found.at.date(), found.forecast
    rows = [*first, ("Progress", _progress(found)), ("Due", say_day(goal.period.due, today))]
    if forecast:
        rows += [("Forecast", text) for text in (_forecast(forecast, today),) if text]
        if forecast.on_time is not None:
            chance, share = say_percent(forecast.on_time), say_percent(goal.rules.delivered_share)
            guess = "; a first guess, from little history" if forecast.low_evidence else ""
            rows.append(("On time", f"{chance} likely that {share} of the scope is done by the due date{guess}"))
        if forecast.record:
            record = say_record(forecast.record)
            rows.append(("Track record", f"{record[:1].upper()}{record[1:]}"))
    return (Facts(tuple(rows)),)


def _forecast(forecast: Forecast, today: date) -> str:
    if forecast.p85:
        half = f", even odds by {say_day(forecast.p50, today)}" if forecast.p50 else ""
        return f"85% sure by {say_day(forecast.p85, today)}{half}"
    return "" if forecast.low_evidence else "No end in sight at the current pace, with what keeps being added"


def _progress(found: Assessment, *, short: bool = False) -> str:
    """`42%, 68% expected by now`; after the end of the period the score that it ended with."""
    if found.progress is None:
        return "Unknown"
    done = say_percent(found.progress)
    if found.score is not None:
        return f"{done} done, score {found.score:.1f}" if short else f"{done}; scored {found.score:.1f} at the end"
    expected = say_percent(found.expected)
    return f"{done} done ({expected} expected)" if short else f"{done} done, {expected} expected by now"


def as_of(found: Assessment) -> Paragraph:
    """Which day a status is of, and when it is edited."""
    day = say_day(found.at.date(), found.at.date())
    return paragraph(f"As of {day}; updated when something important changes, and for small changes once a week.")


def key_results(states: Iterable[KeyResultState]) -> tuple[Bullets, ...]:
    """One line each."""
    return bullets([Strong(state.title), f": {_share(state)}{state.detail}"] for state in states)


def problems(found: Assessment) -> tuple[Bullets, ...]:
    """What was found, alerts first; causes with their first evidence."""
    ordered = sorted(found.signals, key=lambda s: s.severity is not Severity.ALERT)
    return bullets([problem(signal)] for signal in ordered)


def causes(found: Iterable[Cause]) -> tuple[Bullets, ...]:
    """What makes a goal late, the largest part first."""
    return bullets([[Text(say_cause(cause))] for cause in found], most=3)


def evidence(facts: Iterable[Evidence]) -> tuple[Bullets, ...]:
    """The facts, each leading to its item."""
    return bullets(fact_line(fact) for fact in facts)


def fact_line(fact: Evidence) -> list[Inline]:
    """A fact whose item's key is the link."""
    if fact.item and fact.text.startswith(fact.item):
        return [link(fact.item, fact.url), Text(fact.text.removeprefix(fact.item))]
    return [link(fact.text, fact.url)]


def questions(alerts: Iterable[Alert], first: Iterable[str] = ()) -> tuple[Bullets, ...]:
    """What the evidence suggests to ask, each question once, after what comes `first`."""
    asked = (question for alert in alerts for question in alert.signal.questions)
    return bullets([[Text(text)] for text in dict.fromkeys([*first, *asked])], most=5)


def lasted(alert: Alert, now: datetime) -> str:
    """`after 3 days`, `after less than a day`."""
    began = alert.signal.since or alert.fired_at or alert.first_seen
    days = ((alert.resolved_at or now) - began).days
    return "after less than a day" if days < 1 else f"after {say_count(days, 'day')}"


def over(found: Alert) -> str:
    """What is over, as what is no longer so."""
    match found.kind:
        case SignalKind.BLOCKED:
            return f"no longer blocked by {found.subject}"
        case SignalKind.SLIPPING:
            return f"no longer {'off track' if found.signal.level > 1 else 'slipping'}"
        case SignalKind.DEPENDENCY:
            return "no longer waits for a goal in trouble"
    about = "" if found.subject == found.goal else f" ({found.subject})"
    return f"“{finding(found.kind)}”{about} is over"


def at(moment: datetime, timezone: str, *, today: datetime) -> str:
    """`23 Nov 09:15 CET` in somebody's own zone (IANA name)."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{say_day(local.date(), today.date())} {local:%H:%M %Z}"


def places(goal: Goal, links: Mapping[Place, str]) -> list[Inline]:
    """Where the goal reports: `SHOP-1 or example/shop#7`, each leading there."""
    linked = (link(place.key, links.get(place)) for place in goal.report_on)
    return [part for each in linked for part in (Text(" or "), each)][1:]


def contact(organisation: Organisation, goal: Goal) -> str:
    """Who owns the goal, and how to reach them: `Dana Reyes, dana@example.org`."""
    person = organisation.people.get(goal.owner)
    address = f", {person.email}" if person and person.email else ""
    return f"{owner_name(organisation, goal)}{address}"


def owner_name(organisation: Organisation, goal: Goal) -> str:
    """The name of the goal's owner."""
    person = organisation.people.get(goal.owner)
    return person.name if person else goal.owner


def _share(state: KeyResultState) -> str:
    return "" if state.progress is None else f"{say_percent(state.progress)}, "


def finding(kind: SignalKind) -> str:
    """`Scope growth`, `KPI trend`."""
    text = kind.value.replace("kpi", "KPI")
    return f"{text[:1].upper()}{text[1:]}"


def problem(signal: Signal) -> Inline:
    """What was found; bold where it alerts."""
    told = signal.headline.startswith(signal.kind.value)
    text = (
        f"{signal.headline[:1].upper()}{signal.headline[1:]}" if told else f"{finding(signal.kind)}: {signal.headline}"
    )
    return Strong(text) if signal.severity is Severity.ALERT else Text(text)
