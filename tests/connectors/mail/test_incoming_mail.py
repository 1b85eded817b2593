"""What is read out of a mail: what the sender wrote, who they are, and whether a person wrote at all."""

from datetime import UTC, datetime
from email.message import EmailMessage
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Automatic, IncomingMail
from connectors.mail.authentication import is_aligned
from connectors.mail.html_text import text_of
from connectors.mail.incoming import read_mail
from connectors.mail.reply import written

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OURS = ("Goal sync", "goals@example.org")


def read(raw: str | bytes, server: str = "mx.example.org") -> IncomingMail:
    return read_mail(raw.encode() if isinstance(raw, str) else raw, NOW, OURS, server)


def mail(body: str = "70 waiting", **headers: str) -> str:
    named = {"From": "Dana Reyes <dana@example.org>", "To": "goals@example.org", "Subject": "Re: Checkout"}
    named |= {name.replace("_", "-"): text for name, text in headers.items()}
    return "".join(f"{name}: {text}\r\n" for name, text in named.items()) + f"\r\n{body}"


@pytest.mark.parametrize(
    "below",
    [
        "On Mon, 23 Nov 2026 at 09:00, Goal sync <goals@example.org> wrote:\n\n> How is it going?",
        "Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Goal sync <\ngoals@example.org>:\n\n> Wie läuft es?",
        "-----Original Message-----\nFrom: Goal sync\nSent: Monday\n\nHow is it going?",
        "De : Goal sync [mailto:goals@example.org]\nEnvoyé : lundi\n\nComment ça va ?",
        "> How is it going?\n> Reply with a number and a line.",
        "Le 23 nov. 2026 à 09:00, Goal sync a écrit :\n\n> Comment ça va ?",
        "On Monday, 23 November 2026 at 09:00:12 Central European Time,\nGoal sync <goals@example.org> wrote:\n> x",
        "On Monday, 23 November 2026 at 09:00:12 GMT, Goal\nsync <goals@example.org> wrote:\n> x",
    ],
)
def test_the_mail_below_a_reply_is_cut_off(below: str) -> None:
    text, quoted = written(f"70 waiting for the contract\n\nDana\n\n{below}", OURS)
    assert text == "70 waiting for the contract\n\nDana"
    assert quoted.splitlines()[-1] == below.splitlines()[-1]


@pytest.mark.parametrize(
    "line",
    ["The goals of the team have changed", "These are our goals:", "70 for all goals", "No: our goals are late"],
)
def test_a_name_that_people_use_is_no_quotation(line: str) -> None:
    attribution = "On Mon, 23 Nov 2026 at 09:00, Goals\n<goals@example.org> wrote:\n> How is it going?"
    assert written(f"{line}\nDana\n\n{attribution}", ("Goals", "goals@example.org"))[0] == f"{line}\nDana"


def test_whoever_answers_below_the_quotation_is_heard() -> None:
    text, _ = written("Goal sync wrote:\n> How is it going?\n> Reply below.\n\n70 waiting\n", OURS)
    assert text == "70 waiting"


def test_a_forwarded_mail_without_a_word_says_nothing() -> None:
    assert written("From: Goal sync\nSubject: Checkout\n\nHow is it going?\n", OURS)[0] == ""


def test_charsets_and_encodings_are_read() -> None:
    message = EmailMessage()
    message["From"] = "dana@example.org"
    message["Subject"] = "Rückmeldung zu 決済"
    message.set_content("70 wartet auf Verträge — 契約", charset="utf-8", cte="base64")
    found = read(bytes(message))
    assert (found.subject, found.text) == ("Rückmeldung zu 決済", "70 wartet auf Verträge — 契約")
    latin = b"From: dana@example.org\nContent-Type: text/plain; charset=iso-8859-1\n\n70 l\xe4uft"
    assert read(latin).text == "70 läuft"
    printable = "From: dana@example.org\nContent-Transfer-Encoding: quoted-printable\n\n70 l=C3=A4uft=\n weiter"
    assert read(printable).text == "70 läuft weiter"
    assert read("From: dana@example.org\nContent-Type: text/plain; charset=x-unheard-of\n\n70").text == "70"


