"""Columns that a sheet should have and lacks."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.sheet_files import LINES, read


def test_a_missing_charge_column_is_one_problem_of_the_header() -> None:
    layout = replace(LINES, columns=tuple(c for c in LINES.columns if c.header != "Charge"))
    row = ("上海", "汉堡", "RT", 30, "", "")
    (problem,) = read(layout, ("POL", "POD", "Unit", "Price", "From", "To"), row, row).errors
    assert (problem.row, problem.found) == (1, "POL, POD, Unit, Price, From, To")
    assert str(problem.expected) == "Column missing: Charge code (费用代码)"
