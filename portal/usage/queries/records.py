"""Usage in lists and on its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries import items
from portal.contracts.models import Contract, Entitlement, LedgerEntry
from portal.contracts.queries.entitlements import entitlements
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.customers.queries.finding import having_words
from portal.db.base import db
from portal.quotations.models import QuotationVersion
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.rules.drawing import other_units
from portal.usage.rules.states import BatchState, UsageState

MOST_FOUND = 300
SUGGESTED = 20

WITH_NAMES: tuple[ExecutableOption, ...] = (
    joinedload(UsageRecord.customer).load_only(
        Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name
    ),
    joinedload(UsageRecord.item).load_only(
        ServiceItem.code, ServiceItem.name_zh, ServiceItem.name_en
    ),
    selectinload(UsageRecord.original).load_only(UsageRecord.reference),
)
WITH_CHAIN: tuple[ExecutableOption, ...] = (
    *WITH_NAMES,
    joinedload(UsageRecord.contract)
    .joinedload(Contract.quotation_version)
    .joinedload(QuotationVersion.quotation),
)
"""What the page names, in one select."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What was used of one service in one unit, reversals taken off; `pending` is still being checked."""

    item_code: str
    item: ServiceItem | None
    unit: str
    records: int
    quantity: Decimal
    over: Decimal
    pending: Decimal


def usage(viewer: Viewer) -> Select[Any]:
    """Every record that the viewer may see, with the names of its customer and service."""
    statement: Select[Any] = visible(select(UsageRecord), UsageRecord, viewer)
    return statement.options(*WITH_NAMES, defer(UsageRecord.facts))


def queue(viewer: Viewer) -> Select[Any]:
    """The records that wait for a decision."""
    return usage(viewer).where(UsageRecord.state == UsageState.UNMATCHED)


def queue_count(viewer: Viewer, most: int = 1_000) -> int:
    """How many wait, counted up to `most`."""
    inner = visible(select(UsageRecord.id), UsageRecord, viewer)
    inner = inner.where(UsageRecord.state == UsageState.UNMATCHED).limit(most)
    return db.session.scalar(select(func.count()).select_from(inner.subquery())) or 0


def search(statement: Select[Any], words: str, viewer: Viewer) -> Select[Any]:
    """Records whose reference starts with the words, or whose customer or service is found by them.

    Each is looked up by its own index first, and of each some hundred at most: OR over them all would read every row.
    """
    of_customers = having_words(customers(viewer), words).with_only_columns(Customer.id)
    of_items = items.having_words(items.item_list(), words).with_only_columns(ServiceItem.id)
    beginning = visible(select(UsageRecord.id), UsageRecord, viewer).where(_begins(words))
    found = {
        UsageRecord.customer_id: list(db.session.scalars(of_customers.limit(MOST_FOUND))),
        UsageRecord.item_id: list(db.session.scalars(of_items.limit(MOST_FOUND))),
        UsageRecord.id: list(db.session.scalars(beginning.limit(MOST_FOUND))),
    }
    named = [column.in_(ids) for column, ids in found.items() if ids]
    return statement.where(or_(*named) if named else false())


def between(statement: Select[Any], first_on: date, last_on: date) -> Select[Any]:
    """Records of these days, both included."""
    return statement.where(UsageRecord.used_on >= first_on, UsageRecord.used_on <= last_on)


def sums(viewer: Viewer, first_on: date | None, last_on: date | None) -> list[Sum]:
    """What was used in a period, per service and unit; what was dismissed is left out."""
    known = UsageRecord.state != UsageState.DISMISSED
    waits = UsageRecord.state == UsageState.UNMATCHED
    plain = and_(UsageRecord.reverses_id.is_(None), UsageRecord.state == UsageState.MATCHED)
    statement: Any = select(
        UsageRecord.item_code,
        UsageRecord.item_id,
        UsageRecord.unit,
        func.count(case((plain, 1))),
        func.sum(case((waits, Decimal(0)), else_=UsageRecord.quantity)),
        func.sum(UsageRecord.over_quantity),
        func.sum(case((waits, UsageRecord.quantity), else_=Decimal(0))),
    )
    statement = visible(statement, UsageRecord, viewer).where(known)
    if first_on is not None and last_on is not None:
        statement = between(statement, first_on, last_on)
    columns = UsageRecord.item_code, UsageRecord.item_id, UsageRecord.unit
    found = list(db.session.execute(statement.group_by(*columns).order_by(*columns)))
    named = _items({row[1] for row in found if row[1] is not None})
    return [Sum(code, named.get(item), *rest) for code, item, *rest in found]


