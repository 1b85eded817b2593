"""The part of JQL that people write: https://support.atlassian.com/jira-software-cloud/docs/jql-fields/."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sync_agent.sandbox.jira.records import Raw

Test = Callable[[Raw], bool]

_TOKEN = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()|,]|!=|>=|<=|=|>|<|!~|~|[^\s()=!<>~,]+)""")
_WORDS: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FIELDS = {
    "project", "key", "issuekey", "id", "issuetype", "type", "status", "statuscategory", "resolution", "assignee",
    "labels", "component", "fixversion", "parent", "epic link", "priority", "created", "updated", "due", "duedate",
}  # fmt: skip
_DATES = {"created": "created", "updated": "updated", "due": "duedate", "duedate": "duedate"}


class JqlError(Exception):
    """What Jira would answer with 400."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `bounded` tells whether it has any condition at all."""

    test: Test
    order: tuple[tuple[str, bool], ...]
    bounded: bool

    def run(self, issues: list[Raw]) -> list[Raw]:
        """The issues that match, in order; newest first where none is asked for."""
        found = [raw for raw in issues if self.test(raw)]
        for name, descending in reversed(self.order or (("created", True),)):
            found.sort(key=lambda raw: _sortable(raw, name), reverse=descending)
        return found


def parse(text: str, projects: set[str], now: datetime, zone: tzinfo = UTC) -> Query:
    """Dates without a zone are of the account's. Raises JqlError in Jira's words."""
    return _Parser(text, projects, now, zone).query()


class _Parser:
    def __init__(self, text: str, projects: set[str], now: datetime, zone: tzinfo) -> None:
        self._tokens = [match[1] for match in _TOKEN.finditer(text)]
        self._at = 0
        self._projects = projects
        self._now = now
        self._zone = zone

    def query(self) -> Query:
        bounded = bool(self._tokens) and self._peek() != "order"
        test = self._either() if bounded else lambda _raw: True
        order = self._order() if self._peek() == "order" else ()
        if self._at < len(self._tokens):
            raise JqlError(f"Error in the JQL Query: Expecting operator but got '{self._tokens[self._at]}'.")
        return Query(test, order, bounded)

    def _peek(self) -> str:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        if self._at >= len(self._tokens):
            raise JqlError("Error in the JQL Query: Expecting a value but reached the end of the query.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek() in ("or", "||"):
            self._take()
            tests.append(self._both())
        return lambda raw: any(test(raw) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() in ("and", "&&"):
            self._take()
            tests.append(self._one())
        return lambda raw: all(test(raw) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "not":
            self._take()
            inner = self._one()
            return lambda raw: not inner(raw)
        if self._peek() == "(":
            self._take()
            inner = self._either()
            self._take()
            return inner
        return self._clause()

    def _clause(self) -> Test:
        name = _unquoted(self._take()).lower()
        if name not in _FIELDS:
            raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")
        sign = self._take().lower()
        if sign == "is":
            wanted = self._peek() != "not"
            if not wanted:
                self._take()
            self._take()
            return lambda raw: bool(_values(raw, name)) is not wanted
        if sign == "not":
            self._take()
            values = self._list(name)
            return lambda raw: not _values(raw, name) & values
        if sign == "in":
            values = self._list(name)
            return lambda raw: bool(_values(raw, name) & values)
        return self._compare(name, sign, _unquoted(self._take()))

    def _compare(self, name: str, sign: str, value: str) -> Test:
        if name in _DATES and sign in _WORDS:
            limit, compare = self._date(value), _WORDS[sign]
            return lambda raw: (at := _date(raw, name)) is not None and compare(at, limit)
        self._known(name, value)
        wanted = value.casefold()
        if sign in ("=", "~"):
            return lambda raw: wanted in _values(raw, name)
        if sign in ("!=", "!~"):
            return lambda raw: wanted not in _values(raw, name)
        raise JqlError(f"The operator '{sign}' is not supported by the '{name}' field.")

    def _list(self, name: str) -> set[str]:
        self._take()
        values: set[str] = set()
        while True:
            value = _unquoted(self._take())
            self._known(name, value)
            values.add(value.casefold())
            if self._take() == ")":
                return values

    def _known(self, name: str, value: str) -> None:
        if name == "project" and value.casefold() not in {key.casefold() for key in self._projects}:
            raise JqlError(f"The value '{value}' does not exist for the field 'project'.")

    def _date(self, text: str) -> datetime:
        relative = re.fullmatch(r"-(\d+)([mhdw])", text)
        if relative:
            unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[relative[2]]
            return self._now - timedelta(**{unit: int(relative[1])})
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        try:
            return datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=self._zone)
        except ValueError:
            raise JqlError(f"Date value '{text}' is invalid.") from None

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._take()
        if self._take().lower() != "by":
            raise JqlError("Error in the JQL Query: Expecting 'by'.")
        keys = []
        while self._at < len(self._tokens):
            name = _unquoted(self._take()).lower()
            descending = self._peek() == "desc"
            if self._peek() in ("asc", "desc"):
                self._take()
            keys.append((name, descending))
            if self._peek() == ",":
                self._take()
        return tuple(keys)


def _values(raw: Raw, name: str) -> set[str]:
    return {str(value).casefold() for value in _plain(raw, name) if value is not None}


def _plain(raw: Raw, name: str) -> list[Any]:
    fields = raw["fields"]
    match name:
        case "key" | "issuekey" | "id":
            return [raw["id"], raw["key"]]
        case "project":
            return [fields["project"]["key"], fields["project"].get("name"), fields["project"]["id"]]
        case "labels":
            return list(fields.get("labels") or ())
        case "component" | "fixversion":
            return [e["name"] for e in fields.get("components" if name == "component" else "fixVersions") or ()]
        case "statuscategory":
            category = (fields["status"] or {}).get("statusCategory") or {}
            return [category.get("name"), category.get("key")]
        case "parent" | "epic link":
            return [fields.get("parent")]
        case "assignee":
            user = fields.get("assignee") or {}
            return [user.get("name"), user.get("accountId"), user.get("displayName")]
    value = fields.get({"type": "issuetype", "due": "duedate"}.get(name, name)) or {}
    return [value.get("name"), value.get("id")] if isinstance(value, dict) else [value]


def _date(raw: Raw, name: str) -> datetime | None:
    text = raw["fields"].get(_DATES[name])
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sortable(raw: Raw, name: str) -> Any:
    if name in _DATES:
        return _date(raw, name) or datetime.max.replace(tzinfo=UTC)
    if name in ("key", "issuekey", "id"):
        project, _, number = raw["key"].rpartition("-")
        return project, int(number)
    return sorted(_values(raw, name))


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[:1] in "\"'" else token
