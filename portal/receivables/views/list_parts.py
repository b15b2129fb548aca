"""What the desk's lists of this room have in common: filters, a search by customer, words on one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g
from markupsafe import Markup, escape
from sqlalchemy import Select, and_, false, or_, select

from portal.access.scope import visible
from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.db.base import db
from portal.kernel.text import t
from portal.usage.models import ImportBatch
from portal.web.listing import Filter, ListSpec
from portal.web.stepping import number_in

ANY = ("", t("Any"))
KNOWN = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "KWD")


def days(first: date, last: date) -> str:
    """A span of days."""
    return f"{first.isoformat()} – {last.isoformat()}"


def whole(words: str) -> Markup:
    """Words that stay on one line."""
    return Markup(f'<span class="nowrap">{escape(words)}</span>')


def narrowed_to(column: Any, known: Sequence[str]) -> Callable[[Select[Any], str], Select[Any]]:
    """A filter's narrowing by one of the known values; anything else narrows nothing."""
    return lambda statement, value: (
        statement.where(column == value) if value in known else statement
    )


def of_customer(spec: ListSpec, column: Any) -> ListSpec:
    """The list, narrowed to the customer whose page led here."""
    chosen = number_in("customer")
    if chosen is None:
        return spec

    def options() -> list[tuple[str, Any]]:
        row = db.session.scalar(
            visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
        )
        return [ANY, *([(str(chosen), row.label)] if row else [])]

    narrowed = Filter(
        "customer", t("Customer"), options, lambda s, _value: s.where(column == chosen)
    )
    return replace(spec, filters=(*spec.filters, narrowed))


def searched(*columns: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """A search over statements joined to customers: in one of `columns`, or for a customer of these words."""

    def found(statement: Select[Any], words: str) -> Select[Any]:
        plain = words.strip()[:80].replace("%", "")
        customer = found_by(words[:80])
        theirs = and_(*customer) if customer else false()
        return statement.where(or_(*(column.ilike(f"%{plain}%") for column in columns), theirs))

    return found


def currencies() -> list[tuple[str, Any]]:
    """The currencies to choose from."""
    return [ANY, *((code, code) for code in KNOWN)]


def batch_filter(column: Any) -> Filter | None:
    """What came by one file, when its page led here."""
    chosen = number_in("batch")
    if chosen is None:
        return None
    file = db.session.get(ImportBatch, chosen)
    options = [ANY, *([(str(chosen), file.file_name)] if file else [])]
    return Filter(
        "batch", t("From the file"), lambda: options, lambda s, _v: s.where(column == chosen)
    )
