"""How commands show messages."""

import click

from sync_agent.model import FirstRun, Message

first_run_option = click.option(
    "--first-run",
    type=click.Choice([each.value for each in FirstRun]),
    help="Goals that the store has told nobody of: plan only, send, or told: people know, from a store that was lost. "
    "Default: as sync-agent.yaml says.",
)


def say_plan(message: Message, action: str, why: str) -> str:
    goal = f" · {message.goal}" if message.goal else ""
    return f"{action:<6} {message.kind.value:<10} → {message.target}{goal} ({why})"
