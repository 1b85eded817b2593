"""Mails → answers: who is believed, what is left alone, and what their authors are told."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import thread_time

import pytest
from sqlalchemy import Connection

from connectors.contract import Automatic, Finding, IncomingMail, Level, MailBatch
from connectors.errors import ConnectorError, Unavailable
from connectors.mail.incoming import read_mail
from sync_agent.ask.hearing import Listener
from sync_agent.ask.identity.ids import about_id
from sync_agent.ask.identity.links import DIGEST, Links
from sync_agent.ask.identity.reply_addresses import AGENT, Replies
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.hear import mail as door
from sync_agent.hear.mail import Office, hear_mails
from sync_agent.model import Organisation, Person, Role, Rules
from sync_agent.model.asking import About, Answer, Ask, Known, Topic, Weight
from sync_agent.outbox import enqueue
from sync_agent.render import MailResponse, MailResponseKind, respond
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, load_unconfirmed
from sync_agent.store.memory.mailbox import load_automatic, load_cursor, load_unreachable
from sync_agent.store.memory.unsubscribed import load_unsubscribed
from tests.support.builders import goal, organisation

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = "0123456789abcdef0123456789abcdef"
REPLIES = Replies("goals@example.org", True, (SECRET,))
PEOPLE = {
    "dana": Person("dana", "Dana Reyes", Role.OWNER, "Dana@example.org", {"jira": "dana"}),
    "noor": Person("noor", "Noor Haddad", Role.TECHNICAL_EXPERT, "noor@example.org"),
    "ops": Person("ops", "Operations", Role.IT_OPS, "ops@example.org"),
}
ACME = replace(organisation(goal(rules=Rules(check_in_days=14))), people=PEOPLE)
SITUATION = Situation(ACME, NOW)
ASK = next(each for each in asks(SITUATION) if each.opens <= NOW < each.closes)
ABOUT = about_id(About(Topic.GOAL, "checkout"))
PASS = "mx.example.org; dmarc=pass header.from=example.org"


@dataclass
class Post:
    """A mailbox in memory, and what is sent on account of it. `fails` stops it from putting anything away."""

    store: Store
    asks: Sequence[Ask] = (ASK,)
    waiting: list[IncomingMail] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    away: int = 0
    now: datetime = NOW
    took: timedelta = timedelta(0)
    fails: bool = False
    organisation: Organisation = ACME
    responses: list[MailResponse] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    def read(self, cursor: str | None) -> Iterator[MailBatch]:
        start = int(cursor or 0)
        for n in range(start, len(self.waiting), 2):
            part = self.waiting[n : n + 2]
            yield MailBatch(tuple(part), tuple(mail.digest for mail in part), str(n + len(part)), self.unread)
            self.now += self.took

    def put_away(self, batch: MailBatch) -> None:
        if self.fails:
            raise Unavailable("gone")
        self.away += len(batch.names)

    def check(self) -> Finding:
        return Finding(Level.OK, "", "")

    def hear(self) -> Unavailable | None:
        error = self.hear_anyhow()
        assert error is None or isinstance(error, Unavailable)
        return error

    def hear_anyhow(self) -> ConnectorError | None:
        office = Office(
            self.organisation, REPLIES, Links("https://goals.example.org", (SECRET,)), self.listener, self.respond,
            self.report, frozenset({"goals@example.org"}),
        )  # fmt: skip
        return hear_mails(self, self.store, office, lambda: self.now, threading.Event())

    def listener(self, _connection: Connection) -> Listener:
        return Listener(SITUATION, self.asks)

    def respond(self, connection: Connection, response: MailResponse) -> None:
        enqueue(connection, [respond(response, ACME, REPLIES)], self.now)
        self.responses.append(response)

    def report(self, _connection: Connection, person: Person, _at: datetime) -> None:
        self.reported.append(person.id)

    def answers(self) -> tuple[Answer, ...]:
        with self.store.read() as connection:
            return load_answers(connection)


@pytest.fixture
def post() -> Iterator[Post]:
    with Store.temporary() as store:
        yield Post(store)


def mail(text: str = "70 waiting", sender: str = "dana@example.org", token: str = "", at: datetime = NOW,
         **headers: str) -> IncomingMail:  # fmt: skip
    """One that came through the real reader."""
    to = f"goals+{token}@example.org" if token else "goals@example.org"
    named = {"From": sender, "To": to, "Message-ID": f"<{hash((text, at))}@example.org>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    raw = "".join(f"{name}: {value}\r\n" for name, value in named.items()) + f"\r\n{text}\r\n"
    return read_mail(raw.encode(), at, ("Goals", "goals@example.org"), "mx.example.org")


def token(subject: str = ASK.id, person: str = "dana", secret: str = SECRET) -> str:
    return Replies("goals@example.org", True, (secret,)).to(subject, person).token


OWN, OTHERS, FORGED, NONE = token(), token(person="noor"), token(secret="f" * 32), ""


@pytest.mark.parametrize("weight", Weight)
@pytest.mark.parametrize(
    ("named", "sender", "results", "light", "weighs"),
    [
        (OWN, "dana@example.org", "", Known.MAIL, None),
        (OWN, "dana@example.org", PASS, Known.ALIGNED_MAIL, Known.ALIGNED_MAIL),
        (OWN, "dana@example.org", PASS.replace("mx.", "evil."), Known.MAIL, None),
        (OWN, "dana@example.org", PASS.replace("from=example", "from=evil"), Known.MAIL, None),
        (OWN, "dana@example.org", PASS.replace("pass", "fail"), Known.MAIL, None),
        (OWN, "noor@example.org", "", None, None),
        (OWN, "noor@example.org", PASS, None, None),
        (OWN, "mallory@evil.example", PASS, None, None),
        (OWN, "dana@example.org, noor@example.org", PASS, None, None),
        (OTHERS, "dana@example.org", "", None, None),
        (OTHERS, "dana@example.org", PASS, Known.ALIGNED_MAIL, Known.ALIGNED_MAIL),
        (FORGED, "dana@example.org", "", None, None),
        (NONE, "dana@example.org", "", None, None),
        (NONE, "dana@example.org", PASS, None, None),
    ],
)
def test_who_is_believed(
    post: Post, named: str, sender: str, results: str, light: Known | None, weighs: Known | None, weight: Weight
) -> None:
    post.asks = [replace(ASK, weight=weight)]
    headers = {"Authentication_Results": results} if results else {}
    post.waiting = [mail(sender=sender, token=named, **headers)]
    post.hear()
    known = [answer.known for answer in post.answers() if answer.ask == ASK.id]
    expected = weighs if weight is Weight.WEIGHS else light
    assert known == ([expected] if expected else [])


@pytest.mark.parametrize("where", ["recipient", "references", "last line", "upper case"])
def test_a_token_is_found_wherever_it_is_left(post: Post, where: str) -> None:
    found = {
        "recipient": lambda: mail(token=OWN),
        "upper case": lambda: mail(token=OWN.upper()),
        "references": lambda: mail(References=f"<{OWN}.0123abcd.goal-sync-agent@example.org> <1@mail.example.org>"),
        "last line": lambda: mail(f"70 waiting\n\nGoals <goals@example.org> wrote:\n> Reference for answers: {OWN}"),
    }[where]()
    post.waiting = [found]
    post.hear()
    (answer,) = post.answers()
    assert (answer.ask, answer.values["confidence"]) == (ASK.id, 70.0)


def test_what_weighs_and_is_not_sure_is_confirmed_by_a_link(post: Post) -> None:
    post.asks = [replace(ASK, weight=Weight.WEIGHS)]
    post.waiting = [mail(token=OWN)]
    post.hear()
    (response,) = post.responses
    assert (response.kind, response.goal) == (MailResponseKind.CONFIRM, ASK.goal)
    assert "nobody vouches for the address" in " ".join(respond(response, ACME, REPLIES).payload.body.split())
    assert str(response.link).startswith("https://goals.example.org/confirm/")
    with post.store.read() as connection:
        assert load_unconfirmed(connection, response.origin)


def test_where_not_even_a_mail_that_is_vouched_for_is_enough_the_reason_says_so(post: Post) -> None:
    post.asks = [replace(ASK, weight=Weight.WEIGHS, accepts=frozenset({Known.LINK}))]
    post.waiting = [mail(token=OWN, Authentication_Results=PASS)]
    post.hear()
    (response,) = post.responses
    assert response.kind is MailResponseKind.CONFIRM
    assert "It weighs much, and a mail is not enough for it." in respond(response, ACME, REPLIES).payload.body


def test_what_weighs_sends_a_receipt_that_takes_it_back(post: Post) -> None:
    post.asks = [replace(ASK, weight=Weight.WEIGHS)]
    post.waiting = [mail(token=OWN, Authentication_Results=PASS)]
    post.hear()
    (response,) = post.responses
    assert (response.kind, response.goal) == (MailResponseKind.RECEIPT, ASK.goal)
    assert "/not-me/" in respond(response, ACME, REPLIES).payload.body


def test_a_mail_without_a_token_is_about_the_goal_that_its_subject_names(post: Post) -> None:
    post.waiting = [
        mail("receipts are late", Subject="Re: checkout feels instant: at risk"),
        mail("and slow", "noor@example.org", Subject="about Checkout"),
        mail("may I have a word", "noor@example.org", Subject="a question"),
        mail("buy this", "stranger@evil.example", Subject="checkout"),
    ]
    post.hear()
    assert sorted((a.kind, a.about.id, a.person) for a in post.answers()) == [
        ("feedback", "checkout", "dana"), ("feedback", "checkout", "noor"), ("one-on-one", "", "noor"),
    ]  # fmt: skip
    assert post.responses == []


def test_a_digest_is_answered_to_whoever_looks_after_the_goals(post: Post) -> None:
    post.waiting = [mail("too long", token=token(about_id(About(Topic.AGENT, DIGEST))))]
    post.hear()
    assert [(a.kind, a.about) for a in post.answers()] == [("one-on-one", AGENT)]


def test_words_that_are_not_understood_are_answered_once(post: Post) -> None:
    post.waiting = [mail("fine so far", token=OWN), mail("fine so far", token=OWN, at=NOW - timedelta(hours=1))]
    post.hear()
    (response,) = post.responses
    text = " ".join(respond(response, ACME, REPLIES).payload.body.split())
    assert "Your answer could not be read. Nothing has been noted." in text
    assert "“fine so far”" in text
    assert "Confidence: 0 to 100" in text
    assert respond(response, ACME, REPLIES).reply == REPLIES.to(ASK.id, "dana"), "it can be answered right away"


def test_two_programs_that_answer_each_other_come_to_an_end(post: Post) -> None:
    post.waiting = [mail(f"I am away, ticket {n}", token=OWN) for n in range(30)]
    post.hear()
    assert len(post.responses) == 5
    post.now += timedelta(days=1, minutes=1)
    post.waiting += [mail("ticket closed", token=OWN, at=post.now)]
    post.hear()
    assert len(post.responses) == 6


@pytest.mark.parametrize("header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}])
def test_automatic_mail_is_no_answer_and_gets_none(post: Post, header: dict[str, str]) -> None:
    post.waiting = [mail("70 away until Monday", token=OWN, Subject="Out of office\x00", **header)]
    post.hear()
    assert (post.answers(), post.responses) == ((), [])
    with post.store.read() as connection:
        replies = load_automatic(connection, NOW - timedelta(days=1))
    assert [(r.person, r.subject) for r in replies] == ([] if "Precedence" in header else [("dana", "Out of office")])


def test_the_agent_does_not_listen_to_itself(post: Post) -> None:
    """Not even where somebody is configured with its address: it would answer its own mails."""
    mixed_up = replace(PEOPLE["dana"], email="goals@example.org")
    post.organisation = replace(ACME, people={**PEOPLE, "dana": mixed_up})
    post.waiting = [mail("fine", "goals@example.org", token=OWN)]
    post.hear()
    assert (post.answers(), post.responses) == ((), [])


def bounce(recipient: str, returned: str = "", status: str = "5.1.1", at: datetime = NOW) -> IncomingMail:
    raw = f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: goals@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

It did not arrive.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}

--B
Content-Type: message/rfc822

Subject: Checkout
{returned}

Words
--B--
"""
    return read_mail(raw.encode(), at, ("Goals", "goals@example.org"), "mx.example.org")


