"""Who a lead may be already: customers and other leads with its name, telephone or credit code (REQUIREMENTS K6)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.models import Contact, Customer, Site
from portal.customers.queries import customers, similar
from portal.customers.rules import naming
from portal.db import whole
from portal.db.base import db
from portal.db.phones import PhoneKey
from portal.kernel.phones import sought_keys
from portal.leads.models import Lead
from portal.leads.queries.leads import leads

SHOWN, MOST = 5, 50


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


def likely(lead: Lead, viewer: Viewer) -> Likely:
    """Who may be the same as `lead`: by name and credit code as customers are compared, and by telephone."""
    same = _with_phone(lead.phone)
    named = similar(lead.name, "", lead.credit_code, viewer)
    found = {row.id: row for row in named.seen}
    ringing = _customers_of(same) - set(found)
    hidden = named.unseen
    if ringing:
        rows = list(db.session.scalars(customers(viewer).where(Customer.id.in_(ringing))))
        found |= {row.id: row for row in rows}
        hidden = max(hidden, len(ringing) - len(rows))
    alike, unseen = _leads(lead, same.get("lead", set()), viewer)
    ordered = sorted(found.values(), key=lambda row: (row.name_zh, row.id))
    return Likely(tuple(ordered[:SHOWN]), hidden, tuple(alike[:SHOWN]), unseen)


def _with_phone(phone: str) -> dict[str, set[int]]:
    """Table → ids of its rows with this number."""
    keys = sought_keys(phone)[:1]
    held: dict[str, set[int]] = {}
    if keys:
        wanted = select(PhoneKey.holder, PhoneKey.holder_id).where(PhoneKey.key.in_(keys))
        for holder, row_id in db.session.execute(wanted.limit(MOST)):
            held.setdefault(holder, set()).add(row_id)
    return held


def _customers_of(held: dict[str, set[int]]) -> set[int]:
    """The customers whose own number it is, or that of a contact or site, whoever looks after them."""
    found = set(held.get("customer", ()))
    for model, holder in ((Contact, "contact"), (Site, "site")):
        rows = whole.columns_of(model, held.get(holder, ()), ("customer_id",))
        found |= {row[0] for row in rows.values()}
    return found


def _leads(lead: Lead, ringing: set[int], viewer: Viewer) -> tuple[list[Lead], int]:
    words = naming.shortlist_words(lead.name)
    rows = whole.with_any_word(Lead, "search_text", words, ("id", "name"))
    alike = ringing | {row_id for row_id, name in rows if naming.are_alike(lead.name, name)}
    if lead.credit_code:
        alike |= set(whole.holders(Lead, "credit_code", lead.credit_code))
    ids = sorted(alike - {lead.id})[:MOST]
    if not ids:
        return [], 0
    seen = list(db.session.scalars(leads(viewer).where(Lead.id.in_(ids)).order_by(Lead.id.desc())))
    return seen, len(ids) - len(seen)
