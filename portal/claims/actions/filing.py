"""A loss is notified and its claim filed (DOMAIN T7, T9): the request and the claim come to be in one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.claims.actions import following, telling
from portal.claims.actions.filing_values import NewClaim, checked
from portal.claims.actions.holding import check_may, held, step
from portal.claims.models import Claim, ClaimEvidence
from portal.claims.queries.claims import claim_of_request, evidence_of
from portal.claims.queries.limits import answer_deadline, notice_due
from portal.claims.rules.evidence import NEEDED, can_file
from portal.claims.rules.kinds import Loss
from portal.claims.rules.states import OPEN, ClaimState, ClaimStep
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.service_requests.actions import clocks, opening
from portal.service_requests.actions.opening import NewRequest
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import NoMatch, RequestKind
from portal.service_requests.rules.states import OPEN as OPEN_REQUESTS
from portal.service_requests.rules.work_hours import ZONE

LARGE = Decimal(10_000)
HIGH, MEDIUM = 2, 3
GRAVE = frozenset({Loss.LOST, Loss.DAMAGED})
TITLE = 80


def notify(new: NewClaim, actor: Viewer, now: datetime) -> Claim:
    """A claim with its service request and the list of proof that it needs.

    `new.request_id`: the claim belongs to a request that is there already. InvalidMany by field; NotFound for what is
    not this customer's.
    """
    check_may(actor, Permission.REQUEST_RAISE)
    checked(new, business_day(now))
    request = _request(new, actor, now)
    claim = _claim(new, request, now)
    db.session.add(claim)
    after = {"claimed": format_money(claim.claimed_amount, claim.currency), "loss": claim.loss}
    audit.record(actor, "claim.notified", claim, now, after=after, reason=new.text.strip()[:2000])
    _ask_for_proof(claim)
    _owe_an_answer(claim, now)
    telling.tell_staff(claim, "notified", actor, now, new.text.strip()[:500])
    return claim


def file_(claim: Claim, actor: Viewer, now: datetime) -> Claim:
    """The claim is complete as far as the claimant is concerned; Invalid while there is nothing to look at."""
    check_may(actor, Permission.REQUEST_RAISE, Permission.CLAIM_ANSWER, Permission.CLAIM_DECIDE)
    row = held(claim)
    if not can_file(each.state for each in evidence_of(row)):
        raise Invalid(t("Send at least one piece of evidence first."))
    step(row, ClaimStep.FILE, now)
    audit.record(actor, "claim.filed", row, now)
    telling.tell_staff(row, "filed", actor, now)
    return row


def change(claim: Claim, new: NewClaim, actor: Viewer, now: datetime) -> Claim:
    """Staff put the facts right before liability is decided; the last day of notice follows."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    if ClaimState(row.state) not in OPEN or row.assessed_amount is not None:
        raise NotAllowedNow(t("Liability is decided already: decide it anew instead."))
    checked(new, business_day(now))
    before = {name: _plain(getattr(row, name)) for name in CHANGED}
    for name in CHANGED:
        setattr(row, name, getattr(new, name))
    row.noticed_on = new.noticed_on or row.noticed_on
    row.notice_due_on = _notice_due(new)
    after = {name: _plain(getattr(row, name)) for name in CHANGED}
    changed = [name for name in CHANGED if before[name] != after[name]]
    row.updated_at = now
    audit.record(
        actor, "claim.changed", row, now,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    return row


def take(claim: Claim, actor: Viewer, now: datetime) -> Claim:
    """From now on this person looks into it."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    if row.owner_id != actor.user_id:
        row.owner_id, row.updated_at = actor.user_id, now
        audit.record(actor, "claim.taken", row, now, after={"owner": actor.name})
        following.begin(row, actor, now)
    return row


CHANGED = (
    "loss", "mode", "waybill", "delivered_on", "currency", "claimed_amount", "goods_value", "declared_value",
    "packages", "gross_kg", "freight_amount", "in_container",
)  # fmt: skip
"""Facts that may be put right."""


def _request(new: NewClaim, actor: Viewer, now: datetime) -> ServiceRequest:
    if new.request_id is not None:
        return _its_own(new.request_id, new.customer_id, actor)
    severity = HIGH if new.loss in GRAVE or new.claimed_amount > LARGE else MEDIUM
    text = new.text.strip()
    asked = NewRequest(
        customer_id=new.customer_id, kind=RequestKind.CLAIM, title=(new.title or text).strip()[:TITLE], text=text,
        severity=severity, channel=new.channel, requester_id=new.requester_id, requester_name=new.requester_name,
        requester_phone=new.requester_phone, requester_email=new.requester_email, contract_id=new.contract_id,
        shipment_id=new.shipment_id, statement_line_id=new.statement_line_id,
        no_match=None if new.shipment_id or new.statement_line_id else NoMatch.UNKNOWN.value,
    )  # fmt: skip
    return opening.open_(asked, actor, now)


def _its_own(request_id: int, customer_id: int, actor: Viewer) -> ServiceRequest:
    request = load(ServiceRequest, request_id, actor, Permission.REQUEST_RAISE, lock=True)
    if request.customer_id != customer_id or request.state not in OPEN_REQUESTS:
        raise Invalid(t("This request cannot carry a claim any more."), "request_id")
    if claim_of_request(request.id) is not None:
        raise NotAllowedNow(t("This request has its claim already."))
    return request


def _claim(new: NewClaim, request: ServiceRequest, now: datetime) -> Claim:
    noticed_on = new.noticed_on or business_day(now)
    answer = answer_deadline(new.mode, noticed_on)
    return Claim(
        number=next_number("CL", business_day(now).year), customer_id=new.customer_id, request_id=request.id,
        shipment_id=new.shipment_id or request.shipment_id, contract_id=new.contract_id or request.contract_id,
        statement_line_id=new.statement_line_id or request.statement_line_id, noticed_on=noticed_on,
        notice_due_on=_notice_due(new), answer_due_on=answer[1] if answer else None, request=request,
        recovered_amount=Decimal(0), limit_working=[], **{name: getattr(new, name) for name in CHANGED},
    )  # fmt: skip


def _notice_due(new: NewClaim) -> date | None:
    return notice_due(new.mode, new.loss, new.delivered_on, in_container=new.in_container)


def _ask_for_proof(claim: Claim) -> None:
    for kind in NEEDED[Loss(claim.loss)]:
        row = ClaimEvidence(customer_id=claim.customer_id, claim_id=claim.id, kind=kind.value)
        db.session.add(row)
    db.session.flush()


def _owe_an_answer(claim: Claim, now: datetime) -> None:
    """The deadline of law or contract runs as a clock of the request, to the end of its last day."""
    answer = answer_deadline(claim.mode, claim.noticed_on)
    if answer is None:
        return
    code, day = answer
    due_at = datetime.combine(day + timedelta(days=1), time(), ZONE)
    if due_at > now:
        clocks.add_deadline(claim.request, code, due_at, now)


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
