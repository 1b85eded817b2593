"""Clients that are installed in virtual environments of their own: `python -m benchmarks.pull --peers DIRECTORY`."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.pull.github_crowd import repositories
from benchmarks.pull.jira_crowd import PROJECT
from benchmarks.pull.serve import TOKEN
from benchmarks.pull.served import Tracker

_PACKAGES = {"Perceval": "perceval", "tap-jira": "tap-jira", "tap-github": "meltanolabs-tap-github"}
PEERS = {"jira-cloud": ("tap-jira",), "jira-server": ("Perceval",), "github": ("Perceval", "tap-github")}
# Both are called through a few lines of ours: they trust no authority but the usual ones, and tap-github asks
# api.github.com, whatever its configuration says, whether the token is good.
_TRUST = """
import os, sys, requests
begin = requests.Session.__init__
def trusting(session):
    begin(session)
    session.verify = os.environ["REQUESTS_CA_BUNDLE"]
requests.Session.__init__ = trusting
"""
_LAUNCH = {
    "tap-jira": f"{_TRUST}from tap_jira import main\nmain()\n",
    "tap-github": f"""{_TRUST}
base, ask = sys.argv.pop(1), requests.get
requests.get = lambda url, **more: ask(url.replace("https://api.github.com", base), **more)
from tap_github.tap import cli
cli()
""",
}


def install(folder: Path) -> None:
    """Installs what is not there yet."""
    for package in _PACKAGES.values():
        home = folder / package
        if not (home / "installed").exists():
            venv.create(home, with_pip=True)
            subprocess.run([home / "bin" / "pip", "install", "-q", package], check=True)
            (home / "installed").touch()


def command(folder: Path, name: str, tracker: Tracker, output: Path) -> list[str]:
    """How a peer is called to write everything to `output`."""
    home = folder / _PACKAGES[name] / "bin"
    trust = {**os.environ, "REQUESTS_CA_BUNDLE": str(tracker.authority)}
    if name in _LAUNCH:
        launch = output.with_name(f"{name}.py")
        launch.write_text(_LAUNCH[name])
        if name == "tap-jira":
            return _singer(
                [str(home / "python"), str(launch)], _tap_jira(tracker), ("issues", "changelogs"), output, trust
            )
        program = [str(home / "python"), str(launch), tracker.url]
        return _singer(program, _tap_github(tracker), ("issues", "repositories"), output, trust)
    common = ["--json-line", "--no-archive", "-t", TOKEN, "-o", str(output)]
    if tracker.task.kind == "github":
        server = tracker.url.removesuffix("/api/v3")
        where = ["github", *repositories(1)[0].split("/"), "--enterprise-url", server, "--category", "issue"]
    else:
        where = ["jira", tracker.url, "--project", PROJECT]
    return [str(home / "perceval"), *where, *common]


def found(name: str, output: Path) -> dict[str, str]:
    """What it had read in the end: of an item that it read twice, the last."""
    with output.open() as lines:
        records = (json.loads(line) for line in lines if line.startswith("{"))
        if name == "Perceval":
            return dict(_known(record["data"]) for record in records)
        return dict(_known(r["record"]) for r in records if r.get("type") == "RECORD" and r["stream"] == "issues")


def _known(data: dict[str, Any]) -> tuple[str, str]:
    if "number" in data:
        name = f"{data['org']}/{data['repo']}" if "org" in data else repositories(1)[0]
        return f"{name}#{data['number']}", str(data["title"])
    return str(data["key"]), " ".join(data["fields"]["labels"])


def _tap_jira(tracker: Tracker) -> dict[str, Any]:
    return {
        "start_date": "2000-01-01T00:00:00Z", "username": "bot@example.org", "password": TOKEN,
        "base_url": tracker.url, "user_agent": "benchmark",
    }  # fmt: skip


def _tap_github(tracker: Tracker) -> dict[str, Any]:
    return {
        "start_date": "2000-01-01T00:00:00Z", "auth_token": TOKEN, "api_url_base": tracker.url,
        "repositories": list(repositories(tracker.task.repositories)),
    }  # fmt: skip


def _singer(
    program: list[str], config: dict[str, Any], streams: tuple[str, ...], output: Path, trust: Mapping[str, str]
) -> list[str]:
    """A tap with these streams of its own catalogue, its lines written to `output`."""
    settings, catalogue = output.parent / "config.json", output.parent / "catalogue.json"
    settings.write_text(json.dumps(config))
    called = [*program, "--config", str(settings)]
    done = subprocess.run([*called, "--discover"], check=False, capture_output=True, text=True, env=trust)
    if done.returncode:
        sys.exit(f"{program[0]} --discover failed:\n{done.stderr[-3000:]}")
    found = json.loads(done.stdout)
    for stream in found["streams"]:
        chosen = stream["tap_stream_id"] in streams
        stream["selected"] = chosen
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = chosen
    catalogue.write_text(json.dumps(found))
    # The older of the two ways to name a catalogue is the one that tap-jira knows.
    option = "--properties" if "base_url" in config else "--catalog"
    to_file = ["/bin/sh", "-c", 'out=$1; shift; exec "$@" > "$out"', "sh", str(output)]
    return [*to_file, *called, option, str(catalogue)]
