"""routes: who is told what, when and how."""

from collections.abc import Iterable, Iterator

import click
from rich.table import Table

from connectors.base import Finding, Level
from sync_agent.cli.common import Agent, console, told_plainly
from sync_agent.config import Settings, SourceSettings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.cycle import options_of
from sync_agent.decide.preview import Told, deaf, preview, preview_source, unused
from sync_agent.decide.routes import DEFAULT_ROUTES, all_nodes
from sync_agent.model import Match, Part, Person, RouteNode, Severity, SignalKind, Timing

SIGNALS = {kind.value.replace(" ", "-"): kind for kind in SignalKind}
_MOST = 5
_TIMES = {Timing.IMMEDIATE: "at once", Timing.DIGEST: "in the digest", Timing.NEVER: "not at all"}


@click.command()
@click.argument("goal", required=False)
@click.argument("signal", required=False, type=click.Choice(list(SIGNALS)))
@click.option("--severity", type=click.Choice([s.value for s in Severity]), default="alert", show_default=True)
@click.pass_obj
def routes(agent: Agent, goal: str | None, signal: str | None, severity: str) -> None:
    """Show who would be told of a SIGNAL about GOAL, how, when and by which route; without both, all routes."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
    if goal is None:
        _show_tree(settings)
        return
    if signal is None:
        raise click.UsageError("name a signal, too: sync-agent routes GOAL blocked")
    goals = {each.id: each for each in settings.organisation.goals}
    if goal not in goals:
        raise click.BadParameter(unknown("goal", goal, goals), param_hint="GOAL")
    kind, how_bad = SIGNALS[signal], Severity(severity)
    found = tuple(preview(settings.organisation, options_of(settings), goals[goal], kind, how_bad))
    _show(found)


def warnings(settings: Settings) -> Iterator[Finding]:
    """Routes that are never taken, people whom none reaches, sources that nobody hears of, goals without an issue."""
    for way, node in unused(settings.organisation):
        text = "is never taken: nothing matches it that no route above it takes; change or remove it"
        yield Finding(Level.WARNING, f"route '{way}' ({node.where})", text)
    for person, goal, told in deaf(settings.organisation, options_of(settings)):
        subject = f"person {person.id}"
        text = f"hears nothing of alerts about {goal.id}: what the route '{told.route.name}' has for them"
        yield Finding(Level.WARNING, subject, f"{text} {told.out_of_reach}")
    if not any(preview_source(settings.organisation, options_of(settings), settings.organisation.goals)):
        text = "nobody hears when one cannot be read: give somebody in it-ops an email and channels.email, or a chat"
        yield Finding(Level.WARNING, "sources", text)
    yield from _without_problem_issues(settings)


def _without_problem_issues(settings: Settings) -> Iterator[Finding]:
    """Goals that report on no issue of the sources where problem issues are opened."""
    opening = [name for name, source in settings.sources.items() if _opens_problems(source)]
    goals = settings.organisation.goals if opening else ()
    left = [goal.id for goal in goals if not any(place.source in opening for place in goal.report_on)]
    if left:
        more = f" and {len(left) - _MOST} more" if len(left) > _MOST else ""
        text = (
            f"none is opened for {', '.join(left[:_MOST])}{more}: add an issue of {' or '.join(opening)} to report_on"
        )
        yield Finding(Level.WARNING, "problem issues", text)


def _opens_problems(source: SourceSettings) -> bool:
    marks = getattr(source.options, "marks", None)
    return getattr(marks, "problems", None) is not None


def when(told: Told) -> str:
    """`at once, 09:00-17:00 Europe/Berlin`, `in the digest, mon 09:00`."""
    if told.out_of_reach:
        return f"never: {told.out_of_reach}"
    said = _TIMES[told.route.timing]
    if told.after:
        said = f"after {told.after} working days"
    if told.route.timing is Timing.DIGEST:
        return f"{said}, {told.person.digest}"
    return said if told.route.timing is Timing.NEVER else f"{said}{_hours(told.person, urgent=told.route.urgent)}"


def _hours(person: Person, *, urgent: bool) -> str:
    if urgent or person.hours is None:
        return ", at any hour"
    return f", {person.hours.begins:%H:%M}-{person.hours.ends:%H:%M} {person.timezone}"


def _show(found: Iterable[Told]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("Who", "As", "Told", "By", "Route"):
        table.add_column(title, overflow="fold")
    for who, told in _folded(found):
        by = ("email",) if told.route.timing is Timing.DIGEST else told.ways
        by = () if told.route.timing is Timing.NEVER or told.out_of_reach else by
        said = f"{_TIMES[told.route.timing]}, in their own hours" if who != told.person.id else when(told)
        table.add_row(who, told.part.value, said, " and ".join(by), told.route.name)
    console().print(table)


def _folded(found: Iterable[Told]) -> Iterator[tuple[str, Told]]:
    """Whoever might help is many people; those who are told alike are one row."""
    helpers: dict[tuple[str, tuple[str, ...]], list[Told]] = {}
    for told in found:
        if told.part is Part.HELPER:
            helpers.setdefault((told.route.name, told.ways), []).append(told)
        else:
            yield told.person.id, told
    for group in helpers.values():
        names = ", ".join(told.person.id for told in group)
        yield f"if they can help: {names}", group[0]


def _show_tree(settings: Settings) -> None:
    out = console()
    for title, nodes in (("sync-agent.yaml", settings.organisation.routes), ("what holds otherwise", DEFAULT_ROUTES)):
        if nodes:
            out.print(f"{title}:")
        for way, node in all_nodes(nodes):
            out.print(f"  {'  ' * way.count(' / ')}{node.name}: {_matched(node.match)} → {_said(node)}")


def _matched(wanted: Match) -> str:
    fields = ((name, getattr(wanted, name)) for name in wanted.__dataclass_fields__)
    return "; ".join(f"{name} {' or '.join(sorted(values))}" for name, values in fields if values)


def _said(node: RouteNode) -> str:
    told = [_TIMES[node.timing]] if node.timing else []
    told += [f"by {' and '.join(node.channels)}"] if node.channels else []
    told += [f"a mail for each {node.group.value}"] if node.group else []
    told += ["at any hour"] if node.urgent else []
    return ", ".join(told) or "as above"
