"""The forms of a call and of a planned one: what they begin with, and what was typed as facts."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.calls.actions import noting, planning
from portal.calls.forms.calls import CallForm, PlanForm
from portal.calls.models import Call, CallPlan
from portal.calls.rules.facts import CallFacts, PlanFacts
from portal.calls.rules.kinds import Direction, Outcome, Purpose
from portal.calls.views.desk_door import instant
from portal.customers.models import Contact, Customer
from portal.customers.queries import contacts
from portal.kernel import clock
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.people import holders
from portal.web.stepping import local, number_in, typed

END_OF_DAY = time(18)


def call_form(
    customer: Customer | None, plan: CallPlan | None, asked: ServiceRequest | None
) -> CallForm:
    """A new note, begun with what is known: who rang, or whom the plan says to ring."""
    contact = chosen_contact(customer, plan)
    begun = local(clock.now())
    values = {
        "direction": (Direction.OUT if plan else _direction()).value,
        "purpose": plan.purpose if plan else Purpose.SERVICE.value,
        "outcome": Outcome.SPOKEN.value,
        "number": typed("number", 40) or (plan.number if plan else _number(contact, asked)),
        "caller_name": (plan.name if plan else "") or _name(contact, asked),
        "contact_id": str(contact.id) if contact else "",
        "began_on": begun.date(),
        "began_at": begun.time().replace(second=0, microsecond=0),
        "subject": asked.title if asked else "",
    }
    form = CallForm(data=values)
    _offer_contacts(form, customer)
    return form


def edit_form(call: Call, customer: Customer | None) -> CallForm:
    """A note to be put right, of the customer that it is of or that was found for it."""
    begun = local(call.began_at)
    values: dict[str, Any] = {name: getattr(call, name) for name in PLAIN}
    form = CallForm(
        data={
            **values,
            "version": str(call.version),
            "contact_id": str(call.contact_id or ""),
            "began_on": begun.date(),
            "began_at": begun.time().replace(second=0, microsecond=0),
            "minutes": _minutes(call.seconds),
        }
    )
    _offer_contacts(form, customer)
    return form


PLAIN = ("direction", "purpose", "outcome", "number", "caller_name", "subject", "text")


def call_facts(
    form: CallForm, customer_id: int | None, request_id: int | None, before: Call | None = None
) -> CallFacts:
    """What was typed; seconds that nobody changed stay as they were counted."""
    return CallFacts(
        direction=Direction(form.direction.data),
        purpose=Purpose(form.purpose.data),
        outcome=Outcome(form.outcome.data),
        number=form.number.data or "",
        caller_name=form.caller_name.data or "",
        customer_id=customer_id,
        contact_id=_contact_id(form.contact_id.data) if customer_id else None,
        began_at=_begun(form, before, clock.now()),
        seconds=_seconds(form.minutes.data, before),
        subject=form.subject.data or "",
        text=form.text.data or "",
        request_id=request_id,
    )


def plan_form(
    customer: Customer | None, asked: ServiceRequest | None, row: CallPlan | None
) -> PlanForm:
    """A call to be made: as it stands, or begun with whom it is likely to go to."""
    form = PlanForm(data=_planned(row) if row else _likely(customer, asked))
    _offer_contacts(form, customer)
    people = [(str(user.id), user.name) for user in holders(P.CALL_WORK)]
    form.assignee.choices = [("", _("anybody")), *people]
    return form


def plan_facts(form: PlanForm, customer_id: int | None, request_id: int | None) -> PlanFacts:
    """What was typed."""
    return PlanFacts(
        purpose=Purpose(form.purpose.data),
        due_at=instant(form.due_on.data, form.due_at.data or END_OF_DAY, clock.now()),
        number=form.number.data or "",
        name=form.name.data or "",
        customer_id=customer_id,
        contact_id=_contact_id(form.contact_id.data) if customer_id else None,
        assignee_id=_contact_id(form.assignee.data),
        text=form.text.data or "",
        request_id=request_id,
    )


def checked(facts: CallFacts | PlanFacts) -> None:
    """NotFound where what was chosen is not the customer's, or out of reach."""
    noting.check_parties(facts.customer_id, facts.contact_id, facts.request_id, g.viewer)


def chosen_contact(customer: Customer | None, plan: CallPlan | None = None) -> Contact | None:
    """The contact that the address or the plan names, of this customer."""
    wanted = plan.contact_id if plan else number_in("contact")
    if customer is None or wanted is None:
        return None
    return next((each for each in contacts(customer.id, g.viewer) if each.id == wanted), None)


def _offer_contacts(form: CallForm | PlanForm, customer: Customer | None) -> None:
    known = contacts(customer.id, g.viewer) if customer else []
    form.contact_id.choices = [("", _("None of them")), *((str(c.id), c.name) for c in known)]
    if form.contact_id.data not in dict(form.contact_id.choices):
        form.contact_id.data = ""  # somebody of the customer that was thought of before


def _planned(row: CallPlan) -> dict[str, Any]:
    facts, due = planning.facts_of(row), local(row.due_at)
    return {
        "version": str(row.version),
        "purpose": facts.purpose,
        "number": facts.number,
        "name": facts.name,
        "contact_id": str(facts.contact_id or ""),
        "assignee": str(facts.assignee_id or ""),
        "text": facts.text,
        "due_on": due.date(),
        "due_at": due.time(),
    }


def _likely(customer: Customer | None, asked: ServiceRequest | None) -> dict[str, Any]:
    contact = chosen_contact(customer)
    return {
        "purpose": Purpose.CALLBACK.value,
        "number": typed("number", 40) or _number(contact, asked),
        "name": _name(contact, asked),
        "contact_id": str(contact.id) if contact else "",
        "assignee": str(g.viewer.user_id),
        "due_on": local(clock.now()).date(),
        "due_at": END_OF_DAY,
        "text": f"{asked.number} {asked.title}" if asked else "",
    }


def _direction() -> Direction:
    return Direction.OUT if typed("direction", 4) == Direction.OUT else Direction.IN


def _number(contact: Contact | None, asked: ServiceRequest | None) -> str:
    return (contact.phone if contact else "") or (asked.requester_phone if asked else "")


def _name(contact: Contact | None, asked: ServiceRequest | None) -> str:
    return contact.name if contact else (asked.requester_name if asked else typed("name", 80))


def _contact_id(text: str | None) -> int | None:
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else None


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else -(-seconds // 60)


def _seconds(minutes: int | None, before: Call | None) -> int | None:
    """What was typed; seconds that were counted stay where nobody changed their minutes."""
    if before is not None and _minutes(before.seconds) == minutes:
        return before.seconds
    return None if minutes is None else minutes * 60


def _begun(form: CallForm, before: Call | None, now: datetime) -> datetime:
    """The typed minute; of a note that is put right the second stays, and a new one of this minute began just now."""
    on: date | None = form.began_on.data
    at = instant(on, form.began_at.data, now)
    known = before.began_at if before else now
    return known if known.replace(second=0, microsecond=0) == at else at
