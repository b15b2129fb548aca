"""Many new rows at once, and the ids that they got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from portal.db.base import db
from portal.intake.queries.known import chunks


def inserted(model: Any, rows: Sequence[Mapping[str, Any]], key: str) -> list[int]:
    """Insert rows with the same columns; their ids in the same order, found by the unique column `key`."""
    db.session.execute(insert(model), list(rows))
    column = getattr(model, key)
    ids: dict[Any, int] = {}
    for some in chunks([row[key] for row in rows]):
        found = db.session.execute(select(column, model.id).where(column.in_(some)))
        ids |= {value: row_id for value, row_id in found}  # noqa: C416
    return [ids[row[key]] for row in rows]
