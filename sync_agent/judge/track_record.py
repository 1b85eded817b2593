"""Keeps the track record: once a day, compares past forecasts whose time is over with what really happened. Also notes
how versions, milestones and sprints turned out.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from threading import Event

import structlog
from sqlalchemy import Connection

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.pace import KNOWN_DAYS
from sync_agent.evaluate.forecast.promises import DISTANCES, LATEST, results_of
from sync_agent.evaluate.forecast.record import PAST, Finishes, asks, tries
from sync_agent.model import Organisation, Record, Rules, Timebox, TimeboxResult
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_background, load_source
from sync_agent.store.facts.outcomes import known_boxes, load_latest_timebox_results, load_members, save_timebox_results
from sync_agent.store.facts.tried import (
    kept_on,
    load_finishing,
    load_records,
    load_teams,
    load_tried,
    note_kept,
    save_tried,
)

log = structlog.get_logger(__name__)

# A forecast made a year ago knew the years before it.
_KNOWN = PAST + timedelta(days=KNOWN_DAYS + 1)


def records_at(connection: Connection, moment: datetime) -> Mapping[tuple[str, str, int], Record]:
    """Returns how the forecasts of the year before an instant turned out, by source, project or repository, and days
    ahead.
    """
    return load_records(connection, moment.date() - PAST, moment.date())


def timebox_results_at(connection: Connection, moment: datetime) -> tuple[TimeboxResult, ...]:
    """Returns how the latest promises that were over at an instant turned out, as many as goals are compared with."""
    return load_latest_timebox_results(connection, moment.date(), DISTANCES, LATEST)


def keep_record(organisation: Organisation, store: Store, source: str, now: datetime, stop: Event) -> None:
    """Updates the record of a source's teams, at most once a day. Only projects and repositories that were read
    completely are tried. Each is stored by itself, so that a run that was stopped goes on later.
    """
    today = now.date()
    with store.read() as connection:
        state, _ = load_source(connection, source)
        if kept_on(connection, source) == today or state.error or not state.complete_at:
            return
        teams = [team for team in load_teams(connection, source) if team not in state.unreadable]
        boxes = load_background(connection).timeboxes
    calendar = Calendar.of(organisation)
    count = 0
    for team in teams:
        if stop.is_set():
            return
        count += _try_team(store, source, team, now, calendar)
        _note_results(store, [box for box in boxes if (box.source, box.container) == (source, team)], today, calendar)
    with store.begin() as connection:
        note_kept(connection, source, today)
    log.info("track record kept", source=source, teams=len(teams), tried=count)


def _note_results(store: Store, boxes: Iterable[Timebox], today: date, calendar: Calendar) -> None:
    for box in boxes:
        if box.due is None or box.due >= today:
            continue
        with store.begin() as connection:
            if (box.kind.value, box.id) not in known_boxes(connection, box.source, box.container):
                save_timebox_results(connection, box, tuple(results_of(box, load_members(connection, box), calendar)))


def _try_team(store: Store, source: str, container: str, now: datetime, calendar: Calendar) -> int:
    today = now.date()
    with store.read() as connection:
        known = load_tried(connection, source, container)
        wanted = asks(today, known={(tried.day, tried.horizon) for tried in known})
        if not wanted:
            return 0
        since = datetime.combine(today - _KNOWN, time(), UTC)
        team = Finishes(load_finishing(connection, source, container, since), calendar)
    found = list(tries(team, Rules(), wanted, known))
    with store.begin() as connection:
        save_tried(connection, source, container, found)
    return len(found)
