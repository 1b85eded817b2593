"""routes: who is told what, when and how."""

from collections.abc import Iterable, Iterator

import click
from rich.table import Table

from sync_agent.cli.common import Agent, console, signal_among, told_plainly
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.decide.preview import Told, preview
from sync_agent.decide.readers.routes import DEFAULT_ROUTES, all_nodes
from sync_agent.evaluate.signals import KINDS
from sync_agent.model import EMAIL, Channel, Match, Part, RouteNode, Severity, SignalKind, Timing
from sync_agent.render.routing import TIMES, when


@click.command()
@click.argument("goal", required=False)
@click.argument("signal", required=False, metavar="[SIGNAL]", callback=signal_among(KINDS))
@click.option("--severity", type=click.Choice([s.value for s in Severity]), default="alert", show_default=True)
@click.pass_obj
def routes(agent: Agent, goal: str | None, signal: SignalKind | None, severity: str) -> None:
    """Show who would be told of a finding, when, how and why.

    SIGNAL is a kind of finding about GOAL, such as blocked, slipping or scope-growth. Without both: all routes.
    """
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
    found = tuple(preview(settings.organisation, settings.options, goals[goal], signal, Severity(severity)))
    _show(found)


def _show(found: Iterable[Told]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("Who", "As", "Told", "By", "Route"):
        table.add_column(title, overflow="fold")
    for who, told in _folded(found):
        by = (EMAIL,) if told.route.timing is Timing.DIGEST else told.ways
        by = () if told.route.timing is Timing.NEVER or told.out_of_reach else by
        said = f"{TIMES[told.route.timing]}, in their own hours" if who != told.person.id else when(told)
        table.add_row(who, told.part.value, said, " and ".join(map(str, by)), told.route.name)
    console().print(table)


def _folded(found: Iterable[Told]) -> Iterator[tuple[str, Told]]:
    """Puts readers who are told alike into one row: many people might be able to help."""
    helpers: dict[tuple[tuple[str, ...], tuple[Channel, ...]], list[Told]] = {}
    for told in found:
        if told.part is Part.HELPER:
            helpers.setdefault((told.route.path, told.ways), []).append(told)
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
        for path, node in all_nodes(nodes):
            out.print(f"  {'  ' * (len(path) - 1)}{node.name}: {_matched(node.match)} → {_said(node)}")


def _matched(wanted: Match) -> str:
    fields = ((name, getattr(wanted, name)) for name in wanted.__dataclass_fields__)
    return "; ".join(f"{name} {' or '.join(sorted(values))}" for name, values in fields if values)


def _said(node: RouteNode) -> str:
    told = [TIMES[node.timing]] if node.timing else []
    told += [f"by {' and '.join(map(str, node.channels))}"] if node.channels else []
    told += [f"a mail for each {node.group.value}"] if node.group else []
    told += ["at any hour"] if node.urgent else []
    return ", ".join(told) or "as above"
