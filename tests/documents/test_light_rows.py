"""Light rows: columns made of spaces stand in line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.lightrows import CUT, EM, LightRows, fitted, width_of

FIGURES = st.decimals(-99_999, 999_999, places=2).map("{:,.2f}".format)
NAMES = st.text("海运费报关拖车AWil 40′–·", max_size=40)


def end_of(line: str, text: str) -> float:
    """Where `text`, the last of the line, ends, in em."""
    assert line.endswith(text)
    return width_of(line) / EM


@given(NAMES, NAMES, FIGURES)
def test_figures_end_at_the_same_place_whatever_stands_before_them(name, other, figure):
    rows = LightRows([2.6, 18, 9.5, -8])
    line = rows.row(["1", name, other, figure])
    assert end_of(line, figure) == pytest.approx(2.6 + 18 + 9.5 + 8 + 3, abs=0.061)


@given(st.lists(FIGURES, min_size=8, max_size=8))
def test_the_error_of_one_column_is_not_carried_into_the_next(figures):
    line = LightRows([-8] * 8).row(figures)
    assert end_of(line, figures[-1]) == pytest.approx(8 * 8 + 7, abs=0.061)


@given(NAMES)
def test_words_begin_where_their_column_begins(name):
    line = LightRows([3, 8]).row(["1", f"X{name}"])
    assert width_of(line.partition("X")[0]) / EM == pytest.approx(4, abs=0.061)


def test_what_is_too_wide_is_cut_and_says_so():
    line = LightRows([4, -6]).row(["拖车费上海至洋山", "12.00"])
    assert line.startswith("拖车费" + CUT) and line.endswith("12.00")
    assert width_of(fitted("报关费" * 9, 5 * EM)) <= 5 * EM


def test_empty_cells_leave_their_place_and_line_breaks_are_spaces():
    rows = LightRows([4, 4, -4])
    assert end_of(rows.row(["", "", "1.00"]), "1.00") == pytest.approx(14, abs=0.061)
    assert "\n" not in rows.row(["a\nb", "", ""])


def test_a_row_has_a_cell_for_every_column():
    with pytest.raises(ValueError):
        LightRows([4, 4]).row(["only one"])
