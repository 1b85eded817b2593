"""Says what is wrong with a command about alerts, and what would be right."""

from collections.abc import Mapping

from sync_agent.model import CommandProblem

_WORDS: Mapping[CommandProblem, str] = {
    CommandProblem.NO_SUCH_COMMAND: "there is no such command; write sync-agent ack, snooze, silence or silence end",
    CommandProblem.NO_TIME: "{said!r} is no time; write 2026-12-01, 3d or 36h",
    CommandProblem.NO_DAY: "{said!r} is no day; write until 2026-12-01",
    CommandProblem.TIME_IS_OVER: "{said} is over",
    CommandProblem.NO_END_OF_SNOOZE: "say how long: sync-agent snooze 3d, or snooze until 2026-12-01",
    CommandProblem.NO_END_OF_SILENCE: "say how long: sync-agent silence 3d and a reason, or silence until 2026-12-01",
    CommandProblem.NO_REASON: "a silence needs a reason: sync-agent silence 3d waiting for the contract",
    CommandProblem.TOO_LONG: "a silence may last a year at most",
    CommandProblem.NOT_ALLOWED: "the account {said!r} belongs to nobody who may, by sync-agent.yaml and the goal",
    CommandProblem.EDITED: "the comment was edited, perhaps by somebody else; write a new one",
    CommandProblem.ENDED_BEFORE: "the day or time that it names is over",
    CommandProblem.NOTHING_OPEN: "nothing was open that could be acknowledged",
    CommandProblem.NO_SILENCE: "there is no silence that was asked for by comment or command",
}


def say_command_problem(problem: CommandProblem, said: str) -> str:
    """One sentence to its author. `said` is the part of the command, or the account, that it is about."""
    return _WORDS[problem].format(said=said)
