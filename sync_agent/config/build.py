"""Turns validated shapes into the settings and nouns that the agent works with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from connectors.contract import ChannelConnector
from connectors.kpis.http.options import KpiOptions
from connectors.mail.options import EmailOptions
from connectors.options import Secret
from sync_agent.config.goal_shapes import GoalShape, KeyResultShape, KpiShape, SelectorShape, ThresholdShape
from sync_agent.config.nodes import Node
from sync_agent.config.route_shapes import build_routes
from sync_agent.config.shapes import ChannelsShape, PersonShape, RulesShape, SettingsShape, SilenceShape
from sync_agent.config.sign_offs import sign_off_of
from sync_agent.model import (
    EMAIL,
    Absence,
    AvailableChannels,
    Channel,
    ChannelKind,
    CheckIn,
    CsvKpi,
    DeployKpi,
    EscalationStep,
    FirstRun,
    Goal,
    HttpKpi,
    KeyResult,
    Kpi,
    KpiMeasure,
    Milestone,
    Need,
    Organisation,
    Period,
    Person,
    Place,
    Priority,
    PrometheusKpi,
    Rules,
    Selector,
    Silence,
    Target,
    Threshold,
    TrackerKpi,
)
from sync_agent.model.renames import Renames
from sync_agent.model.rules import Written, every_rule

ContainerOf = Callable[[str, str], str]
"""The project or repository that an item lies in: (source, key)."""

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

_READ: Mapping[Written, Callable[[Any], Any]] = {
    Written.DAYS: lambda time: time / _DAY,
    Written.HOURS: lambda time: time / _HOUR,
    Written.WHOLE_DAYS: lambda time: time.days,
    Written.WINDOW: lambda time: time.days,
    Written.COUNT: int,
    Written.TIMES: float,
    Written.SHARE: float,
    Written.REPEATS: lambda waits: tuple(each.days for each in waits),
    Written.NAMES: tuple,
    Written.STEPS: lambda steps: tuple(EscalationStep(each.after.days, each.to) for each in steps),
}
# The keys of a selector as people write them, by field of the model.
SELECTOR_KEYS: Mapping[str, str] = {
    "projects": "project",
    "repositories": "repo",
    "epics": "epic",
    "sub_issues_of": "sub_issues_of",
    "items": "issue",
    "types": "type",
    "labels": "label",
    "components": "component",
    "versions": "fix_version",
    "milestones": "milestone",
    "sprints": "sprint",
    "assignees": "assignee",
    "priorities": "priority",
    "statuses": "status",
}
_UNITS: Mapping[KpiMeasure, str] = {
    KpiMeasure.SHARE: "%",
    KpiMeasure.PREDICTABILITY: "%",
    KpiMeasure.THROUGHPUT: "items a week",
    **dict.fromkeys((KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE, KpiMeasure.TIME_BLOCKED), "days"),
    **dict.fromkeys((KpiMeasure.CYCLE_TIME, KpiMeasure.LEAD_TIME), "days"),
}


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source: the name of its connector, that connector's own options, and names that the source had before."""

    type: str
    options: BaseModel
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel besides the trackers: what opens it, the key below `channels:` that leads to it, and its options."""

    connector: ChannelConnector
    key: str
    options: BaseModel


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured.

    `store` is an SQLAlchemy address. `every` is the time between cycles, `reconcile_every` that between complete
    readings of the trackers, and `judge_every` the greatest age of a judgement; `history` is how long the days of goals
    are kept. `people_at` is where people are
    listed, such as `sync-agent.yaml:24`.
    """

    organisation: Organisation
    sources: Mapping[str, SourceSettings]
    channels: Mapping[Channel, ChannelSettings]
    kpis: KpiOptions
    comments: bool
    silences: tuple[Silence, ...]
    every: timedelta
    reconcile_every: timedelta
    judge_every: timedelta
    store: str
    web_host: str
    web_port: int
    directory: Path
    first_run: FirstRun
    web_url: str | None = None
    web_secrets: tuple[Secret, ...] = ()
    people_at: str = "sync-agent.yaml"
    history: timedelta = timedelta(days=730)

    @property
    def renames(self) -> Renames:
        """What was called otherwise before."""
        goals, people = self.organisation.goals, self.organisation.people
        return Renames(
            goals={former: goal.id for goal in goals for former in goal.renamed_from},
            people={former: person.id for person in people.values() for former in person.renamed_from},
            sources={former: name for name, source in self.sources.items() for former in source.renamed_from},
        )

    @property
    def email(self) -> EmailOptions | None:
        """The mail server, where there is one."""
        options = self.channels[EMAIL].options if EMAIL in self.channels else None
        return options if isinstance(options, EmailOptions) else None

    @property
    def reply_secrets(self) -> tuple[Secret, ...]:
        """Those that sign where mails are answered to: the first does, all are accepted."""
        inbox = self.email.inbox if self.email else None
        return (*inbox.secret, *self.web_secrets) if inbox else ()

    @property
    def options(self) -> AvailableChannels:
        """The channels that are configured."""
        chats = frozenset(channel.name for channel in self.channels if channel.kind is ChannelKind.CHAT)
        return AvailableChannels(self.comments, EMAIL in self.channels, chats)


