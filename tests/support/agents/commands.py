"""Commands, in this process or in one of their own."""

import os
import subprocess
import sys

from click.testing import CliRunner, Result

from sync_agent.cli import main
from tests.support.theatre import TOKENS, Theatre


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS, catch_exceptions=False)


def process(stage: Theatre, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from sync_agent.cli import main; main()", "--config", str(stage.directory)]
    return subprocess.Popen(
        [*command, *arguments], env={**os.environ, **TOKENS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
