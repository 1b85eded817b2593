"""Clients that are installed in virtual environments of their own: `python -m benchmarks.pull --peers DIRECTORY`."""

import json
import subprocess
import venv
from pathlib import Path

from benchmarks.pull.world import PROJECT, TOKEN


def install(folder: Path) -> None:
    """Installs Perceval where it is not there yet."""
    home = folder / "perceval"
    if not (home / "bin" / "perceval").exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", "perceval"], check=True)


def perceval(folder: Path, url: str, output: Path) -> list[str]:
    """Its command for a Data Center; one JSON line an item goes to `output`."""
    program = str(folder / "perceval" / "bin" / "perceval")
    return [program, "jira", url, "--project", PROJECT, "--json-line", "--no-archive", "-t", TOKEN, "-o", str(output)]


def found_by_perceval(output: Path) -> dict[str, str]:
    """What it had read in the end: of an item that it read twice, the last."""
    items = (json.loads(line)["data"] for line in output.read_text().splitlines())
    return {str(data["key"]): " ".join(data["fields"]["labels"]) for data in items}
