"""How a customer's own CSV files look: read from its settlement terms, set by its administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.rules.csv_layout import CsvLayout
from portal.customers.models import SettlementTerms
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, StaleEdit
from portal.kernel.text import t


def terms_of(customer_id: int) -> SettlementTerms | None:
    """The settlement terms of a customer that this session may see; None where the defaults count."""
    return db.session.scalar(
        select(SettlementTerms).where(SettlementTerms.customer_id == customer_id)
    )


def layout_of(terms: SettlementTerms | None) -> CsvLayout:
    """The layout that these terms name, the house's without one, or where what is stored is none any more."""
    try:
        return CsvLayout.from_json(terms.csv_layout if terms is not None else {})
    except Invalid:
        return CsvLayout()


def set_layout(
    customer_id: int, layout: CsvLayout, actor: Viewer, now: datetime, seen: int | None = None
) -> SettlementTerms:
    """Keep the layout of a customer's files. `seen`: the version of the terms that was read, None: there were none.

    Invalid names what is wrong with the layout; StaleEdit when somebody else has changed the terms meanwhile.
    """
    if not actor.may(Permission.MEMBER_EDIT):
        raise Forbidden()
    row = terms_of(customer_id)
    if seen != (row.version if row is not None else None):
        raise StaleEdit(
            t("Somebody else has changed these settings meanwhile. Look at them again.")
        )
    wanted = CsvLayout.from_json(layout.to_json()).to_json()
    if row is None:
        row = SettlementTerms(customer_id=customer_id, created_at=now, updated_at=now)
        db.session.add(row)
    before = row.csv_layout or {}
    row.csv_layout, row.updated_at = wanted, now
    db.session.flush()
    audit.record(
        actor, "settlement_terms.csv_layout", row, now, before={"layout": before}, after={"layout": wanted}
    )  # fmt: skip
    return row
