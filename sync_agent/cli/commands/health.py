"""health: asks a running `serve`."""

import os
import sys
from collections.abc import Mapping

import click
import requests

from sync_agent.cli.common import Agent, told_plainly
from sync_agent.config import web_address


@click.command()
@click.option("--url", help="Default: the address in the configuration.")
@click.pass_obj
def health(agent: Agent, url: str | None) -> None:
    """Ask a running `serve` whether it is alive.

    Exit code 1 when it is not. For container health checks. Mistakes in the files do not matter here.
    """
    with told_plainly():
        address = url or _own_address(*web_address(agent.directory, os.environ))
        answer = _asked(f"{address.rstrip('/')}/healthz")
        click.echo(answer.text)
        sys.exit(not answer.ok)


def _asked(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # No proxy leads to this machine.
        try:
            return session.get(url, timeout=5)
        except requests.RequestException:
            raise OSError(f"nobody answers at {url}; is `sync-agent serve` running there?") from None


def _own_address(host: str, port: int) -> str:
    any_host: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
    found = any_host.get(host, host)
    return f"http://{f'[{found}]' if ':' in found else found}:{port}"
