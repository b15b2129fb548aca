"""How migrations run: online, on the application's own engine, in batches that SQLite understands."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app


def run() -> None:
    """Apply what is missing, each migration in one transaction."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect().execution_options(writes=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_type=True,
            render_as_batch=True,
            render_item=_render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Our column types are written by their own names; a migration needs no other package."""
    if kind == "type" and type(item).__module__ == "portal.db.types":
        autogen_context.imports.add("from portal.db import types")
        return f"types.{type(item).__name__}()"
    if kind == "type" and type(item).__module__.startswith("flask_security"):
        return "sa.UnicodeText()"  # its list type is text in the database
    return False


run()
