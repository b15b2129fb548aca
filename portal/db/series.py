"""Gapless numbers per kind and year, whatever runs at the same time (DOMAIN R6)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, db
from portal.kernel.numbers import document_number


class NumberSeries(Base):
    """The last serial given for one kind in one year."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last_serial >= 0", name="serial_not_negative"),)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_serial: Mapped[int]


def next_number(kind: str, year: int, width: int = 6) -> str:
    """Take the next number, `QT-2026-000128`: given back if the transaction is rolled back, so no gaps.

    The row is locked until the transaction ends; a second taker waits.
    """
    return next_numbers(kind, year, 1, width)[0]


def next_numbers(kind: str, year: int, count: int, width: int = 6) -> list[str]:
    """Take the next `count` numbers (one or more) at once, as `next_number` takes one."""
    insert = (
        postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    statement = insert(NumberSeries).values(kind=kind, year=year, last_serial=count)
    statement = statement.on_conflict_do_update(
        index_elements=[NumberSeries.kind, NumberSeries.year],
        set_={"last_serial": NumberSeries.last_serial + count},
    )
    db.session.execute(statement)
    last = db.session.scalar(
        select(NumberSeries.last_serial).where(NumberSeries.kind == kind, NumberSeries.year == year)
    )
    first = int(last or 0) - count + 1
    return [document_number(kind, year, first + each, width) for each in range(count)]
