"""Whether a text on a tracker is worth an edit. Pure.

Depending on its notification scheme, Jira mails everybody who watches an issue when a comment is edited. Progress and
forecasts move a little every day. A status names its day, so it stays true.
"""

from datetime import timedelta

from sync_agent.model import Gist, Reason, ReasonKind

_WEEK = timedelta(days=7)
_POINTS = 10


def worth_an_edit(shown: Gist, new: Gist, age: timedelta) -> Reason | None:
    """The reason to edit the text that has been `shown` for `age`; None if it may stay."""
    if new.news != shown.news:
        return Reason(ReasonKind.NEWS)
    if new.ends and shown.ends and abs(new.ends - shown.ends) >= _WEEK:
        return Reason(ReasonKind.FORECAST_MOVED, count=_WEEK.days)
    if round(abs((new.progress or 0) - (shown.progress or 0)) * 100) >= _POINTS:
        return Reason(ReasonKind.PROGRESS_MOVED, count=_POINTS)
    return Reason(ReasonKind.WEEKLY, count=_WEEK.days) if age >= _WEEK and new.rest != shown.rest else None
