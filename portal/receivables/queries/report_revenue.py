"""Revenue: what was billed, net, in each statement's currency; with what was done for it in measuring units (C4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, literal, select

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.rules.kinds import LineKind
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.db.types import Quantity
from portal.kernel.units import UNITS
from portal.receivables.queries.report_lines import (
    BETWEEN,
    BY_ITEM,
    CUSTOMERS,
    KIND,
    LONGEST_ID,
    Basis,
    By,
    L,
    S,
    day_of,
    in_months,
    kind_without_item,
    of_published,
    owner,
    with_key,
)
from portal.receivables.rules.report_months import Months

ZERO = Decimal(0)
NOBODY = "0"
BOX_UNITS = sorted(code for code, unit in UNITS.items() if unit.dimension == "box")
BOX_MEASURES = ("TEU", "CNTR")
"""Main units of services that move boxes: only they count boxes, so that a box with five charges is one."""
MOVED = (LineKind.USAGE.value, LineKind.REVERSAL.value)


@dataclass(slots=True)
class Figures:
    """So many lines: their net in one currency, main unit → how much was done, boxes as they are."""

    lines: int = 0
    net: Decimal = ZERO
    measured: dict[str, Decimal] = field(default_factory=dict)
    boxes: Decimal = ZERO

    def add(self, lines: int, net: Decimal, unit: str, quantity: Decimal, boxes: Decimal) -> None:
        """One more sum of the database."""
        self.lines, self.net, self.boxes = self.lines + lines, self.net + net, self.boxes + boxes
        if unit and quantity:
            self.measured[unit] = self.measured.get(unit, ZERO) + quantity

    def include(self, other: Figures) -> None:
        """Another's figures too."""
        self.lines, self.net = self.lines + other.lines, self.net + other.net
        self.boxes += other.boxes
        for unit, quantity in other.measured.items():
            self.measured[unit] = self.measured.get(unit, ZERO) + quantity


@dataclass(slots=True)
class RevenueRow:
    """One service (category, lane, customer, owner) in one currency, now and in as many months before."""

    key: str
    currency: str
    now: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)


def revenue(
    by: By, months: Months, basis: Basis, viewer: Viewer, currency: str = ""
) -> list[RevenueRow]:
    """Everything billed for these months and the months before; by currency, the most first."""
    dimension = _dimension(by)
    is_now = case((day_of(basis) >= months.first, 1), else_=0)
    apart = (*dimension, S.currency, L.main_unit, is_now)
    both = Months(months.before.first, months.last)
    statement = of_published(select(*apart, *_sums()), viewer).where(in_months(both, basis))
    if currency:
        statement = statement.where(S.currency == currency)
    found = db.session.execute(statement.group_by(*apart)).all()
    key_of = _keys(by, found)
    rows: dict[tuple[str, str], RevenueRow] = {}
    for each in found:
        key = key_of(each)
        code, unit, now, *sums = each[len(dimension) :]
        row = rows.setdefault((code, key), RevenueRow(key, code))
        lines, net, quantity, boxes = sums
        (row.now if now else row.before).add(lines, net, unit, quantity, boxes)
    return sorted(rows.values(), key=lambda row: (row.currency, -row.now.net, row.key))


def by_month(
    months: Months, basis: Basis, viewer: Viewer, currency: str = ""
) -> dict[str, dict[date, Figures]]:
    """Currency → first day of the month → lines and net; months without lines included."""
    day = day_of(basis)
    statement = of_published(
        select(S.currency, day, func.count(), func.sum(L.net_amount)), viewer
    ).where(in_months(months, basis))
    if currency:
        statement = statement.where(S.currency == currency)
    found: dict[str, dict[date, Figures]] = {}
    for code, on, lines, net in db.session.execute(statement.group_by(S.currency, day)):
        of_code = found.setdefault(code, {month: Figures() for month in months})
        of_code[on.replace(day=1)].add(lines, net, "", ZERO, ZERO)
    return dict(sorted(found.items()))


