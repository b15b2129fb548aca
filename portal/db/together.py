"""Several small questions to the database in one statement: a first page asks much, and each journey costs.

Each question becomes one column of one row: its rows as JSON, read back into the values of its columns' types. For
counts and a few rows; long lists and whole entities keep statements of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from sqlalchemy import Boolean, Date, Select, String, cast, func, select
from sqlalchemy.types import TypeEngine

from portal.db.base import db
from portal.db.types import JSONText, ScaledDecimal, UTCDateTime

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
Columns = Select[*tuple[Any, ...]]
"""A select of columns, whatever their types."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A select with what limits it to what the viewer may see, and what its rows say."""

    statement: Columns
    read: Callable[[Rows], T]


@dataclass(frozen=True, slots=True)
class Inquiry(Generic[T]):
    """A part of a page before its answers: what it asks, and what the answers come to."""

    asks: Sequence[Question[Any]]
    read: Callable[..., T]


def answers(wanted: Iterable[Inquiry[T] | None]) -> list[T]:
    """Each part with its answers, in their order, by one statement for all of them; what is None is left out."""
    parts = [each for each in wanted if each is not None]
    found = iter(ask(*(question for part in parts for question in part.asks)))
    return [part.read(*islice(found, len(part.asks))) for part in parts]


def answer(question: Question[T]) -> T:
    """The answer to one question, by a statement of its own."""
    return question.read([tuple(row) for row in db.session.execute(question.statement)])


def ask(*questions: Question[Any]) -> list[Any]:
    """The answer to each question, in their order, by one statement for all; none for no question."""
    if len(questions) < 2:
        return [answer(each) for each in questions]
    parts = [each.statement.subquery() for each in questions]
    found = db.session.execute(select(*(_as_json(part) for part in parts))).one()
    found_out = []
    for question, part, text in zip(questions, parts, found, strict=True):
        readers = [_reader(column.type) for column in part.c]
        found_out.append(question.read(_rows(text, readers)))
    return found_out


def rows(statement: Columns) -> Question[Rows]:
    """The rows as they are."""
    return Question(statement, lambda found: found)


def records(statement: Columns) -> Question[list[Any]]:
    """The rows with their columns' names: to be shown, not to be changed."""
    names = [str(column.key) for column in statement.selected_columns]

    def named(found: Rows) -> list[Any]:
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in found]

    return Question(statement, named)


def one(statement: Columns) -> Question[tuple[Any, ...]]:
    """The one row that sums and counts always have."""
    return Question(statement, lambda found: found[0])


def number(statement: Columns) -> Question[int]:
    """The one number that a count gives."""
    return Question(statement, lambda found: int(found[0][0] or 0))


def _as_json(part: Any) -> Any:
    """A select's rows as one text: [[…], …], or nothing where it has none."""
    if db.session.get_bind().dialect.name == "postgresql":
        rows = func.json_agg(func.json_build_array(*part.c))
    else:
        rows = func.json_group_array(func.json_array(*part.c))
    return select(cast(rows, String)).select_from(part).scalar_subquery()


def _rows(text: str | None, readers: list[Callable[[Any], Any]]) -> Rows:
    return [
        tuple(
            None if value is None else read(value) for value, read in zip(row, readers, strict=True)
        )
        for row in json.loads(text or "[]")
    ]


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a value of JSON becomes what a statement of its own would have given."""
    if isinstance(kind, ScaledDecimal):
        return lambda value: kind.process_result_value(int(value), None)  # type: ignore[arg-type]
    if isinstance(kind, UTCDateTime):
        return lambda value: kind.process_result_value(datetime.fromisoformat(value), None)  # type: ignore[arg-type]
    if isinstance(kind, JSONText):
        return json.loads
    if isinstance(kind, Date):
        return date.fromisoformat
    return bool if isinstance(kind, Boolean) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
