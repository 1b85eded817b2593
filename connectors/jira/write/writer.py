"""Comments on issues, marked by a comment property that readers never see."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Limit, Markup, WriteBudget
from connectors.errors import Doubtful, Forbidden, Malformed, NotFound, Refused
from connectors.jira.client import JiraClient
from connectors.jira.items import account_id
from connectors.jira.profile import PROFILE
from connectors.reading.values import mapping_or_empty, moment
from sync_agent.model import Place

PROPERTY = "goal-sync-agent"
_PUBLIC = "sd.public.comment"
_MEMBER = "make the agent's account a member of the {kind} {name}, or correct comments.visibility"
# Jira Cloud's limits for writes to one issue; Data Center has none of its own, and these are generous.
# https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
_ONE_ISSUE = (Limit(20, timedelta(seconds=2)), Limit(100, timedelta(seconds=30)))


class JiraWriter:
    """Writes documents on Cloud and wiki text on Data Center."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client
        self.budget = WriteBudget(urlsplit(client.options.url).netloc, one_place=_ONE_ISSUE)

    @property
    def markup(self) -> Markup:
        """What this Jira's comments are written in."""
        return Markup.ADF if self._client.cloud else Markup.WIKI

    def container_of(self, place: Place) -> str:
        """The project that an issue lies in."""
        return PROFILE.selecting.container_of(place.key)

    def find(self, place: Place, key: str) -> str | None:
        """Returns the newest of our own comments whose property names `key`; anybody can set a property on theirs."""
        asked = {"expand": "properties", "orderBy": "-created"}
        with _explained(place):
            own = self._own(place, asked)
            return next((str(comment["id"]) for comment in own if self._marked(comment, key)), None)

    def own(self, place: Place) -> tuple[tuple[str, datetime], ...]:
        """Our own comments. A Jira that does not expand properties in a list shows none."""
        with _explained(place):
            own = list(self._own(place, {"expand": "properties"}))
        return tuple(kept for comment in own if (kept := _kept(comment)))

    def create(self, place: Place, key: str, body: str) -> str:
        """Creates a comment. The marker is part of the same request, so a comment never exists without it."""
        answer = self._write("POST", place, "", key, body)
        identifier = answer.get("id")
        if not identifier:
            raise Doubtful(f"{self._client.name}: the comment on {place.key} was answered without an id")
        return str(identifier)

    def update(self, place: Place, comment: str, key: str, body: str) -> None:
        """Replaces the text, and the marker with itself."""
        answer = self._write("PUT", place, f"/{comment}", key, body)
        if str(answer.get("id")) != comment:
            raise Malformed(f"{self._client.name}: the edit of a comment on {place.key} was answered without it")

    def _write(self, method: str, place: Place, comment: str, key: str, body: str) -> Mapping[str, Any]:
        with _explained(place):
            try:
                return self._client.write(method, f"{self._path(place)}{comment}", self._body(key, body))
            except Refused as error:
                if wanted := self._client.options.comments.visibility:
                    raise error.with_fix(_MEMBER.format(kind=wanted.kind, name=wanted.name)) from None
                raise

    def _own(self, place: Place, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Our own comments. What has no author or no id is none of them."""
        for comment in self._client.pages(self._path(place), "comments", asked):
            author = account_id(mapping_or_empty(comment).get("author"))
            if author is not None and "id" in comment and author == account_id(self._client.myself):
                yield comment

    def _marked(self, comment: dict[str, Any], key: str) -> bool:
        if "properties" in comment:
            return key in _keys_in(comment["properties"])
        # A Jira that does not expand properties in a list has them one by one.
        path = f"{self._client.api}/comment/{comment['id']}/properties/{PROPERTY}"
        try:
            return key in _keys_in([self._client.get(path)])
        except NotFound:
            return False

    def _path(self, place: Place) -> str:
        return f"{self._client.api}/issue/{place.key}/comment"

    def _body(self, key: str, body: str) -> dict[str, Any]:
        text = json.loads(body) if self._client.cloud else body
        value = {"key": key}
        properties = [{"key": PROPERTY, "value": value if self._client.cloud else json.dumps(value)}]
        return {"body": text, "properties": [*properties, *self._internal()], **self._visibility()}

    def _internal(self) -> list[dict[str, Any]]:
        """Elsewhere than on Service Management the property means nothing. Data Center's contract types values as text,
        but this one is understood as an object alone: https://github.com/pycontribs/jira/issues/313
        """
        wanted = self._client.options.comments.internal
        return [{"key": _PUBLIC, "value": {"internal": True}}] if wanted else []

    def _visibility(self) -> dict[str, Any]:
        wanted = self._client.options.comments.visibility
        if wanted is None:
            return {}
        return {"visibility": {"type": wanted.kind, "value": wanted.name}}


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except Forbidden as error:
        fix = "grant the agent's account Add Comments and Edit Own Comments in the project"
        raise error.with_fix(f"{fix}, or report on another issue than {place.key}") from None
    except NotFound as error:
        fix = "or the agent's account may not see it: grant Browse Projects, or correct report_on"
        raise error.with_fix(f"{place.key} was deleted, {fix}") from None


def _kept(comment: dict[str, Any]) -> tuple[str, datetime] | None:
    """What a comment of ours is about, and since when; None where that cannot be read."""
    try:
        key = next(_keys_in(comment.get("properties")), None)
        return (key, moment(comment["created"])) if key else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _keys_in(properties: Any) -> Iterator[str]:
    """What our property says, if it is among some."""
    for entry in map(mapping_or_empty, properties if isinstance(properties, list) else ()):
        if entry.get("key") == PROPERTY and (key := key_of(entry.get("value"))):
            yield str(key)


def key_of(value: Any) -> Any:
    """Returns the key in a property. Data Center's contract types the value as text, so either that text or its content
    may come back.
    """
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found.get("key") if isinstance(found, dict) else None
