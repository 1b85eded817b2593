"""What a site has and what these credentials may do there."""

from collections.abc import Iterator

from connectors.base import Finding, Level, Survey
from connectors.errors import ConnectorError, NotFound
from connectors.jira.client import Client
from connectors.jira.fields import discover_fields, missing_fields, odd_fields

_NEEDED = {
    "BROWSE_PROJECTS": "see issues (Browse projects)",
    "ADD_COMMENTS": "comment (Add comments)",
    "EDIT_OWN_COMMENTS": "edit its own comments (Edit own comments)",
}
_MOST = 50


class JiraProbe:
    """Looks at one site before anything depends on it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def check(self) -> Iterator[Finding]:
        """Login first; the rest only when that is good."""
        try:
            yield self._kind(self._who())
            yield from self._fields()
        except ConnectorError as error:
            yield Finding(Level.ERROR, self._client.name, str(error))
            return
        for project in self._client.options.projects:
            yield self._project(project)

    def survey(self) -> Survey:
        """Projects with their open epics."""
        projects = tuple(self._projects())
        keys = [key for key, _ in projects]
        chosen = [key for key in self._client.options.projects if key in keys] or keys[:10]
        return Survey(self._who(), projects, {key: tuple(self._epics(key)) for key in chosen})

    def _who(self) -> str:
        me = self._client.get(f"{self._client.api}/myself")
        return str(me.get("displayName") or me.get("name"))

    def _kind(self, who: str) -> Finding:
        name, expected = self._client.name, "Cloud" if self._client.cloud else "Data Center"
        try:
            found = self._client.get("/rest/api/2/serverInfo").get("deploymentType")
        except NotFound:
            return Finding(Level.WARNING, name, f"logged in as {who}; the site does not say which kind of Jira it is")
        if (found == "Cloud") == self._client.cloud:
            return Finding(Level.OK, name, f"logged in as {who} ({expected})")
        hint = "Cloud needs `email` beside the token; Data Center takes the token alone"
        return Finding(Level.ERROR, name, f"this is Jira {found}, the configuration is for {expected}: {hint}")

    def _fields(self) -> Iterator[Finding]:
        name = self._client.name
        for missing in missing_fields(self._client):
            yield Finding(Level.ERROR, name, f"there is no field for {missing}; check `fields`")
        for odd in odd_fields(self._client):
            yield Finding(Level.WARNING, name, odd)
        if not discover_fields(self._client).points:
            text = "no field for points was found; set fields.points if your goals are measured in points"
            yield Finding(Level.WARNING, name, text)

    def _project(self, project: str) -> Finding:
        subject = f"{self._client.name}: project {project}"
        try:
            self._client.get(f"{self._client.api}/project/{project}")
        except ConnectorError as error:
            return Finding(Level.ERROR, subject, f"cannot be read ({error}); check the key and the account's access")
        try:
            lacking = self._lacking(project)
        except ConnectorError as error:
            return Finding(Level.WARNING, subject, f"can be read; permissions cannot be asked for ({error})")
        if lacking:
            return Finding(
                Level.ERROR, subject, f"the account may not {', nor '.join(lacking)}; grant it in the project"
            )
        return Finding(Level.OK, subject, "can be read and commented on")

    def _lacking(self, project: str) -> list[str]:
        params = {"permissions": ",".join(_NEEDED), "projectKey": project}
        answer = self._client.get(f"{self._client.api}/mypermissions", params)
        granted = answer.get("permissions") or {}
        return [words for key, words in _NEEDED.items() if not (granted.get(key) or {}).get("havePermission")]

    def _projects(self) -> Iterator[tuple[str, str]]:
        if self._client.cloud:
            entries = self._client.pages("/rest/api/3/project/search", "values")
        else:
            entries = iter(self._client.get("/rest/api/2/project"))
        for _, entry in zip(range(_MOST), entries, strict=False):
            yield str(entry["key"]), str(entry.get("name", ""))

    def _epics(self, project: str) -> Iterator[tuple[str, str, str]]:
        jql = f'project = "{project}" AND issuetype = Epic AND statusCategory != Done ORDER BY updated DESC'
        path = "/rest/api/3/search/jql" if self._client.cloud else "/rest/api/2/search"
        answer = self._client.query(path, {"jql": jql, "maxResults": _MOST, "fields": ["summary", "duedate"]})
        for issue in answer.get("issues") or ():
            fields = issue.get("fields") or {}
            yield str(issue["key"]), str(fields.get("summary") or ""), str(fields.get("duedate") or "")
