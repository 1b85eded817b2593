"""Pages over real HTTP: what they show to whom, from a snapshot or a store."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import requests
from starlette.applications import Starlette

from sync_agent.ask.identity.links import Links
from sync_agent.evaluate import evaluate
from sync_agent.model import Person, Role, SourceState
from sync_agent.model.people.access import AccessMode, AccessSettings
from sync_agent.store import Store
from sync_agent.web import Metrics, PageAccess, Snapshot, WebServer, build_app
from sync_agent.web.access import COOKIE
from tests.support.builders import NOW, done, facts, goal, item, organisation

PLACE = organisation(replace(goal(), objective="<script>alert(1)</script>"))

JUDGED = evaluate(PLACE, facts(done("SHOP-1"), item("SHOP-2")), NOW)

GOOD = Snapshot(
    beat=0.0, interval=timedelta(minutes=15), organisation=PLACE, assessments=JUDGED,
    sources=(SourceState("jira", complete_at=NOW),), began=NOW, ended=NOW,
)  # fmt: skip

LINKS = Links("https://goals.example.org", ("0123456789abcdef0123456789abcdef",))
"""As they are signed in mails."""

PEOPLE = {role.value: Person(role.value, f"The {role.value}", role, f"{role.value}@example.org") for role in Role}
"""Somebody of every role, by the role's name."""


@dataclass(frozen=True, slots=True)
class Site:
    """Pages that are served now."""

    port: int

    def get(self, path: str, headers: Mapping[str, str] | None = None, cookie: str = "") -> requests.Response:
        """One page, without following where it leads."""
        address, kept = f"http://127.0.0.1:{self.port}{path}", {COOKIE: cookie} if cookie else {}
        return requests.get(address, headers=headers, cookies=kept, timeout=10, allow_redirects=False)

    def post(self, path: str, data: Mapping[str, str], **more: Mapping[str, str]) -> requests.Response:
        """A form of a page."""
        address = f"http://127.0.0.1:{self.port}{path}"
        return requests.post(address, data=data, timeout=10, allow_redirects=False, **more)  # type: ignore[arg-type]


def app_of(
    snapshot: Snapshot, later: timedelta = timedelta(), store: Store | None = None, access: PageAccess | None = None
) -> Starlette:
    """The pages over a snapshot."""
    metrics = Metrics()
    metrics.show(snapshot)
    return build_app(
        lambda: snapshot, lambda: metrics.registry, lambda: NOW + later, later.total_seconds, store=store, access=access
    )


@contextmanager
def served(
    snapshot: Snapshot, later: timedelta = timedelta(), store: Store | None = None, access: PageAccess | None = None
) -> Iterator[Site]:
    """The pages over a snapshot, for as long as they are needed."""
    with WebServer(app_of(snapshot, later, store, access), "127.0.0.1", 0) as server:
        yield Site(server.port)


def access_by(mode: AccessMode, **more: object) -> PageAccess:
    """An access of a mode, with links."""
    settings: Callable[[], AccessSettings] = lambda: replace(AccessSettings(mode), **more)  # type: ignore[arg-type]  # noqa: E731
    return PageAccess(settings, lambda: LINKS)
