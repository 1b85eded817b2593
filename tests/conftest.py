"""Fixtures that every room's tests may use."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with official API schemas and recorded data, beside the checkout; skips where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "contracts").is_dir():
        pytest.skip("needs ../shared (official API schemas and recorded data), which is not on this machine")
    return folder
