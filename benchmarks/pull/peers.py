"""Clients that are installed in virtual environments of their own: `python -m benchmarks.pull --peers DIRECTORY`."""

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

from benchmarks.pull.world import PROJECT, REPOSITORY, TOKEN


def install(folder: Path) -> None:
    """Installs Perceval where it is not there yet."""
    home = folder / "perceval"
    if not (home / "bin" / "perceval").exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "perceval"], check=True)


def perceval(folder: Path, kind: str, url: str, output: Path) -> list[str]:
    """Its command for a Data Center or a GitHub; one JSON line an item goes to `output`."""
    program = str(folder / "perceval" / "bin" / "perceval")
    common = ["--json-line", "--no-archive", "-t", TOKEN, "-o", str(output)]
    if kind == "github":
        server = url.removesuffix("/api/v3")
        return [program, "github", *REPOSITORY.split("/"), "--enterprise-url", server, "--category", "issue", *common]
    return [program, "jira", url, "--project", PROJECT, *common]


def found_by_perceval(output: Path) -> dict[str, str]:
    """What it had read in the end: of an item that it read twice, the last."""
    items = (json.loads(line)["data"] for line in output.read_text().splitlines())
    return dict(_known(data) for data in items)


def _known(data: dict[str, Any]) -> tuple[str, str]:
    if "number" in data:
        return f"{REPOSITORY}#{data['number']}", str(data["title"])
    return str(data["key"]), " ".join(data["fields"]["labels"])
