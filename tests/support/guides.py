"""The guides, and what they must name."""

from pathlib import Path

import click

from sync_agent.cli import main
from sync_agent.model import SignalKind

DOCS = {path.name: path.read_text() for path in (Path(__file__).parents[2] / "docs").glob("*.md")}


def commands() -> list[tuple[str, click.Command]]:
    """Every command, and every one within a group, by what people type."""
    found = []
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command
        inner = command.commands.items() if isinstance(command, click.Group) else ()
        found += [(f"{name} {sub}", each) for sub, each in inner] or [(name, command)]
    return found


def left_out(name: str, command: click.Command) -> list[str]:
    """The options of a command that its row in the operators' guide leaves out; the command if it has no row."""
    row = next((line for line in DOCS["operate.md"].splitlines() if line.startswith(f"| `sync-agent {name}")), None)
    if row is None:
        return [name]
    options = (p for p in command.params if isinstance(p, click.Option) and not p.hidden)
    return [option.opts[-1] for option in options if option.opts[-1] not in row]


def has_row(kind: SignalKind) -> bool:
    """Whether the guide to goals has a row about a finding."""
    rows = (line for line in DOCS["write-goals.md"].splitlines() if line.startswith("|"))
    return any(f"`{kind.value}`" in row.split("|")[1] for row in rows)
