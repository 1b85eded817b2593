"""What people really write, and what would have been right."""

from datetime import date
from typing import Any

import pytest

from sync_agent.ask.fields import forms, lines
from sync_agent.ask.fields.days import read_day
from sync_agent.ask.fields.forms import ControlKind
from sync_agent.ask.fields.mistakes import FieldMistake, UnreadableField, Wrong
from sync_agent.ask.fields.values import Reading, read
from sync_agent.ask.kinds import check_in
from sync_agent.ask.texts import replies
from sync_agent.model.asking.fields import Choice, Day, FreeText, Number, Option, Scale, Sheet, Shortcut
from tests.ask.strategies import READING
from tests.support.builders import organisation

STILL = Shortcut("still true", {"confidence": 80.0, "note": "vendor delivers"})
CHECK_IN = Sheet(check_in.FIELDS, (STILL,))
REVIEW = {"what": "review", "from": "ilse", "by": date(2026, 12, 2)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("70 waiting for the contract", {"confidence": 70.0, "note": "waiting for the contract"}),
        ("70 %", {"confidence": 70.0}),
        ("**70** waiting", {"confidence": 70.0, "note": "waiting"}),
        ("70%, waiting", {"confidence": 70.0, "note": "waiting"}),
        ("72,5 - waiting\nfor legal", {"confidence": 72.5, "note": "waiting\nfor legal"}),
        ("Hi there,\n\n70 % waiting", {"confidence": 70.0, "note": "waiting"}),
        ("The vendor is late again\n60", {"confidence": 60.0, "note": "The vendor is late again"}),
        ("still true", {"confidence": 80.0, "note": "vendor delivers"}),
        ("Still true. Nothing new", {"confidence": 80.0, "note": "Nothing new"}),
        ("CONFIDENCE: 70\nwaiting", {"confidence": 70.0, "note": "waiting"}),
        ("* Confidence (0 to 100): 70 %\n* What has changed: all", {"confidence": 70.0, "note": "all"}),
        ("Confidence:\n70\nWhat has changed:\nwaiting", {"confidence": 70.0, "note": "waiting"}),
        ("70 late needs review from @ilse by 2026-12-02", {"confidence": 70.0, "note": "late", "needs": (REVIEW,)}),
        ("70\nneeds review from Ilse Braun by 2 Dec", {"confidence": 70.0, "needs": (REVIEW,)}),
        ("70\nNeeds: review from ilse by 02.12.2026", {"confidence": 70.0, "needs": (REVIEW,)}),
        ("70 she needs more time, by and large", {"confidence": 70.0, "note": "she needs more time, by and large"}),
    ],
)
def test_a_check_in_is_understood(text: str, said: dict[str, Any]) -> None:
    found = lines.read(CHECK_IN, text, READING)
    assert (found.values, found.mistakes) == (said, [])


def test_a_template_that_is_filled_in_is_understood_with_its_hints() -> None:
    template = lines.template(CHECK_IN)
    assert template == (
        ("Confidence", "0 to 100"),
        ("What has changed", "a few words"),
        ("Needs", "(what) from @name by 2026-12-02"),
    )
    said = ("70 %", "the vendor", "review from Ilse Braun by 2 Dec")
    mail = "\n".join(f"{label} ({right}): {each}" for (label, right), each in zip(template, said, strict=True))
    found = lines.read(CHECK_IN, mail, READING)
    assert (found.values, found.mistakes) == ({"confidence": 70.0, "note": "the vendor", "needs": (REVIEW,)}, [])
    untouched = "\n".join(f"{label} ({right}):" for label, right in template)
    assert lines.read(CHECK_IN, untouched, READING).values == {}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", FieldMistake("confidence", Wrong.MISSING, "", "0 to 100")),
        ("waiting", FieldMistake("confidence", Wrong.NOT_A_NUMBER, "waiting", "0 to 100")),
        ("170 sure", FieldMistake("confidence", Wrong.TOO_LARGE, "170", "0 to 100")),
        ("-1", FieldMistake("confidence", Wrong.TOO_SMALL, "-1", "0 to 100")),
        ("confidence: 70\nconfidence: 60", FieldMistake("confidence", Wrong.TWICE, "60.0", "")),
        ("70\nneeds review from @bob by 2 Dec", FieldMistake("needs", Wrong.NO_SUCH_PERSON, "@bob", "@name")),
        ("70\nneeds review from @ilse by 31 Nov", FieldMistake("needs", Wrong.NOT_A_DAY, "31 Nov", "2026-12-02")),
        ("70\nneeds: a review", FieldMistake("needs", Wrong.MISSING, "a review", "(what) from @name by 2026-12-02")),
    ],
)
def test_what_is_not_understood_says_what_would_be_right(text: str, mistake: FieldMistake) -> None:
    assert mistake in lines.read(CHECK_IN, text, READING).mistakes


def test_a_text_that_nobody_asked_for_is_not_dropped_in_silence() -> None:
    sheet = Sheet((Scale(name="load", label="Load"),))
    assert lines.read(sheet, "4 because we start too much", READING).mistakes == [
        FieldMistake("", Wrong.LEFT_OVER, "because we start too much")
    ]


