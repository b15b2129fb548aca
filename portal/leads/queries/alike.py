"""Who a lead may be already: customers and other leads with its name, telephone or credit code (REQUIREMENTS K6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, or_, select

from portal.access.viewer import Viewer
from portal.calls.queries.callers import caller
from portal.customers.models import Customer
from portal.customers.queries import similar
from portal.customers.rules import naming
from portal.db import whole
from portal.db.base import db
from portal.db.phones import PhoneKey
from portal.kernel.phones import sought_keys
from portal.leads.models import Lead
from portal.leads.queries.leads import leads

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Likely:
    """Customers and leads that may be the same; `hidden`: customers in colleagues' care, told as a count alone."""

    customers: tuple[Customer, ...] = ()
    hidden: int = 0
    leads: tuple[Lead, ...] = ()
    hidden_leads: int = 0

    @property
    def is_customer(self) -> bool:
        """Whether a customer may be this one already."""
        return bool(self.customers) or self.hidden > 0

    def __bool__(self) -> bool:
        return self.is_customer or bool(self.leads) or self.hidden_leads > 0


def likely(lead: Lead, viewer: Viewer, today: date) -> Likely:
    """Who may be the same as `lead`: by name and credit code as customers are compared, and by telephone."""
    named = similar(lead.name, "", lead.credit_code, viewer)
    found = {row.id: row for row in named.seen}
    hidden = named.unseen
    if lead.phone:
        rings = caller(lead.phone, viewer, today)
        found |= {each.customer.id: each.customer for each in rings.candidates}
        hidden = max(hidden, rings.hidden)
    rows, unseen = _leads(lead, viewer)
    customers = sorted(found.values(), key=lambda row: (row.name_zh, row.id))
    return Likely(tuple(customers[:SHOWN]), hidden, tuple(rows[:SHOWN]), unseen)


def _leads(lead: Lead, viewer: Viewer) -> tuple[list[Lead], int]:
    words = naming.shortlist_words(lead.name)
    alike = {
        row_id
        for row_id, name in whole.with_any_word(Lead, "search_text", words, ("id", "name"))
        if naming.are_alike(lead.name, name)
    }
    keys = sought_keys(lead.phone)[:1]
    same_phone = select(PhoneKey.holder_id).where(PhoneKey.holder == "lead", PhoneKey.key.in_(keys))
    same_code = Lead.credit_code == lead.credit_code if lead.credit_code else false()
    wanted = select(Lead.id).where(
        or_(Lead.id.in_(alike), Lead.id.in_(same_phone), same_code), Lead.id != lead.id
    )
    ids = list(db.session.scalars(wanted.limit(50)))
    if not ids:
        return [], 0
    seen = list(db.session.scalars(leads(viewer).where(Lead.id.in_(ids)).order_by(Lead.id.desc())))
    return seen, len(ids) - len(seen)
