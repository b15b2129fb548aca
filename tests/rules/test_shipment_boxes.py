"""A pasted list of boxes, and how they count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.kernel.errors import FileProblems
from portal.shipments.rules.boxes import Box, counted_for, read_boxes, totals, written

D = Decimal
ONE = Box("CSQU3054383", "40HQ", "SL12345", 480, D(12500), D("61.5"))


@pytest.mark.parametrize(
    "line",
    [
        "CSQU3054383\t40HQ\tSL12345\t12,500\t480\t61.5",
        "CSQU 305438 3 40HC SL12345 12500 480 61.5",
        "csqu305438-3, 40'HQ, SL12345, 12,500, 480, 61.5",
        "CSQU3054383,40HQ,SL12345,12500,480,61.5",
        "CSQU3054383；40HQ；SL12345；12500；480；61.5",
    ],
)
def test_a_line_is_read_however_its_cells_are_parted(line: str) -> None:
    assert read_boxes(line) == [ONE]


def test_number_and_type_are_enough_and_empty_lines_do_not_count() -> None:
    assert read_boxes("\nCSQU3054383 20GP\n\nMSKU0383250 40HQ - 9000\n") == [
        Box("CSQU3054383", "20GP"),
        Box("MSKU0383250", "40HQ", "", None, D(9000)),
    ]


def test_every_mistake_is_named_by_line_and_column() -> None:
    with pytest.raises(FileProblems) as refused:
        read_boxes("CSQU3054384 40HQ\nMSKU0383250 99XX S heavy\nTOLU4734787 20GP - 5 1.5")
    found = [(p.row, p.column) for p in refused.value.problems]
    assert found == [(1, "number"), (2, "type"), (2, "weight"), (3, "pieces")]


def test_a_box_listed_twice_is_refused() -> None:
    with pytest.raises(FileProblems):
        read_boxes("CSQU3054383 40HQ\ncsqu 305438 3 40HQ")


def test_the_list_as_written_is_read_back_the_same() -> None:
    boxes = [ONE, Box("MSKU0383250", "20GP"), Box("TOLU4734787", "40HQ", "", 3, None, D("2.25"))]
    assert read_boxes(written(boxes)) == boxes


def test_a_forty_foot_box_counts_once_and_two_teu() -> None:
    assert totals(["20GP", "40HQ", "40HQ"]) == (3, D(5))


@pytest.mark.parametrize(
    ("unit", "count"), [("40HQ", 2), ("40FT", 3), ("20GP", 1), ("CNTR", 4), ("KGM", None)]
)
def test_a_unit_counts_the_boxes_it_means(unit: str, count: int | None) -> None:
    assert counted_for(unit, ["20GP", "40HQ", "40HQ", "40GP"]) == count