def summed(
    months: Months, basis: Basis, viewer: Viewer, currency: str = "", by: By | None = None, key: str = ""
) -> dict[str, Figures]:  # fmt: skip
    """Currency → the sum of lines, of one row of a report or of all."""
    apart = (S.currency, L.main_unit)
    statement = of_published(select(*apart, *_sums()), viewer).where(in_months(months, basis))
    if currency:
        statement = statement.where(S.currency == currency)
    if by is not None and key:
        statement = statement.where(with_key(by, key))
    found: dict[str, Figures] = {}
    for code, unit, *sums in db.session.execute(statement.group_by(*apart)):
        lines, net, quantity, boxes = sums
        found.setdefault(code, Figures()).add(lines, net, unit, quantity, boxes)
    return dict(sorted(found.items()))


def totals(rows: Iterable[RevenueRow]) -> dict[str, RevenueRow]:
    """Currency → the sum of its rows."""
    found: dict[str, RevenueRow] = {}
    for row in rows:
        known = found.setdefault(row.currency, RevenueRow("", row.currency))
        known.now.include(row.now)
        known.before.include(row.before)
    return found


def customer_names(keys: Iterable[str]) -> Mapping[str, Any]:
    """Key of a customer → (code, Chinese, English and short name); what is no key is left out."""
    return _named(Customer, keys, ("code", "name_zh", "name_en", "short_name"))


def item_names(keys: Iterable[str]) -> Mapping[str, Any]:
    """Key of a service item → (code, Chinese and English name, packaging, origin, destination)."""
    shown = ("code", "name_zh", "name_en", "packaging", "origin", "destination")
    return _named(ServiceItem, keys, shown)


def owner_names(keys: Iterable[str]) -> Mapping[str, Any]:
    """Key of a sales owner → (name,); nobody is left out."""
    return _named(User, keys, ("name",))


def _named(model: Any, keys: Iterable[str], shown: tuple[str, ...]) -> Mapping[str, Any]:
    ids = {int(key) for key in keys if key.isdecimal() and len(key) <= LONGEST_ID}
    return {str(row_id): row for row_id, row in whole.columns_of(model, ids, shown).items()}


def _sums() -> tuple[Any, ...]:
    """Lines, net, what was done in the main unit, boxes."""
    is_box = L.kind.in_(MOVED) & L.unit.in_(BOX_UNITS) & L.main_unit.in_(BOX_MEASURES)
    boxes = case((is_box, L.quantity), else_=literal(ZERO, Quantity()))
    return func.count(), func.sum(L.net_amount), func.sum(L.stat_quantity), func.sum(boxes)


def _dimension(by: By) -> tuple[Any, ...]:
    if by in BY_ITEM:
        return (L.item_id, kind_without_item())
    return (L.customer_id,) if by is By.PAYER else (L.served_id,)


def _keys(by: By, rows: Iterable[Any]) -> Callable[[Any], str]:
    """How a sum of the database says which row of the report it belongs to."""
    if by in BY_ITEM:
        return _item_keys(by, rows)
    if by in (By.CUSTOMER, By.PAYER):
        return lambda row: str(row[0])
    if by is By.GROUP:
        parents = whole.columns_of(Customer, {row[0] for row in rows}, ("parent_id",))
        return lambda row: str(parents[row[0]][0] or row[0])
    owners = select(CUSTOMERS.c.id, owner())
    known = {row[0]: row[1] for row in db.session.execute(owners)}
    return lambda row: str(known[row[0]] or NOBODY)


def _item_keys(by: By, rows: Iterable[Any]) -> Callable[[Any], str]:
    if by is By.SERVICE:
        return lambda row: str(row[0]) if row[0] is not None else f"{KIND}{row[1]}"
    shown = ("category", "origin", "destination")
    ids = {row[0] for row in rows if row[0] is not None}
    items = whole.columns_of(ServiceItem, ids, shown)

    def key(row: Any) -> str:
        if row[0] is None:
            return f"{KIND}{row[1]}" if by is By.CATEGORY else BETWEEN
        category, origin, destination = items[row[0]]
        return category if by is By.CATEGORY else f"{origin}{BETWEEN}{destination}"

    return key
