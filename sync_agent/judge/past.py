"""Goals as they were agreed on a past day."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.ask.history import at
from sync_agent.ask.identity.versions import Versions
from sync_agent.model import Organisation
from sync_agent.store.memory.versions import load_goal_at, load_versions


def as_agreed(connection: Connection, organisation: Organisation, when: datetime) -> Organisation:
    """The organisation, each of its goals as it was agreed at that time: what it was to reach, and by when."""
    histories = load_versions(connection)
    present = Versions().of(organisation.goals)
    then = {name: found.version for name, history in histories.items() if (found := at(history, when))}
    moved = {name for name, version in then.items() if version != present.get(name, version)}
    if not moved:
        return organisation
    goals = (load_goal_at(connection, goal, when) if goal.id in moved else goal for goal in organisation.goals)
    return replace(organisation, goals=tuple(goals))
