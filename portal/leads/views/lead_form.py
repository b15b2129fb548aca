"""The forms of leads: what they begin with, and what was typed as facts."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import contacts
from portal.kernel import clock
from portal.leads.actions import recording
from portal.leads.actions.converting import Conversion
from portal.leads.forms.leads import AssignForm, ConvertForm, LeadForm, TouchForm
from portal.leads.models import Lead
from portal.leads.rules.facts import LeadFacts, TouchFacts
from portal.leads.rules.kinds import LeadKind, TouchKind
from portal.opportunities.models import SalesMethod
from portal.opportunities.queries import words
from portal.service_requests.queries.people import holders
from portal.web.stepping import as_id, instant_of, local, typed
from portal.web.words import name_of

NOON = time(12)
CLOSES_IN = timedelta(days=60)


def lead_form(lead: Lead | None) -> LeadForm:
    """A new lead, begun with what the address knows; or one that is put right."""
    if lead is None:
        known = {name: typed(name, 120) for name in ("name", "phone", "contact_name")}
        return LeadForm(data={**known, "currency": "CNY", "kind": LeadKind.COMPANY.value})
    facts = recording.facts_of(lead)
    values: dict[str, Any] = {name: getattr(facts, name) for name in LeadFacts.__dataclass_fields__}
    return LeadForm(data={**values, "version": str(lead.version)})


def lead_facts(form: LeadForm) -> LeadFacts:
    """What was typed."""
    texts = (name for name in LeadFacts.__dataclass_fields__ if name != "amount")
    return LeadFacts(
        amount=form.amount.data, **{name: getattr(form, name).data or "" for name in texts}
    )


def touch_form(lead: Lead) -> TouchForm:
    """What was just done; as it was agreed the last time."""
    begun = local(clock.now())
    kind = lead.next_touch_kind or TouchKind.CALL.value
    return TouchForm(
        data={
            "kind": kind,
            "reached": "1",
            "on": begun.date(),
            "at": begun.time().replace(second=0, microsecond=0),
            "next_kind": kind,
        }
    )


def touch_facts(form: TouchForm) -> TouchFacts:
    """What was typed; this minute is now."""
    now = clock.now()
    at = instant_of(form.on.data, form.at.data or NOON)
    this_minute = now.replace(second=0, microsecond=0)
    return TouchFacts(
        kind=form.kind.data,
        at=now if at == this_minute else at,
        reached=bool(form.reached.data),
        text=form.text.data or "",
        next_on=form.next_on.data,
        next_kind=form.next_kind.data or "",
    )


def assign_form(lead: Lead) -> AssignForm:
    """Who may have it."""
    form = AssignForm()
    people = [user for user in holders(P.LEAD_WORK) if user.id != lead.owner_id]
    form.owner_id.choices = [(str(user.id), user.name) for user in people]
    return form


def convert_form(lead: Lead, customer: Customer | None) -> ConvertForm:
    """What it becomes, as far as one can tell from the lead."""
    form = ConvertForm(
        data={
            "name_zh": lead.name,
            "credit_code": lead.credit_code,
            "title": _("Business with %(name)s", name=lead.name)[:160],
            "amount": lead.amount,
            "currency": lead.currency,
            "close_on": clock.today() + CLOSES_IN,
        }
    )
    known = contacts(customer.id, g.viewer) if customer else []
    added = lead.contact_name or (lead.name if lead.kind == LeadKind.PERSON else "")
    fresh = _("%(name)s, as a new contact", name=added) if added else _("None of them")
    form.contact_id.choices = [("", fresh), *((str(row.id), row.name) for row in known)]
    form.method_id.choices = [(str(row.id), name_of(row)) for row in _methods()]
    return form


def wish_of(form: ConvertForm, customer: Customer | None) -> Conversion:
    """What was typed."""
    return Conversion(
        title=form.title.data or "",
        customer_id=customer.id if customer else None,
        name=form.name_zh.data or "",
        credit_code=form.credit_code.data or "",
        is_new_for_sure=bool(form.is_new_for_sure.data),
        contact_id=as_id(form.contact_id.data) if customer else None,
        amount=form.amount.data,
        currency=form.currency.data,
        close_on=form.close_on.data,
        method_id=as_id(form.method_id.data),
    )


def _methods() -> list[SalesMethod]:
    """The methods in use, the usual one first."""
    return sorted(words.methods(), key=lambda row: (not row.is_default, row.position, row.id))
