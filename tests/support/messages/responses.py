"""What people are told of mails that they wrote, as it is written out."""

from collections.abc import Mapping
from dataclasses import replace

from sync_agent.ask.fields.mistakes import FieldMistake, Wrong
from sync_agent.ask.hearing import Misheard, Unheard
from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.identity.links import DIGEST
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.ask.kinds.check_in import FIELDS, STILL_TRUE
from sync_agent.model.asking import About, Answer, Door, Heard, Known, Topic
from sync_agent.model.asking.fields import Sheet, Shortcut
from sync_agent.render import MailResponse, MailResponseKind
from tests.support.messages.notices import DANA, GOAL, NOW

REPLIES = Replies("goals@example.org", True, ("a secret of thirty-two characters",))
_ABOUT = About(Topic.GOAL, GOAL.id)
_ASK = ask_id("check-in", _ABOUT, DANA.id, "2026-11-24")
_HEARD = Heard("mail-1", Door.MAIL, NOW, Known.MAIL, DANA.id, "fine so far", ask=_ASK, about=_ABOUT)
_ANSWER = Answer(
    "mail-1", _ASK, "check-in", _ABOUT, DANA.id, NOW, Door.MAIL, Known.MAIL, {"confidence": 70.0}, "70 waiting"
)
_MISTAKE = FieldMistake("confidence", Wrong.NOT_A_NUMBER, "fine so far", "0 to 100")
_SHEET = Sheet(FIELDS, (Shortcut(STILL_TRUE, {"confidence": 80.0}),))

RESPONSES: Mapping[str, MailResponse] = {
    "misheard-mail": MailResponse(
        MailResponseKind.MISHEARD, DANA, "mail-1", attachments=1, goal=GOAL.id,
        misheard=Misheard(_HEARD, Unheard.UNCLEAR, "check-in", _SHEET, (_MISTAKE,)),
    ),
    "confirm-mail": MailResponse(
        MailResponseKind.CONFIRM, DANA, "mail-1", goal=GOAL.id, answer=_ANSWER,
        link="https://goals.example.org/confirm/TOKEN",
    ),
    "receipt-mail": MailResponse(
        MailResponseKind.RECEIPT, DANA, "mail-1", goal=GOAL.id, answer=_ANSWER,
        link="https://goals.example.org/not-me/TOKEN",
    ),
    "receipt-form-mail": MailResponse(
        MailResponseKind.RECEIPT, DANA, "form-1", goal=GOAL.id, said="70 waiting for the contract",
        answer=replace(_ANSWER, door=Door.FORM, raw=""), link="https://goals.example.org/not-me/TOKEN",
    ),
    "unsubscribed-mail": MailResponse(MailResponseKind.UNSUBSCRIBED, DANA, "mail-1", ended=GOAL.id),
    "unsubscribed-digest-mail": MailResponse(MailResponseKind.UNSUBSCRIBED, DANA, "mail-1", ended=DIGEST),
    "which-mails-mail": MailResponse(MailResponseKind.NOT_UNSUBSCRIBED, DANA, "mail-1"),
}  # fmt: skip