def test_a_mail_that_is_html_alone_is_read() -> None:
    page = "<html><head><title>no</title><style>p {}</style></head><body><p>70&nbsp;waiting &amp; hoping</p>"
    page += "<div>second<br>third</div><blockquote>Goal sync asked</blockquote></body></html>"
    found = read(mail(page, Content_Type="text/html"))
    assert [line for line in found.text.splitlines() if line.strip()] == ["70 waiting & hoping", "second", "third"]
    assert "asked" in found.quoted


def test_what_an_html_mail_quotes_is_not_the_senders_word() -> None:
    quoted = "<blockquote>Goal sync asked<p>55 said you</p><li>a</li><blockquote>x</blockquote>y</blockquote>"
    found = read(mail(f"{quoted}<p>70 waiting</p>", Content_Type="text/html"))
    assert found.text == "70 waiting"
    assert "55" in found.quoted


def test_cells_of_a_table_are_words_of_their_own() -> None:
    assert text_of("<table><tr><td>70</td><td>waiting</td></tr></table>").split() == ["70", "waiting"]


def parts(*each: str, kind: str = "mixed") -> IncomingMail:
    body = "".join(f"--b\r\nContent-Type: {part}\r\n" for part in each)
    return read(mail(f"{body}--b--", Content_Type=f"multipart/{kind}; boundary=b"))


def test_a_picture_in_the_middle_loses_nothing_below_it() -> None:
    found = parts(
        "text/plain\r\n\r\n70 see", "image/png\r\n\r\nx", "text/plain\r\n\r\nbelow", "text/plain; name=a.txt\r\n\r\nno"
    )
    assert (found.text.split(), found.attachments) == (["70", "see", "below"], 2)


def test_an_empty_text_does_not_hide_the_html() -> None:
    assert parts("text/plain\r\n\r\n ", "text/html\r\n\r\n<p>70 waiting", kind="alternative").text == "70 waiting"


def test_a_wrong_charset_is_noticed() -> None:
    raw = b"From: dana@example.org\nContent-Type: text/plain; charset=us-ascii\n\n70 Vertr\xc3\xa4ge"
    assert read(raw).text == "70 Verträge"


def test_receipts_and_answers_to_invitations_are_nobodys_word() -> None:
    calendar = "text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR"
    assert parts("text/plain\r\n\r\naccept", calendar, kind="alternative").automatic is Automatic.REPLY
    assert parts("text/plain\r\n\r\naccept", calendar.replace("REPLY", "REQUEST")).automatic is None
    receipt = parts("text/plain\r\n\r\n70 was read", kind="report; report-type=disposition-notification")
    assert receipt.automatic is Automatic.REPLY


def test_attachments_are_counted_and_left_alone() -> None:
    message = EmailMessage()
    message["From"] = "dana@example.org"
    message.set_content("70 see the plan")
    message.add_alternative("<p>70 see the plan</p>", subtype="html")
    message.add_attachment(b"x" * 25_000_000, "application", "pdf", filename="plan.pdf")
    found = read(bytes(message))
    assert (found.text, found.attachments) == ("70 see the plan", 1)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("dana@example.org", "dana@example.org"),
        ("Dana <Dana@Example.ORG>", "dana@example.org"),
        ('"Reyes, Dana" <dana@example.org>', "dana@example.org"),
        ('"ceo@example.org" <dana@example.org>', "dana@example.org"),
        ("ceo@example.org <dana@example.org>", "dana@example.org"),
        ("dana@example.org, ceo@example.org", ""),
        ("Dana <dana@example.org>, CEO <ceo@example.org>", ""),
        ("<ceo@example.org> <dana@example.org>", ""),
        ("dana@example.org)ceo@example.org", ""),
        ("dana@example.org (ceo@example.org)", ""),
        ("<dana@example.org", ""),
        ("Dana <>", ""),
        ("<@relay.example:dana@example.org>", ""),
        ("dana@example.org\u202e", ""),
        ("", ""),
    ],
)
def test_a_sender_who_can_be_read_in_two_ways_is_nobody(header: str, address: str) -> None:
    assert read(mail(From=header)).sender == address


