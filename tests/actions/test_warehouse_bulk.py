"""A file of movements gives what posting them one by one gives, whatever order and history they meet."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.kernel.errors import FileProblems
from portal.warehouse.actions import bulk, months, posting
from portal.warehouse.models import StockBilled, StockDay, StockLot, StockMovement
from portal.warehouse.queries.verifying import differences
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.headers import Columns
from portal.warehouse.rules.movement_rows import Line, posting_order
from portal.warehouse.rules.unit_days import MovementKind
from tests.cast import Cast
from tests.stock import goods, warehouse

pytestmark = pytest.mark.both_databases

D = Decimal
FIRST = date(2026, 1, 1)
COLUMNS = Columns(1, {}, ())
KEPT = ("pieces", "m3", "kg", "pallets", "teu")


def silent(_done: int, _total: int | None) -> None:
    """Nobody watches."""


def month_of(cast: Cast, place_id: int, seed: int) -> list[Line]:
    """A few hundred movements of three lots that never take more than there is, rows in no order."""
    rng, lines = random.Random(seed), []
    held: dict[tuple[str, str], int] = {}
    for number in range(240):
        lot, sku = rng.choice([("L1", "A"), ("L2", "A"), ("", "B")])
        day = FIRST + timedelta(days=number // 8)
        there = held.get((lot, sku), 0)
        kind = MovementKind.OUT if there and rng.random() < 0.5 else MovementKind.IN
        pieces = rng.randint(1, there if kind is MovementKind.OUT else 90)
        held[lot, sku] = there + pieces * (-1 if kind is MovementKind.OUT else 1)
        clock = f"{8 + number % 8:02d}:{rng.randint(0, 59):02d}"
        lines.append(Line(number + 2, MovementFact(
            cast.harbour.id, place_id, kind, day, "file", f"M{number}", lot=lot, sku=sku, clock=clock,
            pieces=D(pieces))))  # fmt: skip
    return lines


def books() -> list[tuple[Any, ...]]:
    """Everything that is kept of the days and lots."""
    parts = [f"{name}{way}" for name in KEPT for way in ("", "_in", "_out", "_peak")]
    days = select(StockLot.lot, StockLot.sku, StockDay.day, *(getattr(StockDay, p) for p in parts))
    joined = days.join(StockLot).order_by(StockLot.lot, StockLot.sku, StockDay.day)
    lots = select(StockLot.lot, StockLot.sku, StockLot.first_in_on, StockLot.last_on,
                  *(getattr(StockLot, name) for name in KEPT))  # fmt: skip
    return [
        *map(tuple, db.session.execute(joined)),
        *map(tuple, db.session.execute(lots.order_by(StockLot.lot, StockLot.sku))),
    ]


def forget() -> None:
    db.session.flush()
    for table in (StockDay.__table__, StockMovement.__table__, StockLot.__table__):
        db.session.execute(delete(table))
    db.session.expire_all()


def one_by_one(lines: Iterable[Line], now: datetime) -> None:
    for line in sorted(lines, key=posting_order):
        posting.post(line.fact, SYSTEM, now)


@pytest.fixture
def place_id(cast: Cast) -> int:
    goods(cast.harbour, "A", m3="0.0123", kg="7")
    goods(cast.harbour, "A", m3="0.0156", kg="7.5", from_on=date(2026, 1, 15))
    goods(cast.harbour, "B", m3="0.0009385", kg="0.28")
    return warehouse("SH").id


@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_gives_what_one_by_one_gives(
    cast: Cast, now: datetime, place_id: int, seed: int
) -> None:
    lines = month_of(cast, place_id, seed)
    one_by_one(lines, now)
    right = books()
    forget()
    random.Random(seed).shuffle(lines)
    done = bulk.post_all(lines, COLUMNS, None, SYSTEM, now, silent)
    assert books() == right and len(right) > 60
    assert (done.new, done.lots, list(differences())) == (240, 3, [])


def test_a_second_file_between_the_days_of_the_first_lifts_the_later_ones(
    cast: Cast, now: datetime, place_id: int
) -> None:
    lines = month_of(cast, place_id, 3)
    some = [x for x in lines if x.fact.kind is MovementKind.IN and x.row % 5 == 0]
    rest = [x for x in lines if x not in some]
    extra = [Line(x.row + 900, MovementFact(
        x.fact.customer_id, place_id, MovementKind.IN, x.fact.moved_on, "other", f"X{x.row}", lot=x.fact.lot,
        sku=x.fact.sku, clock="07:00", pieces=D(1000))) for x in some]  # fmt: skip
    bulk.post_all(extra, COLUMNS, None, SYSTEM, now, silent)
    bulk.post_all(rest, COLUMNS, None, SYSTEM, now, silent)
    bulk.post_all(some, COLUMNS, None, SYSTEM, now, silent)
    assert list(differences()) == []
    assert sum(db.session.scalars(select(StockLot.pieces))) == sum(
        x.fact.pieces * (1 if x.fact.kind is MovementKind.IN else -1) for x in [*lines, *extra]
    )


def test_a_file_that_takes_too_much_names_row_lot_and_day_and_leaves_nothing(
    cast: Cast, now: datetime, place_id: int
) -> None:
    fact = {"lot": "L1", "sku": "A"}
    first = MovementFact(
        cast.harbour.id, place_id, MovementKind.IN, FIRST, "file", "1", pieces=D(10), **fact
    )
    then = MovementFact(
        cast.harbour.id,
        place_id,
        MovementKind.OUT,
        date(2026, 1, 3),
        "file",
        "2",
        pieces=D(11),
        **fact,
    )
    lines = [Line(2, first), Line(3, then)]
    found = bulk.check(lines, COLUMNS, silent)
    told = "enough in the lot: L1 · A would be short of 1 pc on 2026-01-03"
    assert [(p.row, p.found, str(p.expected)) for p in found.problems] == [
        (3, "11", told.replace("pc", "piece"))
    ]
    with pytest.raises(FileProblems):
        bulk.post_all(lines, COLUMNS, None, SYSTEM, now, silent)
    assert db.session.scalars(select(StockMovement)).all() == []


def test_a_later_day_that_is_kept_already_is_not_undercut(
    cast: Cast, now: datetime, place_id: int
) -> None:
    fact = {"lot": "L1", "sku": "A"}
    make = lambda kind, day, ref, n: Line(  # noqa: E731
        int(ref),
        MovementFact(
            cast.harbour.id, place_id, kind, date(2026, 1, day), "file", ref, pieces=D(n), **fact
        ),
    )
    bulk.post_all([make(MovementKind.IN, 1, "2", 10), make(MovementKind.OUT, 20, "3", 8)],
                  COLUMNS, None, SYSTEM, now, silent)  # fmt: skip
    found = bulk.check([make(MovementKind.OUT, 5, "4", 3)], COLUMNS, silent)
    assert "short of 1 piece on 2026-01-20" in str(found.problems[0].expected)


def test_the_same_reference_with_another_quantity_is_named(
    cast: Cast, now: datetime, place_id: int
) -> None:
    lines = month_of(cast, place_id, 4)
    bulk.post_all(lines, COLUMNS, None, SYSTEM, now, silent)
    again = bulk.check(lines, COLUMNS, silent)
    assert (again.new, again.known, again.problems) == (0, 240, [])
    other = MovementFact(cast.harbour.id, place_id, MovementKind.IN, FIRST, "file", "M0", lot="L1", sku="A",
                         pieces=D(7777))  # fmt: skip
    found = bulk.check([Line(2, other)], COLUMNS, silent)
    assert "M0 was taken already" in str(found.problems[0].expected)


def test_papers_of_a_closed_month_count_in_the_open_one_and_are_counted(
    cast: Cast, now: datetime, place_id: int
) -> None:
    lines = month_of(cast, place_id, 5)
    bulk.post_all(lines, COLUMNS, None, SYSTEM, now, silent)
    lot = db.session.scalars(select(StockLot)).first()
    assert lot is not None
    months.close(lot.warehouse, FIRST, SYSTEM, now)
    late = MovementFact(cast.harbour.id, place_id, MovementKind.IN, FIRST, "file", "LATE", lot="L1", sku="A",
                        pieces=D(5))  # fmt: skip
    done = bulk.post_all([Line(2, late)], COLUMNS, None, SYSTEM, now, silent)
    row = db.session.scalars(select(StockMovement).where(StockMovement.reference == "LATE")).one()
    assert (done.late, row.counted_on) == (1, date(2026, 2, 1))
    assert list(differences()) == []


def test_papers_of_days_that_are_billed_count_after_them_for_that_customer_only(
    cast: Cast, now: datetime, place_id: int
) -> None:
    db.session.add(StockBilled(customer_id=cast.harbour.id, through_on=date(2026, 1, 20)))
    goods(cast.nordwind, "A", m3="1", kg="1")
    lines = [
        Line(2 + at, MovementFact(of.id, place_id, MovementKind.IN, FIRST, "file", f"B{at}", lot="L9", sku="A",
                                  pieces=D(5)))
        for at, of in enumerate((cast.harbour, cast.nordwind))
    ]  # fmt: skip
    done = bulk.post_all(lines, COLUMNS, None, SYSTEM, now, silent)
    days = db.session.scalars(select(StockMovement.counted_on).order_by(StockMovement.reference))
    assert (done.late, list(days)) == (1, [date(2026, 1, 21), FIRST])
