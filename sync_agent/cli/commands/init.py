"""init: a first configuration, from what a tracker has."""

import json
import os
import sys
import threading
from pathlib import Path

import click
from pydantic import BaseModel

from connectors.contract import Connector, Runtime, Survey
from connectors.errors import ConnectorError, NotFound, Unauthorised
from sync_agent.cli.common import PATIENCE, told_plainly
from sync_agent.cli.first_files import first_goals, first_settings
from sync_agent.config import installed_connectors
from sync_agent.config.errors import Mistake
from sync_agent.config.nodes import parse
from sync_agent.config.problems import validated
from sync_agent.world import utc_now


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--jira", "jira_url", metavar="URL", help="Address of a Jira site.")
@click.option("--email", help="Jira Cloud: e-mail of the account that the token belongs to.")
@click.option("--jira-token-env", default="JIRA_TOKEN", show_default=True, help="Variable with the Jira token.")
@click.option("--github", "github_url", metavar="URL", help="https://api.github.com, or https://HOST/api/v3.")
@click.option("--github-token-env", default="GITHUB_TOKEN", show_default=True, help="Variable with the GitHub token.")
def init(
    target: Path,
    jira_url: str | None,
    email: str | None,
    jira_token_env: str,
    github_url: str | None,
    github_token_env: str,
) -> None:
    """Write a first configuration from what the trackers have.

    TARGET is the directory to make.
    """
    written = target / "sync-agent.yaml"
    if written.exists():
        click.echo(f"error: {written} exists; choose an empty folder", err=True)
        sys.exit(1)
    if not jira_url and not github_url:
        raise click.UsageError("give --jira URL, --github URL, or both")
    with told_plainly():
        surveys: dict[str, Survey] = {}
        options: dict[str, dict[str, object]] = {}
        if jira_url:
            auth = {"email": email} if email else {}
            options["jira"] = {"url": jira_url, "auth": {**auth, "token": {"env": jira_token_env}}, "projects": ["ANY"]}
        if github_url:
            token = {"env": github_token_env}
            options["github"] = {"url": github_url, "auth": {"token": token}, "repositories": ["any/any"]}
        for name, raw in options.items():
            surveys[name] = _survey(name, raw)
        (target / "goals").mkdir(parents=True, exist_ok=True)
        written.write_text(first_settings(surveys, options), encoding="utf-8")
        (target / "goals" / "goals.yaml").write_text(first_goals(surveys, utc_now().date()), encoding="utf-8")
    click.echo(f"Wrote {written} and {target / 'goals' / 'goals.yaml'}.")
    click.echo(f"Next: edit both, then: sync-agent --config {target} validate --online")


def _survey(name: str, raw: dict[str, object]) -> Survey:
    connector = installed_connectors().get(name)
    if connector is None:
        raise ConnectorError(f"the connector {name!r} is not installed")
    options = _options(name, connector, raw)
    source = connector.open(name, options, Runtime(os.environ, utc_now, threading.Event(), PATIENCE))
    try:
        click.echo(f"Asking {name} …", err=True)
        survey = source.probe.survey()
        if not survey.containers:
            raise ConnectorError(f"{name}: {survey.account} sees no project or repository; give them access first")
        return survey
    except (NotFound, Unauthorised) as error:
        hint = "" if name != "jira" or "email" in str(raw["auth"]) else "; Jira Cloud also needs --email"
        raise ConnectorError(f"{error}{hint}") from error
    finally:
        source.close()


def _options(name: str, connector: Connector, raw: dict[str, object]) -> BaseModel:
    """What was typed, checked as a file would be: JSON is YAML, too."""
    mistakes: list[Mistake] = []
    root, _ = parse(json.dumps(raw), name)
    options = validated(connector.options, root, mistakes) if root else None
    if options is None:
        raise click.UsageError("; ".join(f"--{name}: {mistake.text}" for mistake in mistakes))
    return options
