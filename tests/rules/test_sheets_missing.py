"""Columns that a sheet or a file of shipments should have and lacks."""

from __future__ import annotations

from dataclasses import replace

from portal.catalogue.rules.batch import lacking
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.sheets.shipments import Fact
from tests.rules.prices import per
from tests.rules.sheet_files import LINES, read


def test_a_missing_charge_column_is_one_problem_of_the_header() -> None:
    layout = replace(LINES, columns=tuple(c for c in LINES.columns if c.header != "Charge"))
    row = ("上海", "汉堡", "RT", 30, "", "")
    (problem,) = read(layout, ("POL", "POD", "Unit", "Price", "From", "To"), row, row).errors
    assert (problem.row, problem.found) == (1, "POL, POD, Unit, Price, From, To")
    assert str(problem.expected) == "Column missing: Charge code (费用代码)"


def test_a_file_without_weights_is_told_when_every_price_counts_them() -> None:
    rows = [PriceRow(PriceKey("air", "none", "A/F", "PVG", "FRA"), per("CHW", "6.50"))]
    facts = {Fact.ORIGIN, Fact.DESTINATION}
    assert [str(each) for each in lacking(rows, facts)] == [
        "a column for the weight; none was found"
    ]
    assert lacking(rows, {*facts, Fact.WEIGHT}) == []
