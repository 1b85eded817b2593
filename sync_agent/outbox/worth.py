"""Whether a text that stands at its target is worth an edit. Pure.

Jira mails those who watch an issue when a comment is edited, where its notification scheme says so. Progress and
forecasts move a little with every day; a status says of which day it is, so it stays true.
"""

from datetime import timedelta

from sync_agent.model import Gist

NEWS = "its health, problems or answers have changed"
FORECAST = "the forecast has moved by a week or more"
PROGRESS = "progress has moved by ten points or more"
WEEKLY = "something has changed, and it was last edited a week ago"
TOO_LITTLE = "too little has changed for an edit"
_WEEK = timedelta(days=7)
_POINTS = 10


def worth_an_edit(shown: Gist, new: Gist, age: timedelta) -> str | None:
    """The named reason to edit what is `shown`, and has been for `age`; None where it may stay."""
    if new.news != shown.news:
        return NEWS
    if new.ends and shown.ends and abs(new.ends - shown.ends) >= _WEEK:
        return FORECAST
    if round(abs((new.progress or 0) - (shown.progress or 0)) * 100) >= _POINTS:
        return PROGRESS
    return WEEKLY if age >= _WEEK and new.rest != shown.rest else None