def test_an_option_may_need_another_field() -> None:
    options = (Option("accept", "I will"), Option("decline", "I will not", ("reason",)))
    reply = Choice(name="reply", label="Answer", options=options)
    sheet = Sheet((reply, FreeText(name="reason", label="Why", required=False)))
    assert lines.read(sheet, "I WILL.", READING).values == {"reply": "accept"}
    assert lines.read(sheet, "decline", READING).mistakes == [
        FieldMistake("reason", Wrong.MISSING, right="a few words")
    ]
    assert not lines.read(sheet, "decline no time", READING).mistakes
    assert forms.read(sheet, {"reply": ["decline"]}, READING).mistakes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-02", date(2026, 12, 2)), ("2 Dec", date(2026, 12, 2)), ("Dec 2nd, 2027", date(2027, 12, 2)),
        ("3 March", date(2027, 3, 3)), ("2.12.2026", date(2026, 12, 2)), ("friday", date(2026, 11, 27)),
        ("Tue", date(2026, 12, 1)), ("tomorrow", date(2026, 11, 25)), ("24 November", date(2026, 11, 24)),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, day: date) -> None:
    assert read_day(text, READING.today) == day


@pytest.mark.parametrize(
    "text", ["02/12/2026", "soon", "2026-13-01", "31 Nov", "9999-12-31", "9999999 Dec", "x" * 1_000_000]
)
def test_a_day_that_could_be_another_is_refused(text: str) -> None:
    with pytest.raises(UnreadableField):
        read_day(text, READING.today)


def test_numbers_know_units_and_refuse_what_is_ambiguous() -> None:
    latency = Number(name="ms", label="Latency", unit="ms", least=0, most=5000)
    assert [read(latency, text, READING) for text in ("300 ms", "1,5", "1500.", "0")] == [300, 1.5, 1500, 0]
    with pytest.raises(UnreadableField) as found:
        read(latency, "1,500", READING)
    assert (found.value.wrong, found.value.right) == (Wrong.AMBIGUOUS_NUMBER, "1500, 1.500")
    with pytest.raises(UnreadableField) as found:
        read(latency, "9000", READING)
    assert found.value.right == "0 to 5000 ms"


def test_a_name_that_two_people_share_is_nobodys() -> None:
    from dataclasses import replace

    acme = organisation()
    dana = acme.people["dana"]
    twins = {"dana": dana, "other": replace(dana, id="other", email="other@example.org", accounts={"github": "od"})}
    reading = Reading.of(replace(acme, people=twins), date(2026, 11, 24))
    assert reading.people == {
        "dana": "dana", "other": "other", "dana@example.org": "dana", "other@example.org": "other", "od": "other"
    }  # fmt: skip


MARKS = ["goals@example.org", "acme goals"]


@pytest.mark.parametrize(
    "mail",
    [
        "70 waiting\n\nOn Tue, Acme Goals <goals@example.org> wrote:\n> How does it go?\n> 55",
        "70 waiting\n\nAm Di., 24. Nov. 2026 um 09:00 schrieb Acme Goals\n<goals@example.org>:\n> How does it go?",
        "70 waiting\n-- \nDana Reyes\nHead of 42 things",
        "70 waiting\r\n\r\n________________________________\r\nFrom: Acme Goals <goals@example.org>\r\nConfidence: 10",
        "> How does it go?\n> Confidence:\n\n70 waiting",
        "On Tue, Acme Goals wrote:\n> How does it go?\n\n70 waiting\n\n> 55",
    ],
)
def test_of_a_reply_only_the_authors_own_words_are_read(mail: str) -> None:
    assert replies.own_words(mail, MARKS) == "70 waiting"


def test_nothing_written_is_nothing() -> None:
    assert replies.own_words("> Confidence: 70\n", MARKS) == ""


def test_a_form_keeps_what_was_entered_and_shows_what_is_wrong_beside_it() -> None:
    entered = {"confidence": ["170"], "needs.0.what": ["review"], "needs.0.from": ["ilse"], "needs.0.by": ["soon"]}
    found = forms.read(CHECK_IN, entered, READING)
    confidence, note, needs = forms.form(CHECK_IN, entered, found.mistakes)
    assert (confidence.entered, confidence.kind, confidence.most) == (("170",), ControlKind.NUMBER, "100")
    assert confidence.mistake
    assert confidence.mistake.wrong is Wrong.TOO_LARGE
    assert (note.kind, note.required, note.mistake) == (ControlKind.LINES, False, None)
    assert [cell.entered for cell in needs.rows[0]] == [("review",), ("ilse",), ("soon",)]
    assert len(needs.rows) == 3
    assert needs.mistake
    assert (needs.mistake.wrong, needs.mistake.said) == (Wrong.NOT_A_DAY, "soon")


def test_an_empty_form_has_no_choice_made_and_is_refused() -> None:
    assert all(control.entered == () for control in forms.form(CHECK_IN))
    assert not forms.read(CHECK_IN, {}, READING).values
    assert forms.read(CHECK_IN, {"confidence": [" "], "note": [""]}, READING).mistakes


def test_a_button_answers_everything_at_once() -> None:
    pressed = {forms.SHORTCUT: ["still true"], "confidence": [""]}
    assert forms.read(CHECK_IN, pressed, READING).values == STILL.values


def test_a_day_beyond_its_limits_is_refused() -> None:
    by = Day(name="by", label="By", least=date(2026, 12, 1), most=date(2026, 12, 31))
    assert read(by, "2026-12-31", READING) == date(2026, 12, 31)
    with pytest.raises(UnreadableField) as found:
        read(by, "2026-11-30", READING)
    assert (found.value.wrong, found.value.right) == (Wrong.TOO_EARLY, "2026-12-01 to 2026-12-31")
