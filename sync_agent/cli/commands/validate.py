"""validate and schema."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

import click

from connectors.contract import Finding, Level
from connectors.errors import ConnectorError
from connectors.options import Secret
from sync_agent.ask.identity.tokens import SHORTEST_SECRET
from sync_agent.ask.kinds.outcome import inputs
from sync_agent.cli.common import PATIENCE, Agent, opened, opened_store, told_plainly
from sync_agent.cli.vanished import perhaps_renamed, unknown_inputs
from sync_agent.cli.warnings import warnings
from sync_agent.config import Settings, installed_connectors, lines_of_secrets
from sync_agent.config.credentials import Missing, missing
from sync_agent.evaluate import Index, selectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.mapping import renames_of
from sync_agent.evaluate.items.nothing import hidden_in, why_nothing
from sync_agent.hear.situation import recall
from sync_agent.model import Facts, Gap, SampledKpi, Selector
from sync_agent.model.printable import printable
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.run.sources import pull_all
from sync_agent.store import Store, StoreError
from sync_agent.store.facts.facts import load_facts
from sync_agent.store.upkeep.names import known_names
from sync_agent.words import say_count
from sync_agent.world import World, utc_now

_LEVELS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "error  "}


@click.command()
@click.option("--online", is_flag=True, help="Also check credentials, permissions, fields and what selectors match.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable findings.")
@click.pass_obj
def validate(agent: Agent, online: bool, as_json: bool) -> None:
    """Check the configuration and the goals; all mistakes at once."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        today = utc_now().astimezone(ZoneInfo(settings.organisation.timezone)).date()
        findings = [*warnings(settings, today), *_by_the_store(settings), *(_online(agent, settings) if online else [])]
    if as_json:
        click.echo(json.dumps([{"level": f.level, "subject": f.subject, "text": f.text} for f in findings], indent=2))
    else:
        for finding in findings:
            subject = f"{finding.subject}: "
            line = f"{_LEVELS[finding.level]} {subject}{finding.text.removeprefix(subject)}"
            click.echo(printable(agent.keyring.clean(line), keep="\n"))
        click.echo(_summary(settings, Counter(finding.level for finding in findings)))
    sys.exit(any(finding.level is Level.ERROR for finding in findings))


def _by_the_store(settings: Settings) -> list[Finding]:
    """What the store suggests was renamed, and which inputs it does not know, if the store is an existing file: whoever
    checks files may have no database at hand.
    """
    if not settings.store.startswith("sqlite:") or Store.absent(settings.store):
        return []
    try:
        with opened_store(settings, create=False) as store, store.read() as connection:
            situation = recall(connection, settings.organisation, (), utc_now())
            said = {each.id for each in inputs(situation)}
            return [*perhaps_renamed(settings, known_names(connection)), *unknown_inputs(settings.organisation, said)]
    except StoreError:
        return []  # Whatever is wrong with it, `run` says so.


def _summary(settings: Settings, found: Mapping[Level, int]) -> str:
    goals, people = len(settings.organisation.goals), len(settings.organisation.people)
    files = f"{goals} goal{'' if goals == 1 else 's'}, {people} {'person' if people == 1 else 'people'}"
    errors, doubts = found.get(Level.ERROR, 0), found.get(Level.WARNING, 0)
    if errors:
        return f"The files are good ({files}); {errors} thing{' needs' if errors == 1 else 's need'} to be put right."
    if doubts:
        return f"The files are good ({files}); {say_count(doubts, 'warning')} to look at."
    return f"The configuration is good: {files}."


def _online(agent: Agent, settings: Settings) -> list[Finding]:
    lines, absent = lines_of_secrets(settings.directory), missing(settings, os.environ)
    findings = [_absent(each, lines) for each in absent]
    without = {each.needed.name for each in absent}
    with opened(agent, PATIENCE) as (_settings, world, _connectors):
        carriers = (carrier for channel, carrier in world.channels.items() if channel.name not in without)
        findings += chain.from_iterable(carrier.check() for carrier in carriers)
        if world.inbox and "email.inbox" not in without:
            findings.append(world.inbox.check())
    gone = {each.needed.secret for each in absent}
    inbox = settings.email.inbox if settings.email else None
    of_links, of_replies = (
        [secret for secret in secrets if secret not in gone]
        for secrets in (settings.web_secrets, inbox.secret if inbox else ())
    )
    findings += [*_short(of_links, "web", "forms", lines), *_short(of_replies, "email.inbox", "reply addresses", lines)]
    if any(finding.level is Level.ERROR for finding in findings):
        return findings
    with opened(agent, PATIENCE) as (_settings, world, _connectors):
        return [*findings, *_matches(settings, world)]


