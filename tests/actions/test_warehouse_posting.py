"""Posting movements: once, in the goods' own measures, never below nothing, put right by another movement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.warehouse.actions import months, posting
from portal.warehouse.actions.posting import Posted
from portal.warehouse.models import StockBilled, StockDay, StockLot, StockMovement
from portal.warehouse.queries.verifying import differences
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from tests.cast import Cast, viewer
from tests.stock import goods, warehouse

D = Decimal
MARCH = date(2026, 3, 1)
KINDS = {"in": MovementKind.IN, "out": MovementKind.OUT, "adjust": MovementKind.ADJUST}


@pytest.fixture
def keeper(cast: Cast) -> Viewer:
    return viewer(cast.administrator)


@pytest.fixture
def fact(cast: Cast) -> Any:
    """A movement of 2026 of Harbour's goods SKU-1 (0.024 m³, 5 kg), lot L1, in the warehouse SH."""
    place = warehouse("SH")
    goods(cast.harbour, "SKU-1", m3="0.024", kg="5")
    count = iter(range(1, 999))

    def made(kind: str, pieces: str | None, day: str, **more: Any) -> MovementFact:
        values = {
            "lot": "L1",
            "sku": "SKU-1",
            "source": "test",
            "reference": f"R{next(count)}",
            **more,
        }
        if kind == "adjust":
            values.setdefault("reason", "counted")
        on = date.fromisoformat(f"2026-{day}")
        number = None if pieces is None else D(pieces)
        return MovementFact(cast.harbour.id, place.id, KINDS[kind], on, pieces=number, **values)

    return made


def days(name: str) -> list[tuple[str, Decimal]]:
    column = getattr(StockDay, name)
    rows = db.session.execute(select(StockDay.day, column).order_by(StockDay.day))
    return [(f"{row[0]:%m-%d}", row[1]) for row in rows]


def test_pieces_are_measured_by_the_size_of_the_goods(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    row = posting.post(fact("in", "500", "02-01"), keeper, now).movement
    assert (row.pieces, row.m3, row.kg) == (D(500), D(12), D(2500))


def test_what_leaves_takes_the_lots_own_proportion(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "100", "02-01", m3=D("3"), kg=D("700")), keeper, now)
    row = posting.post(fact("out", "25", "02-02"), keeper, now).movement
    assert (row.pieces, row.m3, row.kg) == (D(-25), D("-0.75"), D(-175))