@pytest.mark.parametrize(
    ("report", "missed"),
    [
        (bounce("dana@example.org"), ["dana"]),
        (bounce("DANA@EXAMPLE.ORG"), ["dana"]),
        (bounce("dana@example.org", status="4.2.2"), []),
        (bounce("dana@example.org", at=NOW - timedelta(days=40)), []),
        (bounce("stranger@example.org"), []),
        (bounce("dana@alias.example", f"Reply-To: goals+{token(ABOUT)}@example.org"), ["dana"]),
        (bounce("dana@alias.example", f"References: <{token(ABOUT)}.12ab.goal-sync-agent@example.org>"), ["dana"]),
        (bounce("dana@alias.example", f"Reply-To: goals+{token(ABOUT, secret='f' * 32)}@example.org"), []),
    ],
)
def test_a_bounce_marks_an_address_and_is_told_once(post: Post, report: IncomingMail, missed: list[str]) -> None:
    assert report.automatic is Automatic.BOUNCE
    post.waiting = [report, replace(report, digest="again")]
    post.hear()
    assert post.reported == missed
    with post.store.read() as connection:
        assert list(load_unreachable(connection)) == [f"{name}@example.org" for name in missed]


def test_whoever_writes_can_be_reached_again(post: Post) -> None:
    post.waiting = [bounce("dana@example.org"), mail(token=OWN)]
    post.hear()
    with post.store.read() as connection:
        assert load_unreachable(connection) == {}


