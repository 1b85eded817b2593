"""What people reply to needs, and what becomes of inputs, in words."""

from collections.abc import Mapping

from sync_agent.model.asking import OutcomeKind, Reply

REPLIES: Mapping[Reply, str] = {
    Reply.ACCEPT: "accepts",
    Reply.COUNTER: "names another day",
    Reply.DECLINE: "declines",
    Reply.DONE: "says that it is done",
}
OUTCOMES: Mapping[OutcomeKind, str] = {
    OutcomeKind.ADOPTED: "adopted",
    OutcomeKind.DECLINED: "declined",
    OutcomeKind.LATER: "not now, later",
    OutcomeKind.MERGED: "made part of another input",
}
