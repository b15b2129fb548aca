"""A day among instants: so that what has only a date stands in one order with what has a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portal.db.types import UTCDateTime


class BeginningOfDay(FunctionElement[datetime]):
    """The instant at which the day of a column of dates begins, in UTC.

    SQLite keeps days and instants as text whose order is that of time, so there the column itself stands for it: of a
    UNION with an expression in that place it would read every row, where it reads the first ones by their indexes.
    """

    type = UTCDateTime()
    inherit_cache = True


@compiles(BeginningOfDay)
def _converted(element: BeginningOfDay, compiler: Any, **more: Any) -> str:
    day = compiler.process(element.clauses, **more)
    return f"(CAST({day} AS TIMESTAMP) AT TIME ZONE 'UTC')"


@compiles(BeginningOfDay, "sqlite")
def _as_it_is(element: BeginningOfDay, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))
