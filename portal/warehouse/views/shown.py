"""What the page of one movement shows, for both doors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, url_for

from portal.db.audit import AuditEntry
from portal.kernel.text import t
from portal.warehouse.labels import KINDS, LATE, REVERSAL, REVERSED, UNITS
from portal.warehouse.models import StockMovement
from portal.warehouse.queries import stock
from portal.warehouse.rules.daybook import FIELDS
from portal.warehouse.views.movement_lists import reference_of
from portal.web.chain import STOCK, ChainLink
from portal.web.labels import Label
from portal.web.timeline import happenings


def movement_context(row: StockMovement, entries: Sequence[AuditEntry]) -> dict[str, Any]:
    """The movement, its measures, what it puts right or is put right by, and its history."""
    contrary = stock.contrary_of(row, g.viewer)
    original = row.original
    return {
        "movement": row,
        "reference": reference_of(row),
        "customer": row.customer,
        "labels": _labels(row, contrary),
        "measures": [
            (UNITS[unit], getattr(row, name)) for unit, name in FIELDS.items() if getattr(row, name)
        ],
        "contrary": contrary,
        "original": original,
        "entries": happenings(entries),
        "chain": _chain(row),
    }


def _labels(row: StockMovement, contrary: StockMovement | None) -> list[Label]:
    found = [REVERSAL if row.reverses_id else KINDS[row.kind]]
    if contrary is not None:
        found.append(REVERSED)
    if row.counted_on > row.moved_on:
        found.append(LATE)
    return found


def _chain(row: StockMovement) -> list[ChainLink]:
    """The stock it belongs to, one click away, and from there the contract and the quotation."""
    mine = g.viewer.kind == "customer"
    url = (
        url_for("my_warehouse.index", customer=row.customer_id)
        if mine
        else url_for("desk_warehouse.show", customer_id=row.customer_id)
    )
    door = "my_warehouse" if mine else "desk_warehouse"
    return [
        ChainLink(STOCK, row.customer.label, url),
        ChainLink(t("Lot"), row.lot.label, url_for(f"{door}.lot", lot_id=row.lot_id)),
        ChainLink(t("Movement"), reference_of(row), here=True),
    ]
