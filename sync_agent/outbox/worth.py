"""Whether a text that stands at its target is worth an edit. Pure.

Jira mails those who watch an issue when a comment is edited, where its notification scheme says so. Progress and
forecasts move a little with every day; a status says of which day it is, so it stays true.
"""

from datetime import timedelta

from sync_agent.model import Gist, ReasonKind

_WEEK = timedelta(days=7)
_POINTS = 10


def worth_an_edit(shown: Gist, new: Gist, age: timedelta) -> ReasonKind | None:
    """The reason to edit what is `shown`, and has been for `age`; None where it may stay."""
    if new.news != shown.news:
        return ReasonKind.NEWS
    if new.ends and shown.ends and abs(new.ends - shown.ends) >= _WEEK:
        return ReasonKind.FORECAST_MOVED
    if round(abs((new.progress or 0) - (shown.progress or 0)) * 100) >= _POINTS:
        return ReasonKind.PROGRESS_MOVED
    return ReasonKind.WEEKLY if age >= _WEEK and new.rest != shown.rest else None