def draws(row: UsageRecord, viewer: Viewer) -> list[tuple[LedgerEntry, Entitlement]]:
    """The ledger's entries of a record with their entitlements, as far as the viewer sees them."""
    statement: Any = select(LedgerEntry, Entitlement).join(
        Entitlement, Entitlement.id == LedgerEntry.entitlement_id
    )
    statement = visible(statement, LedgerEntry, viewer).where(
        LedgerEntry.source_type == "usage", LedgerEntry.source_id == row.id
    )
    statement = statement.options(joinedload(Entitlement.item), joinedload(Entitlement.contract))
    return [tuple(each) for each in db.session.execute(statement.order_by(LedgerEntry.id))]


def reversal_of(row: UsageRecord, viewer: Viewer) -> UsageRecord | None:
    """The record that takes this one back."""
    statement: Select[Any] = visible(select(UsageRecord), UsageRecord, viewer)
    return db.session.scalar(statement.where(UsageRecord.reverses_id == row.id))


def recorded_as(source: str, reference: str, viewer: Viewer) -> UsageRecord | None:
    """The record that took this reference of this source."""
    statement: Select[Any] = visible(select(UsageRecord), UsageRecord, viewer)
    return db.session.scalar(
        statement.where(UsageRecord.source == source, UsageRecord.reference == reference)
    )


def suggestions(row: UsageRecord, viewer: Viewer) -> list[Entitlement]:
    """Entitlements that a person might choose for a record: its service first, then the nearest in time."""
    group = select(Customer.parent_id).where(Customer.id == row.customer_id).scalar_subquery()
    statement = entitlements(viewer).where(
        or_(Entitlement.customer_id == row.customer_id, Entitlement.customer_id == group),
        Entitlement.unit.in_((row.unit, *other_units(row.unit))),
    )
    found = list(db.session.scalars(statement.order_by(Entitlement.ends_on.desc()).limit(200)))
    return sorted(found, key=lambda each: _nearness(each, row))[:SUGGESTED]


def usable(customer: Customer, viewer: Viewer) -> Sequence[Entitlement]:
    """What a customer's usage may be drawn from: its own entitlements and its group's, latest first."""
    owners = [customer.id] if customer.parent_id is None else [customer.id, customer.parent_id]
    statement = entitlements(viewer).where(Entitlement.customer_id.in_(owners))
    return list(db.session.scalars(statement.order_by(Entitlement.ends_on.desc()).limit(500)))


def batches(kind: str) -> Select[Any]:
    """The files of a kind, without their long lists."""
    statement: Select[Any] = select(ImportBatch).where(ImportBatch.kind == kind)
    return statement.options(defer(ImportBatch.problems))


def open_batches(kind: str) -> int:
    """How many files of a kind wait for somebody."""
    waiting = (BatchState.WAITING, BatchState.READY, BatchState.WRONG, BatchState.FAILED)
    statement = select(func.count(ImportBatch.id))
    statement = statement.where(ImportBatch.kind == kind, ImportBatch.state.in_(waiting))
    return db.session.scalar(statement) or 0


def _begins(words: str) -> ColumnElement[bool]:
    """References that start with the words: a span of the index on both databases.

    PostgreSQL's is ordered by bytes; LIKE would find it too, but may not be asked before row-level security has been.
    """
    column, end = UsageRecord.reference, f"{words}\U0010ffff"
    if db.session.get_bind().dialect.name == "postgresql":
        return and_(
            column.op("~>=~", is_comparison=True)(words), column.op("~<~", is_comparison=True)(end)
        )
    return column.between(words, end)


def _nearness(each: Entitlement, row: UsageRecord) -> tuple[Any, ...]:
    covers = each.starts_on <= row.used_on <= each.ends_on
    away = min(abs((each.starts_on - row.used_on).days), abs((each.ends_on - row.used_on).days))
    return each.item_id != row.item_id, not covers, 0 if covers else away, each.ends_on, each.id


def _items(ids: set[int]) -> dict[int, ServiceItem]:
    statement = select(ServiceItem).where(ServiceItem.id.in_(sorted(ids)))
    return {row.id: row for row in db.session.scalars(statement)} if ids else {}