@pytest.mark.parametrize("way", ["subject", "word"])
@pytest.mark.parametrize(("subject", "ended"), [(ABOUT, "checkout"), (about_id(About(Topic.AGENT, DIGEST)), DIGEST)])
def test_unsubscribe_ends_what_the_link_ends(post: Post, way: str, subject: str, ended: str) -> None:
    named = token(subject)
    post.waiting = [
        mail("", Subject=f"unsubscribe {named}") if way == "subject" else mail("Unsubscribe.\n", token=named)
    ]
    post.hear()
    with post.store.read() as connection:
        assert load_unsubscribed(connection) == {("dana", ended)}
    assert [response.kind for response in post.responses] == [MailResponseKind.UNSUBSCRIBED]


def test_a_subject_that_only_begins_with_the_word_ends_nothing(post: Post) -> None:
    subject = "Unsubscribe from checkout feels instant is broken"
    post.waiting = [mail("it shows a blank page", Subject=subject, Authentication_Results=PASS)]
    post.hear()
    with post.store.read() as connection:
        assert load_unsubscribed(connection) == frozenset()
    assert [answer.kind for answer in post.answers()] == ["feedback"]


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Von meinem iPhone gesendet", "iPhoneから送信", "Get Outlook for iOS"]
)
def test_what_a_telephone_adds_is_no_word_of_theirs(post: Post, line: str) -> None:
    post.waiting = [mail(f"70\n\n{line}", token=OWN), mail("70 all is\nsent from Android\n", token=OWN)]
    post.hear()
    assert [answer.values.get("note") for answer in post.answers()] == [None, "all is\nsent from Android"]


