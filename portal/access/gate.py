"""The only way to one row by its id: load and authorise in one call (DESIGN rule 1)."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.sql.base import ExecutableOption

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import CustomerItself, db
from portal.kernel.errors import Forbidden, MergedAway, NotFound

M = TypeVar("M")


def load(
    model: type[M],
    row_id: int,
    viewer: Viewer,
    permission: Permission,
    *,
    options: tuple[ExecutableOption, ...] = (),
    lock: bool = False,
) -> M:
    """One row, if `viewer` may see it and holds `permission`.

    Raises `NotFound` when it is absent or another customer's (the same answer), `Forbidden` when it is seen but the
    permission is missing, `MergedAway` for a customer that was a duplicate of another. `lock` holds the row until the
    transaction ends (a no-op on SQLite, where writers are alone anyway).
    """
    entity: Any = model
    statement = visible(select(entity), entity, viewer).where(entity.id == row_id).options(*options)
    if lock:
        statement = statement.with_for_update()
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound()
    if not viewer.may(permission):
        raise Forbidden()
    if isinstance(row, CustomerItself) and row.merged_into_id is not None:
        raise MergedAway(row.merged_into_id)
    return row  # type: ignore[no-any-return]
