"""Files of shipments: facts by the usual headers, problems by row and column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.sheets.shipments import (
    Fact,
    ShipmentColumn,
    read_shipments,
    suggest_mapping,
)
from portal.kernel.tables import table_of

D = Decimal
HEADER = ["运单号", "省份", "城市", "重量(kg)", "体积", "20GP", "40HC", "发货日期", "金额"]


def read(*rows: list[object]):
    return read_shipments(table_of([HEADER, *rows]))  # type: ignore[list-item]


def test_the_facts_of_a_shipment_are_read_by_the_usual_headers():
    weighed = read_shipments(table_of([["运单号", "重量", "体积"], ["W1", "1,250.5", "3.2"]]))
    (shipment,) = weighed.shipments
    assert (shipment.row, shipment.reference) == (2, "W1")
    assert (shipment.cargo().gross_kg, shipment.cargo().volume_m3) == (D("1250.5"), D("3.2"))


def test_boxes_are_counted_by_their_columns_or_by_type_and_count():
    by_column = read(["A", "", "", "", "", "2", D(1), "", ""])
    by_type = read_shipments(table_of([["箱型", "箱量"], ["40'HC", "3"], ["20DC", ""]]))
    assert by_column.shipments[0].cargo().boxes == {"20GP": 2, "40HQ": 1}
    assert [one.boxes for one in by_type.shipments] == [{"40HQ": 3}, {"20GP": 1}]


def test_day_place_and_billed_amount_are_read():
    (shipment,) = read(
        ["A", "四川", "成都市", "", "2", "", "", "2026-03-02", "16.80 CNY"]
    ).shipments
    assert (shipment.province, shipment.city, shipment.on) == ("四川", "成都市", date(2026, 3, 2))
    assert shipment.billed == D("16.80")


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        (4, "-1", "zero or more"),
        (4, "much", "a number"),
        (5, "1.5", "a whole number"),
        (7, "02/03/2026", "could be exchanged"),
    ],
)
def test_a_wrong_cell_is_told_and_its_line_left_out(column: int, cell: str, expected: str):
    wrong: list[object] = ["A", "", "", "", "", "", "", "", ""]
    wrong[column] = cell
    reading = read(wrong, ["B", "", "", "", "1", "", "", "", ""])
    assert [one.reference for one in reading.shipments] == ["B"]
    assert (reading.problems[0].row, reading.problems[0].found) == (2, cell)
    assert expected in str(reading.problems[0].expected)


def test_a_weight_of_zero_was_forgotten():
    reading = read_shipments(table_of([["单号", "重量"], ["A", "0"]]))
    assert (reading.problems[0].column, reading.shipments) == ("B · 重量", ())


def test_a_file_that_says_nothing_of_use_is_refused():
    assert "a header row with weight" in str(
        read_shipments(table_of([["one", "two"], ["a", "b"]])).problems[0].expected
    )
    assert "at least one shipment" in str(read().problems[0].expected)


def test_a_stated_mapping_must_fit_the_file():
    mapping = [ShipmentColumn("Wt", Fact.WEIGHT), ShipmentColumn("To", Fact.DESTINATION)]
    table = table_of([["Report"], ["Wt", "Note"], ["5", "x"]])
    (problem,) = read_shipments(table, mapping).problems
    assert (problem.row, problem.column) == (2, "To")


def test_a_mapping_is_suggested_once_for_each_fact():
    found = suggest_mapping(["Weight", "Gross weight", "40HQ", "40HC", "Sky"])
    assert found == (
        ShipmentColumn("Weight", Fact.WEIGHT),
        ShipmentColumn("40HQ", Fact.BOX, "40HQ"),
    )
