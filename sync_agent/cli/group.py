"""The group of all commands, each imported when it is asked for, and what they share."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from sync_agent.cli import commands

_ORDER = (
    "init",
    "validate",
    "plan",
    "run",
    "serve",
    "reconcile",
    "status",
    "explain",
    "routes",
    "forecast",
    "backtest",
    "asks",
    "answer",
    "outcome",
    "versions",
    "signoffs",
    "round",
    "stakeholders",
    "ack",
    "acks",
    "silence",
    "mail",
    "outbox",
    "record",
    "audit",
    "backup",
    "restore",
    "migrate",
    "health",
    "schema",
    "demo",
    "sandbox",
)
"""The order of the help; a command that is not here comes after those that are."""


def _names() -> list[str]:
    """The commands: every file in `commands/` is the command of that name; `who_is.py` is `who-is`."""
    found = [module.name.replace("_", "-") for module in iter_modules(commands.__path__)]
    return sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


class Commands(click.Group):
    """Imports a command only when it is used. Importing all of them takes more than a second, and `--version` or a
    health check needs few: https://click.palletsprojects.com/en/stable/complex/#lazily-loading-subcommands.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - named by the library
        """All of them."""
        return _names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; None where there is none."""
        if cmd_name not in _names():
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"sync_agent.cli.commands.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As usual; for an unknown name it suggests the command that may have been meant."""
        if args[0] not in _names() and not args[0].startswith("-"):
            from sync_agent.config.errors import unknown  # noqa: PLC0415 - not for --version and --help

            raise click.UsageError(unknown("command", args[0], _names()), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="goal-sync-agent")
@click.option(
    "--config",
    "directory",
    type=click.Path(path_type=Path),
    envvar="SYNC_AGENT_CONFIG",
    default="config",
    show_default=True,
    show_envvar=True,
    help="Directory with sync-agent.yaml and goals/.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="SYNC_AGENT_LOG_LEVEL",
    default=None,
    show_envvar=True,
    help="How much to log; info for serve, else warning.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "json", "text"]),
    envvar="SYNC_AGENT_LOG_FORMAT",
    default="auto",
    show_envvar=True,
    help="auto: text on a terminal, JSON lines elsewhere.",
)
@click.pass_context
def main(context: click.Context, directory: Path, log_level: str | None, log_format: str) -> None:
    """Tells everyone which goals are blocked or slipping, why, and when they will really be done."""
    if context.invoked_subcommand == "serve":
        from sync_agent.run.process.ending import stoppable  # noqa: PLC0415

        context.with_resource(stoppable())  # Before anything that takes a while to import.

    from sync_agent.cli.common import Agent  # noqa: PLC0415
    from sync_agent.run.process import interpreter, logs  # noqa: PLC0415 - not for --version and --help

    level = log_level or ("info" if context.invoked_subcommand == "serve" else "warning")
    json = {"json": True, "text": False}.get(log_format)
    logs.configure(level=level, json=json)
    interpreter.tune()
    context.obj = Agent(directory, level, json)
