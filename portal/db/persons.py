"""The rows in which one person stands, found and rewritten past the walls and guards, for export and erasure.

Which columns those are is declared in `portal.privacy.rules.registry`; here is only how tables are read and written by
name. Callers have asked who may do this: nothing here is limited to what anybody sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    Table,
    Text,
    TypeDecorator,
    cast,
    delete,
    func,
    or_,
    select,
    true,
    update,
)

from portal.db.audit import AuditEntry
from portal.db.base import Base, HouseOnly, db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.db.types import UTCDateTime

Condition = tuple[str, Collection[Any]]
"""(column, values that it may have)."""
Row = dict[str, Any]


def text_columns() -> dict[str, list[str]]:
    """Table → its columns that can hold words: text, JSON, lists of words."""
    return {
        table.name: [column.name for column in table.columns if _is_text(column.type)]
        for table in Base.metadata.sorted_tables
    }


def column_names(table: str) -> frozenset[str]:
    """The columns of a table; none where it is not installed."""
    found = Base.metadata.tables.get(table)
    return frozenset(found.columns.keys()) if found is not None else frozenset()


def ordered_columns(table: str) -> list[str]:
    """The columns of a table in their order."""
    return [column.name for column in _table(table).columns]


def day_columns(table: str) -> frozenset[str]:
    """The columns of a table that hold a day or an instant."""
    kinds = (Date, UTCDateTime)
    return frozenset(c.name for c in _table(table).columns if isinstance(c.type, kinds))


def house_tables() -> frozenset[str]:
    """Tables of what the house keeps about a customer and its own people never see."""
    mappers = Base.registry.mappers
    return frozenset(str(m.local_table) for m in mappers if issubclass(m.class_, HouseOnly))


def nullable(table: str, column: str) -> bool:
    """Whether a column may hold nothing at all."""
    return bool(_table(table).c[column].nullable)


def longest(table: str, column: str) -> int | None:
    """How many characters a column holds; None: as many as there are."""
    kind = _table(table).c[column].type
    return kind.length if isinstance(kind, String) else None


def count(table: str, any_of: Iterable[Condition]) -> int:
    """How many rows meet any of these conditions."""
    there = _meets(table, any_of)
    return db.session.scalar(select(func.count()).select_from(_table(table)).where(there)) or 0


def rows(table: str, any_of: Iterable[Condition]) -> list[Row]:
    """The rows that meet any of these conditions, whole, in the order of their keys."""
    found = _table(table)
    statement = select(found).where(_meets(table, any_of)).order_by(*found.primary_key.columns)
    return [dict(row) for row in db.session.execute(statement).mappings()]


def drop(table: str, any_of: Iterable[Condition]) -> int:
    """Delete the rows that meet any of these conditions; how many there were."""
    result: Any = db.session.execute(delete(_table(table)).where(_meets(table, any_of)))
    return int(result.rowcount)


def write(table: str, row_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of one row; a version moves on, so that whoever has the old page open is told."""
    found = _table(table)
    written = dict(values)
    if "version" in found.c and "version" not in written:
        written["version"] = found.c.version + 1
    db.session.execute(update(found).where(found.c.id == row_id).values(written))


def naming(
    table: str, columns: Sequence[str], needles: Sequence[str], any_of: Iterable[Condition] | None
) -> list[Row]:
    """Rows in which any of these columns holds any of these words; only those columns, and the id.

    `any_of` None: in the whole table. The words are looked for as parts, whatever their case.
    """
    found = _table(table)
    said = [
        cast(found.c[name], Text).icontains(needle, autoescape=True)
        for name in columns
        for needle in needles
    ]
    if not said or "id" not in found.c:
        return []
    where = true() if any_of is None else _meets(table, any_of)
    wanted = select(found.c.id, *(found.c[name] for name in columns)).where(where, or_(*said))
    return [dict(row) for row in db.session.execute(wanted.order_by(found.c.id)).mappings()]


def forget_numbers(table: str, row_id: int) -> None:
    """Take away the keys by which a row of a table is found when somebody calls."""
    keys = _table("phone_key")
    mine = keys.c.holder == table, keys.c.holder_id == row_id
    db.session.execute(delete(keys).where(*mine))


def entries(
    actor_ids: Collection[int],
    subjects: Mapping[str, Collection[int]],
    needles: Sequence[str],
    customer_ids: Collection[int] | None,
) -> list[AuditEntry]:
    """Entries of the history by these people, about these rows, or with these words in them.

    `customer_ids`: words are looked for in what is about these customers, and about none; None: everywhere.
    """
    ways: list[ColumnElement[bool]] = [AuditEntry.actor_id.in_(actor_ids)]
    ways += [
        (AuditEntry.subject_type == table) & AuditEntry.subject_id.in_(ids)
        for table, ids in subjects.items()
        if ids
    ]
    fields = (AuditEntry.before, AuditEntry.after, AuditEntry.reason)
    if needles:
        said = or_(*(cast(f, Text).icontains(n, autoescape=True) for f in fields for n in needles))
        reach = true() if customer_ids is None else _within(AuditEntry.customer_id, customer_ids)
        ways.append(said & reach)
    return list(db.session.scalars(select(AuditEntry).where(or_(*ways)).order_by(AuditEntry.id)))


def letters(emails: Collection[str]) -> list[OutboxMessage]:
    """Letters to these addresses, sent or not."""
    mine = func.lower(OutboxMessage.recipient).in_(emails)
    return list(db.session.scalars(select(OutboxMessage).where(mine).order_by(OutboxMessage.id)))


def letters_naming(needles: Sequence[str]) -> list[OutboxMessage]:
    """Letters whose facts hold any of these words, whoever gets them."""
    said = [cast(OutboxMessage.facts, Text).icontains(each, autoescape=True) for each in needles]
    statement = select(OutboxMessage).where(or_(*said)).order_by(OutboxMessage.id)
    return list(db.session.scalars(statement)) if said else []


def empty_letter(row: OutboxMessage, address: str) -> None:
    """A letter without its reader and its facts; one that still waits does not go."""
    if row.state == OutboxState.PENDING.value:
        row.state, row.last_error = OutboxState.DROPPED.value, "The reader was erased."
    row.recipient, row.facts = address, {}
    if row.key.rpartition(":")[2].find("@") >= 0:
        row.key = f"erased:{row.id}"


def _within(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    return or_(column.is_(None), column.in_(ids))


def _meets(table: str, any_of: Iterable[Condition]) -> ColumnElement[bool]:
    found = _table(table)
    ways = [
        func.lower(found.c[name]).in_(values)
        if name.endswith("email")
        else found.c[name].in_(values)
        for name, values in any_of
        if values
    ]
    return or_(*ways) if ways else ~true()


def _is_text(kind: Any) -> bool:
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, String)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
