"""Recourse 追偿 against the carrier, supplier or insurer who caused the loss (DOMAIN T9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions.holding import reason_given
from portal.claims.actions.holding import check_may, held
from portal.claims.models import Claim, RecourseReceipt
from portal.claims.rules.amounts import money_checked, recovery_checked, recovery_state
from portal.claims.rules.states import ClaimState, RecourseState
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import Text, t

GOING = (RecourseState.CLAIMED, RecourseState.PARTLY_RECOVERED)


def claim_against(
    claim: Claim, party: str, amount: Decimal | None, due_on: date | None, actor: Viewer, now: datetime
) -> Claim:  # fmt: skip
    """Ask somebody else for `amount`, by `due_on` at the latest; again: corrected. InvalidMany at party, amount."""
    check_may(actor, Permission.CLAIM_DECIDE)
    row = held(claim)
    if row.state == ClaimState.WITHDRAWN:
        raise NotAllowedNow(t("This claim was withdrawn."))
    wrong: dict[str, Text] = {}
    if len(party.strip()) < 2:
        wrong["party"] = t("Say against whom.")
    asked = Decimal(0)
    try:
        asked = money_checked(amount, row.currency, "amount")
    except Invalid as error:
        wrong["amount"] = error.text
    if not wrong and asked < row.recovered_amount:
        came = format_money(row.recovered_amount, row.currency)
        wrong["amount"] = t("%(amount)s came back already.", amount=came)
    if wrong:
        raise InvalidMany(wrong)
    row.recourse_party, row.recourse_amount, row.recourse_due_on = (
        party.strip()[:120],
        asked,
        due_on,
    )
    row.recourse = recovery_state(asked, row.recovered_amount).value
    row.updated_at = now
    after = {"party": row.recourse_party, "amount": format_money(asked, row.currency)}
    audit.record(actor, "claim.recourse", row, now, after=after)
    return row


def receive(
    claim: Claim, on: date, amount: Decimal | None, payer: str, note: str, actor: Viewer, now: datetime
) -> RecourseReceipt:  # fmt: skip
    """Money came back, or, negative, was booked wrongly before. InvalidMany at on, amount, payer."""
    check_may(actor, Permission.CLAIM_DECIDE, Permission.CREDIT_GRANT)
    row = held(claim)
    if row.recourse_amount is None:
        raise NotAllowedNow(t("No recourse was claimed."))
    wrong: dict[str, Text] = {}
    if on > business_day(now):
        wrong["on"] = t("A day up to today.")
    if len(payer.strip()) < 2:
        wrong["payer"] = t("Say who paid.")
    came = Decimal(0)
    try:
        came = recovery_checked(amount, row.recovered_amount, row.recourse_amount, row.currency)
    except Invalid as error:
        wrong["amount"] = error.text
    if wrong:
        raise InvalidMany(wrong)
    receipt = RecourseReceipt(
        customer_id=row.customer_id, claim_id=row.id, on=on, amount=came, payer=payer.strip()[:120],
        note=note.strip()[:300], recorded_by=actor.user_id, recorded_at=now,
    )  # fmt: skip
    db.session.add(receipt)
    row.recovered_amount += came
    row.recourse = recovery_state(row.recourse_amount, row.recovered_amount).value
    row.updated_at = now
    after = {"received": format_money(came, row.currency), "payer": receipt.payer}
    audit.record(actor, "claim.recourse", row, now, after=after)
    return receipt


def give_up(claim: Claim, reason: str, actor: Viewer, now: datetime) -> Claim:
    """Nothing more is asked for, with a reason."""
    check_may(actor, Permission.CLAIM_DECIDE)
    why = reason_given(reason, t("Say why the recourse is given up."))
    row = held(claim)
    if row.recourse not in GOING:
        raise NotAllowedNow(t("No recourse is going on."))
    row.recourse, row.updated_at = RecourseState.GIVEN_UP.value, now
    audit.record(actor, "claim.recourse", row, now, after={"state": row.recourse}, reason=why)
    return row
