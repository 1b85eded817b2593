"""Sentences and lists that several messages share."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import (
    Alert,
    Assessment,
    Cause,
    Evidence,
    Forecast,
    Goal,
    Health,
    KeyResultState,
    Notice,
    Organisation,
    Place,
    Severity,
    Signal,
    SignalKind,
)
from sync_agent.render.markup.document import (
    Bullets,
    Inline,
    KeyFacts,
    Paragraph,
    Strong,
    Text,
    bullets,
    link,
    paragraph,
)
from sync_agent.words import say_cause, say_count, say_day, say_due, say_percent, say_record


def outlook(goal: Goal, found: Assessment) -> str:
    """What a subject line has room for: `P85 now 9 Jan 2027, due 18 Dec`."""
    due = f"due {say_day(goal.period.due, found.at.date())}"
    if found.forecast and found.forecast.p85:
        return f"P85 now {say_day(found.forecast.p85, found.at.date())}, {due}"
    return due


def expectation(goal: Goal, found: Assessment) -> str:
    """The same for readers who need not know what P85 means: `expected by 9 Jan 2027, due 18 Dec`."""
    due = f"due {say_day(goal.period.due, found.at.date())}"
    if found.forecast and found.forecast.p85 and found.health is not Health.DONE:
        return f"expected by {say_day(found.forecast.p85, found.at.date())}, {due}"
    return due


def last_known(found: Assessment, organisation: Organisation) -> str:
    """`as of 23 Nov 08:45 CET` for a goal in its last known state; "" for others."""
    return f"as of {at(found.as_of, organisation.timezone, today=found.at)}" if found.as_of else ""


def done_so_far(found: Assessment) -> str:
    """`42% done, 68% expected by now.`; "" if it is unknown or everything is done."""
    said = found.progress is None or found.health is Health.DONE
    return "" if said else f"{_progress(found)}."


def in_one_line(goal: Goal, found: Assessment) -> str:
    """`42% done (68% expected), due 18 Dec, 85% sure by 9 Jan 2027`."""
    today, forecast = found.at.date(), found.forecast
    said = found.progress is None or found.health is Health.DONE
    parts = [] if said else [_progress(found, short=True)]
    parts.append(f"due {say_due(goal.period, today)}")
    if forecast and forecast.p85:
        parts.append(f"85% sure by {say_day(forecast.p85, today)}")
    elif forecast and not forecast.low_evidence and found.progress != 1:
        parts.append("no end in sight at this pace")
    return ", ".join(parts)


def state_lines(goal: Goal, found: Assessment, *first: tuple[str, str]) -> tuple[KeyFacts, ...]:
    """Progress, due date, forecast and track record, after the facts given as `first`."""
    today, forecast = found.at.date(), found.forecast
    rows = [*first, ("Progress", _progress(found)), ("Due", say_due(goal.period, today))]
    if forecast:
        rows += [("Forecast", text) for text in (_forecast(goal, forecast, today),) if text]
        rows += [("On time", text) for text in (_on_time(goal, forecast),) if text]
        if forecast.record:
            record = say_record(forecast.record)
            rows.append(("Track record", f"{record[:1].upper()}{record[1:]}"))
    return (KeyFacts(tuple(rows)),)


def _forecast(goal: Goal, forecast: Forecast, today: date) -> str:
    if forecast.p85:
        half = f", even odds by {say_day(forecast.p50, today)}" if forecast.p50 else ""
        vague = ": few items, wide range" if forecast.few else ""
        return f"85% sure that {_what(goal, forecast)} is done by {say_day(forecast.p85, today)}{half}{vague}"
    return "" if forecast.low_evidence else "No end in sight at the current pace, with what keeps being added"


def _on_time(goal: Goal, forecast: Forecast) -> str:
    chance = forecast.on_time if forecast.all_on_time is None else forecast.all_on_time
    if chance is None:
        return ""
    guess = "; a first guess, from little history" if forecast.low_evidence else ""
    return f"{say_percent(chance)} likely that {_what(goal, forecast)} is done by the due date{guess}"


def _what(goal: Goal, forecast: Forecast) -> str:
    """What dates and chances refer to: the agreed part of the scope, or all of it once that part is delivered."""
    if forecast.all_on_time is not None or goal.rules.delivered_share >= 1:
        return "all of the scope"
    return f"{say_percent(goal.rules.delivered_share)} of the scope"


def _progress(found: Assessment, *, short: bool = False) -> str:
    """`42% done, 68% expected by now`; after the period, the final score."""
    if found.progress is None:
        return "Unknown"
    done = say_percent(found.progress)
    if found.score is not None:
        return f"{done} done, score {found.score:.1f}" if short else f"{done}; scored {found.score:.1f} at the end"
    expected = say_percent(found.expected)
    return f"{done} done ({expected} expected)" if short else f"{done} done, {expected} expected by now"


def as_of(found: Assessment) -> Paragraph:
    """The day that a status describes, and when it is edited."""
    day = say_day(found.at.date(), found.at.date())
    return paragraph(f"As of {day}; updated when something important changes, and for small changes once a week.")


def key_results(states: Iterable[KeyResultState]) -> tuple[Bullets, ...]:
    """Lists the key results, one line each."""
    return bullets([Strong(state.title), f": {_share(state)}{state.detail}"] for state in states)


def problems(found: Assessment) -> tuple[Bullets, ...]:
    """Lists the signals, alerts first."""
    ordered = sorted(found.signals, key=lambda s: s.severity is not Severity.ALERT)
    return bullets([problem(signal)] for signal in ordered)


def causes(found: Iterable[Cause]) -> tuple[Bullets, ...]:
    """Lists what makes a goal late, largest cause first."""
    return bullets([[Text(say_cause(cause))] for cause in found], most=3)


def evidence(facts: Iterable[Evidence]) -> tuple[Bullets, ...]:
    """Lists facts, each linked to its item."""
    return bullets(fact_line(fact) for fact in facts)


def fact_line(fact: Evidence) -> list[Inline]:
    """Returns a fact with its item's key as the link."""
    if fact.item and fact.text.startswith(fact.item):
        return [link(fact.item, fact.url), Text(fact.text.removeprefix(fact.item))]
    return [link(fact.text, fact.url)]


