"""What waits along the chain: contracts to decide and to sign, bookings to confirm, usage to match, shipments late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract
from portal.contracts.queries.renewals import due
from portal.contracts.rules.states import ContractState
from portal.db.base import db
from portal.home import billing_waiting, money_waiting, request_desk_waiting
from portal.home.links import address
from portal.home.queries import RECENT, SHOWN
from portal.home.rules import Waiting
from portal.kernel.text import Text, t
from portal.shipments.models import Booking, Shipment
from portal.shipments.queries import bookings, shipments
from portal.shipments.rules.states import BookingState
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

P = Permission
LATE_SHOWN = 4


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Waiting]:
    """For a member of staff, by what the person may do about it."""
    found: list[Waiting] = []
    if viewer.may(P.CONTRACT_APPROVE):
        found += _contracts(viewer, ContractState.PENDING_APPROVAL, t("Decide"))
    if viewer.may(P.CONTRACT_SIGN):
        found += _contracts(viewer, ContractState.PENDING_SIGNATURE, t("Record the signature"))
    if viewer.may(P.BOOKING_DECIDE):
        found += _requested(viewer)
    if viewer.may(P.SHIPMENT_EDIT):
        found += _late(viewer, now)
    if viewer.may(P.USAGE_RECORD):
        found += _unmatched(viewer)
    if viewer.may(P.CONTRACT_EDIT):
        found += _renewals(viewer, today)
    return [
        *request_desk_waiting.at_the_desk(viewer, now),
        *found,
        *billing_waiting.at_the_desk(viewer, now),
        *money_waiting.at_the_desk(viewer, today),
    ]


def at_the_customers(viewer: Viewer, now: datetime) -> list[Waiting]:
    """For a customer's user: contracts to sign, bookings that were answered, shipments that are late."""
    found: list[Waiting] = []
    if viewer.may(P.CONTRACT_SEE):
        found += _to_sign(viewer)
    if viewer.may(P.BOOKING_SEE):
        found += _answered(viewer, now)
    return found


def _contracts(viewer: Viewer, state: ContractState, button: Text) -> Iterator[Waiting]:
    approval = state is ContractState.PENDING_APPROVAL
    for each in _in_state(viewer, state):
        if approval and each.author_id == viewer.user_id:
            continue
        title = (
            t("Contract %(number)s waits for your approval", number=each.number)
            if approval
            else t("Contract %(number)s waits to be signed", number=each.number)
        )
        url = address("desk_contracts.show", contract_id=each.id)
        mark = "hourglass-split" if approval else "pen"
        yield Waiting(mark, "warn" if approval else "info", title, _about(each), url, button)


def _to_sign(viewer: Viewer) -> Iterator[Waiting]:
    for each in _in_state(viewer, ContractState.PENDING_SIGNATURE):
        title = t("Contract %(number)s waits for your signature", number=each.number)
        url = address("my_contracts.show", contract_id=each.id)
        yield Waiting("pen", "info", title, each.title, url, t("Look at it"))


def _in_state(viewer: Viewer, state: ContractState) -> list[Contract]:
    statement = visible(select(Contract), Contract, viewer).where(Contract.state == state.value)
    statement = statement.options(joinedload(Contract.customer))
    return list(db.session.scalars(statement.order_by(Contract.updated_at).limit(SHOWN)))


def _renewals(viewer: Viewer, today: date) -> Iterator[Waiting]:
    for each in due(viewer, today):
        if each.owner_id == viewer.user_id:
            title = t("%(number)s ends on %(day)s", number=each.number, day=each.ends_on)
            url = address("desk_contracts.show", contract_id=each.id)
            yield Waiting("calendar-x", "warn", title, _about(each), url, t("Renew"))


def _requested(viewer: Viewer) -> Iterator[Waiting]:
    statement = bookings.requested(viewer).order_by(Booking.updated_at, Booking.id).limit(SHOWN)
    for each in db.session.scalars(statement):
        title = t("Booking %(number)s waits for your answer", number=each.number)
        note = t("%(customer)s · %(title)s", customer=each.customer.label, title=each.goods)
        url = address("desk_bookings.show", booking_id=each.id)
        yield Waiting("calendar-check", "warn", title, note, url, t("Decide"))


def _answered(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """Refusals stay for a week; what was confirmed is seen among the shipments."""
    statement = bookings.bookings(viewer).where(
        Booking.state == BookingState.REFUSED.value, Booking.decided_at >= now - RECENT
    )
    for each in db.session.scalars(statement.order_by(Booking.decided_at.desc()).limit(SHOWN)):
        title = t("Booking %(number)s was refused", number=each.number)
        url = address("my_bookings.show", booking_id=each.id)
        yield Waiting("x-circle", "bad", title, each.decision_reason[:120], url, t("Read"))


def _late(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    statement = shipments.shipments(viewer).where(shipments.is_late(now))
    statement = statement.order_by(Shipment.late_since, Shipment.id).limit(LATE_SHOWN)
    for each in db.session.scalars(statement):
        title = t("Shipment %(number)s is late", number=each.number)
        note = t("%(customer)s · %(title)s", customer=each.customer.label, title=each.goods)
        url = address("desk_shipments.show", shipment_id=each.id)
        yield Waiting("exclamation-triangle", "bad", title, note, url, t("Look at it"))


def _unmatched(viewer: Viewer) -> Iterator[Waiting]:
    rows: Any = select(func.count()).select_from(UsageRecord)
    rows = visible(rows, UsageRecord, viewer)
    count = db.session.scalar(rows.where(UsageRecord.state == UsageState.UNMATCHED.value))
    if count:
        title = t("Usage without an entitlement: %(count)s", count=count)
        note = t("It is billed to nobody before it is matched, or dismissed with a reason.")
        url = address("desk_usage.queue")
        yield Waiting("patch-question", "warn", title, note, url, t("Match"))


def _about(contract: Contract) -> Text:
    return t("%(customer)s · %(title)s", customer=contract.customer.label, title=contract.title)
