"""Shipments: milestones, boxes, completion into usage, cancelling; what is held always adds up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Overage
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound, StaleEdit
from portal.shipments.actions import completing, milestones, opening, shipments
from portal.shipments.actions.milestones import Report
from portal.shipments.actions.opening import Opening, PlannedLine
from portal.shipments.models import Shipment
from portal.shipments.rules.boxes import Box
from portal.usage.models import UsageRecord
from tests.carriage import BOXES, booked, boxes_entitled, confirmed, freight
from tests.cast import Cast, viewer
from tests.chain import handling

D = Decimal
ON = date(2026, 3, 2)


@pytest.fixture
def entitlement(cast: Cast, now: datetime) -> Entitlement:
    return boxes_entitled(cast, now)


def figures(row: Entitlement) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """(left, reserved, used, over) as the database has them."""
    db.session.refresh(row)
    return row.remaining, row.reserved, row.used, row.over_used


def completed(shipment: Shipment, cast: Cast, now: datetime, *done: int | str) -> bool:
    quantities = {place: D(each) for place, each in enumerate(done, start=1)}
    why = dict.fromkeys(quantities, "客户加货")
    return completing.complete(shipment, quantities, ON, viewer(cast.customer_service), now, why)


def usage() -> list[UsageRecord]:
    return list(db.session.scalars(select(UsageRecord).order_by(UsageRecord.id)))


def opened(cast: Cast, now: datetime, *lines: PlannedLine, **facts: object) -> Shipment:
    opening_facts = Opening(ready_on=date(2026, 3, 5), **facts)
    return opening.open_shipment(
        cast.harbour, lines, opening_facts, viewer(cast.customer_service), now
    )


def test_completion_turns_what_was_held_into_usage(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    assert completed(shipment, cast, now, 2)
    assert figures(entitlement) == (D(3), D(0), D(2), D(0))
    row = usage()[0]
    assert (row.source, row.reference, row.quantity, row.used_on) == (
        "shipment",
        "SH-2026-000001/1",
        D(2),
        ON,
    )
    assert (row.state, row.shipment_id, row.entitlement_id) == (
        "matched",
        shipment.id,
        entitlement.id,
    )
    assert (shipment.state, shipment.service_on, shipment.lines[0].done_quantity) == (
        "completed",
        ON,
        D(2),
    )


def test_completing_again_changes_nothing(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    completed(shipment, cast, now, 2)
    entries = db.session.query(LedgerEntry).count()
    assert completed(shipment, cast, now, 1) is False
    assert (len(usage()), db.session.query(LedgerEntry).count()) == (1, entries)
    assert figures(entitlement) == (D(3), D(0), D(2), D(0))


@pytest.mark.parametrize(("done", "left", "used"), [(1, 4, 1), (4, 1, 4), (5, 0, 5)])
def test_done_less_frees_the_rest_and_done_more_draws_what_is_left(
    cast: Cast, now: datetime, entitlement: Entitlement, done: int, left: int, used: int
) -> None:
    shipment = confirmed(cast, now, entitlement)
    completed(shipment, cast, now, done)
    assert figures(entitlement) == (D(left), D(0), D(used), D(0))
    assert [row.quantity for row in usage()] == [D(done)]


def test_done_beyond_all_goes_over_where_the_contract_allows(cast: Cast, now: datetime) -> None:
    row = boxes_entitled(cast, now, overage=Overage.SAME_PRICE)
    completed(confirmed(cast, now, row), cast, now, 7)
    assert figures(row) == (D(0), D(0), D(5), D(2)) and usage()[0].over_quantity == 2


def test_done_beyond_all_where_nothing_more_is_allowed_waits_in_the_queue_and_frees_what_was_held(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    completed(confirmed(cast, now, entitlement), cast, now, 7)
    assert usage()[0].state == "unmatched"
    assert figures(entitlement) == (D(5), D(0), D(0), D(0))


def test_what_is_held_is_drawn_even_when_the_contract_was_suspended_meanwhile(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    entitlement.contract.state = "suspended"
    completed(shipment, cast, now, 2)
    left, reserved, used, _ = figures(entitlement)
    assert reserved == 0 and left + used == 5


def test_two_lines_of_one_entitlement_each_let_go_their_own(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    lines = [PlannedLine(freight().id, "40HQ", D(n), entitlement.id) for n in (1, 2)]
    shipment = opened(cast, now, *lines)
    assert figures(entitlement)[1] == 3
    completed(shipment, cast, now, 1, 1)
    assert figures(entitlement) == (D(3), D(0), D(2), D(0))
    assert [row.reference[-2:] for row in usage()] == ["/1", "/2"]


def test_a_line_without_an_entitlement_is_matched_like_any_usage(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = opened(
        cast, now, PlannedLine(freight().id, "40HQ", D(1)), PlannedLine(handling().id, "XPX", D(4))
    )
    assert figures(entitlement)[1] == 0
    completed(shipment, cast, now, 1, 4)
    assert [row.state for row in usage()] == ["matched", "unmatched"]
    assert figures(entitlement)[2] == 1


def test_the_boxes_that_are_listed_are_proposed_as_done(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement, 3)
    assert completing.proposed(shipment) == {1: D(3)}
    boxes = [Box(BOXES[0], "40HQ"), Box(BOXES[1], "40HQ"), Box(BOXES[2], "20GP")]
    shipments.set_boxes(shipment, boxes, viewer(cast.customer_service), now)
    assert completing.proposed(shipment) == {1: D(2)}


@pytest.mark.parametrize("done", [{}, {1: D(-1)}, {1: D("1.5")}])
def test_what_was_done_must_be_said_and_make_sense(
    cast: Cast, now: datetime, entitlement: Entitlement, done: dict[int, Decimal]
) -> None:
    shipment = confirmed(cast, now, entitlement)
    with pytest.raises(InvalidMany) as refused:
        completing.complete(shipment, done, ON, viewer(cast.customer_service), now)
    assert "done-1" in refused.value.errors


def test_cancelling_needs_a_reason_frees_all_and_is_final(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    with pytest.raises(Invalid):
        shipments.cancel(shipment, "", desk, now)
    shipments.cancel(shipment, "客户取消出货", desk, now)
    assert figures(entitlement) == (D(5), D(0), D(0), D(0)) and usage() == []
    for again in (
        lambda: shipments.cancel(shipment, "x", desk, now),
        lambda: completed(shipment, cast, now, 2),
        lambda: shipments.start(shipment, desk, now),
    ):
        with pytest.raises(NotAllowedNow):
            again()


def test_opening_reserves_and_refuses_more_than_is_left(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    booked(cast, now, entitlement, 4)
    with pytest.raises(InvalidMany) as refused:
        opened(cast, now, PlannedLine(freight().id, "40HQ", D(2), entitlement.id))
    assert str(refused.value.errors[f"q-{entitlement.id}"]) == "Only 1 left."
    with pytest.raises(Invalid):
        opened(cast, now)


def test_reporting_starts_the_shipment_and_says_who_did(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    said = Report("space_confirmed", actual_at=now, place="上海")
    assert milestones.report(shipment, said, viewer(cast.customer_service), now) is None
    first = shipment.milestones[0]
    assert (shipment.state, first.actual_at, first.place) == ("under_way", now, "上海")
    assert first.reported_by == cast.customer_service.id


def test_the_same_report_again_leaves_no_trace(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    said = Report("departed", actual_at=now - timedelta(hours=3))
    milestones.report(shipment, said, viewer(cast.customer_service), now)
    before = (shipment.version, db.session.query(AuditEntry).count())
    milestones.report(shipment, said, viewer(cast.customer_service), now)
    assert (shipment.version, db.session.query(AuditEntry).count()) == before


def test_the_future_is_not_reported_and_an_odd_order_warns(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    with pytest.raises(Invalid):
        milestones.report(
            shipment, Report("departed", actual_at=now + timedelta(days=1)), desk, now
        )
    milestones.report(shipment, Report("departed", actual_at=now - timedelta(days=1)), desk, now)
    warning = milestones.report(
        shipment, Report("arrived", actual_at=now - timedelta(days=2)), desk, now
    )
    assert warning is not None and "Departed" in str(warning)


def test_a_milestone_nobody_knows_is_not_found_and_a_known_one_is_added(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    milestones.report(shipment, Report("inspected", actual_at=now), desk, now)
    assert shipment.milestones[-1].code == "inspected"
    with pytest.raises(NotFound):
        milestones.report(shipment, Report("teleported", actual_at=now), desk, now)


def test_late_is_counted_from_the_earliest_plan_ahead_and_reports_move_it(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    first, second = (row.planned_at for row in shipment.milestones[:2])
    assert shipment.late_since == first
    milestones.report(
        shipment, Report("space_confirmed", actual_at=now), viewer(cast.customer_service), now
    )
    assert shipment.late_since == second
    milestones.take_back(shipment, "space_confirmed", viewer(cast.customer_service), now)
    assert shipment.late_since == first and shipment.milestones[0].actual_at is None


def test_planning_anew_moves_what_is_ahead_only(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    old = shipment.milestones[0].planned_at
    milestones.report(shipment, Report("space_confirmed", actual_at=now), desk, now)
    milestones.plan_anew(shipment, date(2026, 3, 15), desk, now)
    assert shipment.milestones[0].planned_at == old
    assert shipment.milestones[1].planned_at == datetime.fromisoformat("2026-03-17T18:00+08:00")
    milestones.set_plan(shipment, {"departed": None}, desk, now)
    assert next(row for row in shipment.milestones if row.code == "departed").planned_at is None


def test_boxes_are_found_by_number_and_replaced_as_a_whole(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    shipments.set_boxes(shipment, [Box(BOXES[0], "40HQ"), Box(BOXES[1], "40HQ")], desk, now)
    kept = shipment.boxes[1].id
    shipments.set_boxes(
        shipment, [Box(BOXES[1], "40HQ", "SEAL1"), Box(BOXES[2], "20GP")], desk, now
    )
    db.session.refresh(shipment)
    assert sorted((box.number, box.seal) for box in shipment.boxes) == [
        (BOXES[1], "SEAL1"),
        (BOXES[2], ""),
    ]
    assert kept in {box.id for box in shipment.boxes} and BOXES[2].lower() in shipment.search_text


def test_facts_change_with_history_and_an_old_page_is_told(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    seen = shipment.version
    facts = shipments.facts_of(shipment)
    shipments.change(
        shipment,
        facts.__class__(**{**_values(facts), "bill_number": "hlcu 123", "internal_note": "底线"}),
        desk,
        now,
        seen,
    )
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.after == {"bill_number": "HLCU 123"}
    with pytest.raises(StaleEdit):
        shipments.change(shipment, facts, desk, now, seen)


def _values(facts: shipments.ShipmentFacts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in shipments.NAMES}


def test_what_is_finished_is_locked(cast: Cast, now: datetime, entitlement: Entitlement) -> None:
    shipment = confirmed(cast, now, entitlement)
    desk = viewer(cast.customer_service)
    completed(shipment, cast, now, 2)
    for change in (
        lambda: shipments.set_boxes(shipment, [], desk, now),
        lambda: shipments.change(shipment, shipments.facts_of(shipment), desk, now),
        lambda: milestones.report(shipment, Report("departed", actual_at=now), desk, now),
    ):
        with pytest.raises(NotAllowedNow):
            change()
