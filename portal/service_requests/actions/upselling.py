"""A chance to sell more: noted from a request, quoted, won or dropped; or passed on to sales (REQUIREMENTS S5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.quotations.models import Quotation
from portal.service_requests.models import ServiceRequest, Upsell
from portal.service_requests.queries.near import near
from portal.service_requests.rules.states import UPSELL_STEPS, UpsellState, UpsellStep

LONGEST_TEXT, LONGEST_REASON = 2000, 1000
SERIES = "UP"
OVER = (UpsellState.WON.value, UpsellState.DROPPED.value)


@dataclass(frozen=True, slots=True)
class Chance:
    """What might be sold, for how much (a guess, in `currency`), and who follows it."""

    text: str
    item_id: int | None = None
    amount: Decimal | None = None
    currency: str = "CNY"
    owner_id: int | None = None


def note(
    chance: Chance, customer: Customer, actor: Viewer, now: datetime, request: ServiceRequest | None = None
) -> Upsell:  # fmt: skip
    """Note a chance with a customer, seen in a request or not. InvalidMany at its fields."""
    _check_right(actor)
    if request is not None and request.customer_id != customer.id:
        raise NotFound()
    _check(chance, customer.id, actor)
    row = Upsell(
        number=next_number(SERIES, business_day(now).year), customer_id=customer.id,
        request_id=request.id if request else None, made_by=actor.user_id, **_columns(chance),
    )  # fmt: skip
    db.session.add(row)
    audit.record(actor, "upsell.made", row, now, after=_facts(row))
    return row


def change(upsell: Upsell, chance: Chance, actor: Viewer, now: datetime) -> Upsell:
    """Say it otherwise, as long as it is neither won nor dropped."""
    _check_right(actor)
    row = _unpassed(upsell)
    if row.state in OVER:
        raise NotAllowedNow(t("It is won or dropped already."))
    _check(chance, row.customer_id, actor)
    before = _facts(row)
    for column, value in _columns(chance).items():
        setattr(row, column, value)
    if db.session.is_modified(row):
        row.updated_at = now
        audit.record(actor, "upsell.changed", row, now, before=before, after=_facts(row))
    return row


def quote(upsell: Upsell, number: str, actor: Viewer, now: datetime) -> Upsell:
    """A quotation was made of it: one of the same customer, named by its number. Invalid at quotation."""
    _check_right(actor)
    row = _unpassed(upsell)
    sought = number.strip().upper()
    quotation = db.session.scalar(select(Quotation).where(Quotation.number == sought))
    if quotation is None or quotation.customer_id != row.customer_id:
        raise Invalid(t("No quotation of this customer has this number."), "quotation")
    load(Quotation, quotation.id, actor, Permission.QUOTATION_SEE)
    _step(row, UpsellStep.QUOTE, actor, now, quotation_id=quotation.id)
    return row


def win(upsell: Upsell, actor: Viewer, now: datetime) -> Upsell:
    """The customer buys it."""
    _check_right(actor)
    row = _unpassed(upsell)
    _step(row, UpsellStep.WIN, actor, now)
    return row


def drop(upsell: Upsell, reason: str, actor: Viewer, now: datetime) -> Upsell:
    """Nothing comes of it; `reason` says why."""
    _check_right(actor)
    row = _unpassed(upsell)
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Invalid(t("Say why."), "reason")
    _step(row, UpsellStep.DROP, actor, now, end_reason=why)
    return row


def _unpassed(upsell: Upsell) -> Upsell:
    """Held, and still ours; NotAllowedNow for one that became an opportunity, whose state it follows."""
    row = held(upsell)
    if row.opportunity_id is not None:
        raise NotAllowedNow(t("It is an opportunity now, and follows that."))
    return row


def held(upsell: Upsell) -> Upsell:
    """The row as it stands now, held until the transaction ends."""
    wanted = select(Upsell).where(Upsell.id == upsell.id).with_for_update(of=Upsell)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def _step(row: Upsell, which: UpsellStep, actor: Viewer, now: datetime, **more: object) -> None:
    before = _facts(row)
    state = UPSELL_STEPS.next(UpsellState(row.state), which).value
    for column, value in more.items():
        setattr(row, column, value)
    row.state, row.updated_at = state, now
    reason = row.end_reason or None
    audit.record(actor, "upsell.changed", row, now, before=before, after=_facts(row), reason=reason)


def _check_right(actor: Viewer) -> None:
    if not actor.may(Permission.UPSELL_EDIT):
        raise Forbidden()


def _columns(chance: Chance) -> dict[str, object]:
    return {
        "text": chance.text.strip(),
        "item_id": chance.item_id,
        "amount": chance.amount,
        "currency": chance.currency,
        "owner_id": chance.owner_id,
    }


def _facts(row: Upsell) -> dict[str, object]:
    amount = None if row.amount is None else f"{row.currency} {row.amount}"
    return {
        "state": row.state,
        "text": row.text,
        "amount": amount,
        "owner": row.owner_id,
        "quotation": row.quotation_id,
    }


def _check(chance: Chance, customer_id: int, actor: Viewer) -> None:
    wrong: dict[str, Text] = {}
    if not chance.text.strip():
        wrong["text"] = t("Say what might be sold.")
    elif len(chance.text.strip()) > LONGEST_TEXT:
        wrong["text"] = t("At most %(most)s characters.", most=LONGEST_TEXT)
    if chance.currency not in CURRENCIES:
        wrong["currency"] = t("Choose a currency.")
    elif chance.amount is not None:
        if chance.amount <= 0:
            wrong["amount"] = t("More than nothing, or leave it empty.")
        elif chance.amount != round(chance.amount, CURRENCIES[chance.currency].minor):
            wrong["amount"] = t("This currency has fewer decimal places.")
    if chance.item_id is not None and db.session.get(ServiceItem, chance.item_id) is None:
        wrong["item_id"] = t("Choose a service item.")
    holders = {each.id for each in near(Permission.UPSELL_EDIT, customer_id)}
    if chance.owner_id is not None and chance.owner_id not in holders | {actor.user_id}:
        wrong["owner_id"] = t("Choose one of our people who looks after this customer.")
    if wrong:
        raise InvalidMany(wrong)
