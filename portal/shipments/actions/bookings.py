"""Book, change, cancel; on our side confirm and refuse. What a booking asks for is reserved while it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.queries.places import all_places
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement
from portal.customers.actions.credit import check_may_order
from portal.customers.models import Customer, Site
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t
from portal.shipments.actions import booking_letters, holding
from portal.shipments.models import Booking, BookingLine
from portal.shipments.queries.bookable import offers
from portal.shipments.queries.bookings import by_token
from portal.shipments.rules.booking import (
    BookingFacts,
    Wish,
    check_facts,
    check_wishes,
    cleaned,
    more_by,
    reason_of,
)
from portal.shipments.rules.states import BOOKING_STEPS, BookingState, BookingStep

SERIES = "BK"
NAMES = tuple(each.name for each in fields(BookingFacts))
Rows = Mapping[int, Entitlement]
"""The entitlements of a booking, held by the ledger, by id."""


def book(
    customer: Customer,
    wishes: Sequence[Wish],
    facts: BookingFacts,
    actor: Viewer,
    now: datetime,
    *,
    token: str = "",
    copied_from_id: int | None = None,
) -> Booking:
    """Ask for a shipment: the wishes are reserved and both sides told; the same `token` again gives the same booking.

    Raises InvalidMany (`q-<entitlement id>`, fields of the facts) or Invalid at `lines`; nothing is kept then.
    NotAllowedNow while the customer's credit is held.
    """
    rows = holding.lock(wish.entitlement_id for wish in wishes)
    again = by_token(token, actor)
    if again is not None:
        return again
    check_may_order(customer, actor, now)
    facts = cleaned(facts)
    _check(customer, rows, wishes, facts, actor, now)
    booking = Booking(
        customer_id=customer.id,
        customer=customer,
        number=series.next_number(SERIES, business_day(now).year),
        token=token or None,
        copied_from_id=copied_from_id,
        booked_by=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    _written(booking, rows, wishes, facts)
    db.session.add(booking)
    db.session.flush()
    wanted = holding.held(wishes)
    holding.move(rows, {}, wanted, _source(booking), booking.version, actor, now)
    audit.record(actor, "booking.requested", booking, now, after=_told(booking))
    booking_letters.requested(booking, now)
    return booking


def change(
    booking: Booking,
    wishes: Sequence[Wish],
    facts: BookingFacts,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> Booking:
    """Other quantities, dates or facts while it waits; reservations follow and the customer is told.

    Raises as `book`; StaleEdit when somebody else changed it since version `seen`.
    """
    check_step(booking, BookingStep.CHANGE, seen)
    before, held, facts = _told(booking), holding.held(_wishes_of(booking)), cleaned(facts)
    wanted = holding.held(wishes)
    rows = holding.lock({*held, *wanted})
    _check(booking.customer, rows, wishes, facts, actor, now, held)
    _written(booking, rows, wishes, facts)
    booking.updated_at = now
    flag_modified(booking, "updated_at")  # a version of its own, even where only lines differ
    db.session.flush()
    holding.move(rows, held, wanted, _source(booking), booking.version, actor, now)
    after = _told(booking)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    audit.record(
        actor,
        "booking.changed",
        booking,
        now,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names},
    )
    booking_letters.answered(booking, "changed", now)
    return booking


def cancel(booking: Booking, actor: Viewer, now: datetime) -> None:
    """Take it back before we answered: what it held is free again."""
    _end(booking, BookingStep.CANCEL, "booking.cancelled", "", actor, now)
    booking_letters.cancelled(booking, now)


def refuse(booking: Booking, reason: str, actor: Viewer, now: datetime) -> None:
    """We cannot do it, and say why: what it held is free again. Raises Invalid without a reason."""
    why = reason_of(reason)
    _end(booking, BookingStep.REFUSE, "booking.refused", why, actor, now)
    booking_letters.answered(booking, "refused", now)


def facts_of(booking: Booking) -> BookingFacts:
    """The facts as they are stored."""
    return BookingFacts(**{name: getattr(booking, name) for name in NAMES})


def check_seen(row: Any, seen: int | None) -> None:
    """Raises StaleEdit when the page that was acted on showed another state of the record."""
    if seen is not None and seen != row.version:
        raise StaleEdit(
            t("Somebody else saved this record a moment ago. Look at it again, then repeat.")
        )


def check_step(booking: Booking, step: BookingStep, seen: int | None = None) -> BookingState:
    """The state after a step, on the row as it stands now, which is held until the transaction ends."""
    holding.fresh(booking)
    check_seen(booking, seen)
    return BOOKING_STEPS.next(BookingState(booking.state), step)


def decided(booking: Booking, state: BookingState, reason: str, actor: Viewer, now: datetime) -> None:  # fmt: skip
    """Write down who decided what."""
    booking.state, booking.decision_reason = state.value, reason
    booking.decided_by, booking.decided_at, booking.updated_at = actor.user_id, now, now
    db.session.flush()


def _end(
    booking: Booking, step: BookingStep, event: str, reason: str, actor: Viewer, now: datetime
) -> None:
    state = check_step(booking, step)
    held = holding.held(_wishes_of(booking))
    rows = holding.lock(held)
    decided(booking, state, reason, actor, now)
    holding.move(rows, held, {}, _source(booking), booking.version, actor, now)
    audit.record(actor, event, booking, now, reason=reason or None)


def _source(booking: Booking) -> Source:
    return Source("booking", booking.id, booking.number)


def _wishes_of(booking: Booking) -> list[Wish]:
    return [Wish(line.entitlement_id, line.quantity) for line in booking.lines]


def _check(
    customer: Customer,
    rows: Rows,
    wishes: Sequence[Wish],
    facts: BookingFacts,
    actor: Viewer,
    now: datetime,
    held: holding.Held | None = None,
) -> None:
    """Everything that is wrong at once: wishes, facts, sites."""
    holders = {customer.id, customer.parent_id}
    if any(row.customer_id not in holders for row in rows.values()):
        raise Invalid(t("One booking is for one customer."), "lines")
    if not customer.active:
        raise NotAllowedNow(t("This customer is not active."))
    offered = [more_by(each, (held or {}).get(each.entitlement_id)) for each in offers(rows.values())]  # fmt: skip
    today = business_day(now)
    errors = _wrong_sites(customer, facts, actor)
    for check in (
        lambda: check_wishes(wishes, offered, facts.ready_on or today),
        lambda: check_facts(facts, today),
    ):
        try:
            check()
        except InvalidMany as wrong:
            errors.update(wrong.errors)
    if errors:
        raise InvalidMany(errors)


def _wrong_sites(customer: Customer, facts: BookingFacts, actor: Viewer) -> dict[str, Text]:
    named = {name: getattr(facts, name) for name in ("pickup_site_id", "delivery_site_id")}
    wanted = {name: site_id for name, site_id in named.items() if site_id is not None}
    if not wanted:
        return {}
    ours = visible(select(Site.id), Site, actor).where(
        Site.customer_id.in_([customer.id, customer.parent_id or customer.id]),
        Site.active.is_(True),
    )
    known = set(db.session.scalars(ours))
    return {
        name: t("Choose one of the sites.") for name, each in wanted.items() if each not in known
    }


def _written(booking: Booking, rows: Rows, wishes: Sequence[Wish], facts: BookingFacts) -> None:
    """Facts and lines as asked for; a lane that was not said is that of the first service with one."""
    for name in NAMES:
        setattr(booking, name, getattr(facts, name))
    kept = list(booking.lines)
    for position, wish in enumerate(wishes, start=1):
        line = kept.pop(0) if kept else BookingLine(customer_id=booking.customer_id)
        row = rows[wish.entitlement_id]
        line.position, line.quantity, line.unit = position, wish.quantity, row.unit
        line.entitlement_id, line.item_id = row.id, row.item_id
        line.entitlement, line.item = row, row.item
        if line not in booking.lines:
            booking.lines.append(line)
    for line in kept:
        booking.lines.remove(line)
    booking.origin, booking.destination = (_place(booking, side) for side in ("origin", "destination"))  # fmt: skip
    customer = booking.customer
    booking.search_text = search_words(
        booking.number, booking.customer_reference, customer.code, customer.name_zh, customer.name_en,
        customer.short_name, booking.origin, booking.destination, booking.goods,
    )[:600]  # fmt: skip


def _place(booking: Booking, side: str) -> str:
    """The code of the place that was written, else the words as they are."""
    said = getattr(booking, side)
    if not said:
        return next((code for line in booking.lines if (code := getattr(line.item, side))), "")
    place = all_places().find(said)
    return place.code if place else str(said)


def _told(booking: Booking) -> dict[str, Any]:
    """What history keeps of a booking."""
    facts = {name: getattr(booking, name) for name in NAMES}
    told = {name: _plain(value) for name, value in facts.items() if value not in (None, "")}
    told["lines"] = ", ".join(
        f"{line.item.code} {_plain(line.quantity)} {line.unit}" for line in booking.lines
    )
    return told


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