@pytest.mark.parametrize("found", [mail("", Subject="unsubscribe"), mail("unsubscribe", token=token(ABOUT, "noor"))])
def test_nobody_ends_the_mails_of_others(post: Post, found: IncomingMail) -> None:
    post.waiting = [found]
    post.hear()
    with post.store.read() as connection:
        assert load_unsubscribed(connection) == frozenset()
    assert [response.kind for response in post.responses] == [MailResponseKind.NOT_UNSUBSCRIBED]


def test_a_crash_before_mails_are_put_away_changes_nothing(post: Post) -> None:
    post.waiting = [mail(token=OWN), mail("fine so far", token=OWN), mail("unsubscribe", token=token(ABOUT))]
    post.fails = True
    assert post.hear() is not None
    before = post.answers()
    post.fails = False
    with post.store.begin() as connection:
        assert load_cursor(connection, "channels.email.inbox") == "2"
        connection.exec_driver_sql("DELETE FROM mailboxes")
    post.hear()
    assert post.answers() == before
    assert [r.kind for r in post.responses] == [MailResponseKind.MISHEARD, MailResponseKind.UNSUBSCRIBED]


def test_a_mail_that_trips_the_reader_is_set_aside(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(text: str, marks: Sequence[str]) -> str:
        if "odd" in text:
            raise RecursionError("too deep")
        return text

    monkeypatch.setattr(door, "own_words", trip)
    post.waiting = [mail("odd", token=OWN), mail(token=OWN)]
    post.unread = {"17": "RecursionError: too deep"}
    assert post.hear() is None
    assert (len(post.answers()), post.away) == (1, 2)


def test_the_mailbox_is_listened_to_for_a_minute_a_cycle(post: Post) -> None:
    post.waiting = [mail(f"word {n}", token=token(ABOUT)) for n in range(20)]
    post.took = timedelta(seconds=25)
    post.hear()
    assert 2 < len(post.answers()) < 20
    for _ in range(5):
        post.hear()
    assert (len(post.answers()), post.away) == (20, 20)


def test_old_mails_are_kept_and_not_answered(post: Post) -> None:
    """A store that was lost hears all of them again."""
    long_ago = NOW - timedelta(days=10)
    post.waiting = [mail("fine", token=OWN, at=long_ago), mail("late receipts", token=token(ABOUT), at=long_ago)]
    post.hear()
    assert (len(post.answers()), post.responses) == (1, [])


def test_a_megabyte_of_hostile_mail_is_no_burden(post: Post) -> None:
    lines = ["unsubscribe" * 9, f"goals+{OWN}@", "0123456789ab." * 8, "> " * 40, "needs from by " * 6, ": " * 50]
    begun = thread_time()
    for line in lines:
        post.waiting.append(mail((line + "\n") * (1_000_000 // len(line)), token=OWN, Subject=line * 50))
    post.hear()
    assert thread_time() - begun < 0.5 * len(lines)


def test_no_mail_is_set_aside_while_nothing_can_be_understood(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.waiting = [mail(token=OWN), mail("unsubscribe", token=token(ABOUT))]

    def broken(_self: Post, _connection: Connection) -> Listener:
        raise KeyError("confidence")

    with monkeypatch.context() as patch:
        patch.setattr(Post, "listener", broken)
        office_error = post.hear_anyhow()
    assert "KeyError" in str(office_error)
    assert post.away == 0
    post.hear()
    assert [answer.raw for answer in post.answers()] == ["70 waiting"]


def test_a_mail_full_of_mistakes_gets_a_short_answer(post: Post) -> None:
    post.waiting = [mail("needs: zzz\n" * 1_800, token=OWN)]
    post.hear()
    (response,) = post.responses
    body = respond(response, ACME, REPLIES).payload.body
    assert "more" in body
    assert len(body) < 5_000
