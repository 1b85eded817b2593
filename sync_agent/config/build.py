"""Turns validated shapes into the settings and nouns that the agent works with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import URL

from connectors.contract import ChannelConnector
from sync_agent.config.build_goals import ContainerOf, build_goal, build_rules
from sync_agent.config.nodes import Node
from sync_agent.config.settings import ChannelSettings, Settings, SourceSettings
from sync_agent.config.shapes.goals import GoalShape
from sync_agent.config.shapes.routes import build_routes
from sync_agent.config.shapes.settings import (
    AccessShape,
    ChannelsShape,
    PersonShape,
    SettingsShape,
    SilenceShape,
    WebShape,
)
from sync_agent.config.sign_offs import sign_off_of
from sync_agent.model import (
    EMAIL,
    Absence,
    Channel,
    ChannelKind,
    Organisation,
    Person,
    Rules,
    Silence,
    Target,
)
from sync_agent.model.people.access import AccessMode, AccessSettings
from sync_agent.model.people.routing import NINE_TO_FIVE
from sync_agent.model.retention import Retention


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
    return Settings(
        organisation=_organisation(main, goals, container_of, routes),
        sources=sources,
        channels=_channels(main.channels, channels),
        kpis=main.kpis,
        comments=main.channels.comments,
        silences=tuple(_silence(shape, main.timezone) for shape in main.silences),
        every=main.schedule.every,
        reconcile_every=main.schedule.reconcile,
        judge_every=main.schedule.judge,
        history=main.schedule.history,
        keep=Retention(main.keep.mails, main.keep.decisions, main.keep.deeds),
        store=_store(directory, environ.get("SYNC_AGENT_STORE") or main.store),
        web_host=environ.get("SYNC_AGENT_WEB_HOST") or main.web.host,
        web_port=int(environ.get("SYNC_AGENT_WEB_PORT") or main.web.port),
        directory=directory,
        first_run=main.first_run,
        web_url=main.web.url,
        web_secrets=main.web.secret,
        access=_access(main.web, environ.get("SYNC_AGENT_WEB_HOST") or main.web.host),
        web_metrics=(main.web.metrics.host, main.web.metrics.port) if main.web.metrics else None,
    )


def _organisation(
    main: SettingsShape, goals: Iterable[tuple[Node, GoalShape]], container_of: ContainerOf, routes: Sequence[Node]
) -> Organisation:
    rules = build_rules(Rules(), main.rules)
    return Organisation(
        name=main.organisation,
        goals=tuple(
            replace(build_goal(node, shape, rules, container_of), sign_off=sign_off_of(shape, main))
            for node, shape in goals
        ),
        people={name: _person(name, person, main) for name, person in main.people.items()},
        timezone=main.timezone,
        holidays=main.holidays,
        themes={name: found if isinstance(found, str) else found.title for name, found in main.themes.items()},
        routes=build_routes(main.routes, routes),
        rules=rules,
        facilitator=main.facilitator,
        week=main.working_week or (main.working_hours or NINE_TO_FIVE).days,
    )


def _access(web: WebShape, host: str) -> AccessSettings:
    if isinstance(web.access, AccessShape):
        proxy = web.access.proxy
        return AccessSettings(AccessMode.PROXY, proxy.header, proxy.networks)
    if web.access == "links":
        return AccessSettings(AccessMode.LINKS)
    return AccessSettings(inside=web.access == "open" or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether only those at the machine itself reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


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
        speaks_for=shape.speaks_for or (),
        attention=shape.attention or main.attention,
    )
