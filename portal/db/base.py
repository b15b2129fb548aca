"""The database object and what every table shares: named constraints, ownership, versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Select,
    event,
    false,
    or_,
    true,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    declared_attr,
    mapped_column,
)

from portal.db.types import UTCDateTime
from portal.kernel import clock


class Base(DeclarativeBase):
    """Every constraint has a name, so that a migration and an error can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class CustomerOwned:
    """A row that belongs to one customer: the gate, the lists and the session's own criterion see to it."""

    @declared_attr
    @classmethod
    def customer_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("customer.id"), index=True)

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Rows that a member of staff sees though the customer is not theirs: none, unless a table says so."""
        return false()

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """Which of the customer's rows its own people may see: all, unless a table says otherwise."""
        return true()


class HouseOnly(CustomerOwned):
    """What the house keeps about a customer: its own people never see it, on any page or in any file."""

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """None of it."""
        return false()


class CustomerItself:
    """Marks the customer's own table, whose `id` is what the others' `customer_id` names.

    `merged_into_id`: this one was a duplicate of that one, and its pages lead there. `named_by`: selects, by user id,
    of the customers whose name a member of staff reads on what is shared with them. They are named there; the gate and
    the lists of customers show them no more for it.
    """

    named_by: ClassVar[list[Callable[[int | None], Select[Any]]]] = []

    id: Mapped[int] = mapped_column(primary_key=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))

    @classmethod
    def named_to(cls, user_id: int | None) -> ColumnElement[bool]:
        """Customers that are only named to this member of staff."""
        return or_(false(), *(cls.id.in_(each(user_id)) for each in CustomerItself.named_by))


class Versioned:
    """Two people on one record: the later one is told, not lost."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.version}


class Stamped:
    """When a row came to be and when it last changed."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now, onupdate=clock.now)


class AppendOnly:
    """Rows that are written once: what was wrong is put right by another row, never by an edit."""


def once_where_set(column: InstrumentedAttribute[Any]) -> Index:
    """A unique index of an optional column, without the rows that have none.

    A plain unique one misleads SQLite: it takes `column IS NULL` for a search that finds one row, and reads them all.
    """
    name = f"uq_{column.class_.__tablename__}_{column.key}"
    there = column.is_not(None)
    return Index(name, column, unique=True, sqlite_where=there, postgresql_where=there)


def _refuse_edits(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, AppendOnly) and (
            row in session.deleted or session.is_modified(row, include_collections=False)
        ):
            raise TypeError(f"{type(row).__name__} is append-only")


def _refuse_mass_edits(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    edits = state.is_update or state.is_delete
    if edits and mapper is not None and issubclass(mapper.class_, AppendOnly):
        raise TypeError(f"{mapper.class_.__name__} is append-only")


event.listen(Session, "before_flush", _refuse_edits)
event.listen(Session, "do_orm_execute", _refuse_mass_edits)
