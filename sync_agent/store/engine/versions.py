"""The versions of the tables, and the migrations from older ones to ours.

Alembic is imported when it is needed. That takes a quarter of a second, and a health check, for one, opens no store.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: Connection) -> str | None:
    """The version of the tables in a database; None if it has no tables yet."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The version that this code works with. Reading all migrations would take longer than opening a store."""
    return _scripts().get_current_head()


def known(version: str) -> bool:
    """Whether we can upgrade from a version. A newer release has versions that we do not know."""
    return version in {script.revision for script in _scripts().walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Brings the tables to the newest version."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory(str(_MIGRATIONS))
