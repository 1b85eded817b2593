"""demo and sandbox: the agent without a tracker of one's own."""

from pathlib import Path

import click

from sync_agent.cli.common import console, told_plainly


@click.command()
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Folder for everything the demo makes.")
def demo(keep: Path | None) -> None:
    """Watch the agent at work on a small organisation, with local trackers and a local mail server."""
    from sync_agent.demo import run_demo  # noqa: PLC0415 - needs the `sandbox` extra

    with told_plainly():
        run_demo(keep, console())


@click.command()
@click.option(
    "--records", type=click.Path(exists=True, path_type=Path), multiple=True, help="Recorded tracker records."
)
@click.option("--host", default="127.0.0.1", show_default=True)
def sandbox(records: tuple[Path, ...], host: str) -> None:
    """Serve local trackers (Jira Cloud, Jira Data Center, GitHub) and a mail server to try things on."""
    from sync_agent.demo import run_sandbox  # noqa: PLC0415 - needs the `sandbox` extra

    with told_plainly():
        run_sandbox(records, host, console())
