"""health: asks a running `serve`."""

import sys
from collections.abc import Mapping

import click
import requests

from sync_agent.cli.common import Agent, told_plainly
from sync_agent.config import Settings, installed_connectors


@click.command()
@click.option("--url", help="Default: the address in the configuration.")
@click.pass_obj
def health(agent: Agent, url: str | None) -> None:
    """Ask a running `serve` whether it is alive.

    Exit code 1 when it is not. For container health checks.
    """
    with told_plainly():
        address = url or _own_address(agent.settings(installed_connectors()))
        answer = _asked(f"{address.rstrip('/')}/healthz")
        click.echo(answer.text)
        sys.exit(not answer.ok)


def _asked(url: str) -> requests.Response:
    try:
        return requests.get(url, timeout=5)
    except requests.ConnectionError:
        raise OSError(f"nobody answers at {url}; is `sync-agent serve` running there?") from None


def _own_address(settings: Settings) -> str:
    any_host: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
    return f"http://{any_host.get(settings.web_host, settings.web_host)}:{settings.web_port}"
