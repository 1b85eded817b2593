"""The group of all commands and what they share."""

from pathlib import Path

import click

from sync_agent import logs, memory
from sync_agent.cli.check import schema, validate
from sync_agent.cli.common import Agent
from sync_agent.cli.foresee import forecast
from sync_agent.cli.look import explain, outbox, status
from sync_agent.cli.mails import mail
from sync_agent.cli.past import backtest
from sync_agent.cli.play import demo, sandbox
from sync_agent.cli.routing import routes
from sync_agent.cli.say import ack, silence
from sync_agent.cli.start import init
from sync_agent.cli.work import health, plan, reconcile, run, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
    level = log_level or ("info" if context.invoked_subcommand == "serve" else "warning")
    json = {"json": True, "text": False}.get(log_format)
    logs.configure(level=level, json=json)
    memory.look_seldom()
    context.obj = Agent(directory, level, json)


for command in (
    init,
    validate,
    plan,
    run,
    serve,
    reconcile,
    status,
    explain,
    routes,
    forecast,
    backtest,
    ack,
    silence,
    mail,
    outbox,
    health,
    schema,
    demo,
    sandbox,
):
    main.add_command(command)
