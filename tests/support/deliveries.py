"""Places that take messages, and remember them."""

from connectors.contract import Mail, Markup, WriteBudget
from connectors.errors import Doubtful, Malformed, NotFound, Unavailable
from sync_agent.model import Message, MessageKind, Payload, Place, Reason, ReasonKind

PLACE = Place("jira", "SHOP-1")

WHY = Reason(ReasonKind.STATUS)

FREE = WriteBudget("tracker.example.org")


class Board:
    """A tracker's comments in memory; `plan` says what goes wrong with each write."""

    markup = Markup.MARKDOWN

    def __init__(self, *plan: str, budget: WriteBudget = FREE) -> None:
        self.budget = budget
        self.comments: dict[str, tuple[str, str]] = {}
        self.plan = list(plan)
        self.errors: list[Exception] = []
        self._number = 0

    def find(self, _place: Place, key: str) -> str | None:
        return next((number for number, (owner, _) in self.comments.items() if owner == key), None)

    def create(self, _place: Place, key: str, body: str) -> str:
        trouble = self.plan.pop(0) if self.plan else "ok"
        if trouble == "before":
            raise Unavailable("down")
        self._number += 1
        self.comments[str(self._number)] = (key, body)
        if trouble == "after":
            raise Doubtful("no answer")
        if trouble == "killed":
            raise KeyboardInterrupt
        if trouble == "nonsense":
            raise Malformed("<html>")
        return str(self._number)

    def update(self, _place: Place, comment: str, key: str, body: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        if comment not in self.comments:
            raise NotFound("gone")
        self.comments[comment] = (key, body)


class Post:
    """A mail server in memory."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.sent: list[Mail] = []
        self.sender = "example.org"

    def identify(self, key: str) -> str:
        return f"<{key}@{self.sender}>"

    def send(self, mail: Mail) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)


def comment(key: str = "status/a", body: str = "one", *, edits: bool = True) -> Message:
    return Message(key, MessageKind.STATUS, "jira", Payload(body), WHY, "a", place=PLACE, edits=edits)


def mail(key: str = "alert/a") -> Message:
    return Message(
        key, MessageKind.ALERT, "email", Payload("text", "subject", "<p>"), WHY, "a", address="dana@example.org"
    )
