"""The lines of a statement as a customer's own CSV layout takes them: a value for each of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import LINE_KINDS, LINES
from portal.billing.models import Statement, StatementLine
from portal.billing.queries.sums import Named
from portal.billing.rules.csv_layout import FIELDS
from portal.billing.rules.kinds import LineKind, Part
from portal.billing.views.line_words import OVER, tax_of
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.kernel.units import unit_word
from portal.shipments.models import Shipment
from portal.web.words import name_of

OF_THE_LINE = frozenset(FIELDS) & set(StatementLine.__table__.columns.keys())
"""Fields that a line holds as the file wants them; the others are put into words below."""


def rows_of(
    statement: Statement, revision_no: int, lines: Sequence[StatementLine], viewer: Viewer
) -> Iterator[Mapping[str, Any]]:
    """One mapping for each line; whoever was served is named, as on the paper."""
    served = whole.columns_of(
        Customer, {row.served_id for row in lines}, ("code", "name_zh", "name_en")
    )
    shipments = _shipments({row.shipment_id for row in lines if row.shipment_id}, viewer)
    heading = {
        "statement": statement.number,
        "revision": revision_no,
        "period_from": statement.starts_on,
        "period_until": statement.ends_on,
        "currency": statement.currency,
    }
    for row in lines:
        code, *names = served[row.served_id]
        known = {"served": name_of(Named(*names)), "served_code": code}
        shipment = shipments.get(row.shipment_id or 0, "")
        yield {**heading, **_said(row), **known, "shipment": shipment}


def _said(row: StatementLine) -> dict[str, Any]:
    """What the line itself says."""
    return {
        **{name: getattr(row, name) for name in OF_THE_LINE},
        "kind": LINE_KINDS[LineKind(row.kind)],
        "contract": row.contract.number if row.contract else "",
        "item_code": row.item.code if row.item else "",
        "part": OVER if row.part == Part.OVER else "",
        "unit": unit_word(row.unit),
        "main_unit": unit_word(row.main_unit) if row.main_unit else "",
        "tax_label": tax_of(row),
        "state": LINES[row.state].text,
    }


def _shipments(ids: set[int], viewer: Viewer) -> dict[int, str]:
    """Shipment → its number, of those that the viewer may see."""
    if not ids:
        return {}
    wanted = visible(select(Shipment.id, Shipment.number), Shipment, viewer)
    return {
        row[0]: row[1] for row in db.session.execute(wanted.where(Shipment.id.in_(sorted(ids))))
    }
