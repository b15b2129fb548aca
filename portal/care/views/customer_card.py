"""The card of customer care on the page of a customer: visits, what to know, what they have of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, String, cast, literal, select, union_all

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.care.labels import TEMPERS, VISITS, WAYS, WEIGHTS
from portal.care.models import Asset, AssetLoan, WatchNote
from portal.care.queries.notes import in_force
from portal.care.queries.visits import of_customer
from portal.care.views.visit_list import is_overdue
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.kernel import clock

TEMPLATE = "care/customer_card.html"
PLACE = "main"
ORDER = 40
SHOWN = 4
NOTE, LOAN = "note", "loan"


def card(customer: Customer, viewer: Viewer) -> Mapping[str, object] | None:
    """Visits planned and made, notes in force, open loans: two questions, each bounded."""
    if not viewer.may(P.CARE_SEE):
        return None
    rows = _beside(customer.id, viewer)
    visits = of_customer(customer.id, viewer, SHOWN)
    return {
        "customer_id": customer.id,
        "visits": [
            (row, WAYS[row.kind], VISITS[row.state], TEMPERS.get(row.mood), is_overdue(row))
            for row in visits
        ],
        "notes": [(row, WEIGHTS[row.mark]) for row in rows if row.what == NOTE],
        "loans": [(row, row.on < clock.today()) for row in rows if row.what == LOAN],
        "may_work": viewer.may(P.CARE_WORK),
        "may_see_assets": viewer.may(P.ASSET_SEE),
    }


def _beside(customer_id: int, viewer: Viewer) -> list[Any]:
    """Notes and loans in one question: (what, id, day, mark, whom or number, text)."""
    notes = _notes(customer_id, viewer).order_by(WatchNote.noted_on.desc(), WatchNote.id.desc())
    loans = _loans(customer_id, viewer).order_by(AssetLoan.due_on, AssetLoan.id)
    parts = (select(each.limit(SHOWN).subquery()) for each in (notes, loans))
    return list(db.session.execute(union_all(*parts)))


def _notes(customer_id: int, viewer: Viewer) -> Select[Any]:
    """What counts today."""
    statement: Any = (
        select(
            literal(NOTE, String).label("what"),
            WatchNote.id.label("row_id"),
            WatchNote.noted_on.label("on"),
            WatchNote.importance.label("mark"),
            Contact.name.label("whom"),
            WatchNote.text.label("text"),
        )
        .outerjoin(Contact, Contact.id == WatchNote.contact_id)
        .where(WatchNote.customer_id == customer_id)
    )
    return in_force(visible(statement, WatchNote, viewer), WatchNote, clock.today())


def _loans(customer_id: int, viewer: Viewer) -> Select[Any]:
    """What they have of ours."""
    statement: Any = (
        select(
            literal(LOAN, String),
            AssetLoan.id,
            AssetLoan.due_on,
            cast(Asset.kind, String),
            Asset.number,
            Asset.name,
        )
        .join(Asset, Asset.id == AssetLoan.asset_id)
        .where(AssetLoan.customer_id == customer_id, AssetLoan.returned_on.is_(None))
    )
    found: Select[Any] = visible(statement, AssetLoan, viewer)
    return found
