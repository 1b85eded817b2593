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
