"""Where the database stands against the program's migrations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.db.base import db


def present_revision() -> str | None:
    """The revision that the database is at; None without any."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


@cache
def head_revision() -> str | None:
    """The revision that this program expects; None where no migration exists."""
    scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return scripts.get_current_head()
