"""The database object and what every table shares: named constraints, ownership, versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, Integer, MetaData, event
from sqlalchemy.orm import (
    DeclarativeBase,
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


class CustomerItself:
    """Marks the customer's own table, whose `id` is what the others' `customer_id` names."""

    id: Mapped[int] = mapped_column(primary_key=True)


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
