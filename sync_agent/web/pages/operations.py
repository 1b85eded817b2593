"""`/ops`: sources, cycles, the outbox, silences, and the configuration in use, for those who run the agent."""

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sync_agent.decide.alerts.telling import acknowledged
from sync_agent.model import Acknowledgement, AlertState, Organisation, Silence
from sync_agent.store.memory.state import load_acknowledgements, load_alerts, load_silences
from sync_agent.store.memory.unsubscribed import load_unsubscribed
from sync_agent.store.outbox.rows import Row, RowState, load_open
from sync_agent.web.pages.told import name_of
from sync_agent.web.site import Look, no_such_page
from sync_agent.web.view import CycleRun, Snapshot
from sync_agent.words import say_count

_MOST = 50
_HEIGHT = 60


def ops_page(look: Look, note: str = "") -> Any:
    """How the agent itself is doing."""
    snapshot, store = look.site.snapshot(), look.site.store
    if store is None or snapshot.organisation is None:
        return no_such_page()
    with store.read() as connection:
        rows = load_open(connection, _MOST)
        silences = load_silences(connection, look.now)
        said = load_acknowledgements(connection)
        alerts = load_alerts(connection)
        ended = len(load_unsubscribed(connection))
    firing = [alert for alert in alerts.values() if alert.state is AlertState.FIRING]
    holding = {found for alert in firing if (found := acknowledged(alert, said, look.now))}
    organisation = snapshot.organisation
    return look.answer(
        "ops.html",
        "Operations",
        note=note,
        sources=[_source(snapshot, each) for each in snapshot.sources],
        cycles=_cycles(snapshot),
        outbox=[_row(row) for row in rows],
        silences=[_silence(organisation, each) for each in silences],
        acks=[_ack(organisation, each) for each in holding],
        ended=ended,
        goals=say_count(len(organisation.goals), "goal"),
        people=say_count(len(organisation.people), "person", "people"),
        version=version("goal-sync-agent"),
        may_act=look.reader.person is not None,
        token=look.token(),
    )


def _silence(organisation: Organisation, found: Silence) -> dict[str, Any]:
    by = name_of(organisation, found.by)
    return {"id": found.id, "what": found.target.name, "until": found.until, "by": by, "why": found.reason}


def _ack(organisation: Organisation, found: Acknowledgement) -> dict[str, Any]:
    return {"what": found.target.name, "at": found.at, "by": name_of(organisation, found.by), "why": found.reason}


def _source(snapshot: Snapshot, state: Any) -> dict[str, Any]:
    usage = snapshot.usage.get(state.source)
    quotas = [f"{q.remaining:,} of {q.limit:,} {q.resource}".strip() for q in usage.quotas.values()] if usage else []
    return {
        "state": state,
        "requests": f"{usage.requests:,}" if usage else "–",
        "quota": ", ".join(quotas) or "no limit told",
        "expires": usage.expires if usage else None,
    }


def _cycles(snapshot: Snapshot) -> dict[str, Any] | None:
    runs = snapshot.cycles
    if not runs:
        return None
    longest = max(run.seconds for run in runs) or 1.0
    heights = [max(round(_HEIGHT * run.seconds / longest, 1), 1.0) for run in runs]
    bars = [
        {"x": 8 * n, "y": round(_HEIGHT - height, 1), "height": height, "failed": run.failed}
        for n, (run, height) in enumerate(zip(runs, heights, strict=True))
    ]
    return {"bars": bars, "width": 8 * len(runs), "said": _said(runs), "failures": list(_failures(runs))}


def _said(runs: tuple[CycleRun, ...]) -> str:
    seconds = sorted(run.seconds for run in runs)
    failed = sum(bool(run.failed) for run in runs)
    middle, longest = seconds[len(seconds) // 2], seconds[-1]
    return f"Last {len(runs)}: median {middle:.0f} s, longest {longest:.0f} s, {failed} failed."


def _failures(runs: tuple[CycleRun, ...]) -> Iterator[tuple[datetime, str]]:
    return ((run.began, run.failed) for run in reversed(runs) if run.failed)


def _row(row: Row) -> dict[str, Any]:
    message = row.message
    return {
        "key": message.key,
        "what": message.payload.subject or f"{message.kind.value} {message.goal or ''}".strip(),
        "to": message.target,
        "since": row.created,
        "error": row.error or "",
        "next": row.next_attempt if row.state is RowState.WAITING else None,
        "dead": row.state is RowState.DEAD,
    }
