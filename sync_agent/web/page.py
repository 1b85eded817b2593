"""The status page: goals by theme, worst first, with the reasons, for people who open it now and then."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from sync_agent.evaluate.assess import as_shown
from sync_agent.model import Assessment, Evidence, Goal, Health, Severity, Signal, SignalKind
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.render.markup.document import Link, Mention, between, clean
from sync_agent.render.phrases import fact_line
from sync_agent.web.courses import HEIGHT, WIDTH, courses
from sync_agent.web.view import Snapshot
from sync_agent.words import say_cause, say_count, say_day, say_percent, say_record, say_scope, say_trouble

_CLASSES = {health: health.value.replace(" ", "-") for health in Health} | {Health.DONE: "done-goal"}
_NO_THEME = "Other goals"
_LONGEST = 1000

Judged = tuple[Goal, Assessment]


def status_page(snapshot: Snapshot, now: datetime) -> str:
    """The goals at a glance, as HTML without scripts and without anything from elsewhere; `now` is aware UTC."""
    judged = _judged(snapshot, now)
    counts = Counter(found.health for _, found in judged)
    return (
        _environment(snapshot, now)
        .get_template("status.html")
        .render(
            snapshot=snapshot,
            summary=_summary(judged, counts),
            counts=[(health, counts[health]) for health in WORST_FIRST if counts[health]],
            themes=list(_themes(snapshot, judged)),
        )
    )


def _environment(snapshot: Snapshot, now: datetime) -> Environment:
    environment = Environment(
        loader=PackageLoader("sync_agent.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    organisation = snapshot.organisation
    zone = ZoneInfo(organisation.timezone if organisation else "UTC")
    people = organisation.people if organisation else {}
    today = now.astimezone(zone).date()

    def day(value: date) -> str:
        return say_day(value, today)

    def at(moment: datetime) -> str:
        return f"{day(moment.astimezone(zone).date())} {moment.astimezone(zone):%H:%M %Z}"

    def owner(goal: Goal) -> str:
        return people[goal.owner].name if goal.owner in people else goal.owner

    def scope(goal: Goal, found: Assessment) -> str:
        return say_scope(found.scope, goal.period.start, today) if found.scope else ""

    environment.globals |= {"courses": courses, "width": WIDTH, "height": HEIGHT}
    environment.filters |= {"scope": scope, "cause": say_cause, "parts": _parts}
    environment.filters |= {
        "said": say_record,
        "percent": say_percent,
        "trouble": say_trouble,
        "day": day,
        "at": at,
        "owner": owner,
    }
    environment.filters |= {"class": _CLASSES.__getitem__, "alerts": _alerts, "sentence": _sentence}
    environment.filters |= {"trouble": say_trouble}
    return environment


def _judged(snapshot: Snapshot, now: datetime) -> Sequence[Judged]:
    found = {assessment.goal: assessment for assessment in snapshot.assessments}
    goals = snapshot.organisation.goals if snapshot.organisation else ()
    pairs = [(goal, as_shown(goal, found[goal.id], now)) for goal in goals if goal.id in found]
    return sorted(pairs, key=lambda pair: WORST_FIRST.index(pair[1].health))


def _themes(snapshot: Snapshot, judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """The themes in the order of the configuration; goals without one come last."""
    titles = dict(snapshot.organisation.themes) if snapshot.organisation else {}
    for theme, title in titles.items():
        if mine := [pair for pair in judged if pair[0].theme == theme]:
            yield title, mine
    if rest := [pair for pair in judged if pair[0].theme not in titles]:
        yield (_NO_THEME if len(rest) < len(judged) else "Goals"), rest


def _summary(judged: Sequence[Judged], counts: Counter[Health]) -> str:
    wrong = [f"{counts[health]} {health.value}" for health in WORST_FIRST[:3] if counts[health]]
    return f"{', '.join(wrong) or 'none in trouble'} of {say_count(len(judged), 'goal')}"


def _harmless(value: object) -> object:
    """Text from trackers as one line without control and direction characters; markup of our own as it is."""
    return between(value, clean(value, _LONGEST)) if type(value) is str else value


def _parts(fact: Evidence) -> Sequence[tuple[str, str | None]]:
    """The words of a fact, and where they lead."""
    parts = (part for part in fact_line(fact) if not isinstance(part, Mention))
    return [(part.text, part.url if isinstance(part, Link) else None) for part in parts]


def _alerts(found: Assessment) -> list[Signal]:
    """Without what the health says already."""
    alerts = (signal for signal in found.signals if signal.severity is Severity.ALERT)
    return [signal for signal in alerts if signal.kind is not SignalKind.SLIPPING]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
