"""Usage in lists: every record, the queue of those to decide on, the customer's own, and the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import g, request, url_for
from sqlalchemy import Select, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.usage.labels import (
    BATCHES,
    MISMATCHES,
    REVERSAL,
    SOURCES,
    STATES,
    STATES_FOR_CUSTOMERS,
)
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.queries import records as queries
from portal.usage.rules.states import UsageState
from portal.web.chips import chip
from portal.web.file_columns import file_columns
from portal.web.filters import day, instant, quantity
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

ANY = ("", t("Any"))
MONTHS_BACK = 13
COUNTED = (UsageState.MATCHED, UsageState.REVERSED)
"""What makes up the sums: a reversed record stands beside the one that takes it back."""
R = UsageRecord


def label_of(row: UsageRecord) -> Label:
    """The chip of a record, in the words of whoever reads it."""
    if row.reverses_id is not None:
        return REVERSAL
    return (STATES if g.viewer.is_staff else STATES_FOR_CUSTOMERS)[row.state]


def service_name(row: UsageRecord) -> str:
    """The service's name, or the code as the source wrote it."""
    return name_of(row.item) if row.item else row.item_code


def reference_of(row: UsageRecord) -> str:
    """The reference of a record; of a reversal, what it takes back."""
    if row.original is None:
        return row.reference
    return say(t("Reversal of %(reference)s", reference=row.original.reference))


def source_name(row: UsageRecord) -> str:
    """Where a record comes from."""
    return say(SOURCES.get(row.source, Text(row.source)))


def why(row: UsageRecord) -> str:
    """Why it waits in the queue."""
    return say(MISMATCHES[row.mismatch]) if row.mismatch else ""


