"""Booking, changing, cancelling, refusing, confirming: the reservation follows, both sides are told, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.contracts.models import Entitlement, LedgerEntry
from portal.customers.models import Customer, Site
from portal.db.audit import AuditEntry, timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound, StaleEdit
from portal.shipments.actions import bookings, opening
from portal.shipments.models import Booking
from portal.shipments.queries.bookable import bookable
from portal.shipments.rules.booking import Wish
from tests.carriage import FACTS, booked, boxes_entitled, confirmed
from tests.cast import Cast, viewer
from tests.chain import handling
from tests.factories import add

D = Decimal


@pytest.fixture
def entitlement(cast: Cast, now: datetime) -> Entitlement:
    return boxes_entitled(cast, now)


def figures(row: Entitlement) -> tuple[Decimal, Decimal, Decimal]:
    """(left, reserved, used) as the database has them."""
    db.session.refresh(row)
    return row.remaining, row.reserved, row.used


def mails() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.template, row.facts["what"], row.recipient.split("@")[0]) for row in rows]


def test_booking_reserves_and_keeps_what_was_said(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    assert figures(entitlement) == (D(3), D(2), D(0))
    assert (booking.number, booking.state) == ("BK-2026-000001", "requested")
    assert (booking.goods, booking.weight_kg, booking.origin) == ("冷冻虾仁", D("12500.5"), "CNSHA")
    entry = db.session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "reserve")).one()
    assert (entry.source_type, entry.source_id, entry.source_label) == (
        "booking",
        booking.id,
        booking.number,
    )


def test_both_sides_are_told_that_something_was_booked(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booked(cast, now, entitlement)
    assert mails() == [
        ("booking_desk", "requested", "chen.li"),
        ("booking_answer", "received", "lin.xiaowen"),
    ]


def test_a_form_sent_twice_books_once(cast: Cast, now: datetime, entitlement: Entitlement) -> None:
    first = booked(cast, now, entitlement, token="form-1")
    second = booked(cast, now, entitlement, token="form-1")
    assert first.id == second.id and figures(entitlement)[1] == 2
    assert booked(cast, now, entitlement, token="form-2").id != first.id


def test_another_customers_token_opens_nothing(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    ours = booked(cast, now, entitlement, token="form-1")
    set_viewer(viewer(cast.erik))
    with pytest.raises(NotAllowedNow):
        booked(cast, now, entitlement, by=viewer(cast.erik), customer=cast.nordwind, token="form-1")
    assert ours.customer_id == cast.harbour.id


def test_more_than_is_left_is_refused_at_its_field_and_nothing_is_kept(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booked(cast, now, entitlement, 4)
    with pytest.raises(InvalidMany) as refused:
        booked(cast, now, entitlement, 2)
    assert str(refused.value.errors[f"q-{entitlement.id}"]) == "Only 1 left."
    assert figures(entitlement) == (D(1), D(4), D(0))


def test_wrong_facts_and_wrong_wishes_are_told_together(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    wrong = replace(FACTS, goods="", pickup_site_id=77)
    with pytest.raises(InvalidMany) as refused:
        bookings.book(cast.harbour, [Wish(entitlement.id, D(9))], wrong, viewer(cast.lin), now)
    assert set(refused.value.errors) == {"goods", "pickup_site_id", f"q-{entitlement.id}"}


def test_a_day_beyond_the_entitlement_is_refused(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    late = replace(FACTS, ready_on=date(2027, 1, 5), wanted_on=None)
    with pytest.raises(InvalidMany) as refused:
        bookings.book(cast.harbour, [Wish(entitlement.id, D(1))], late, viewer(cast.lin), now)
    assert list(refused.value.errors) == [f"q-{entitlement.id}"]


def test_a_suspended_contract_takes_no_booking(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    entitlement.contract.state = "suspended"
    db.session.flush()
    assert bookable(cast.harbour, viewer(cast.lin), date(2026, 3, 2)) == []
    with pytest.raises(InvalidMany) as refused:
        booked(cast, now, entitlement)
    assert "not in force" in str(refused.value.errors[f"q-{entitlement.id}"])


def test_without_a_limit_anything_can_be_booked(cast: Cast, now: datetime) -> None:
    unlimited = boxes_entitled(cast, now, None)
    booked(cast, now, unlimited, 500)
    assert figures(unlimited)[1] == 500


def test_the_customers_site_is_chosen_and_another_customers_is_not(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    ours = add(Site(customer_id=cast.harbour.id, name="冷库", address="某路 1 号"))
    theirs = add(Site(customer_id=cast.nordwind.id, name="Werk", address="Hafen 1"))
    wish = [Wish(entitlement.id, D(1))]
    facts = replace(FACTS, pickup_site_id=ours.id, pickup_address="")
    booking = bookings.book(cast.harbour, wish, facts, viewer(cast.lin), now)
    shipment = opening.confirm(booking, viewer(cast.customer_service), now)
    assert shipment.pickup_address == "冷库 · 某路 1 号"
    with pytest.raises(InvalidMany):
        bookings.book(
            cast.harbour, wish, replace(facts, pickup_site_id=theirs.id), viewer(cast.lin), now
        )


def test_what_is_booked_belongs_to_one_customer(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    theirs = boxes_entitled(cast, now, customer=cast.nordwind)
    wishes = [Wish(entitlement.id, D(1)), Wish(theirs.id, D(1))]
    with pytest.raises(Invalid) as refused:
        bookings.book(cast.harbour, wishes, FACTS, viewer(cast.customer_service), now)
    assert refused.value.field == "lines"


def test_a_branch_books_from_its_groups_entitlement_through_us(cast: Cast, now: datetime) -> None:
    group, branch = cast.nordwind, cast.harbour
    group.kind, branch.kind, branch.parent_id = "group", "branch", group.id
    groups = boxes_entitled(cast, now, customer=group)
    db.session.commit()
    booking = booked(cast, now, groups, by=viewer(cast.customer_service))
    assert booking.customer_id == branch.id and figures(groups)[1] == 2
    set_viewer(viewer(cast.lin))
    db.session.expire_all()
    with pytest.raises(NotAllowedNow):
        bookings.cancel(db.session.get_one(Booking, booking.id), viewer(cast.lin), now)


def test_cancelling_frees_what_was_held_and_is_final(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    bookings.cancel(booking, viewer(cast.lin), now)
    assert (booking.state, figures(entitlement)) == ("cancelled", (D(5), D(0), D(0)))
    assert mails()[-1] == ("booking_desk", "cancelled", "chen.li")
    for verb in (bookings.cancel, opening.confirm):
        with pytest.raises(NotAllowedNow):
            verb(booking, viewer(cast.lin), now)


def test_refusing_needs_a_reason_frees_and_tells_it(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    with pytest.raises(Invalid):
        bookings.refuse(booking, "  ", viewer(cast.customer_service), now)
    bookings.refuse(booking, "本周无舱位", viewer(cast.customer_service), now)
    assert figures(entitlement) == (D(5), D(0), D(0))
    letter = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert letter is not None and letter.facts["reason"] == "本周无舱位"


@pytest.mark.parametrize(("quantity", "left"), [(1, 4), (2, 3), (5, 0)])
def test_changing_moves_only_the_difference(
    cast: Cast, now: datetime, entitlement: Entitlement, quantity: int, left: int
) -> None:
    booking = booked(cast, now, entitlement)
    bookings.change(
        booking, [Wish(entitlement.id, D(quantity))], FACTS, viewer(cast.customer_service), now
    )
    assert figures(entitlement) == (D(left), D(quantity), D(0))
    moves = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert len(moves) == (2 if quantity == 2 else 3)


def test_changing_to_another_service_lets_the_first_go(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    pallets = boxes_entitled(cast, now, D(20), item=handling())
    booking = booked(cast, now, entitlement)
    wishes = [Wish(pallets.id, D(7)), Wish(entitlement.id, D(1))]
    bookings.change(booking, wishes, FACTS, viewer(cast.customer_service), now)
    assert (figures(entitlement)[1], figures(pallets)[1]) == (D(1), D(7))
    bookings.change(booking, wishes[:1], FACTS, viewer(cast.customer_service), now)
    db.session.refresh(booking)
    assert (figures(entitlement)[1], figures(pallets)[1]) == (D(0), D(7))
    assert [(line.position, line.quantity) for line in booking.lines] == [(1, D(7))]


def test_a_change_says_what_changed_and_tells_the_customer(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    later = replace(FACTS, wanted_on=date(2026, 5, 1))
    bookings.change(
        booking, [Wish(entitlement.id, D(2))], later, viewer(cast.customer_service), now
    )
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.after == {"wanted_on": "2026-05-01"}
    assert mails()[-1][:2] == ("booking_answer", "changed")


def test_who_acts_on_an_old_page_is_told(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    seen = booking.version
    bookings.change(
        booking, [Wish(entitlement.id, D(3))], FACTS, viewer(cast.customer_service), now, seen
    )
    with pytest.raises(StaleEdit):
        opening.confirm(booking, viewer(cast.customer_service), now, seen)


def test_confirming_makes_a_shipment_that_takes_over_what_was_held(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    assert (shipment.number, shipment.category, shipment.due_on) == (
        "SH-2026-000001",
        "sea_fcl",
        date(2026, 4, 20),
    )
    assert [(line.planned_quantity, line.unit) for line in shipment.lines] == [(D(2), "40HQ")]
    assert (shipment.origin, shipment.destination, shipment.goods) == ("CNSHA", "USNYC", "冷冻虾仁")
    assert shipment.milestones[0].code == "space_confirmed" and len(shipment.milestones) == 10
    assert figures(entitlement) == (D(3), D(2), D(0))
    assert mails()[-1][:2] == ("booking_answer", "confirmed")


def test_a_booking_is_confirmed_once(cast: Cast, now: datetime, entitlement: Entitlement) -> None:
    shipment = confirmed(cast, now, entitlement)
    with pytest.raises(NotAllowedNow):
        opening.confirm(shipment.booking, viewer(cast.customer_service), now)


def test_history_of_a_booking_is_public_and_complete(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booking = booked(cast, now, entitlement)
    opening.confirm(booking, viewer(cast.customer_service), now)
    assert [e.event for e in timeline(booking, public_only=True)] == [
        "booking.confirmed",
        "booking.requested",
    ]


def test_our_own_people_who_book_get_no_mail_of_their_own_doing(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booked(cast, now, entitlement, by=viewer(cast.sales))
    assert mails() == []


def test_an_inactive_customer_cannot_be_booked_for(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    db.session.get_one(Customer, cast.harbour.id).active = False
    with pytest.raises(NotAllowedNow):
        booked(cast, now, entitlement, by=viewer(cast.customer_service))


def test_an_entitlement_that_is_not_there_cannot_be_booked(cast: Cast, now: datetime) -> None:
    with pytest.raises((NotFound, NotAllowedNow)):
        bookings.book(cast.harbour, [Wish(4711, D(1))], FACTS, viewer(cast.customer_service), now)