def questions(alerts: Iterable[Alert], first: Iterable[str] = ()) -> tuple[Bullets, ...]:
    """Lists the questions that the evidence suggests, each once, after those given as `first`."""
    asked = (question for alert in alerts for question in alert.signal.questions)
    return bullets([[Text(text)] for text in dict.fromkeys([*first, *asked])], most=5)


def lasted(alert: Alert, organisation: Organisation, now: datetime) -> str:
    """For how long it lasted, in the kind of days in which its beginning was told: `after 3 working days`. Problems of
    sources are counted in calendar days, because they also happen on Sundays.
    """
    since, ended = alert.signal.since or alert.fired_at or alert.first_seen, alert.resolved_at or now
    if alert.kind is SignalKind.SOURCE_DOWN:
        days, unit = (ended - since).days, "day"
    else:
        days, unit = Calendar.of(organisation).working_days_since(since, ended), "working day"
    if days < 1:
        return f"after less than a {unit}"
    return f"after {'at least ' if alert.signal.at_least else ''}{say_count(days, unit)}"


def over(found: Alert) -> str:
    """Says that a problem is over: `no longer blocked by SHOP-7` if others waited for it, otherwise `SHOP-2 is no
    longer blocked`.
    """
    match found.kind:
        case SignalKind.BLOCKED if found.signal.own:
            return f"{found.subject} is no longer blocked"
        case SignalKind.BLOCKED:
            return f"no longer blocked by {found.subject}"
        case SignalKind.SLIPPING:
            return f"no longer {'off track' if found.signal.level > 1 else 'slipping'}"
        case SignalKind.DEPENDENCY:
            return "no longer waits for a goal in trouble"
    about = "" if found.subject == found.goal else f" ({found.subject})"
    return f"“{finding(found.kind)}”{about} is over"


def at(moment: datetime, timezone: str, *, today: datetime) -> str:
    """Says an instant in somebody's time zone (IANA name): `23 Nov 09:15 CET`."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{say_day(local.date(), today.date())} {local:%H:%M %Z}"


def page_of(notice: Notice, goal: Goal) -> tuple[Paragraph, ...]:
    """A link to the goal's page, if the reader has one."""
    url = notice.pages.get(goal.id)
    return (
        (paragraph(link("The goal's page", url), " shows how it got there, and what would change it."),) if url else ()
    )


def places(goal: Goal, links: Mapping[Place, str]) -> list[Inline]:
    """Returns links to where the goal reports: `SHOP-1 or example/shop#7`."""
    linked = (link(place.key, links.get(place)) for place in goal.report_on)
    return [part for each in linked for part in (Text(" or "), each)][1:]


def contact(organisation: Organisation, goal: Goal) -> str:
    """Who owns the goal and how to reach them: `Dana Reyes, dana@example.org`."""
    person = organisation.people.get(goal.owner)
    address = f", {person.email}" if person and person.email else ""
    return f"{owner_name(organisation, goal)}{address}"


def owner_name(organisation: Organisation, goal: Goal) -> str:
    """Returns the name of the goal's owner; the owner's id if the person is not configured."""
    person = organisation.people.get(goal.owner)
    return person.name if person else goal.owner


def _share(state: KeyResultState) -> str:
    return "" if state.progress is None else f"{say_percent(state.progress)}, "


def finding(kind: SignalKind) -> str:
    """Says a kind of signal: `Scope growth`, `KPI trend`."""
    text = kind.value.replace("kpi", "KPI")
    return f"{text[:1].upper()}{text[1:]}"


def problem(signal: Signal) -> Inline:
    """The words of a signal, bold if it alerts."""
    told = signal.headline.startswith(signal.kind.value)
    text = (
        f"{signal.headline[:1].upper()}{signal.headline[1:]}" if told else f"{finding(signal.kind)}: {signal.headline}"
    )
    return Strong(text) if signal.severity is Severity.ALERT else Text(text)