def months() -> list[tuple[str, str]]:
    """The months to choose from, this one first, as `2026-03`."""
    first, found = clock.today().replace(day=1), []
    for _ in range(MONTHS_BACK):
        found.append((f"{first:%Y-%m}", f"{first:%Y-%m}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def days_of(month: str) -> tuple[date, date] | None:
    """The first and last day of a month such as `2026-03`; None for anything else."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def in_month(statement: Select[Any], month: str) -> Select[Any]:
    """Records of one month."""
    days = days_of(month)
    return statement if days is None else queries.between(statement, *days)


def _equal(column: Any, known: Mapping[str, Any]) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda statement, value: (
        statement.where(column == value) if value in known else statement
    )


def _found(statement: Select[Any], words: str) -> Select[Any]:
    return queries.search(statement, words.strip()[:80], g.viewer)


def _state_options() -> Sequence[tuple[str, Any]]:
    words = STATES if g.viewer.is_staff else STATES_FOR_CUSTOMERS
    return [ANY, *((state, label.text) for state, label in words.items())]


STATE = Filter("state", t("State"), _state_options, _equal(R.state, STATES))
MONTH = Filter("month", t("Month"), lambda: [ANY, *months()], in_month)
SOURCE = Filter("source", t("Source"), lambda: [ANY, *SOURCES.items()], _equal(R.source, SOURCES))
WHY = Filter("why", t("Why"), lambda: [ANY, *MISMATCHES.items()], _equal(R.mismatch, MISMATCHES))


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _one(key: str, words: Text, model: Any, column: Any, label: Callable[[Any], str]) -> Filter:
    """A filter that another page has set: what was chosen, or anything."""

    def options() -> list[tuple[str, Any]]:
        chosen = _number(request.args.get(key, ""))
        row = db.session.scalar(visible(select(model), model, g.viewer).where(model.id == chosen))
        return [ANY, *([(str(chosen), label(row))] if row else [])]

    def apply(statement: Select[Any], value: str) -> Select[Any]:
        return statement.where(column == _number(value))

    return Filter(key, words, options, apply)


NARROW = (
    _one("customer", t("Customer"), Customer, R.customer_id, lambda row: str(row.label)),
    _one("item", t("Service"), ServiceItem, R.item_id, name_of),
    _one("contract", t("Contract"), Contract, R.contract_id, lambda row: str(row.number)),
    _one("entitlement", t("Entitlement"), Entitlement, R.entitlement_id, lambda row: name_of(row.item)),
)  # fmt: skip
BATCH = _one("batch", t("From the file"), ImportBatch, R.batch_id, lambda row: str(row.file_name))


def spec_here(spec: ListSpec) -> ListSpec:
    """The list with the filters that this request sets."""
    known = (*NARROW, BATCH) if g.viewer.is_staff else NARROW
    chosen = (each for each in known if request.args.get(each.key))
    return replace(spec, filters=(*spec.filters, *chosen))


_DAY = Column("day", t("Day"), lambda r: day(r.used_on), sort=R.used_on, value=lambda r: r.used_on)
_REFERENCE = Column("reference", t("Reference"), reference_of, sort=R.reference)
_CUSTOMER = Column(
    "customer", t("Customer"), lambda r: r.customer.label, value=lambda r: r.customer.name_zh
)
_SERVICE = Column("service", t("Service"), service_name)
_QUANTITY = Column(
    "quantity", t("Quantity"), lambda r: quantity(r.quantity), align="num",
    value=lambda r: r.quantity, total=True, total_by="unit",
)  # fmt: skip
_UNIT = Column("unit", t("Unit"), lambda r: say(unit_word(r.unit)))
_OVER = Column(
    "over", t("Beyond it"), lambda r: quantity(r.over_quantity) if r.over_quantity else "", align="num",
    value=lambda r: r.over_quantity, total=True, total_by="unit",
)  # fmt: skip
_STATE = Column("state", t("State"), lambda r: chip(label_of(r)), value=lambda r: say(label_of(r).text))  # fmt: skip
_CODES = (
    Column("customer_code", t("Customer code"), lambda r: r.customer.code, only_in_files=True),
    Column("item_code", t("Item code"), lambda r: r.item_code, only_in_files=True),
)
_COUNTED = Column(
    "counted", t("Counted"), lambda r: r.quantity if r.state in COUNTED else Decimal(0), only_in_files=True,
    total=True, total_by="unit",
)  # fmt: skip
_NOTE = Column("note", t("Note"), lambda r: r.note, only_in_files=True)

USAGE = ListSpec(
    key="usage",
    columns=(
        _DAY, _REFERENCE, _CUSTOMER, *_CODES, _SERVICE, _QUANTITY, _UNIT, _OVER, _STATE,
        Column("source", t("Source"), source_name),
        Column("why", t("Why"), why, only_in_files=True),
        _NOTE,
        Column("recorded", t("Recorded"), lambda r: instant(r.recorded_at), value=lambda r: r.recorded_at,
               only_in_files=True),
    ),
    row_id=R.id,
    sort="-day",
    url=lambda r: url_for("desk_usage.show", usage_id=r.id),
    filters=(MONTH, STATE, SOURCE),
    search=_found,
    search_hint=t("Reference, customer, service, pinyin …"),
    row_classes=lambda r: "row-muted" if r.state in (UsageState.DISMISSED, UsageState.REVERSED) else "",
    empty=Empty(
        t("No usage yet"),
        t("It comes from completed shipments, from files of the warehouse, or is typed in."),
        t("Import a file"),
        "desk_usage.import_",
        P.USAGE_RECORD,
    ),
)  # fmt: skip

QUEUE = replace(
    USAGE,
    key="usage_queue",
    columns=(_DAY, _REFERENCE, _CUSTOMER, *_CODES, _SERVICE, _QUANTITY, _UNIT,
             Column("why", t("Why"), why), Column("source", t("Source"), source_name), _NOTE),
    sort="day",
    filters=(MONTH, WHY, SOURCE),
    empty=Empty(t("The queue is empty"), t("Every usage has found the entitlement that it is drawn from.")),
)  # fmt: skip

MY = replace(
    USAGE,
    columns=(
        _DAY,
        _SERVICE,
        replace(_QUANTITY, total=False),
        _COUNTED,
        _UNIT,
        _REFERENCE,
        _OVER,
        _STATE,
        _NOTE,
    ),
    url=lambda r: url_for("my_usage.show", usage_id=r.id),
    filters=(MONTH, STATE),
    search_hint=t("Reference or service …"),
    empty=Empty(t("No usage yet"), t("What you use of your contracts is here, day by day.")),
)


FILES = ListSpec(
    key="usage_files",
    columns=file_columns(ImportBatch, BATCHES),
    row_id=ImportBatch.id,
    sort="-sent",
    url=lambda b: url_for("desk_usage.show_import", batch_id=b.id),
    empty=Empty(
        t("No files yet"),
        t("Send the warehouse's or carrier's own list: it is checked before anything is saved."),
        t("Import a file"),
        "desk_usage.import_",
        P.USAGE_RECORD,
    ),
)  # fmt: skip
