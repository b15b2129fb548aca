"""Who has which telephone number: keys beside every row with a `phone`, kept by the database session itself.

Whatever writes such a row (a form, an import, the demo) writes its keys in the same transaction, so that a caller is
found by one look into an index. What a key is: `portal.kernel.phones`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Index, String, UniqueConstraint, delete, event, insert, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from portal.db.base import Base, db
from portal.kernel.phones import stored_keys


class PhoneKey(Base):
    """One number of one row: `holder` is the row's table, `holder_id` its id. A field may hold several numbers."""

    __tablename__ = "phone_key"
    __table_args__ = (
        UniqueConstraint("holder", "holder_id", "key"),
        Index("ix_phone_key_key", "key", "holder", "holder_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(16))
    holder_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(24))


class HasPhone:
    """Marks a table with a `phone` and an `id`: its rows are found by their numbers."""


def write_many(holder: str, rows: Iterable[tuple[int, str]]) -> None:
    """The keys of rows (id, phone) that were inserted past the session's own watch."""
    keys = [
        {"holder": holder, "holder_id": row_id, "key": key}
        for row_id, phone in rows
        for key in stored_keys(phone or "")
    ]
    if keys:
        db.session.execute(insert(PhoneKey), keys)


def _added(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    _write(connection, row)


def _changed(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    if inspect(row).attrs.phone.history.has_changes():
        _forget(connection, row)
        _write(connection, row)


def _removed(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    _forget(connection, row)


def _write(connection: Connection, row: Any) -> None:
    keys = stored_keys(row.phone or "")
    if keys:
        about = {"holder": row.__tablename__, "holder_id": row.id}
        connection.execute(insert(PhoneKey), [{**about, "key": key} for key in keys])


def _forget(connection: Connection, row: Any) -> None:
    mine = (PhoneKey.holder == row.__tablename__, PhoneKey.holder_id == row.id)
    connection.execute(delete(PhoneKey).where(*mine))


event.listen(HasPhone, "after_insert", _added, propagate=True)
event.listen(HasPhone, "after_update", _changed, propagate=True)
event.listen(HasPhone, "after_delete", _removed, propagate=True)
