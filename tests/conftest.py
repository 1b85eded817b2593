"""Fixtures that every room's tests may use."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
import structlog

REPOSITORY = Path(__file__).resolve().parent.parent
_IN_MEMORY = Path("/dev/shm")
_ROOM = 2_000_000_000

# A store waits for the disk at every commit, as it must; tests need not. Where memory can hold their files, it does.
if "TMPDIR" not in os.environ and os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = str(_IN_MEMORY)
    tempfile.tempdir = None


def pytest_runtest_setup() -> None:
    """A command sets up the log for its process; the next test begins without that."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with official API schemas and recorded data, beside the checkout; skips where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "contracts").is_dir():
        pytest.skip("needs ../shared (official API schemas and recorded data), which is not on this machine")
    return folder
