"""December 2020 of a real warehouse: 35 kinds of goods, 201 movements, volumes in cm³ or missing."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.catalogue.rules.storage import DayCount
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs.batches import bring_in, read_file
from portal.kernel.period import Period
from portal.usage.actions.batches import Found
from portal.warehouse.models import StockDay, StockMovement
from portal.warehouse.queries import unitdays
from portal.warehouse.queries.verifying import differences
from tests.cast import customer
from tests.real.real_data import SHARED, rows
from tests.stock import warehouse

pytestmark = pytest.mark.real

GOODS = SHARED / "warehouse" / "skus_202012.csv"
MOVES = SHARED / "warehouse" / "movements_202012.csv"
DECEMBER = Period(date(2020, 12, 1), date(2020, 12, 31))
SIX = Decimal("0.000001")
D = Decimal


def silent(_done: int, _total: int | None) -> None:
    """Nobody watches a test."""


def table(path: Path) -> list[dict[str, str]]:
    return rows(f"warehouse/{path.name}")


@pytest.fixture
def december(database: None, now: Any) -> Iterator[dict[str, Found]]:
    """Both files brought in, as `portal warehouse import` does it; what reading each of them found."""
    place = warehouse("CQ")
    for code in sorted({row["customer"] for row in table(GOODS)}):
        customer(code, f"客户{code}", f"Customer {code}")
    db.session.commit()
    found = {}
    for kind, path in (("stock_items", GOODS), ("movements", MOVES)):
        found[kind] = read_file(kind, path, {"warehouse_id": place.id}, silent)
        bring_in(kind, path, {"warehouse_id": place.id}, found[kind], silent)
    return found


def flows() -> Iterator[tuple[str, str, date, str, int, Decimal, Decimal, Decimal]]:
    """(customer, SKU, day, time, row, pieces, m³, kg), worked out here from the two files alone."""
    sizes = {row["sku"]: (D(row["unit_m3"]), D(row["unit_kg"])) for row in table(GOODS)}
    for row in table(GOODS):
        yield (
            row["customer"],
            row["sku"],
            date(2020, 11, 30),
            "",
            0,
            *sized(D(row["opening_2020_12_01"]), sizes[row["sku"]]),
        )
    for number, row in enumerate(table(MOVES), 1):
        pieces = D(row["qty"]) * (1 if row["dir"] == "IN" else -1)
        day = date.fromisoformat(row["date"])
        yield (
            row["customer"],
            row["sku"],
            day,
            row["time"],
            number,
            *sized(pieces, sizes[row["sku"]]),
        )


def sized(pieces: Decimal, size: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    return pieces, pieces * size[0], pieces * size[1]


def by_hand(measure: int, count: DayCount) -> dict[str, Decimal]:
    """Unit-days of each customer in December, day by day; measure 0 pieces, 1 m³, 2 kg."""
    owners: dict[str, list[Any]] = defaultdict(list)
    for owner, _sku, day, time, row, *measures in flows():
        owners[owner].append((day, time, row, measures[measure]))
    total: dict[str, Decimal] = {}
    for owner, theirs in owners.items():
        total[owner] = D(0)
        for ahead in range(31):
            day = DECEMBER.start_on + timedelta(days=ahead)
            opening = sum((q for d, _, _, q in theirs if d < day), D(0))
            moved = [q for d, _, _, q in sorted(theirs, key=lambda e: e[:3]) if d == day]
            running = [opening + sum(moved[: n + 1], D(0)) for n in range(len(moved))]
            total[owner] += {
                DayCount.BOTH: opening + sum((q for q in moved if q > 0), D(0)),
                DayCount.DAY_END: opening + sum(moved, D(0)),
                DayCount.DAY_START: opening,
                DayCount.PEAK: max([opening, *running]),
            }[count]
    return total


def codes() -> dict[int, str]:
    return {row.id: row.code for row in db.session.execute(select(Customer.id, Customer.code))}


def named(found: Found, column: str, words: str) -> list[int]:
    return [p.row or 0 for p in found.problems if p.column == column and words in str(p.expected)]


def test_the_eleven_goods_without_a_volume_are_named_by_row(december: dict[str, Found]) -> None:
    told = named(december["stock_items"], "unit_m3", "the volume of one piece")
    missing = [n for n, row in enumerate(table(GOODS), 2) if D(row["unit_m3"]) == 0]
    assert told == missing and len(told) == 11
    assert named(december["stock_items"], "unit_kg", "the weight of one piece") == [31]


def test_the_goods_that_were_measured_in_cubic_centimetres_are_named(
    december: dict[str, Found],
) -> None:
    found = december["stock_items"]
    told_rows = named(found, "unit_in_source", "is taken as m³")
    assert told_rows == [
        n for n, row in enumerate(table(GOODS), 2) if row["unit_in_source"] == "cm3"
    ]
    told = next(
        str(p.expected) for p in found.problems if p.row == 2 and p.column == "unit_in_source"
    )
    assert told == "m³: 0.0009385 is taken as m³, that is 938.5 cm³"
    assert not found.is_wrong


def test_volumes_written_in_cm3_give_the_same_sizes_when_the_row_says_so(
    december: dict[str, Found], tmp_path: Path
) -> None:
    path = tmp_path / "goods.csv"
    lines = [row | {"unit_m3": f"{D(row['unit_m3']) * 1000000:f}"} if row["unit_in_source"] == "cm3" else row
             for row in table(GOODS)]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(
            stream, [n for n in lines[0] if not n.startswith("opening")], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(lines)
    assert read_file("stock_items", path, {}, silent).counts["same"] == 35


def test_volumes_in_cm3_that_nobody_declares_are_asked_about(
    december: dict[str, Found], tmp_path: Path
) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(
        "sku,customer,unit_kg,unit_m3\nA01-S08,A01,0.28,938.5\nA07-S07,A07,0.4375,0.6694\n"
    )
    found = read_file("stock_items", path, {}, silent)
    assert [(p.row, p.found, str(p.expected)) for p in found.problems] == [
        (2, "938.5", "not more than 1 m³ a piece; is it in cm³?"),
        (2, "0.0 kg/m³", "a density of 20 to 5,000 kg/m³"),
        (3, "0.7 kg/m³", "a density of 20 to 5,000 kg/m³"),
    ]


def test_every_movement_is_taken_and_no_day_ends_below_nothing(december: dict[str, Found]) -> None:
    assert december["movements"].counts["new"] == 201
    taken = db.session.scalars(select(StockMovement.source)).all()
    assert (taken.count("file"), taken.count("opening")) == (201, 7)
    assert min(db.session.scalars(select(StockDay.pieces))) == 0
    assert list(differences()) == []


def test_goods_that_move_without_a_volume_are_named_not_counted_as_nothing(
    december: dict[str, Found],
) -> None:
    found = december["movements"]
    told = {p.found for p in found.problems if "count no m³" in str(p.expected)}
    without = {row["sku"] for row in table(GOODS) if D(row["unit_m3"]) == 0}
    assert told == without & {row["sku"] for row in table(MOVES)}
    assert len(told) == 11


@pytest.mark.parametrize("count", list(DayCount))
@pytest.mark.parametrize(("measure", "unit"), [(0, "H87"), (1, "MTQ"), (2, "KGM")])
def test_unit_days_of_every_customer_are_those_worked_out_by_hand(
    december: dict[str, Found], count: DayCount, measure: int, unit: str
) -> None:
    right = by_hand(measure, count)
    known = codes()
    found = {known[c]: total for c, total in unitdays.of_all(unit, DECEMBER, count, SYSTEM)}
    assert set(found) == set(right)
    for code, total in right.items():
        assert abs(found[code] - total) <= SIX * 400 if measure else found[code] == total, code


@pytest.mark.parametrize("count", list(DayCount))
def test_one_customer_alone_and_all_in_one_pass_agree(
    december: dict[str, Found], count: DayCount
) -> None:
    for customer_id, total in unitdays.of_all("MTQ", DECEMBER, count, SYSTEM):
        asked = unitdays.Asked(customer_id, "MTQ", DECEMBER, count)
        assert unitdays.total(asked, SYSTEM) == total
        assert sum((row.counted for row in unitdays.table(asked, SYSTEM)), D(0)) == total


def test_the_same_files_again_change_nothing(december: dict[str, Found]) -> None:
    place_id = {"warehouse_id": 1}
    place_id["warehouse_id"] = db.session.scalars(select(StockMovement)).first().lot.warehouse_id  # type: ignore[union-attr]
    for kind, path in (("stock_items", GOODS), ("movements", MOVES)):
        found = read_file(kind, path, place_id, silent)
        assert (found.is_wrong, found.counts["new"]) == (False, 0)
        bring_in(kind, path, place_id, found, silent)
    assert len(db.session.scalars(select(StockMovement.id)).all()) == 208
