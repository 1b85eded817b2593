"""Answering by form: opening it changes nothing, sending it does once, and what is wrong is said where it stands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from sync_agent.ask.hearing import Listener
from sync_agent.ask.identity.links import Links
from sync_agent.hear import hear
from sync_agent.model.asking import Ask, Door, Heard, Known, Weight
from sync_agent.store import StoreError
from sync_agent.store.memory.answers import withdraw
from sync_agent.web.forms.receiving import LARGEST
from sync_agent.web.forms.serving import A_CLIENT, A_LINK
from tests.support.builders import NOW
from tests.support.forms import SECRET, Site, nonce, site

GOOD = {"confidence": "70", "note": "waiting for the contract"}


@pytest.fixture(scope="module")
def pages() -> Iterator[Site]:
    with site() as found:
        yield found


@pytest.fixture
def place(pages: Site) -> Iterator[Site]:
    """One server for all tests; each has a store with nothing in it and a minute of its own."""
    yield pages
    with pages.store.begin() as connection:
        for table in ("asks", "answers", "unconfirmed", "misheard", "decisions"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    pages.now, pages.seconds, pages.deputies = NOW, pages.seconds + 61, {}
    pages.links = Links("http://127.0.0.1", (SECRET,))


@pytest.fixture
def ask(place: Site) -> Ask:
    return place.asked()


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=5)


def post(address: str, fields: dict[str, str], **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(address, data=fields, headers=named, timeout=5)


def send(address: str, fields: dict[str, str], **headers: str) -> requests.Response:
    """Opens the form and sends it."""
    return post(address, {"nonce": nonce(get(address)), **fields}, **headers)


def test_opening_a_form_changes_nothing_and_shows_who_answers_what_and_what_is_known(place: Site, ask: Ask) -> None:
    for method in ("GET", "HEAD"):
        page = requests.request(method, place.link(ask.id), timeout=5)
        assert (page.status_code, place.answers()) == (200, ())
    page = get(place.link(ask.id))
    for words in (
        "how likely is it that it is reached in time",
        "You answer as <strong>Dana Reyes</strong>",
        "Not you?",
        "You said 80% on 3 Nov: “tests are left”",
    ):
        assert words in page.text
    assert "checked" not in page.text
    assert 'name="confidence" value=""' in page.text


def test_no_page_of_the_forms_is_kept_framed_indexed_or_named_elsewhere(place: Site, ask: Ask) -> None:
    for page in (get(place.link(ask.id)), send(place.link(ask.id), GOOD), get(f"{place.base}/answer/forged")):
        rules = page.headers["Content-Security-Policy"]
        assert "unsafe" not in rules
        assert "default-src 'none'" in rules
        assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert "<style" not in page.text
        assert "<script" not in page.text
    sheet = get(f"{place.base}/static/forms.css")
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_an_answer_is_kept_with_how_its_author_is_known_and_shown(place: Site, ask: Ask) -> None:
    page = send(place.link(ask.id), GOOD)
    (answer,) = place.answers()
    assert page.status_code == 200
    assert (answer.ask, answer.person, answer.door, answer.known) == (ask.id, "dana", Door.FORM, Known.LINK)
    assert answer.values == {"confidence": 70.0, "note": "waiting for the contract"}
    assert not answer.late
    for words in ("Heard, thank you", "70%", "waiting for the contract", "open the form again"):
        assert words in page.text


def test_the_same_form_sent_twice_is_one_answer_and_the_page_shows_the_first(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    fields = {"nonce": nonce(get(address)), **GOOD}
    post(address, fields)
    again = post(address, {**fields, "confidence": "20"})
    assert [answer.values["confidence"] for answer in place.answers()] == [70.0]
    assert "This was sent before" in again.text
    assert "70%" in again.text
    assert "20%" not in again.text


def test_another_answer_is_given_by_opening_the_form_again(place: Site, ask: Ask) -> None:
    send(place.link(ask.id), GOOD)
    place.now += timedelta(minutes=5)
    page = get(place.link(ask.id))
    assert "You answered on 24 Nov. What you send now takes its place." in page.text
    assert "waiting for the contract" in page.text
    send(place.link(ask.id), {"confidence": "40"})
    assert [answer.values["confidence"] for answer in place.answers()] == [70.0, 40.0]


def test_what_is_wrong_is_said_beside_the_field_and_what_was_entered_stays(place: Site, ask: Ask) -> None:
    fields = {"confidence": "170", "note": 'one\ntwo "<b>"', "needs.0.what": "review", "needs.0.by": "2026-12-02"}
    page = send(place.link(ask.id), fields)
    assert (page.status_code, place.answers()) == (422, ())
    for words in (
        'id="m-confidence">“170”: This is too large. Right would be 0 to 100.',
        'href="#f-confidence"', 'value="170"', "one\ntwo &#34;&lt;b&gt;&#34;</textarea>",
        'name="needs.0.what" value="review"', 'name="needs.0.by" value="2026-12-02"', 'aria-invalid="true"',
    ):  # fmt: skip
        assert words in page.text
    right = {**fields, "confidence": "70", "needs.0.from": "Noor Haddad", "nonce": nonce(page)}
    assert "Heard, thank you" in post(place.link(ask.id), right).text
    assert place.answers()[0].values["needs"][0]["from"] == "noor"  # type: ignore[index,call-overload]


def test_a_date_in_words_is_shown_again_as_it_was_written(place: Site, ask: Ask) -> None:
    page = send(place.link(ask.id), {"needs.0.what": "review", "needs.0.by": "soon", "needs.0.from": "dana"})
    assert 'value="soon" class' in page.text, "a date input would drop it"


@pytest.mark.parametrize("fields", [{}, {"confidence": "", "note": " "}, {"confidence": "", "needs.0.what": ""}])
def test_a_form_with_nothing_in_it_changes_nothing(place: Site, ask: Ask, fields: dict[str, str]) -> None:
    page = send(place.link(ask.id), fields)
    assert (page.status_code, place.answers()) == (422, ())
    assert "Nothing was filled in" in page.text
    assert page.text.count('class="row"') == get(place.link(ask.id)).text.count('class="row"')


@pytest.mark.parametrize("sent", ["", "made-up.signature", "another link's"])
def test_without_a_nonce_of_this_link_nothing_is_taken_and_nothing_is_lost(place: Site, ask: Ask, sent: str) -> None:
    other = nonce(get(place.link(place.asked(id="another").id)))
    page = post(place.link(ask.id), {"nonce": other if sent.startswith("another") else sent, **GOOD})
    assert (page.status_code, place.answers()) == (400, ())
    assert 'value="70"' in page.text
    post(place.link(ask.id), {"nonce": nonce(page), **GOOD})
    assert len(place.answers()) == 1


def test_a_button_answers_everything_at_once(place: Site, ask: Ask) -> None:
    assert "Still true: 80%, tests are left</button>" in get(place.link(ask.id)).text
    send(place.link(ask.id), {"shortcut": "still true"})
    assert place.answers()[0].values == {"confidence": 80.0, "note": "tests are left"}


def test_a_link_that_we_did_not_make_for_this_is_not_valid(place: Site, ask: Ask) -> None:
    token = place.link(ask.id).rpartition("/")[2]
    weak = Links("http://127.0.0.1", ("another secret of thirty-two chars",)).answer_link(ask.id, "dana")
    confirming = place.links.confirm_link(ask.id, "dana")
    assert weak
    assert confirming
    for forged in (token[:-1], token[1:], weak.rpartition("/")[2], confirming.rpartition("/")[2], "x", "..."):
        assert get(f"{place.base}/answer/{forged}").status_code == 404
        assert post(f"{place.base}/answer/{forged}", GOOD).status_code == 404
    assert get(f"{place.base}/confirm/{token}").status_code == 404
    assert place.answers() == ()


def test_links_hold_through_a_rotation_and_never_rest_on_a_short_secret(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    sent = {"nonce": nonce(get(address)), **GOOD}
    place.links = Links("http://127.0.0.1", ("a newer secret of thirty-two letters", SECRET))
    assert "Heard, thank you" in post(address, sent).text
    short = Links("http://127.0.0.1", ("short",))
    assert short.answer_link(ask.id, "dana") is None
    place.links = short
    assert get(address).status_code == 404


def test_a_closed_question_says_so_and_keeps_what_is_said_as_late(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    sent = {"nonce": nonce(get(address)), **GOOD}
    place.now = ask.closes
    page = post(address, sent)
    assert "does not count" in page.text
    assert [answer.late for answer in place.answers()] == [True]
    assert "This question closed on 1 Dec" in get(address).text


def test_an_answer_to_a_closed_question_counts_for_the_one_that_is_open_now(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    place.now = ask.closes + timedelta(days=1)
    newer = place.asked()
    assert newer.id != ask.id
    page = send(address, GOOD)
    assert "your answer counts for the one that is open now" in page.text
    assert [(answer.ask, answer.late) for answer in place.answers()] == [(newer.id, False)]


def test_a_question_that_is_not_wanted_any_more_says_so_and_loses_nothing(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    sent = {"nonce": nonce(get(address)), **GOOD}
    with place.store.begin() as connection:
        withdraw(connection, [ask.id], NOW)
    page = get(address)
    assert page.status_code == 410
    assert "<form" not in page.text
    assert "is not asked any more. Your answer is kept" in post(address, sent).text
    assert len(place.answers()) == 1


def test_a_question_that_was_answered_elsewhere_says_so(place: Site, ask: Ask) -> None:
    before, (earlier,) = place.place, place.place.goals[0].check_ins
    said = (earlier, replace(earlier, on=NOW.date()))
    place.place = replace(before, goals=(replace(before.goals[0], check_ins=said),))
    page = get(place.link(ask.id))
    place.place = before
    assert "This was answered elsewhere on 24 Nov" in page.text


def test_a_question_that_is_not_theirs_or_not_known_says_so(place: Site, ask: Ask) -> None:
    for address in (place.link("no such question"), place.link(ask.id, "noor"), place.link(ask.id, "nobody")):
        page = get(address)
        assert page.status_code == 404
        assert "nothing" in page.text
        assert post(address, GOOD).status_code == 404
    assert place.answers() == ()


def test_a_link_holds_though_the_store_was_lost(place: Site, ask: Ask) -> None:
    with place.store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM asks")
    assert send(place.link(ask.id), GOOD).status_code == 200
    assert [answer.ask for answer in place.answers()] == [ask.id]


def test_a_deputy_answers_under_their_own_name(place: Site, ask: Ask) -> None:
    place.deputies = {"dana": "noor"}
    page = get(place.link(ask.id, "noor"))
    assert "You answer as <strong>Noor Haddad</strong>" in page.text
    assert "You answer for Dana Reyes" in page.text
    send(place.link(ask.id, "noor"), GOOD)
    assert [answer.person for answer in place.answers()] == ["noor"]
    assert "Noor Haddad answered on 24 Nov" in get(place.link(ask.id)).text


@pytest.mark.parametrize(
    "headers",
    [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sends_is_refused(place: Site, ask: Ask, headers: dict[str, str]) -> None:
    assert send(place.link(ask.id), GOOD, **headers).status_code == 403
    assert place.answers() == ()


@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "same-origin", "Origin": "null"}, {"Origin": "null"}])
def test_what_our_own_page_sends_is_taken(place: Site, ask: Ask, headers: dict[str, str]) -> None:
    assert send(place.link(ask.id), GOOD, **headers).status_code == 200


def test_a_form_that_is_too_large_or_no_form_is_refused(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    fields = {"nonce": nonce(get(address)), **GOOD}
    assert post(address, {**fields, "note": "x" * LARGEST}).status_code == 413
    assert requests.post(address, json=fields, timeout=5).status_code == 415
    assert requests.post(address, files={"note": b"x"}, timeout=5).status_code == 415
    assert post(address, {f"f{n}": "x" for n in range(1_100)}).status_code == 400
    bare = {"Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(address, data=b"note=\xff", headers=bare, timeout=5).status_code == 400
    page = post(address, {**fields, "note": "x" * 5_000})
    assert "This is too long. 4000 characters at most" in page.text
    assert "x" * 5_000 in page.text
    assert place.answers() == ()


def test_one_link_and_one_client_send_so_many_a_minute(place: Site, ask: Ask) -> None:
    address = place.link(ask.id)
    codes = [post(address, {}).status_code for _ in range(A_LINK + 1)]
    assert codes == [400] * A_LINK + [429]
    assert get(address).status_code == 200
    assert send(place.link(place.asked(id="another").id), GOOD).status_code == 200
    place.seconds += 60
    assert send(address, GOOD).status_code == 200
    assert A_CLIENT > A_LINK


def test_a_store_that_does_not_answer_keeps_what_was_entered(
    place: Site, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = place.link(ask.id)
    sent = {"nonce": nonce(get(address)), **GOOD}

    def broken() -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(place.store, "begin", broken)
        page = post(address, sent)
        assert page.status_code == 503
        assert "waiting for the contract" in page.text
        assert "disk" not in page.text
        patched.setattr(place.store, "read", broken)
        assert get(address).status_code == 503
    post(address, {"nonce": nonce(page), **GOOD})
    assert len(place.answers()) == 1


def _mailed(place: Site, ask: Ask) -> None:
    """A mailed answer to a question that weighs: it waits to be confirmed."""
    heard = Heard("mail-1", Door.MAIL, place.now, Known.MAIL, "dana", "70 waiting for the contract", ask=ask.id)
    with place.store.begin() as connection:
        hear(connection, heard, Listener(place.situation(place.now, ()), [ask]))


def test_what_waits_is_shown_and_counts_once_its_author_confirms_it(place: Site) -> None:
    _mailed(place, place.asked(weight=Weight.WEIGHS))
    link = place.links.confirm_link("mail-1", "dana")
    assert link
    address = place.here(link)
    page = get(address)
    for words in ("Dana Reyes", "70%", "waiting for the contract", "Yes, this is my answer"):
        assert words in page.text
    assert (post(address, {}).status_code, place.answers()) == (400, ())
    for _ in range(2):
        assert "It counts as your answer" in post(address, {"nonce": nonce(page)}).text
    assert [(answer.origin, answer.known) for answer in place.answers()] == [("mail-1", Known.LINK)]
    assert "This is confirmed" in get(address).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("left", "You are not among the people here any more."),
        ("replaced", "The question is asked of somebody else by now."),
        ("withdrawn", "The question is not asked any more."),
        ("gone", "The question is not asked any more."),
    ],
)
def test_who_may_not_answer_any_more_confirms_nothing(place: Site, change: str, words: str) -> None:
    """The link was mailed before; the page may have been open since then, too."""
    ask = place.asked(weight=Weight.WEIGHS)
    _mailed(place, ask)
    link = place.links.confirm_link("mail-1", "dana")
    assert link
    address = place.here(link)
    page, company = get(address), place.place
    people = {name: person for name, person in company.people.items() if (change, name) != ("left", "dana")}
    goals = {"replaced": tuple(replace(goal, owner="noor") for goal in company.goals), "gone": ()}
    place.place = replace(company, people=people, goals=goals.get(change, company.goals))
    if change == "withdrawn":
        with place.store.begin() as connection:
            withdraw(connection, [ask.id], place.now)
    try:
        for shown in (get(address), post(address, {"nonce": nonce(page)}), get(address)):
            assert words in " ".join(shown.text.split())
            assert "<button" not in shown.text
        assert place.answers() == ()
    finally:
        place.place = company


def test_nobody_confirms_the_answer_of_somebody_else(place: Site) -> None:
    _mailed(place, place.asked(weight=Weight.WEIGHS))
    for link in (place.links.confirm_link("mail-1", "noor"), place.links.confirm_link("mail-2", "dana")):
        assert link
        assert post(place.here(link), {}).status_code == 404
    assert place.answers() == ()


def test_this_was_not_me_takes_an_answer_back_and_says_what_it_had_brought_about(place: Site, ask: Ask) -> None:
    send(place.link(ask.id), GOOD)
    (answer,) = place.answers()
    link = place.links.take_back_link(answer.origin, "dana")
    assert link
    address = place.here(link)
    assert "Nobody has been told anything of the goal since" in get(address).text
    with place.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO decisions (at, goal, kind, subject, audience, told, reason)"
            f" VALUES ({int((NOW + timedelta(hours=1)).timestamp() * 1e6)}, 'checkout', 'blocked', '', '{{}}', 1, '')"
        )
    place.now += timedelta(days=1)
    page = get(address)
    assert "first told something of the goal on 24 Nov" in page.text
    assert (post(address, {}).status_code, len(place.answers())) == (400, 1)
    for _ in range(2):
        page = post(address, {"nonce": nonce(get(address)) if "nonce" in get(address).text else ""})
        assert "It does not count any more" in page.text
        assert "not undone" in page.text
    assert [each.takes_back for each in place.answers()] == [None, answer.origin]
    assert "answered on" not in get(place.link(ask.id)).text


def test_the_links_of_mails_lead_below_the_public_address() -> None:
    links = Links("https://goals.example.org/agent/", (SECRET,))
    made = [links.answer_link("a", "dana"), links.confirm_link("a", "dana"), links.take_back_link("a", "dana")]
    for link, path in zip(made, ("answer", "confirm", "not-me"), strict=True):
        assert link
        assert link.startswith(f"https://goals.example.org/agent/{path}/")


@pytest.mark.parametrize("spelled", ["=", "==", "=a"])
def test_another_spelling_of_the_same_nonce_is_the_same_sending(place: Site, ask: Ask, spelled: str) -> None:
    address = place.link(ask.id)
    sent = {"nonce": nonce(get(address)), **GOOD}
    post(address, sent)
    assert "This was sent before" in post(address, {**sent, "nonce": sent["nonce"] + spelled}).text
    assert len(place.answers()) == 1


def test_another_spelling_of_a_link_makes_no_room_for_more(place: Site, ask: Ask) -> None:
    spelled = [place.link(ask.id) + end for end in ("", "=", "==")]
    assert {post(spelled[n % 3], {}).status_code for n in range(A_LINK)} == {400}
    assert {post(address, {}).status_code for address in spelled} == {429}
