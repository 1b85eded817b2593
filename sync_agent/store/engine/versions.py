"""The versions of the tables, and the way from an older one to ours.

Alembic is imported when it is needed: that takes a quarter of a second, and a health check, say, opens no store.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: Connection) -> str | None:
    """The version of the tables in a database; None where it has none yet."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The version that this code works with. To look through all migrations takes longer than to open a store."""
    return _scripts().get_current_head()


def known(version: str) -> bool:
    """Whether there is a way from a version to ours; a newer release has versions that we do not know."""
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