def build(
    directory: Path,
    environ: Mapping[str, str],
    main: SettingsShape,
    sources: Mapping[str, SourceSettings],
    channels: Mapping[str, ChannelConnector],
    goals: Iterable[tuple[Node, GoalShape]],
    container_of: ContainerOf,
    routes: Sequence[Node] = (),
) -> Settings:
    """Builds the settings. The environment takes precedence over the file.

    `routes` are the nodes of that list in the file.
    """
    rules = _rules(Rules(), main.rules)
    organisation = Organisation(
        name=main.organisation,
        goals=tuple(_goal(node, shape, rules, main, container_of) for node, shape in goals),
        people={name: _person(name, person, main) for name, person in main.people.items()},
        timezone=main.timezone,
        holidays=main.holidays,
        themes={name: found if isinstance(found, str) else found.title for name, found in main.themes.items()},
        routes=build_routes(main.routes, routes),
        rules=rules,
        facilitator=main.facilitator,
    )
    return Settings(
        organisation=organisation,
        sources=sources,
        channels=_channels(main.channels, channels),
        kpis=main.kpis,
        comments=main.channels.comments,
        silences=tuple(_silence(shape, main.timezone) for shape in main.silences),
        every=main.schedule.every,
        reconcile_every=main.schedule.reconcile,
        judge_every=main.schedule.judge,
        history=main.schedule.history,
        store=_store(directory, environ.get("SYNC_AGENT_STORE") or main.store),
        web_host=environ.get("SYNC_AGENT_WEB_HOST") or main.web.host,
        web_port=int(environ.get("SYNC_AGENT_WEB_PORT") or main.web.port),
        directory=directory,
        first_run=main.first_run,
        web_url=main.web.url,
        web_secrets=main.web.secret,
    )


def _channels(shape: ChannelsShape, known: Mapping[str, ChannelConnector]) -> Mapping[Channel, ChannelSettings]:
    """What is below `channels:` but for the comments: one channel of mail, others by their names."""
    found: dict[Channel, ChannelSettings] = {}
    for key, connector in known.items():
        said = getattr(shape, key)
        if connector.kind is ChannelKind.MAIL:
            found |= {EMAIL: ChannelSettings(connector, key, said)} if said else {}
        else:
            found |= {
                Channel(connector.kind, name): ChannelSettings(connector, f"{key}.{name}", options)
                for name, options in said.items()
            }
    return found


def _silence(shape: SilenceShape, timezone: str) -> Silence:
    """Returns a silence until the end of its last day. Silences in the files have no beginning."""
    end = datetime.combine(shape.until + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)
    target = Target(shape.goal, shape.signal)
    name = f"{shape.goal}-{shape.signal.name.lower() if shape.signal else 'all'}-{shape.until}"
    return Silence(name, target, shape.by, shape.reason, datetime.min.replace(tzinfo=UTC), end)


def _store(directory: Path, where: str | None) -> str:
    if where and "://" in where:
        return where
    path = directory / (where or ".sync-agent/state.db")
    return f"sqlite:///{path.absolute()}"


def _person(identifier: str, shape: PersonShape, main: SettingsShape) -> Person:
    return Person(
        id=identifier,
        name=shape.name,
        role=shape.role,
        email=shape.email,
        accounts=shape.accounts,
        timezone=shape.timezone or main.timezone,
        holidays=shape.holidays or main.holidays,
        away=tuple(Absence(each.first, each.last) for each in shape.away),
        digest=shape.digest,
        hours=shape.working_hours if "working_hours" in shape.model_fields_set else main.working_hours,
        daily_limit=shape.daily_limit or main.daily_limit,
        chat=shape.chat,
        deputy=shape.deputy,
        renamed_from=shape.renamed_from or (),
    )


def _rules(base: Rules, shape: RulesShape) -> Rules:
    written = ((rule, getattr(shape, rule.key)) for rule in every_rule())
    return replace(base, **{rule.name: _READ[rule.written](said) for rule, said in written if said is not None})


