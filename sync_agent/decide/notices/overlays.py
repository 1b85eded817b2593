"""What people have said about a goal, shown in its status."""

from dataclasses import replace
from datetime import datetime

from sync_agent.ask.identity.links import subject_of
from sync_agent.decide.alerts.telling import Overlays, acknowledged
from sync_agent.model import ChannelKind, Notice


def unwanted(notice: Notice, overlays: Overlays) -> bool:
    """Whether it is a mail that its reader does not want."""
    if notice.channel.kind is not ChannelKind.MAIL or notice.person is None:
        return False
    goal = notice.goals[0][0].id if len(notice.goals) == 1 else None
    return (notice.person.id, subject_of(notice.kind, goal)) in overlays.unsubscribed


def with_overlays(notice: Notice, overlays: Overlays, now: datetime) -> Notice:
    """A status with the acknowledgements and silences that hold, and what was refused; anything else as it is."""
    if not notice.edits:
        return notice
    goal = notice.goals[0][0].id
    found = (acknowledged(alert, overlays.acknowledgements, now) for alert in notice.alerts)
    silences = (s for s in overlays.silences if s.target.goal == goal and s.begins <= now < s.until)
    return replace(
        notice,
        acknowledgements=tuple(dict.fromkeys(a for a in found if a)),
        silences=tuple(silences),
        refusals=tuple(each for each in overlays.refusals if each.goal == goal),
    )
