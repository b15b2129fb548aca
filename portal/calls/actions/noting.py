"""A call is noted, put right, and tied to the request that came of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.calls.actions import planning
from portal.calls.models import Call, CallPlan
from portal.calls.rules.facts import CallFacts, cleaned_call
from portal.calls.rules.kinds import Outcome
from portal.customers.models import Contact, Customer
from portal.db import audit
from portal.db.base import db
from portal.db.stale import stale
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.service_requests.actions import opening
from portal.service_requests.actions.opening import NewRequest
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import Channel, NoMatch, Severity


def note(facts: CallFacts, actor: Viewer, now: datetime, *, plan: CallPlan | None = None) -> Call:
    """Note a call; one that answers `plan` ends it, unless nobody was reached: then it stays to be made.

    Raises InvalidMany by field, NotFound for a customer out of reach.
    """
    _check(actor)
    tidy = cleaned_call(facts, now)
    _check_parties(tidy, actor)
    if plan is not None and plan.state != "open":
        raise NotAllowedNow(t("This call was made or dropped already."))
    call = Call(**_values(tidy), handled_by=actor.user_id)
    db.session.add(call)
    audit.record(actor, "call.logged", call, now, after=_told(tidy))
    if plan is not None:
        answer = planning.end_with if tidy.outcome is Outcome.SPOKEN else planning.keep_try
        answer(plan, call, actor, now)
    return call


def change(call: Call, facts: CallFacts, version: int, actor: Viewer, now: datetime) -> Call:
    """Put a note right that was read at `version`. Raises InvalidMany, StaleEdit."""
    _check(actor)
    tidy = cleaned_call(facts, now)
    _check_parties(tidy, actor)
    if call.version != version:
        raise stale(call)
    before, after = _told(facts_of(call)), _told(tidy)
    if before == after:
        return call
    for name, value in _values(tidy).items():
        setattr(call, name, value)
    db.session.flush()
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        actor, "call.changed", call, now,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    return call


def to_request(
    call: Call, kind: str, severity: int, title: str, actor: Viewer, now: datetime
) -> ServiceRequest:
    """Open a request with what was said on the telephone; the call leads to it.

    Raises NotAllowedNow when it has one, Invalid without a customer, InvalidMany by the names of `NewRequest`.
    """
    _check(actor)
    if call.request_id is not None:
        raise NotAllowedNow(t("This call has a request already."))
    if call.customer_id is None:
        raise Invalid(t("First say which customer rang."), "customer")
    words = title.strip() or call.subject
    new = NewRequest(
        customer_id=call.customer_id,
        kind=kind,
        severity=Severity(severity),
        title=words,
        text=call.text or call.subject or words,
        channel=Channel.PHONE,
        requester_name=_asks(call),
        requester_phone=call.number,
        requester_email=call.contact.email if call.contact else "",
        no_match=NoMatch.UNKNOWN,
    )
    request = opening.open_(new, actor, now)
    attach(call, request, actor, now)
    return request


def _asks(call: Call) -> str:
    """Who asks by a call: who said a name, whom we know, else whoever has that number."""
    return call.caller_name or (call.contact.name if call.contact else "") or call.number


def attach(call: Call, request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """The call was about this request, or led to it. The request is the customer's who rang."""
    _check(actor)
    if call.customer_id not in (None, request.customer_id):
        raise Invalid(t("The request is another customer's."), "request")
    before = call.request_id
    call.customer_id, call.request_id = request.customer_id, request.id
    db.session.flush()
    audit.record(
        actor, "call.changed", call, now, before={"request": before}, after={"request": request.number}
    )  # fmt: skip


def facts_of(call: Call) -> CallFacts:
    """A stored call as plain values."""
    return CallFacts(**{name: getattr(call, name) for name in CallFacts.__dataclass_fields__})


def _check(actor: Viewer) -> None:
    if not actor.may(P.CALL_WORK):
        raise Forbidden()


def _check_parties(facts: CallFacts, actor: Viewer) -> None:
    """What the call points at is there, the customer's own, and the actor's to see."""
    check_parties(facts.customer_id, facts.contact_id, facts.request_id, actor)


def check_parties(
    customer_id: int | None, contact_id: int | None, request_id: int | None, actor: Viewer
) -> None:
    """Raises NotFound for a customer, contact or request out of reach, or of another customer."""
    if customer_id is not None:
        load(Customer, customer_id, actor, P.CUSTOMER_SEE)
    for model, row_id in ((Contact, contact_id), (ServiceRequest, request_id)):
        if row_id is not None:
            row: Any = load(model, row_id, actor, P.CUSTOMER_SEE)
            if row.customer_id != customer_id:
                raise NotFound()


def _values(facts: CallFacts) -> dict[str, Any]:
    values = {**asdict(facts), "digits": facts.digits}
    return {name: getattr(value, "value", value) for name, value in values.items()}


def _told(facts: CallFacts) -> dict[str, Any]:
    values = _values(facts)
    return {**values, "began_at": facts.began_at.isoformat(), "text": facts.text[:400]}