def _goal(node: Node, shape: GoalShape, rules: Rules, main: SettingsShape, container_of: ContainerOf) -> Goal:
    results = tuple(_key_result(each, container_of) for each in shape.key_results)
    said = [Place(place.source, place.issue) for place in shape.report_on or ()]
    return Goal(
        id=shape.id,
        objective=shape.objective,
        owner=shape.owner,
        period=Period(shape.period.start, shape.period.due),
        key_results=results,
        stakeholders=shape.stakeholders or (),
        theme=shape.theme,
        priority=Priority(shape.priority.relevance, shape.priority.urgency, shape.priority.impact),
        depends_on=shape.depends_on or (),
        supports=shape.supports,
        report_on=tuple(said) or _first_named(results),
        check_ins=_check_ins(shape),
        rules=_rules(rules, shape.rules),
        where=f"{node.file}:{node.line}",
        ambition=shape.kind,
        needs=tuple(Need(shape.id, each.giver, each.what, each.by, shape.owner) for each in shape.needs),
        renamed_from=shape.renamed_from or (),
        why=shape.why or "",
        continues=shape.continues,
        sign_off=sign_off_of(shape, main),
    )


def _check_ins(shape: GoalShape) -> tuple[CheckIn, ...]:
    """Returns the check-ins oldest first, whatever their order in the file."""
    ordered = sorted(shape.check_ins, key=lambda each: each.on)
    return tuple(CheckIn(each.on, each.by, each.confidence, each.text) for each in ordered)


def _first_named(results: Sequence[KeyResult]) -> tuple[Place, ...]:
    """Returns the first epic or parent issue that the goal's selectors name, or else the first item."""
    selectors = [selector for result in results for selector in result.delivers]
    parents = [Place(s.source, key) for s in selectors for key in (*s.epics, *s.sub_issues_of)]
    items = [Place(s.source, key) for s in selectors for key in s.items]
    return tuple((parents or items)[:1])


def _key_result(shape: KeyResultShape, container_of: ContainerOf) -> KeyResult:
    return KeyResult(
        id=shape.id,
        title=shape.title,
        delivers=tuple(
            replace(each, leaves=shape.count == "leaves") for each in _selectors(shape.delivers, container_of)
        ),
        measure=shape.measure,
        kpi=_kpi(shape.kpi, container_of) if shape.kpi else None,
        unit=_unit(shape.kpi) if shape.kpi else "",
        baseline=shape.baseline,
        target=shape.target,
        between=shape.between,
        milestones=tuple(Milestone(each.on, each.value) for each in shape.milestones),
        thresholds=tuple(_threshold(each) for each in shape.thresholds),
        weight=shape.weight,
    )


def _threshold(shape: ThresholdShape) -> Threshold:
    value = shape.below if shape.above is None else shape.above
    return Threshold(value or 0.0, shape.above is not None, shape.text, shape.alert)


def _kpi(shape: KpiShape, container_of: ContainerOf) -> Kpi:
    said: dict[str, Any] = {
        "percentile": shape.percentile,
        "window_days": shape.window and shape.window.days,
        "stale_after_days": shape.stale_after and shape.stale_after.days,
    }
    return replace(_bare_kpi(shape, container_of), **{name: value for name, value in said.items() if value is not None})


def _bare_kpi(shape: KpiShape, container_of: ContainerOf) -> Kpi:
    token = _token(shape.token) if shape.token else None
    if shape.http:
        return HttpKpi(shape.http, shape.path or "", token)
    if shape.prometheus:
        return PrometheusKpi(shape.prometheus, shape.query or "", token)
    if shape.csv:
        return CsvKpi(shape.csv, shape.column or "", shape.date, tuple((shape.where or {}).items()))
    if shape.deploys:
        return DeployKpi(shape.deploys.source, shape.deploys.repo, shape.deploys.environment)
    of, among = (_selectors(each, container_of) for each in (shape.of or shape.count, shape.among))
    return TrackerKpi(_measure(shape), of, among)


def _measure(shape: KpiShape) -> KpiMeasure:
    return shape.measure or KpiMeasure.COUNT


def _unit(shape: KpiShape) -> str:
    if shape.deploys and shape.unit is None:
        return "deploys a week" if shape.deploys.environment else "releases a week"
    if shape.unit is not None or not (shape.measure or shape.count):
        return shape.unit or ""
    return _UNITS.get(_measure(shape), "")


def _selectors(
    shapes: SelectorShape | tuple[SelectorShape, ...] | None, container_of: ContainerOf
) -> tuple[Selector, ...]:
    several = (shapes,) if isinstance(shapes, SelectorShape) else shapes
    return tuple(selector(each, container_of) for each in several or ())


def _token(secret: Secret) -> str:
    return f"env:{secret.env}" if secret.env else f"file:{secret.file}"


def selector(shape: SelectorShape, container_of: ContainerOf) -> Selector:
    """Returns the selector of the model."""
    named: dict[str, Any] = {field: getattr(shape, key) or () for field, key in SELECTOR_KEYS.items()}
    keys = (*named["epics"], *named["sub_issues_of"], *named["items"])
    within = tuple(dict.fromkeys(container_of(shape.source, key) for key in keys))
    return Selector(source=shape.source, kind=shape.kind, query=shape.jql, within=within, **named)
