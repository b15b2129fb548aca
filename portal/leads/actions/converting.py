"""A lead becomes a customer with a contact and an opportunity, in one step (REQUIREMENTS K6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers import actions as customers
from portal.customers.models import Contact, Customer
from portal.customers.rules.kinds import CustomerKind, Nature
from portal.customers.rules.people import ContactFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.leads.actions.hands import check_hands, log
from portal.leads.models import Lead
from portal.leads.queries.alike import likely
from portal.leads.queries.leads import held
from portal.leads.rules.kinds import LeadKind, PickKind
from portal.leads.rules.states import LEAD_STEPS, LeadState, LeadStep
from portal.opportunities.actions import opening
from portal.opportunities.actions.opening import NewOpportunity
from portal.opportunities.models import Opportunity


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a lead becomes. `customer_id`: a customer that is there already; None: a new one with `name`.

    `is_new_for_sure`: whoever converts has looked at the likely customers, and it is none of them. `contact_id`: one of
    the customer's contacts; None: the lead's person is added where it names one.
    """

    title: str
    customer_id: int | None = None
    name: str = ""
    credit_code: str = ""
    is_new_for_sure: bool = False
    contact_id: int | None = None
    amount: Decimal | None = None
    currency: str = "CNY"
    close_on: date | None = None
    method_id: int | None = None


def convert(lead: Lead, wish: Conversion, actor: Viewer, now: datetime) -> Opportunity:
    """Make the customer (or take a known one), the contact and the opportunity; the lead is closed.

    All of it or nothing. Raises NotAllowedNow for a lead that is not in hand, Invalid at "is_new_for_sure" while likely
    customers were not looked at, and what the customer and the opportunity refuse, by their fields.
    """
    row = held(lead)
    check_hands(row, actor)
    if row.state == LeadState.CONVERTED.value:
        raise NotAllowedNow(t("This lead became a customer already."))
    after = LEAD_STEPS.next(LeadState(row.state), LeadStep.CONVERT)
    customer = _customer(row, wish, actor, now)
    contact = _contact(row, customer, wish, actor, now)
    new = NewOpportunity(
        customer_id=customer.id, title=wish.title, method_id=wish.method_id,
        contact_id=contact.id if contact else None, amount=wish.amount, currency=wish.currency,
        close_on=wish.close_on, owner_id=row.owner_id, rating=row.rating, source=row.source,
        source_type="lead", source_id=row.id, source_label=f"{row.number} {row.name}"[:120], text=row.need,
    )  # fmt: skip
    opportunity = opening.open_(new, actor, now)
    row.state, row.customer_id, row.opportunity_id = after.value, customer.id, opportunity.id
    row.ended_at, row.updated_at, row.next_touch_on, row.next_touch_kind = now, now, None, ""
    told = {"customer": customer.code, "opportunity": opportunity.number}
    audit.record(actor, "lead.converted", row, now, after=told)
    log(row, PickKind.CONVERTED, row.owner_id, actor, now)
    return opportunity


def _customer(lead: Lead, wish: Conversion, actor: Viewer, now: datetime) -> Customer:
    if wish.customer_id is not None:
        return load(Customer, wish.customer_id, actor, P.CUSTOMER_SEE)
    if not wish.is_new_for_sure and likely(lead, actor).is_customer:
        said = t("Look at the likely customers first, then say that it is none of them.")
        raise Invalid(said, "is_new_for_sure")
    is_person = lead.kind == LeadKind.PERSON
    facts = CustomerFacts(
        kind=CustomerKind.PERSON if is_person else CustomerKind.ORGANISATION,
        name_zh=wish.name or lead.name,
        credit_code="" if is_person else wish.credit_code,
        industry=lead.industry,
        phone=lead.phone,
        default_currency=wish.currency,
    )
    customer = customers.create(facts, actor, now, owner_id=lead.owner_id)
    customer.market, customer.source = lead.market, lead.source
    customer.nature = (Nature.PERSON if is_person else Nature.COMPANY).value
    db.session.flush()
    return customer


def _contact(
    lead: Lead, customer: Customer, wish: Conversion, actor: Viewer, now: datetime
) -> Contact | None:
    if wish.contact_id is not None:
        contact = load(Contact, wish.contact_id, actor, P.CUSTOMER_SEE)
        if contact.customer_id != customer.id:
            raise NotFound()
        return contact
    name = lead.contact_name or (lead.name if lead.kind == LeadKind.PERSON else "")
    if not name:
        return None
    facts = ContactFacts(name, lead.position, lead.email, lead.phone, lead.wechat)
    return customers.add_contact(customer, facts, actor, now)
