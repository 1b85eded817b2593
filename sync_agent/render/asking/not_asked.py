"""Why somebody is not asked a question now, in words."""

from collections.abc import Mapping

from sync_agent.model.asking import NotAsked, Step

_NOT_NOW: Mapping[NotAsked, str] = {
    NotAsked.PLANNED: "it is not open yet",
    NotAsked.ANSWERED: "it is answered",
    NotAsked.CLOSED: "it has closed",
    NotAsked.WITHDRAWN: "it is not wanted any more",
    NotAsked.UNKNOWN: "nobody of that id is configured",
    NotAsked.AWAY: "they are away",
    NotAsked.ASKED_BEFORE: "they know it, and no reminder is due",
    NotAsked.REMINDED_ENOUGH: "they have been reminded twice",
    NotAsked.GOAL_WAITS: "nobody is told anything of its goal yet",
    NotAsked.ROUTE: "their route says never",
    NotAsked.OUT_OF_REACH: "no channel reaches them",
    NotAsked.NEXT_DIGEST: "it waits for their digest",
    NotAsked.NOT_AT_WORK: "it is outside their working hours",
    NotAsked.ONE_A_DAY: "they have had a mail about questions today",
    NotAsked.OVER_LIMIT: "their daily limit of mails is reached",
}


def say_not_asked(why: NotAsked | Step) -> str:
    """Why somebody is not asked a question now."""
    return _NOT_NOW[why] if isinstance(why, NotAsked) else why.value