def test_two_senders_are_nobody() -> None:
    assert read("From: dana@example.org\r\nFrom: ceo@example.org\r\n\r\n70").sender == ""


TRUSTED = "mx.example.org"


@pytest.mark.parametrize(
    ("results", "aligned"),
    [
        (f"{TRUSTED}; dmarc=pass header.from=example.org", True),
        (f"{TRUSTED}; dkim=pass header.d=example.org header.s=a", True),
        (f"{TRUSTED}; spf=fail smtp.mailfrom=x.org; dkim=pass (2048 bits) header.i=@example.org", True),
        (f"{TRUSTED} 1; dkim=fail header.d=example.org; dmarc=pass header.from=example.org", True),
        (f"{TRUSTED.upper()}; dmarc=pass header.from=Example.org", True),
        (f"{TRUSTED}; dmarc=fail header.from=example.org", False),
        (f"{TRUSTED}; dkim=pass header.d=evil.org", False),
        (f"{TRUSTED}; dkim=pass header.d=org", False),
        (f"{TRUSTED}; dkim=pass header.d=notexample.org", False),
        (f"{TRUSTED}; dmarc=pass header.from=evil.org", False),
        (f"{TRUSTED}; spf=pass smtp.mailfrom=dana@example.org", False),
        (f"{TRUSTED}; dkim=fail (dmarc=pass header.from=example.org) header.d=example.org", False),
        (f'{TRUSTED}; spf=fail smtp.mailfrom="a; dmarc=pass header.from=example.org"', False),
        ("mx.evil.org; dmarc=pass header.from=example.org", False),
        (f"{TRUSTED}; none", False),
        (f"{TRUSTED}; dmarc=pass header.from=example.org" + " " * 5_000 + "x", False),
        ("", False),
        (";;;", False),
    ],
)
def test_a_domain_vouches_only_by_the_trusted_server(results: str, *, aligned: bool) -> None:
    assert is_aligned(results, TRUSTED, "dana@example.org") is aligned
    assert not is_aligned(results, "", "dana@example.org")


def test_only_the_topmost_results_count() -> None:
    ours = f"Authentication-Results: {TRUSTED}; dmarc=fail header.from=example.org\r\n"
    forged = f"Authentication-Results: {TRUSTED}; dmarc=pass header.from=example.org\r\n"
    assert not read(ours + forged + mail()).aligned
    assert read(forged + ours + mail()).aligned


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, None),
        ({"Auto_Submitted": "no"}, None),
        ({"Auto_Submitted": "auto-replied (vacation)"}, Automatic.REPLY),
        ({"Auto_Submitted": "auto-generated; x=y"}, Automatic.REPLY),
        ({"X_Autoreply": "yes"}, Automatic.REPLY),
        ({"Subject": "=?utf-8?q?Automatische_Antwort=3A_Checkout?="}, Automatic.REPLY),
        ({"Subject": "=?utf-8?b?6Ieq5YuV5b+c562UOiBDaGVja291dA==?="}, Automatic.REPLY),
        ({"Subject": "Re: Automatic reply: Checkout"}, None),
        ({"Precedence": "auto_reply"}, Automatic.REPLY),
        ({"Return_Path": "<>"}, Automatic.REPLY),
        ({"Return_Path": "<dana@example.org>"}, None),
        ({"Precedence": "bulk"}, Automatic.BULK),
        ({"List_Id": "News <news.example.org>"}, Automatic.BULK),
        ({"From": "MAILER-DAEMON@mx.example.org"}, Automatic.BOUNCE),
    ],
)
def test_what_no_person_wrote_is_known(headers: dict[str, str], kind: Automatic | None) -> None:
    assert read(mail(**headers)).automatic is kind


