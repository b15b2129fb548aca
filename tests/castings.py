"""The standing cast without its making: the rows of its first assembly are written again for each later test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, insert, select

from portal.db.base import Base, db
from tests.cast import Cast

Rows = list[tuple[Table, list[dict[str, Any]]]]
Kept = tuple[Rows, dict[str, tuple[type, int]]]
World = Callable[[Cast, datetime], None]

_made: dict[tuple[str, datetime, World | None], Kept] = {}


def standing(now: datetime, world: World | None = None) -> Cast:
    """The cast over empty tables; assembled once for each database and moment, copied afterwards.

    `world` does what many tests of a module want done before they begin; its rows are copied with the cast. Numbers
    are the same in every test then, those of whatever a test adds are not.
    """
    key = (str(db.engine.url), now, world)
    if key not in _made:
        alone = not _rows()
        cast = Cast.assemble(now)
        if world is not None:
            world(cast, now)
            db.session.commit()
        if alone:
            _made[key] = (
                _rows(),
                {name: (type(row), row.id) for name, row in vars(cast).items()},
            )
        return cast
    return _again(*_made[key])


def _rows() -> Rows:
    """Every row that there is, by table, those that are pointed at first."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.computed is None]
        rows = [dict(row) for row in db.session.execute(select(*columns)).mappings()]
        if rows:
            found.append((table, rows))
    return found


def _again(rows: Rows, people: dict[str, tuple[type, int]]) -> Cast:
    for table, values in rows:
        db.session.execute(insert(table), values)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(*(_number_after(t, values) for t, values in rows if "id" in t.c)))
    db.session.commit()
    loaded = {
        model: {row.id: row for row in db.session.scalars(select(model))}
        for model in dict.fromkeys(model for model, _id in people.values())
    }
    return Cast(
        **{each.name: loaded[people[each.name][0]][people[each.name][1]] for each in fields(Cast)}
    )


def _number_after(table: Table, values: list[dict[str, Any]]) -> ColumnElement[int]:
    """Moves the numbers of a table beyond those of its copied rows: a test may have set them back."""
    counter = func.pg_get_serial_sequence(f'"{table.name}"', "id")
    return func.setval(
        counter, func.greatest(func.nextval(counter), max(row["id"] for row in values))
    )
