"""What other processes have written since a page began to read.

On SQLite a transaction shows the rows of its beginning, on PostgreSQL a row that was read stays as it was. Whoever
looks at a lock, which is of this moment, reads the row that belongs to it once more.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.db.base import Base, db


def has_moved(row: Base, column: str = "state") -> bool:
    """Whether another process has given `column` of a stored row another value since it was read."""
    return bool(_now(row, column) != getattr(row, column))


def _now(row: Base, column: str) -> Any:
    model: Any = type(row)
    wanted = select(getattr(model, column)).where(model.id == row.id)  # type: ignore[attr-defined]
    if db.session.get_bind().dialect.name == "postgresql":
        return db.session.scalar(wanted)
    with db.engine.connect() as another:
        found = another.scalar(wanted)
    return getattr(row, column) if found is None else found
