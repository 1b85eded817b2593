"""Comments on issues, marked by an HTML comment that readers do not see."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.contract import Limit, Markup, WriteBudget
from connectors.errors import Doubtful, Forbidden, Malformed, NotFound, Refused
from connectors.github.client import GithubClient
from connectors.github.profile import PROFILE
from connectors.reading.values import moment
from sync_agent.model import Place

# GitHub allows 80 content-generating requests a minute and 500 an hour; people with the same account write, too.
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
_OVERALL = (Limit(60, timedelta(minutes=1)), Limit(400, timedelta(hours=1)))
# "If you are making a large number of POST, PATCH, PUT, or DELETE requests, wait at least one second between each."
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
_GAP = timedelta(seconds=1)


class GithubWriter:
    """Writes Markdown."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self.budget = WriteBudget(urlsplit(client.options.url).netloc, _GAP, overall=_OVERALL)

    @property
    def markup(self) -> Markup:
        """GitHub's Markdown."""
        return Markup.MARKDOWN

    def container_of(self, place: Place) -> str:
        """The repository that an issue lies in."""
        return PROFILE.selecting.container_of(place.key)

    def find(self, place: Place, key: str) -> str | None:
        """Returns the newest of our own comments that begins with the marker; anybody could write one into theirs."""
        found = None
        with explained(place):
            for comment in self._client.pages(f"{issue_path(place)}/comments"):
                author = (comment.get("user") or {}).get("login")
                if author == self._client.login and str(comment.get("body") or "").startswith(marker(key)):
                    found = str(comment["id"])
        return found

    def own(self, place: Place) -> tuple[tuple[str, datetime], ...]:
        """Our own comments, by the marker that each begins with."""
        found: list[tuple[str, datetime]] = []
        with explained(place):
            for comment in self._client.pages(f"{issue_path(place)}/comments"):
                key = _marked(str(comment.get("body") or ""))
                if key and (comment.get("user") or {}).get("login") == self._client.login:
                    found.append((key, moment(comment["created_at"])))
        return tuple(found)

    def create(self, place: Place, key: str, body: str) -> str:
        """Creates a comment. Raises Doubtful if it may have been written."""
        with explained(place):
            answer = self._write("POST", f"{issue_path(place)}/comments", key, body)
        if not answer.get("id"):
            raise Doubtful(f"{self._client.name}: the comment on {place.key} was answered without an id")
        return str(answer["id"])

    def update(self, place: Place, comment: str, key: str, body: str) -> None:
        """Replaces the text. Raises NotFound if somebody has deleted it."""
        repository = place.key.partition("#")[0]
        with explained(place):
            answer = self._write("PATCH", f"/repos/{quote(repository)}/issues/comments/{comment}", key, body)
        if str(answer.get("id")) != comment:
            raise Malformed(f"{self._client.name}: the edit of a comment on {place.key} was answered without it")

    def _write(self, method: str, path: str, key: str, body: str) -> Mapping[str, Any]:
        return self._client.write(method, path, {"body": f"{marker(key)}\n{body}"})


@contextmanager
def explained(place: Place) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except Forbidden as error:
        fix = "give the token or the App Issues: read and write"
        if "locked" in str(error):
            fix = f"unlock the conversation of {place.key}, or report on another issue"
        elif "archived" in str(error):
            fix = "report on an issue of another repository, or take this one out of the archive"
        raise error.with_fix(fix) from None
    except NotFound as error:
        fix = "or the token may not see it: give it access to the repository, or correct report_on"
        raise error.with_fix(f"{place.key} was deleted or moved, {fix}") from None


def issue_path(place: Place) -> str:
    """The path of an issue. Raises Refused where the place is none."""
    repository, _, number = place.key.partition("#")
    if not number.isdigit():
        raise Refused(f"{place.source}: {place.key!r} is no issue; write owner/name#number")
    return f"/repos/{quote(repository)}/issues/{number}"


def _marked(body: str) -> str | None:
    head, found, _ = body.partition(" -->")
    before = "<!-- goal-sync-agent:"
    return head.removeprefix(before).replace("-&#45;", "--") if found and head.startswith(before) else None


def marker(key: str) -> str:
    """Returns what a comment or issue of ours begins with. Readers do not see it."""
    # Two hyphens would end the HTML comment.
    return f"<!-- goal-sync-agent:{key.replace('--', '-&#45;')} -->"
