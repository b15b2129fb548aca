"""What the lines of one statement add up to, asked once: by branch, section, service, tax and measuring unit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import StatementLine
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.states import LineState
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db

L = StatementLine


def in_revision(number: int | None) -> ColumnElement[bool]:
    """The lines that belong to revision `number`; None: those that belong to the statement now."""
    if number is None:
        return L.until_revision.is_(None)
    return and_(
        L.from_revision <= number, or_(L.until_revision.is_(None), L.until_revision >= number)
    )


class Named(NamedTuple):
    """A name in both languages."""

    name_zh: str
    name_en: str


class Portion(NamedTuple):
    """Lines alike in everything that a sum is asked for by; amounts in the statement's currency."""

    served_id: int
    item_id: int | None
    kind: str
    state: str
    tax_kind: str
    tax_percent: Decimal
    main_unit: str
    item_zh: str | None
    item_en: str | None
    section: str | None
    lines: int
    stat_quantity: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    served: Named

    @property
    def item(self) -> Named | None:
        """The service's name; None for what is no service."""
        return Named(self.item_zh, self.item_en or "") if self.item_zh else None


@dataclass(frozen=True, slots=True)
class Sum:
    """So many lines with what they come to."""

    key: Any
    lines: int
    net: Decimal
    tax: Decimal
    gross: Decimal


def portions(statement_id: int, viewer: Viewer, revision: int | None = None) -> list[Portion]:
    """The lines of a statement (or of one of its revisions) in as few rows as their differences allow.

    The branches are named past what the viewer may see: who pays for them reads them on the bill.
    """
    apart = (
        L.served_id, L.item_id, L.kind, L.state, L.tax_kind, L.tax_percent, L.main_unit,
        ServiceItem.name_zh, ServiceItem.name_en, ServiceItem.section,
    )  # fmt: skip
    sums = (L.stat_quantity, L.net_amount, L.tax_amount, L.gross_amount)
    names = [whole.looked_up(Customer, name, L.served_id) for name in ("name_zh", "name_en")]
    statement = visible(
        select(*apart, func.count(), *map(func.sum, sums), *names), StatementLine, viewer
    ).where(L.statement_id == statement_id, in_revision(revision))
    joined = statement.outerjoin(ServiceItem, ServiceItem.id == L.item_id).group_by(*apart)
    return [Portion._make((*row, Named(zh, en))) for *row, zh, en in db.session.execute(joined)]


def portions_of(lines: Sequence[LineDraft]) -> list[Portion]:
    """The same of lines that are not stored: each is a portion of its own."""
    served = whole.columns_of(Customer, {each.served_id for each in lines}, ("name_zh", "name_en"))
    ids = {each.item_id for each in lines if each.item_id is not None}
    items = whole.columns_of(ServiceItem, ids, ("name_zh", "name_en", "section"))
    unknown = (None, None, None)
    return [
        Portion._make(
            (each.served_id, each.item_id, each.kind, LineState.OPEN.value, each.tax_kind, each.tax_percent,
             each.main_unit, *items.get(each.item_id or 0, unknown), 1, each.stat_quantity, each.net_amount,
             each.tax_amount, each.gross_amount, Named(*served[each.served_id]))
        )
        for each in lines
    ]  # fmt: skip


def added_up(parts: Iterable[Portion], by: Callable[[Portion], Hashable]) -> list[Sum]:
    """One sum for each value of `by`, the largest first."""
    found: dict[Hashable, Sum] = {}
    for each in parts:
        key = by(each)
        known = found.get(key, Sum(key, 0, Decimal(0), Decimal(0), Decimal(0)))
        found[key] = Sum(
            key, known.lines + each.lines, known.net + each.net, known.tax + each.tax,
            known.gross + each.gross,
        )  # fmt: skip
    return sorted(found.values(), key=lambda each: (-each.gross, str(each.key)))


def measured(parts: Iterable[Portion]) -> dict[str, Decimal]:
    """Main unit → how much of it all lines together are: TEU, m³·day."""
    found: dict[str, Decimal] = {}
    for each in parts:
        if each.main_unit and each.stat_quantity:
            found[each.main_unit] = found.get(each.main_unit, Decimal(0)) + each.stat_quantity
    return dict(sorted(found.items()))
