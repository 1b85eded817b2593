"""What a host has and what these credentials may do there."""

from collections.abc import Iterator
from itertools import islice
from typing import get_args
from urllib.parse import quote

from connectors.contract import Finding, Level, Survey
from connectors.errors import ConnectorError, NotFound
from connectors.github.client import GithubClient
from connectors.github.decode.project import mistakes
from connectors.github.endings import Ending, counted
from connectors.github.options import GithubProject, GithubProjectStatus
from connectors.github.read import project, scope
from connectors.reading.wildcard import fits
from sync_agent.model import StatusCategory

_MAY_UPDATE = """
query($owner: String!, $number: Int!) { repositoryOwner(login: $owner) { ... on ProjectV2Owner {
  projectV2(number: $number) { id viewerCanUpdate } } } }
"""
_MOST = 50


class GithubProbe:
    """Looks at one host before anything depends on it."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def check(self) -> Iterator[Finding]:
        """Checks the login first, and the repositories only if that is good."""
        name = self._client.name
        try:
            who = self._who()
            yield Finding(Level.OK, name, f"logged in as {who}")
            yield from self._expiry()
        except ConnectorError as error:
            yield Finding(Level.ERROR, name, str(error))
            return
        for repository in scope.named(self._client):
            yield self._repository(repository)
        for pattern in scope.patterns(self._client):
            yield self._pattern(pattern)
        yield self._counted()
        if self._client.options.project:
            yield from self._project(self._client.options.project)
        for reported in self._client.options.marks.projects:
            yield self._reported(reported)
        if not self._client.options.marks.create_labels:
            yield from self._labels()

    def survey(self) -> Survey:
        """Repositories with their open milestones."""
        path = "/installation/repositories" if self._client.app else "/user/repos"
        found = list(islice(self._client.pages(path, {"sort": "pushed"}), _MOST))
        named = (raw for raw in found if "full_name" in raw)
        containers = tuple((str(raw["full_name"]), str(raw.get("description") or "")) for raw in named)
        names = [name for name, _ in containers]
        chosen = [name for name in self._client.options.repositories if name in names] or names[:10]
        return Survey(
            self._who(), self._client.login, containers, {name: tuple(self._milestones(name)) for name in chosen}
        )

    def _who(self) -> str:
        return (
            f"App {self._client.app_slug()}" if self._client.app else str(self._client.get_object("/user").get("login"))
        )

    def _counted(self) -> Finding:
        """Tells it before the first run, so that a person sees it."""
        counts = {ending: counted(ending, self._client.options.endings) for ending in get_args(Ending)}
        said = [
            f"{', '.join(ending for ending, each in counts.items() if each is category)}: counts as {category.value}"
            for category in StatusCategory
            if category in counts.values()
        ]
        return Finding(Level.OK, f"{self._client.name}: what counts as done", "; ".join(said))

    def _expiry(self) -> Iterator[Finding]:
        usage = self._client.usage
        if usage.expires_soon(self._client.context.clock()):
            yield Finding(
                Level.WARNING, self._client.name, f"the token expires on {usage.expires:%Y-%m-%d}; make a new one"
            )

    def _project(self, wanted: GithubProject) -> Iterator[Finding]:
        subject = f"{self._client.name}: project {wanted.name}"
        try:
            found = project.find(self._client, wanted)
        except ConnectorError as error:
            yield Finding(Level.ERROR, subject, str(error))
            return
        wrong = list(mistakes(found))
        yield from (Finding(Level.WARNING, subject, text) for text in wrong)
        if not wrong:
            yield Finding(Level.OK, subject, f"can be read: {', '.join(wanted.fields.values())}")

    def _reported(self, wanted: GithubProjectStatus) -> Finding:
        """Checks whether a project exists and may be written."""
        subject = f"{self._client.name}: project {wanted.name}"
        try:
            data, _ = self._client.graphql(_MAY_UPDATE, {"owner": wanted.owner, "number": wanted.number})
        except ConnectorError as error:
            return Finding(Level.ERROR, subject, str(error))
        found = (data.get("repositoryOwner") or {}).get("projectV2") or {}
        if found.get("viewerCanUpdate"):
            return Finding(Level.OK, subject, "its status can be reported")
        text = "cannot be written; the token needs project, a fine-grained token or App Projects: read and write"
        return Finding(Level.ERROR, subject, text)

    def _labels(self) -> Iterator[Finding]:
        """Names labels that a repository lacks and that we may not create."""
        for repository in scope.named(self._client):
            for label in sorted(self._client.options.marks.labels.by_state.values()):
                try:
                    self._client.get(f"/repos/{quote(repository)}/labels/{quote(label, safe='')}")
                except NotFound:
                    text = f"has no label {label!r}; create it there, or say marks.create_labels: true"
                    yield Finding(Level.WARNING, f"{self._client.name}: {repository}", text)

    def _pattern(self, pattern: str) -> Finding:
        subject = f"{self._client.name}: {pattern}"
        missing: dict[str, str] = {}
        try:
            found = [name for name, _ in scope.latest_of_patterns(self._client, missing) if fits(pattern, name)]
        except ConnectorError as error:
            return Finding(Level.ERROR, subject, str(error))
        if pattern in missing:
            return Finding(Level.ERROR, subject, missing[pattern])
        if not found:
            return Finding(Level.ERROR, subject, "fits no repository that the token may see")
        return Finding(Level.OK, subject, f"fits {len(found)} repositories: {', '.join(sorted(found)[:5])} …")

    def _repository(self, repository: str) -> Finding:
        subject = f"{self._client.name}: {repository}"
        try:
            raw = self._client.get_object(f"/repos/{quote(repository)}")
        except NotFound:
            text = "does not exist or the token may not see it; check the name and the token's repositories"
            return Finding(Level.ERROR, subject, text)
        except ConnectorError as error:
            return Finding(Level.ERROR, subject, str(error))
        now = str(raw.get("full_name") or repository)
        if now.casefold() != repository.casefold():
            return Finding(Level.WARNING, subject, f"is called {now} now; write that")
        if not raw.get("has_issues", True):
            return Finding(Level.WARNING, subject, "has issues switched off; only pull requests will be read")
        if raw.get("archived"):
            return Finding(Level.WARNING, subject, "is archived: it can be read, but not commented on")
        if raw.get("private") and not self._client.options.private_titles:
            text = "can be read; it is private, so messages name its items by their keys, unless private_titles is true"
            return Finding(Level.OK, subject, text)
        return Finding(Level.OK, subject, "can be read")

    def _milestones(self, repository: str) -> Iterator[tuple[str, str, str]]:
        for raw in islice(self._client.pages(f"/repos/{quote(repository)}/milestones"), _MOST):
            if raw.get("title"):
                yield str(raw["title"]), str(raw.get("description") or ""), str(raw.get("due_on") or "")
