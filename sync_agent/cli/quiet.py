"""Who works on what, and who wants quiet, in words: for `status` and `explain`."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.cli.common import local
from sync_agent.cli.overlays import say_known
from sync_agent.config import Settings
from sync_agent.decide.alerts.telling import acknowledged
from sync_agent.model import AlertState
from sync_agent.store.memory.state import load_acknowledgements, load_alerts, load_silences


def say_quiet(connection: Connection, settings: Settings, now: datetime) -> Mapping[str, list[str]]:
    """The acknowledgements and silences that hold, with who said so and how, by the goals' ids."""
    said = load_acknowledgements(connection)
    taken: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for alert in (each for each in load_alerts(connection).values() if each.state is AlertState.FIRING):
        if found := acknowledged(alert, said, now):
            until = f" until {local(found.until, settings)}" if found.until else ""
            who = f"{found.by}{say_known(found.known)}{until}"
            taken[alert.goal, who, found.reason].append(alert.signal.headline)
    lines: dict[str, list[str]] = defaultdict(list)
    for (goal, who, reason), headlines in taken.items():
        lines[goal].append(f"acknowledged by {who}: {'; '.join(headlines)}{f' ({reason})' if reason else ''}")
    for each in [*settings.silences, *load_silences(connection, now)]:
        if each.begins <= now < each.until:
            who, until = f"{each.by}{say_known(each.known)}", local(each.until, settings)
            lines[each.target.goal].append(f"silenced by {who} until {until}: {each.reason}")
    return lines
