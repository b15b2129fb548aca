"""Questions put to a whole table, past what the viewer may see: is a key taken, which names are alike.

The answers are for a decision. Whoever shows a row found here asks the gate for it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, Select, Table, or_, select

from portal.db.base import Base, db
from portal.db.walls import past


def holders(model: type[Base], column: str, value: Any) -> list[int]:
    """The ids of the rows that hold `value` in `column`."""
    table = _table(model)
    found = db.session.execute(past(select(table.c.id)).where(table.c[column] == value))
    return list(found.scalars())


def starting_with(model: type[Base], column: str, prefix: str) -> list[str]:
    """Every value of `column` that starts with `prefix`."""
    wanted = _table(model).c[column]
    return list(
        db.session.execute(
            past(select(wanted)).where(wanted.startswith(prefix, autoescape=True))
        ).scalars()
    )


def with_any_word(
    model: type[Base], column: str, words: Sequence[str], shown: Sequence[str], limit: int = 2000
) -> list[tuple[Any, ...]]:
    """`shown` columns of the rows whose `column` holds any of `words`, at most `limit` rows by id."""
    if not words:
        return []
    table = _table(model)
    any_word = or_(*(table.c[column].contains(word, autoescape=True) for word in words))
    statement = (
        past(select(*(table.c[name] for name in shown))).where(any_word).order_by(table.c.id)
    )
    return [tuple(row) for row in db.session.execute(statement.limit(limit))]


def columns_of(
    model: type[Base], ids: Iterable[int], shown: Sequence[str], by: str = "id"
) -> dict[int, tuple[Any, ...]]:
    """Id → the `shown` columns of its row; `by`: the unique column that holds the ids."""
    table, wanted = _table(model), sorted(set(ids))
    if not wanted:
        return {}
    statement = past(select(table.c[by], *(table.c[name] for name in shown)))
    rows = db.session.execute(statement.where(table.c[by].in_(wanted)))
    return {row[0]: tuple(row[1:]) for row in rows}


def among(
    model: type[Base], column: str, values: Iterable[Any], shown: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The `shown` columns of the rows that hold one of `values` in `column`, by id."""
    table, wanted = _table(model), sorted(set(values))
    if not wanted:
        return []
    statement = past(select(*(table.c[name] for name in shown))).where(table.c[column].in_(wanted))
    return [tuple(row) for row in db.session.execute(statement.order_by(table.c.id))]


def looked_up(model: type[Base], column: str, row_id: Any) -> ScalarSelect[Any]:
    """`column` of the row whose id is `row_id` (a column of another table), as a part of another select."""
    table = _table(model)
    return past(select(table.c[column])).where(table.c.id == row_id).scalar_subquery()


def holding(model: type[Base], column: str, value: Any) -> Select[Any]:
    """The ids of the rows that hold `value` in `column`, as a part of another select."""
    table = _table(model)
    return past(select(table.c.id)).where(table.c[column] == value)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
