"""Keyset paging: a page starts after the last row seen, so the thousandth page costs what the first does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, tuple_

from portal.db.base import db

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by one column that is never null, the row's id breaking ties."""

    column: ColumnElement[Any]
    row_id: ColumnElement[Any]
    descending: bool = False

    def applied(self, *, backwards: bool = False) -> tuple[Any, Any]:
        """The ORDER BY terms; `backwards` for reading the page before."""
        if self.descending != backwards:
            return self.column.desc(), self.row_id.desc()
        return self.column.asc(), self.row_id.asc()


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows and the cursors of its neighbours (None at either end)."""

    rows: list[Any]
    after: str | None
    before: str | None


def read_slice(
    statement: Select[Any],
    order: Order,
    *,
    after: str | None,
    before: str | None,
    size: int = PAGE_SIZE,
) -> Slice:
    """The page after (or before) a cursor; a cursor that makes no sense is taken as none."""
    cursor = _decoded(after or before)
    backwards = cursor is not None and not after
    if cursor is not None:
        place = tuple_(order.column, order.row_id)
        forward = order.descending == backwards
        statement = statement.where(place > cursor if forward else place < cursor)
    statement = statement.add_columns(order.column.label("_key"), order.row_id.label("_id"))
    found = list(
        db.session.execute(statement.order_by(*order.applied(backwards=backwards)).limit(size + 1))
    )
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_after, has_before = (cursor is not None, more) if backwards else (more, cursor is not None)
    return Slice(
        rows=[row[:-2] if len(row) > 3 else row[0] for row in found],
        after=_encoded(found[-1]) if found and has_after else None,
        before=_encoded(found[0]) if found and has_before else None,
    )


def _encoded(row: Any) -> str:
    value, row_id = row[-2], row[-1]
    kind = next(k for k, types in _KINDS if isinstance(value, types))
    plain = value if kind in "is" else (value.isoformat() if kind in "td" else str(value))
    return base64.urlsafe_b64encode(json.dumps([kind, plain, row_id]).encode()).decode().rstrip("=")


LARGEST = 10**12
"""No column that lists are sorted by holds more; a cursor that says so was not made here."""
_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("t", (datetime,)),
    ("d", (date,)),
    ("n", (Decimal,)),
    ("i", (int,)),
    ("s", (str,)),
)


_READERS: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "i": int,
    "s": str,
}


def _decoded(cursor: str | None) -> tuple[Any, int] | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        kind, plain, row_id = json.loads(text)
        value, row = _READERS[kind](plain), int(row_id)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None
    figures = [Decimal(each) for each in (value, row) if isinstance(each, int | Decimal)]
    return (value, row) if all(abs(figure) < LARGEST for figure in figures) else None
