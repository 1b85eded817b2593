"""What a site has and what these credentials may do there."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.contract import Finding, Level, Survey
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused
from connectors.jira.client import JiraClient, listed
from connectors.jira.counts import counted
from connectors.jira.fields import discover_fields, find_field, missing_fields, odd_fields
from connectors.jira.items import account_id
from connectors.reading.values import mapping_or_empty

_NEEDED = {
    "BROWSE_PROJECTS": "see issues (Browse projects)",
    "ADD_COMMENTS": "comment (Add comments)",
    "EDIT_OWN_COMMENTS": "edit its own comments (Edit own comments)",
}
_MARKING = {"EDIT_ISSUES": "set labels and fields (Edit issues)"}
_SOLVING = {
    "CREATE_ISSUES": "open problem issues (Create issues)",
    "LINK_ISSUES": "link them (Link issues)",
    "TRANSITION_ISSUES": "close them (Transition issues)",
}
_FIELD_TYPES = ("option", "string")
_MOST = 50


class JiraProbe:
    """Looks at one site before anything depends on it."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def check(self) -> Iterator[Finding]:
        """Checks the login first, and the rest only if that is good."""
        try:
            yield self._kind(self._who())
            usage = self._client.usage
            if usage.expires_soon(self._client.context.clock()):
                text = f"the token expires on {usage.expires:%Y-%m-%d}; make a new one, and correct auth.expires"
                yield Finding(Level.WARNING, self._client.name, text)
            yield from self._fields()
        except ConnectorError as error:
            yield Finding(Level.ERROR, self._client.name, str(error))
            return
        for project in self._client.options.projects:
            yield self._project(project)
        yield from counted(self._client)
        try:
            yield from self._marks()
        except ConnectorError as error:
            yield Finding(Level.ERROR, f"{self._client.name}: marks", str(error))

    def survey(self) -> Survey:
        """Projects with their open epics."""
        projects = tuple(self._projects())
        keys = [key for key, _ in projects]
        chosen = [key for key in self._client.options.projects if key in keys] or keys[:10]
        return Survey(
            self._who(),
            account_id(self._client.myself) or "",
            projects,
            {key: tuple(self._epics(key)) for key in chosen},
        )

    def _who(self) -> str:
        me = self._client.get_object(f"{self._client.api}/myself")
        return str(me.get("displayName") or me.get("name"))

    def _kind(self, who: str) -> Finding:
        name, expected = self._client.name, "Cloud" if self._client.cloud else "Data Center"
        try:
            found = self._client.get_object(f"{self._client.api}/serverInfo").get("deploymentType")
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
        found = discover_fields(self._client)
        if not (found.flagged or found.boxes):
            text = "no field for the flag was found: nobody is told of flagged issues; set fields.flagged to its name"
            yield Finding(Level.WARNING, name, text)
        elif found.boxes:
            text = "no field is called Flagged; an issue is blocked where Impediment is ticked in a field"
            yield Finding(Level.WARNING, name, f"{text}; set fields.flagged if the flag is called otherwise")
        yield from self._blocking_links()
        if not found.points:
            text = "no field for points was found; set fields.points if your goals are measured in points"
            yield Finding(Level.WARNING, name, text)

    def _blocking_links(self) -> Iterator[Finding]:
        path = f"{self._client.api}/issueLinkType"
        try:
            types = listed(self._client.get(path), "issueLinkTypes", f"{self._client.name}: GET {path}")
        except (NotFound, Forbidden, Refused):  # Links may be switched off.
            types = []
        inward = {str(mapping_or_empty(each).get("inward")).casefold() for each in types}
        wanted = self._client.options.blocking_links
        if not any(each.casefold() in inward for each in wanted):
            known = ", ".join(sorted(repr(each) for each in inward)) or "none"
            text = f"no link type says {' or '.join(map(repr, wanted))}: no link blocks anything; set blocking_links"
            yield Finding(Level.WARNING, self._client.name, f"{text} to one of: {known}")

    def _marks(self) -> Iterator[Finding]:
        marks, subject = self._client.options.marks, f"{self._client.name}: marks"
        if marks.field:
            yield self._field(marks.field.name, subject)
        wanted = {**(_MARKING if marks.field or marks.labels.by_state else {})}
        for project in self._client.options.projects if wanted else ():
            yield from self._lacking_for(project, wanted, subject)
        if marks.problems:
            yield from self._lacking_for(marks.problems.project, _SOLVING, subject)
            yield self._link_type(marks.problems.link, subject)

    def _field(self, name: str, subject: str) -> Finding:
        """Checks its type, and whether it can be edited on some issue of each project."""
        field = find_field(self._client, name)
        kind = mapping_or_empty(field.get("schema")).get("type")
        if kind not in _FIELD_TYPES:
            why = f"has the type {kind}; choose one with text or a single choice"
            return Finding(Level.ERROR, subject, f"the field {name!r} {why}")
        wrong = (self._wrong_with(field, project) for project in self._client.options.projects)
        text = next((found for found in wrong if found), None)
        if text is not None:
            return Finding(Level.ERROR, subject, f"the field {name!r} {text}")
        return Finding(Level.OK, subject, f"the field {name!r} can be set")

    def _wrong_with(self, field: Mapping[str, Any], project: str) -> str | None:
        """Says what keeps the field from being set on a project's most recently updated issue."""
        issue = next(self._found(f'project = "{project}" ORDER BY updated DESC', 1), None)
        if issue is None:
            return None
        screen = self._client.get_object(f"{self._client.api}/issue/{issue['key']}/editmeta")
        shown = mapping_or_empty(screen.get("fields")).get(field["id"])
        if shown is None:
            return f"cannot be edited in {project}; put it on the edit screen and grant Edit issues"
        marks, known = self._client.options.marks, {each.get("value") for each in shown.get("allowedValues") or ()}
        lacking = set(marks.field.by_state.values()) - known if marks.field and known else set()
        return f"has no option {', '.join(sorted(lacking))} in {project}; add it, or name another" if lacking else None

    def _link_type(self, name: str, subject: str) -> Finding:
        path = f"{self._client.api}/issueLinkType"
        types = listed(self._client.get(path), "issueLinkTypes", f"{self._client.name}: GET {path}")
        found = next((each for each in types if each.get("name") == name), None)
        if found is None:
            known = ", ".join(str(each.get("name")) for each in types)
            return Finding(Level.ERROR, subject, f"there is no link type {name!r}; one of {known}")
        if str(found.get("inward")).casefold() in {each.casefold() for each in self._client.options.blocking_links}:
            text = f"links of the type {name!r} mean waiting (blocking_links); choose another for problem issues"
            return Finding(Level.ERROR, subject, text)
        return Finding(Level.OK, subject, f"problem issues are linked by {name}")

    def _lacking_for(self, project: str, wanted: Mapping[str, str], subject: str) -> Iterator[Finding]:
        lacking = self._lacking(project, wanted)
        if lacking:
            text = f"the account may not {', nor '.join(lacking)} in {project}; grant it there, or leave it out"
            yield Finding(Level.ERROR, subject, text)

    def _project(self, project: str) -> Finding:
        subject = f"{self._client.name}: project {project}"
        try:
            self._client.get(f"{self._client.api}/project/{project}")
        except ConnectorError as error:
            return Finding(Level.ERROR, subject, f"cannot be read ({error}); check the key and the account's access")
        try:
            lacking = self._lacking(project, _NEEDED)
        except ConnectorError as error:
            return Finding(Level.WARNING, subject, f"can be read; permissions cannot be asked for ({error})")
        if lacking:
            return Finding(
                Level.ERROR, subject, f"the account may not {', nor '.join(lacking)}; grant it in the project"
            )
        return Finding(Level.OK, subject, "can be read and commented on")

    def _lacking(self, project: str, wanted: Mapping[str, str]) -> list[str]:
        params = {"permissions": ",".join(wanted), "projectKey": project}
        answer = self._client.get_object(f"{self._client.api}/mypermissions", params)
        granted = mapping_or_empty(answer.get("permissions"))
        return [words for key, words in wanted.items() if not mapping_or_empty(granted.get(key)).get("havePermission")]

    def _projects(self) -> Iterator[tuple[str, str]]:
        if self._client.cloud:
            entries = self._client.pages("/rest/api/3/project/search", "values")
        else:
            entries = iter(self._client.get_list("/rest/api/2/project"))
        for _, entry in zip(range(_MOST), map(mapping_or_empty, entries), strict=False):
            if "key" in entry:
                yield str(entry["key"]), str(entry.get("name", ""))

    def _epics(self, project: str) -> Iterator[tuple[str, str, str]]:
        jql = f'project = "{project}" AND issuetype = Epic AND statusCategory != Done ORDER BY updated DESC'
        for issue in self._found(jql, _MOST):
            fields = mapping_or_empty(issue.get("fields"))
            yield str(issue["key"]), str(fields.get("summary") or ""), str(fields.get("duedate") or "")

    def _found(self, jql: str, most: int) -> Iterator[Mapping[str, Any]]:
        path = "/rest/api/3/search/jql" if self._client.cloud else "/rest/api/2/search"
        answer = self._client.query(path, {"jql": jql, "maxResults": most, "fields": ["summary", "duedate"]})
        issues = map(mapping_or_empty, listed(answer, "issues", f"{self._client.name}: the search {jql!r}"))
        yield from (each for each in issues if "key" in each)
