"""The command sandbox."""

from pathlib import Path

import click

from sync_agent.cli.common import console, needing, told_plainly


@click.command()
@click.option(
    "--records", type=click.Path(exists=True, path_type=Path), multiple=True, help="Recorded tracker records."
)
@click.option("--host", default="127.0.0.1", show_default=True)
def sandbox(records: tuple[Path, ...], host: str) -> None:
    """Serve local trackers and a mail server to try things on.

    Jira Cloud, Jira Data Center and GitHub, by their own APIs, and SMTP.
    """
    with needing("sandbox"):
        from sync_agent.demo import run_sandbox  # noqa: PLC0415
    with told_plainly():
        run_sandbox(records, host, console())