def _absent(found: Missing, lines: Mapping[Secret, str]) -> Finding:
    where = lines.get(found.needed.secret)
    return Finding(Level.ERROR, found.needed.name, f"{found.fix}{f' ({where})' if where else ''}")


def _short(secrets: Sequence[Secret], where: str, what: str, lines: Mapping[Secret, str]) -> Iterator[Finding]:
    """Secrets for signing (`what`) that are short enough to guess. If none is long enough, nobody can answer by form or
    by mail; a short one behind a long one only serves to end older mails.
    """
    lengths = {secret: len(secret.reveal(os.environ).encode()) for secret in secrets}
    level = Level.WARNING if any(length >= SHORTEST_SECRET for length in lengths.values()) else Level.ERROR
    for secret, length in lengths.items():
        if length < SHORTEST_SECRET:
            fix = "make one with `openssl rand -hex 32` and put it first"
            older = "; behind it this one still ends older mails" if where == "web" else ""
            text = (
                f"the secret in {secret.place} has {length} bytes; {what} want {SHORTEST_SECRET} or more: {fix}{older}"
            )
            yield Finding(level, f"{where} ({lines.get(secret, f'{where}.secret')})", text)


def _matches(settings: Settings, world: World) -> Iterator[Finding]:
    """What every selector finds. Pulls into a store of its own, because selectors are judged by what was pulled."""
    with Store.temporary() as store:
        for result in pull_all(settings.organisation, Reconciliation(settings.reconcile_every), store, world):
            if result.error:
                yield Finding(Level.ERROR, result.source, result.error)
        with store.read() as connection:
            facts = load_facts(connection)
        index, calendar = Index(facts), Calendar.of(settings.organisation)
        for name, state in facts.sources.items():
            yield from (Finding(Level.WARNING, name, f"{gap}; correct it there") for gap in state.gaps.values())
        for goal in settings.organisation.goals:
            for selector in selectors(goal):
                subject = f"goal {goal.id} ({goal.where}), {describe(selector)}"
                why = (each.text for each in why_nothing([selector], index, calendar, calendar.day(world.clock())))
                yield from _matched(selector, facts, index, subject, why)
                yield from (Finding(Level.WARNING, subject, str(gap)) for gap in _unseen(selector, index))
        yield from _kpis(settings, world)


def _matched(selector: Selector, facts: Facts, index: Index, subject: str, why: Iterable[str]) -> Iterator[Finding]:
    """What a selector finds, or `why` nothing. What cannot be read may be there all the same."""
    state = facts.sources.get(selector.source)
    if state is None or state.complete_at is None:
        yield Finding(Level.WARNING, subject, f"not looked for: {selector.source} could not be read, see above")
        return
    if selector.query and (selector.source, selector.query) not in facts.queries:
        yield Finding(Level.ERROR, subject, "not looked for: the source refuses this query; correct it")
        return
    for each in renames_of(selector, facts, index):
        yield Finding(Level.WARNING, subject, f"the {each}; {each.advice}")
    found = sum(1 for _ in index.select(selector))
    gaps = [name for name in state.unreadable if not selector.within or name in selector.within]
    if found:
        yield Finding(Level.OK, subject, f"matches {say_count(found, 'item')}")
    elif gaps:
        yield Finding(Level.WARNING, subject, f"matches nothing in what can be read: not in {', '.join(gaps)}")
    elif said := "; ".join(why):
        yield Finding(Level.WARNING, subject, f"matches nothing: {said}")
    else:
        yield Finding(Level.WARNING, subject, "matches nothing; check the names, or create the work")


def _unseen(selector: Selector, index: Index) -> Iterator[Gap]:
    """What is below the items of a selector and not read, if it finds any."""
    items = list(index.select(selector))
    return hidden_in(selector, items, index) if items else iter(())


def _kpis(settings: Settings, world: World) -> Iterator[Finding]:
    for goal in settings.organisation.goals:
        for key_result in goal.key_results:
            if not isinstance(key_result.kpi, SampledKpi):
                continue
            subject = f"goal {goal.id}, KPI {key_result.id}"
            try:
                at, value = world.read_kpi(key_result.kpi, world.clock())[-1]
                yield Finding(Level.OK, subject, f"reads {value:g}, of {at:%Y-%m-%d}")
            except ConnectorError as error:
                yield Finding(Level.ERROR, subject, str(error))


def describe(selector: Selector) -> str:
    """A selector on one line, as its author wrote it."""
    named = {
        name: getattr(selector, name)
        for name in selector.__dataclass_fields__
        if name != "source" and getattr(selector, name)
    }
    parts = [f"{name}: {', '.join(v) if isinstance(v, tuple) else v}" for name, v in named.items()]
    return f"{selector.source} {{{'; '.join(parts)}}}"
