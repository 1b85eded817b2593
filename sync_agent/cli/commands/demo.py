"""demo and sandbox: the agent without a tracker of one's own."""

from pathlib import Path

import click

from sync_agent.cli.common import console, needing, told_plainly


@click.command()
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Folder for everything the demo makes.")
def demo(keep: Path | None) -> None:
    """Watch the agent at work on an invented organisation.

    It has local trackers and a local mail server; nothing leaves the machine.
    """
    with needing("sandbox"):
        from sync_agent.demo import run_demo  # noqa: PLC0415
    with told_plainly():
        run_demo(keep, console())


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
