"""What was agreed is given once: as a credit that the next statement draws, or as a payment (DOMAIN T9, R5)."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions import crediting
from portal.billing.actions.crediting import Ask
from portal.billing.models import Credit
from portal.billing.queries.parties import party_for
from portal.billing.rules.states import CreditState
from portal.claims.actions import following, telling
from portal.claims.actions.holding import check_may, check_step, held, step
from portal.claims.models import Claim
from portal.claims.rules.kinds import Settlement
from portal.claims.rules.states import ClaimStep
from portal.contracts.models import Contract
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import Text, t

SOURCE = "claim"


def credit(claim: Claim, actor: Viewer, now: datetime) -> Credit:
    """The one credit of an agreed claim; done before, that credit. Compensation is outside the scope of VAT.

    It is granted at once: what it comes to was offered within the limit or approved by a second person, and agreed.
    """
    check_may(actor, Permission.CLAIM_DECIDE, Permission.CREDIT_GRANT)
    row = held(claim)
    if row.credit_id is not None:
        return db.session.get_one(Credit, row.credit_id)
    check_step(row, ClaimStep.CREDIT)
    if row.settlement != Settlement.CREDIT:
        raise NotAllowedNow(t("This claim is settled by a payment."))
    given = _credit(row, actor, now)
    step(row, ClaimStep.CREDIT, now)
    row.credit_id = given.id
    after = {"credit": given.number, "amount": format_money(given.gross_amount, given.currency)}
    audit.record(actor, "claim.credited", row, now, after=after)
    telling.tell_customer(row, "credited", actor, now, offer=True)
    following.end(row, _said(row, given.number), actor, now)
    return given


def pay(claim: Claim, paid_on: date, reference: str, actor: Viewer, now: datetime) -> Claim:
    """Finance paid what was agreed, once: the case is closed. InvalidMany at paid_on, reference."""
    check_may(actor, Permission.CREDIT_GRANT)
    row = held(claim)
    check_step(row, ClaimStep.PAY)
    if row.settlement != Settlement.PAYMENT:
        raise NotAllowedNow(t("This claim is settled by a credit."))
    wrong: dict[str, Text] = {}
    if row.agreed_at is not None and not business_day(row.agreed_at) <= paid_on <= business_day(
        now
    ):
        wrong["paid_on"] = t("A day between the agreement and today.")
    if len(reference.strip()) < 2:
        wrong["reference"] = t("Write the bank's reference of the payment.")
    if wrong:
        raise InvalidMany(wrong)
    step(row, ClaimStep.PAY, now)
    row.paid_on, row.payment_reference = paid_on, reference.strip()[:80]
    amount = row.agreed_amount or row.claimed_amount
    after = {"amount": format_money(amount, row.currency), "reference": row.payment_reference}
    audit.record(actor, "claim.paid", row, now, after=after)
    telling.tell_customer(row, "paid", actor, now, offer=True)
    following.end(row, _said(row, row.payment_reference), actor, now)
    return row


def close(claim: Claim, actor: Viewer, now: datetime) -> Claim:
    """The credit stands on a statement: the case is closed."""
    check_may(actor, Permission.CLAIM_DECIDE, Permission.CREDIT_GRANT)
    row = held(claim)
    if row.credit_id is None:
        raise NotAllowedNow(t("Nothing was credited yet."))
    given = crediting.held(row.credit_id)
    if given.state != CreditState.PLACED:
        raise NotAllowedNow(t("Its credit is not on a statement yet."))
    step(row, ClaimStep.CLOSE, now)
    audit.record(actor, "claim.closed", row, now, after={"credit": given.number})
    return row


def settlement_party(claim: Claim, actor: Viewer) -> Customer:
    """Whose statement carries the credit: who pays for the contract, else the claimant or its group."""
    contract = db.session.get(Contract, claim.contract_id) if claim.contract_id else None
    party_id = contract.payer_id if contract is not None else None
    return db.session.get_one(Customer, party_id or party_for(claim.customer_id, actor))


def _credit(row: Claim, actor: Viewer, now: datetime) -> Credit:
    amount = row.agreed_amount
    if amount is None:
        raise NotAllowedNow(t("Nothing was agreed."))
    ask = Ask(
        amount, f"{row.number} {row.offer_text}".strip()[:1000], served_id=row.customer_id, currency=row.currency,
        name_zh=f"理赔 {row.number}", name_en=f"Claim {row.number}",
    )  # fmt: skip
    given = crediting.make(settlement_party(row, actor), ask, SOURCE, row.id, actor, now)
    given.author_id = row.offered_by or actor.user_id
    if given.state == CreditState.PENDING_APPROVAL:
        crediting.grant(given, row.approved_by, actor, now)
    db.session.flush()
    return given


def _said(row: Claim, reference: str) -> str:
    """What the request's solution says in any language: numbers and the amount."""
    amount = format_money(row.agreed_amount or row.claimed_amount, row.currency)
    return f"{row.number} · {amount} · {reference}"
