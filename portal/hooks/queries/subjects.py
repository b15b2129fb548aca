"""What an event is about, read from the record itself: columns of the catalogue's allow-list and no others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import Base, CustomerOwned, db


@cache
def model_of(table: str) -> Any:
    """The class of a table; None for one that is gone."""
    found = (each.class_ for each in Base.registry.mappers if each.class_.__tablename__ == table)
    return next(iter(found), None)


def row_of(entry: AuditEntry) -> Any:
    """The record that an entry is about, as it is now; None when it is gone."""
    model = model_of(entry.subject_type)
    return None if model is None else db.session.get(model, entry.subject_id)


def fields_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Columns of a row as JSON has them: decimals as plain strings, days and instants in ISO 8601."""
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


def is_shown_to(entry: AuditEntry, customer_id: int) -> bool:
    """Whether the customer's own people could see the record: asked of the same wall that their pages stand behind."""
    model = model_of(entry.subject_type)
    if model is None or not issubclass(model, CustomerOwned):
        return False
    viewer = Viewer("customer", "", customer_id=customer_id, customer_ids=frozenset({customer_id}))
    wanted: Any = visible(select(model.id), model, viewer).where(model.id == entry.subject_id)
    return db.session.scalar(wanted) is not None


def customer_of(customer_id: int | None) -> dict[str, str] | None:
    """The customer of an event by code and name."""
    row = None if customer_id is None else db.session.get(Customer, customer_id)
    return None if row is None else {"code": row.code, "name": row.label}