def test_a_size_that_changes_later_does_not_touch_what_is_in_store(
    cast: Cast, fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    goods(cast.harbour, "SKU-1", m3="0.03", kg="6", from_on=date(2026, 2, 10))
    posting.post(fact("in", "10", "02-10"), keeper, now)
    assert days("m3") == [("02-01", D("0.24")), ("02-10", D("0.54"))]


def test_the_same_paper_is_taken_once(fact: Any, keeper: Viewer, now: datetime) -> None:
    paper = fact("in", "10", "02-01", reference="P-1")
    first, again = posting.post(paper, keeper, now), posting.post(paper, keeper, now)
    assert again == Posted(first.movement, is_new=False)
    with pytest.raises(Invalid, match="P-1 was taken already"):
        posting.post(fact("in", "11", "02-01", reference="P-1"), keeper, now)
    assert db.session.scalar(select(func.count(StockMovement.id))) == 1


def test_more_than_is_there_is_refused_with_the_day_and_the_lot(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    with pytest.raises(Invalid) as refusal:
        posting.post(fact("out", "12", "02-03"), keeper, now)
    assert refusal.value.field == "pieces"
    assert "L1 · SKU-1 would be short of 2" in str(refusal.value.text)
    assert "2026-02-03" in str(refusal.value.text)


def test_what_a_later_day_needs_is_not_given_away_before(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    posting.post(fact("out", "8", "02-20"), keeper, now)
    with pytest.raises(Invalid, match=r"short of 1 .* on 2026-02-20; at most 2"):
        posting.post(fact("out", "3", "02-05"), keeper, now)
    posting.post(fact("out", "2", "02-05"), keeper, now)
    assert days("pieces") == [("02-01", D(10)), ("02-05", D(8)), ("02-20", D(0))]


def test_a_movement_in_between_lifts_every_later_day(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    posting.post(fact("out", "4", "02-20"), keeper, now)
    posting.post(fact("in", "5", "02-10"), keeper, now)
    assert days("pieces") == [("02-01", D(10)), ("02-10", D(15)), ("02-20", D(11))]
    assert days("pieces_peak") == [("02-01", D(10)), ("02-10", D(15)), ("02-20", D(15))]
    assert list(differences()) == []


def test_the_peak_of_a_day_follows_the_clock_not_the_order_of_posting(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "100", "02-01", clock="09:00"), keeper, now)
    posting.post(fact("in", "50", "02-02", clock="15:00"), keeper, now)
    posting.post(fact("out", "80", "02-02", clock="10:00"), keeper, now)
    assert days("pieces_peak") == [("02-01", D(100)), ("02-02", D(100))]


def test_goods_without_a_volume_are_named_and_not_taken_for_nothing(
    cast: Cast, fact: Any, keeper: Viewer, now: datetime
) -> None:
    goods(cast.harbour, "SKU-9", m3=None, kg="1")
    posted = posting.post(fact("in", "10", "02-01", sku="SKU-9"), keeper, now)
    assert posted.unmeasured == ("MTQ",) and posted.movement.kg == D(10)


def test_an_adjustment_of_one_measure_leaves_the_others_alone(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    posting.post(fact("adjust", None, "02-02", m3=D("-0.04")), keeper, now)
    assert (days("pieces")[-1], days("m3")[-1]) == (("02-02", D(10)), ("02-02", D("0.2")))


@pytest.mark.parametrize(
    ("kind", "pieces", "more", "field"),
    [
        ("in", "0", {}, "pieces"),
        ("in", "-5", {}, "pieces"),
        ("in", None, {}, "pieces"),
        ("in", "5", {"sku": "NONE"}, "sku"),
        ("in", "5", {"sku": "", "lot": ""}, "lot"),
        ("in", "5", {"reference": " "}, "reference"),
        ("adjust", "5", {"reason": ""}, "reason"),
        ("adjust", "5", {"m3": D(-1)}, "pieces"),
    ],
)
def test_a_movement_that_cannot_be_right_is_refused_at_its_field(
    fact: Any, keeper: Viewer, now: datetime, kind: str, pieces: str, more: Any, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        posting.post(fact(kind, pieces, "02-01", **more), keeper, now)
    assert refusal.value.field == field


def test_tomorrow_has_not_happened_yet(fact: Any, keeper: Viewer, now: datetime) -> None:
    posting.post(fact("in", "5", "03-02"), keeper, now)
    with pytest.raises(Invalid, match="still to come"):
        posting.post(fact("in", "5", "03-03"), keeper, now)


def test_a_reversal_on_an_open_day_leaves_the_day_as_if_nothing_had_been(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "02-01"), keeper, now)
    wrong = posting.post(fact("in", "90", "02-03"), keeper, now).movement
    contrary = posting.reverse(wrong, "typed twice", keeper, now)
    assert (contrary.pieces, contrary.m3, contrary.counted_on) == (
        D(-90),
        D("-2.16"),
        date(2026, 2, 3),
    )
    assert days("pieces_in") == [("02-01", D(10)), ("02-03", D(0))]
    assert days("pieces_peak") == [("02-01", D(10)), ("02-03", D(10))]
    assert list(differences()) == []


def test_a_movement_is_reversed_once_and_a_reversal_never(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    row = posting.post(fact("in", "10", "02-01"), keeper, now).movement
    contrary = posting.reverse(row, "wrong lot", keeper, now)
    for each in (row, contrary):
        with pytest.raises(NotAllowedNow):
            posting.reverse(each, "again", keeper, now)


def test_what_has_left_cannot_have_never_come(fact: Any, keeper: Viewer, now: datetime) -> None:
    row = posting.post(fact("in", "10", "02-01"), keeper, now).movement
    posting.post(fact("out", "4", "02-05"), keeper, now)
    with pytest.raises(Invalid, match=r"short of 4 .* on 2026-02-05"):
        posting.reverse(row, "wrong", keeper, now)


def test_a_late_paper_of_a_closed_month_counts_on_the_first_open_day(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    posting.post(fact("in", "10", "01-05"), keeper, now)
    lot = db.session.scalars(select(StockLot)).one()
    months.close(lot.warehouse, date(2026, 1, 1), keeper, now)
    late = posting.post(fact("in", "5", "01-20"), keeper, now).movement
    assert (late.moved_on, late.counted_on) == (date(2026, 1, 20), date(2026, 2, 1))
    assert days("pieces") == [("01-05", D(10)), ("02-01", D(15))]


def test_a_paper_of_days_that_are_billed_counts_after_them(
    cast: Cast, fact: Any, keeper: Viewer, now: datetime
) -> None:
    first = posting.post(fact("in", "10", "01-10"), keeper, now).movement
    db.session.add(StockBilled(customer_id=cast.harbour.id, through_on=date(2026, 1, 31)))
    late = posting.post(fact("in", "5", "01-20"), keeper, now).movement
    back = posting.reverse(first, "wrong paper", keeper, now)
    assert [(row.moved_on.day, f"{row.counted_on:%m-%d}") for row in (late, back)] == [
        (20, "02-01"),
        (10, "02-01"),
    ]


def test_a_reversal_of_a_closed_month_is_an_adjustment_of_the_open_one(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    row = posting.post(fact("in", "10", "01-05"), keeper, now).movement
    months.close(row.lot.warehouse, date(2026, 1, 1), keeper, now)
    contrary = posting.reverse(row, "not ours", keeper, now)
    assert contrary.counted_on == date(2026, 2, 1)
    assert days("pieces_out") == [("01-05", D(0)), ("02-01", D(10))]


def test_a_reopened_month_takes_its_papers_again(fact: Any, keeper: Viewer, now: datetime) -> None:
    row = posting.post(fact("in", "10", "01-05"), keeper, now).movement
    period = months.close(row.lot.warehouse, date(2026, 1, 1), keeper, now)
    months.reopen(period, "a paper was forgotten", keeper, now)
    assert posting.post(fact("in", "1", "01-31"), keeper, now).movement.counted_on == date(
        2026, 1, 31
    )


def test_a_month_is_closed_when_it_is_over_and_once(
    fact: Any, keeper: Viewer, now: datetime
) -> None:
    place = warehouse("NB")
    with pytest.raises(Invalid, match="not over"):
        months.close(place, MARCH, keeper, now)
    older = months.close(place, date(2025, 12, 1), keeper, now)
    months.close(place, date(2026, 2, 1), keeper, now)
    with pytest.raises(Invalid, match="closed already"):
        months.close(place, date(2026, 1, 1), keeper, now)
    with pytest.raises(NotAllowedNow):
        months.reopen(older, "?", keeper, now)


def test_the_lot_repeats_what_its_days_say(fact: Any, keeper: Viewer, now: datetime) -> None:
    posting.post(fact("in", "10", "02-05"), keeper, now)
    posting.post(fact("out", "4", "02-20"), keeper, now)
    posting.post(fact("in", "1", "02-03"), keeper, now)
    lot = db.session.scalars(select(StockLot)).one()
    assert (lot.pieces, lot.m3) == (D(7), D("0.168"))
    assert (lot.first_in_on, lot.last_on) == (date(2026, 2, 3), date(2026, 2, 20))
