"""What waits along the chain: contracts to decide and to sign, bookings to confirm, usage to match, shipments late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract
from portal.contracts.queries.renewals import due
from portal.contracts.rules.states import ContractState
from portal.db.together import Inquiry, Rows
from portal.home import billing_waiting, money_waiting, request_desk_waiting
from portal.home.links import address
from portal.home.queries import CALLED, RECENT, SHOWN, Part, of, part
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.shipments.models import Booking, Shipment
from portal.shipments.queries import shipments
from portal.shipments.rules.states import BookingState
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

P = Permission
LATE_SHOWN = 4


def at_the_desk(viewer: Viewer, today: date, now: datetime) -> list[Part]:
    """For a member of staff, by what the person may do about it."""
    found: list[Part] = []
    if viewer.may(P.CONTRACT_APPROVE):
        pending = _in_state(viewer, ContractState.PENDING_APPROVAL)
        others = pending.where(Contract.author_id.is_distinct_from(viewer.user_id))
        found.append(part(others, _to_approve))
    if viewer.may(P.CONTRACT_SIGN):
        found.append(part(_in_state(viewer, ContractState.PENDING_SIGNATURE), _to_be_signed))
    if viewer.may(P.BOOKING_DECIDE):
        found.append(part(_asked_for(viewer), _requested))
    if viewer.may(P.SHIPMENT_EDIT):
        found.append(part(_not_on_time(viewer, now), _late))
    if viewer.may(P.USAGE_RECORD):
        found.append(part(_without_entitlement(viewer), _unmatched))
    if viewer.may(P.CONTRACT_EDIT):
        found.append(_renewals(viewer, today))
    return [
        *request_desk_waiting.at_the_desk(viewer, now),
        *found,
        *billing_waiting.at_the_desk(viewer, now),
        *money_waiting.at_the_desk(viewer, today),
    ]


def at_the_customers(viewer: Viewer, now: datetime) -> list[Part]:
    """For a customer's user: contracts to sign, bookings that were answered, shipments that are late."""
    found: list[Part] = []
    if viewer.may(P.CONTRACT_SEE):
        found.append(part(_in_state(viewer, ContractState.PENDING_SIGNATURE), _to_sign))
    if viewer.may(P.BOOKING_SEE):
        found.append(part(_refused(viewer, now), _answered))
    return found


def _in_state(viewer: Viewer, state: ContractState) -> Select[Any]:
    """(id, number, customer, title), the one that has waited longest first."""
    wanted = of(Contract, viewer, Contract.id, Contract.number, CALLED, Contract.title)
    wanted = wanted.where(Contract.state == state.value)
    return wanted.order_by(Contract.updated_at).limit(SHOWN)


def _to_approve(rows: Rows) -> Iterator[Waiting]:
    for contract_id, number, customer, title in rows:
        said = t("Contract %(number)s waits for your approval", number=number)
        note = t("%(customer)s · %(title)s", customer=customer, title=title)
        url = address("desk_contracts.show", contract_id=contract_id)
        yield Waiting("hourglass-split", "warn", said, note, url, t("Decide"))


def _to_be_signed(rows: Rows) -> Iterator[Waiting]:
    for contract_id, number, customer, title in rows:
        said = t("Contract %(number)s waits to be signed", number=number)
        note = t("%(customer)s · %(title)s", customer=customer, title=title)
        url = address("desk_contracts.show", contract_id=contract_id)
        yield Waiting("pen", "info", said, note, url, t("Record the signature"))


def _to_sign(rows: Rows) -> Iterator[Waiting]:
    for contract_id, number, _customer, title in rows:
        said = t("Contract %(number)s waits for your signature", number=number)
        url = address("my_contracts.show", contract_id=contract_id)
        yield Waiting("pen", "info", said, title, url, t("Look at it"))


def _renewals(viewer: Viewer, today: date) -> Part:
    """The viewer's own contracts whose notice period has begun."""
    asked = due(viewer, today, viewer.user_id)

    def drawn(found: list[Contract]) -> Iterator[Waiting]:
        for each in found:
            title = t("%(number)s ends on %(day)s", number=each.number, day=each.ends_on)
            note = t("%(customer)s · %(title)s", customer=each.customer, title=each.title)
            url = address("desk_contracts.show", contract_id=each.id)
            yield Waiting("calendar-x", "warn", title, note, url, t("Renew"))

    return Inquiry((asked,), drawn)


def _asked_for(viewer: Viewer) -> Select[Any]:
    wanted = of(Booking, viewer, Booking.id, Booking.number, CALLED, Booking.goods)
    wanted = wanted.where(Booking.state == BookingState.REQUESTED.value)
    return wanted.order_by(Booking.updated_at, Booking.id).limit(SHOWN)


def _requested(rows: Rows) -> Iterator[Waiting]:
    for booking_id, number, customer, goods in rows:
        said = t("Booking %(number)s waits for your answer", number=number)
        note = t("%(customer)s · %(title)s", customer=customer, title=goods)
        url = address("desk_bookings.show", booking_id=booking_id)
        yield Waiting("calendar-check", "warn", said, note, url, t("Decide"))


def _refused(viewer: Viewer, now: datetime) -> Select[Any]:
    """Refusals stay for a week; what was confirmed is seen among the shipments."""
    wanted = of(Booking, viewer, Booking.id, Booking.number, Booking.decision_reason).where(
        Booking.state == BookingState.REFUSED.value, Booking.decided_at >= now - RECENT
    )
    return wanted.order_by(Booking.decided_at.desc()).limit(SHOWN)


def _answered(rows: Rows) -> Iterator[Waiting]:
    for booking_id, number, reason in rows:
        said = t("Booking %(number)s was refused", number=number)
        url = address("my_bookings.show", booking_id=booking_id)
        yield Waiting("x-circle", "bad", said, reason[:120], url, t("Read"))


def _not_on_time(viewer: Viewer, now: datetime) -> Select[Any]:
    wanted = of(Shipment, viewer, Shipment.id, Shipment.number, CALLED, Shipment.goods)
    wanted = wanted.where(shipments.is_late(now))
    return wanted.order_by(Shipment.late_since, Shipment.id).limit(LATE_SHOWN)


def _late(rows: Rows) -> Iterator[Waiting]:
    for shipment_id, number, customer, goods in rows:
        said = t("Shipment %(number)s is late", number=number)
        note = t("%(customer)s · %(title)s", customer=customer, title=goods)
        url = address("desk_shipments.show", shipment_id=shipment_id)
        yield Waiting("exclamation-triangle", "bad", said, note, url, t("Look at it"))


def _without_entitlement(viewer: Viewer) -> Select[Any]:
    counted: Any = select(func.count()).select_from(UsageRecord)
    seen: Select[Any] = visible(counted, UsageRecord, viewer)
    return seen.where(UsageRecord.state == UsageState.UNMATCHED.value)


def _unmatched(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Usage without an entitlement: %(count)s", count=count)
        note = t("It is billed to nobody before it is matched, or dismissed with a reason.")
        url = address("desk_usage.queue")
        yield Waiting("patch-question", "warn", title, note, url, t("Match"))
