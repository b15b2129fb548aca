"""The service items of an opportunity as rows (REQUIREMENTS O8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.catalogue.models import ServiceItem
from portal.db.base import db
from portal.opportunities.models import Opportunity, OpportunityLine
from portal.opportunities.rules.values import NewLine, line_amount


def put(row: Opportunity, lines: Sequence[NewLine], amounts: Sequence[Any] | None = None) -> None:
    """Let `lines` be its lines; `amounts` (one for each) where somebody else computed them, else quantity × rate."""
    for old in list(row.lines):
        db.session.delete(old)
    db.session.flush()
    names, units = _named(lines)
    for position, line in enumerate(lines, start=1):
        amount = line_amount(line, row.currency) if amounts is None else amounts[position - 1]
        db.session.add(
            OpportunityLine(
                customer_id=row.customer_id, opportunity_id=row.id, position=position, item_id=line.item_id,
                name=(line.name.strip() or names.get(line.item_id or 0, ""))[:160], quantity=line.quantity,
                unit=(line.unit.strip() or units.get(line.item_id or 0, ""))[:16], rate=line.rate, amount=amount,
            )
        )  # fmt: skip
    db.session.flush()
    db.session.expire(row, ["lines"])


def said(row: Opportunity) -> list[dict[str, str | None]]:
    """What history keeps of the lines."""
    return [
        {"name": each.name, "quantity": f"{each.quantity.normalize():f} {each.unit}".strip(),
         "amount": None if each.amount is None else f"{row.currency} {each.amount}"}
        for each in row.lines
    ]  # fmt: skip


def _named(lines: Sequence[NewLine]) -> tuple[dict[int, str], dict[int, str]]:
    ids = {each.item_id for each in lines if each.item_id is not None}
    if not ids:
        return {}, {}
    rows = list(db.session.scalars(select(ServiceItem).where(ServiceItem.id.in_(ids))))
    names = {row.id: row.name_zh or row.name_en for row in rows}
    return names, {row.id: row.main_unit for row in rows}
