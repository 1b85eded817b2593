"""Who may see what: every role at every page by every way in, and what happens to those who pretend."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from sync_agent.ask.identity.tokens import sign
from sync_agent.model import EMAIL, Message, MessageKind, Payload, Reason, ReasonKind, Role
from sync_agent.model.asking import Purpose, Token
from sync_agent.model.people.access import AccessMode
from sync_agent.outbox import enqueue
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows, save_rows
from sync_agent.web import PageAccess
from sync_agent.web.access import COOKIE
from tests.support.builders import NOW, goal, organisation
from tests.support.pages import GOOD, JUDGED, LINKS, PEOPLE, Site, access_by, served

OURS, OTHERS = replace(goal("ours"), stakeholders=tuple(PEOPLE)), replace(goal("others"), objective="Somebody else's")
PLACE = replace(organisation(OURS, OTHERS), people=PEOPLE)
SNAPSHOT = replace(GOOD, organisation=PLACE, assessments=tuple(replace(JUDGED[0], goal=g.id) for g in PLACE.goals))
HEADER = "X-Forwarded-Email"
LOOPBACK = (ip_network("127.0.0.0/8"),)
PROXY = access_by(AccessMode.PROXY, header=HEADER, trusted=LOOPBACK)
BY_LINK = access_by(AccessMode.LINKS)
PATHS = (
    "/",
    "/goals/ours",
    "/goals/others",
    "/me",
    "/map",
    "/record",
    "/ops",
    "/api/v1/goals/others",
    "/goals/others.svg",
)
INSIDE = {Role.OWNER, Role.SENIOR_LEADER, Role.TECHNICAL_EXPERT, Role.IT_OPS}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{tmp_path_factory.mktemp('access')}/state.db")) as opened:
        yield opened


def wanted(role: Role, path: str) -> int:
    """What a role gets at a page."""
    if path == "/ops":
        return 200 if role is Role.IT_OPS else 403
    if path in ("/map", "/record"):
        return 200 if role in INSIDE else 403
    return 404 if "others" in path and role not in INSIDE else 200


def entered(site: Site, role: Role) -> str:
    """The cookie of somebody who follows the link in their mail."""
    link = LINKS.enter_link(role.value)
    assert link
    answer = site.get(link.removeprefix(LINKS.url))
    assert (answer.status_code, answer.headers["location"]) == (303, "../")
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax"))
    return answer.cookies[COOKIE]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_pages_by_both_ways_in(role: Role, store: Store) -> None:
    with served(SNAPSHOT, store=store, access=PROXY) as site:
        for path in PATHS:
            answer = site.get(path, {HEADER: f"{role.value.title()}@Example.org"})
            assert answer.status_code == wanted(role, path), (role, path)
    with served(SNAPSHOT, store=store, access=BY_LINK) as site:
        cookie = entered(site, role)
        for path in PATHS:
            assert site.get(path, cookie=cookie).status_code == wanted(role, path), (role, path)


def test_outsiders_learn_nothing_of_other_goals_and_customers_read_the_promise(store: Store) -> None:
    with served(SNAPSHOT, store=store, access=PROXY) as site:
        for role in (Role.BUSINESS_PARTNER, Role.CUSTOMER_REPRESENTATIVE):
            header = {HEADER: f"{role.value}@example.org"}
            for path in ("/", "/api/v1/goals", "/goals.csv", "/feed.atom", "/calendar.ics", "/me"):
                answer = site.get(path, header)
                assert answer.status_code == 200
                assert "Somebody else" not in answer.text, path
        customer = {HEADER: "customer-representative@example.org"}
        page = site.get("/goals/ours", customer).text
        assert "Promised by 31 Dec" in page
        assert "What was told" not in page
        assert ">Why<" not in page
        assert "reasons" not in site.get("/api/v1/goals/ours", customer).json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: "nobody@example.org"},
        {HEADER: "owner@example.org, it-ops@example.org"},
        {HEADER: ""},
        {"X-Forwarded-User": "it-ops@example.org"},
    ],
)
def test_a_proxy_that_names_nobody_lets_nobody_in(headers: dict[str, str], store: Store) -> None:
    with served(SNAPSHOT, store=store, access=PROXY) as site:
        for path in PATHS:
            assert site.get(path, headers).status_code in (401, 403)


def test_the_header_is_believed_of_the_proxy_alone(store: Store) -> None:
    elsewhere = access_by(AccessMode.PROXY, header=HEADER, trusted=(ip_network("10.1.2.3/32"), ip_network("::/0")))
    with served(SNAPSHOT, store=store, access=elsewhere) as site:
        for more in ({}, {"X-Forwarded-For": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}):
            assert site.get("/ops", {HEADER: "it-ops@example.org", **more}).status_code == 401


def test_no_cookie_is_taken_that_we_did_not_make_for_this(store: Store) -> None:
    today = NOW.date().isoformat()
    with served(SNAPSHOT, store=store, access=BY_LINK) as site:
        good = entered(site, Role.IT_OPS)
        old = (NOW - timedelta(days=31)).date().isoformat()
        forged = [
            "",
            good[:-1] + ("A" if good[-1] != "A" else "B"),
            (LINKS.enter_link("it-ops") or "").rpartition("/")[2],
            sign(Token(Purpose.ANSWER, f"session {today}", "it-ops"), LINKS.strong),
            sign(Token(Purpose.ENTER, f"session {old}", "it-ops"), LINKS.strong),
            sign(Token(Purpose.ENTER, f"session {today}", "it-ops"), ("f" * 32,)),
        ]
        for cookie in forged:
            assert site.get("/ops", cookie=cookie).status_code == 401, cookie
        assert site.get("/ops", cookie=good).status_code == 200
        gone = sign(Token(Purpose.ENTER, f"session {today}", "left-long-ago"), LINKS.strong)
        assert site.get("/", cookie=gone).status_code == 403
        assert site.get(f"/enter/{good}").status_code == 404, "a session is no link"
        assert site.get("/enter/x").status_code == 404


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("goals/ours", "../goals/ours"),
        ("me", "../me"),
        ("//evil.example", "../"),
        ("https://evil.example", "../"),
        ("goals/../../evil", "../"),
        ("goals/%0d%0aX: y", "../"),
    ],
)
def test_a_link_leads_to_pages_of_ours_only(to: str, leads: str) -> None:
    link = (LINKS.enter_link("owner") or "").removeprefix(LINKS.url)
    with served(SNAPSHOT, access=BY_LINK) as site:
        assert site.get(f"{link}?to={to}").headers["location"] == leads


def test_pages_that_are_open_answer_to_names_of_ours_only(store: Store) -> None:
    with served(SNAPSHOT, store=store, access=PageAccess(links=lambda: LINKS)) as site:
        for host in ("localhost:8080", "127.0.0.1", "[::1]:80", "goals.example.org"):
            assert site.get("/ops", {"Host": host}).status_code == 200, host
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", ""):
            assert site.get("/ops", {"Host": host}).status_code in (400, 421), host
            assert site.get("/healthz", {"Host": host or "x"}).status_code == 200


def test_pages_that_others_reach_show_goals_and_nobodys_mails(store: Store) -> None:
    outside = access_by(AccessMode.OPEN, inside=False)
    with served(SNAPSHOT, store=store, access=outside) as site:
        assert [site.get(path).status_code for path in ("/", "/goals/ours", "/map", "/record")] == [200] * 4
        assert [site.get(path).status_code for path in ("/me", "/me?person=owner", "/ops")] == [403] * 3


def given_up(store: Store) -> str:
    """A message that was given up."""
    why, said = Reason(ReasonKind.WORSE), Payload("text", "subject")
    message = Message("alert/x", MessageKind.ALERT, EMAIL, said, why, address="a@example.org")
    with store.begin() as connection:
        enqueue(connection, [message], NOW)
        (row,) = load_rows(connection, ["alert/x"]).values()
        save_rows(connection, [replace(row, state=RowState.DEAD, error="550 no such user")])
    return message.key


def state(store: Store) -> RowState:
    with store.read() as connection:
        return load_rows(connection, ["alert/x"])["alert/x"].state


def test_a_message_is_sent_again_by_whoever_runs_the_agent_from_a_form_of_ours(store: Store) -> None:
    key = given_up(store)
    with served(SNAPSHOT, store=store, access=PROXY) as site:
        ops, owner = ({HEADER: f"{name}@example.org"} for name in ("it-ops", "owner"))
        page = site.get("/ops", ops).text
        assert "550 no such user" in page
        token = page.partition('name="token" value="')[2].partition('"')[0]
        form = {"key": key, "do": "retry", "token": token}
        stranger = sign(Token(Purpose.ACT, NOW.date().isoformat(), "owner"), LINKS.strong)
        assert site.post("/ops/outbox", form).status_code == 403
        assert site.post("/ops/outbox", form, headers=owner).status_code == 403
        assert site.post("/ops/outbox", {**form, "token": ""}, headers=ops).status_code == 400
        assert site.post("/ops/outbox", {**form, "token": stranger}, headers=ops).status_code == 400
        cross = {**ops, "Sec-Fetch-Site": "cross-site"}
        assert site.post("/ops/outbox", form, headers=cross).status_code == 403
        assert site.post("/ops/outbox", form, headers={**ops, "Origin": "https://evil.example"}).status_code == 403
        assert state(store) is RowState.DEAD
        assert site.post("/ops/outbox", form, headers=ops).status_code == 303
        assert state(store) is RowState.WAITING
        assert site.get("/ops/outbox", ops).status_code == 405