BOUNCE = """\
From: Mail Delivery <postmaster@mx.example.org>
To: goals@example.org
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822;ilse@example.org
Final-Recipient: rfc822; ilse@gone.example.org
Action: {action}
Status: {status}

Final-Recipient: rfc822; other@example.org
Action: delivered
Status: 2.0.0
--b--
"""


def test_a_bounce_names_whom_it_could_not_reach() -> None:
    failed = read(BOUNCE.format(action="failed", status="5.1.1"))
    assert (failed.automatic, failed.unreachable) == (Automatic.BOUNCE, ("ilse@example.org",))
    assert read(BOUNCE.format(action="delayed", status="4.4.1")).unreachable == ()


def test_where_a_mail_was_sent_to_and_what_it_answers() -> None:
    found = read(
        mail(
            To="Goals <goals+abc.def@example.org>, x@example.org",
            Delivered_To="goals@example.org",
            References="<root@example.org> <two@example.org>",
            In_Reply_To="<two@example.org>",
            Message_ID="<m@example.org>",
        )
    )
    assert found.recipients == ("goals+abc.def@example.org", "x@example.org", "goals@example.org")
    assert found.references == ("root@example.org", "two@example.org")
    assert found.id == "<m@example.org>"


def test_ids_that_a_program_has_encoded_are_read() -> None:
    """As Python's own library does with long ones."""
    sent = EmailMessage()
    sent["From"], sent["References"] = "dana@example.org", f"<{'a' * 90}@example.org> <two@example.org>"
    sent.set_content("70")
    assert b"=?utf-8?q?" in sent.as_bytes()
    found = read_mail(sent.as_bytes(), NOW, OURS, "mx.example.org")
    assert found.references == (f"{'a' * 90}@example.org", "two@example.org")


_HOSTILE = [b"\n", b" ", b"<", b">", b"&#9", b"=?a?q?", b"> \n", b"--x\n", b"<!--", b"<style>", b"\xff", b"(", b"=\n"]
_KINDS = [
    b"text/plain",
    b"text/html",
    b"text/plain; charset=punycode",
    b"multipart/mixed; boundary=x",
    b"message/rfc822",
    b"multipart/report; report-type=delivery-status; boundary=x",
]


@pytest.mark.parametrize("kind", _KINDS)
def test_a_megabyte_of_hostile_mail_costs_little(kind: bytes) -> None:
    head = b"From: dana@example.org\r\nContent-Type: " + kind + b"\r\n\r\n"
    began = thread_time()
    for piece in _HOSTILE:
        read(head + piece * (1_000_000 // len(piece)))
        read(b"Subject: " + piece.replace(b"\n", b" ") * 100_000 + b"\r\n" + head)
    assert thread_time() - began < 0.2 * 2 * len(_HOSTILE)


def test_nested_parts_are_not_followed_for_ever() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(9_000))
    assert read(b"From: dana@example.org\n" + deep).text == ""
    assert read(b"From: dana@example.org\n" + b"Content-Type: message/rfc822\n\n" * 9_000).text == ""


@settings(max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(_KINDS), st.sampled_from([b"7bit", b"base64", b"quoted-printable"]))
def test_any_bytes_are_a_mail(body: bytes, kind: bytes, encoding: bytes) -> None:
    read(body)
    head = b"From: dana@example.org\nContent-Type: " + kind + b"\nContent-Transfer-Encoding: " + encoding
    assert read(head + b"\n\n" + body).sender == "dana@example.org"


@settings(max_examples=40)
@given(st.text(max_size=50))
def test_any_text_is_html_without_a_tag_left(text: str) -> None:
    assert "<script" not in text_of(f"<p>{text.replace('<', '')}</p><script>{text}</script>")
