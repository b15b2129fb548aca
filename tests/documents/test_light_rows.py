"""Light rows: columns made of spaces stand in line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.lightrows import EM, LightRows, width_of, wrapped

FIGURES = st.decimals(-99_999, 999_999, places=2).map("{:,.2f}".format)
NAMES = st.text("海运费报关拖车AWil 40′–·", max_size=40)


def end_of(line: str, text: str) -> float:
    """Where `text`, the last of the line, ends, in em."""
    assert line.endswith(text)
    return width_of(line) / EM


def row(widths, cells) -> str:
    """The first line of a row."""
    return LightRows(widths).lines(cells)[0]


@given(NAMES, NAMES, FIGURES)
def test_figures_end_at_the_same_place_whatever_stands_before_them(name, other, figure):
    line = row([2.6, 18, 9.5, -8], ["1", name, other, figure])
    assert end_of(line, figure) == pytest.approx(2.6 + 18 + 9.5 + 8 + 3, abs=0.061)


@given(st.lists(FIGURES, min_size=8, max_size=8))
def test_the_error_of_one_column_is_not_carried_into_the_next(figures):
    assert end_of(row([-8] * 8, figures), figures[-1]) == pytest.approx(8 * 8 + 7, abs=0.061)


@given(NAMES)
def test_words_begin_where_their_column_begins(name):
    line = row([3, 8], ["1", f"X{name}"])
    assert width_of(line.partition("X")[0]) / EM == pytest.approx(4, abs=0.061)


@given(NAMES, st.integers(3, 12))
def test_words_that_are_too_wide_go_on_in_the_next_line_and_nothing_is_lost(name, width):
    lines = wrapped(name, width * EM)
    assert all(width_of(line) <= width * EM for line in lines)
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")


def test_a_line_is_broken_at_a_space_where_there_is_one():
    assert wrapped("Customs declaration fee", 7 * EM) == ["Customs", "declaration", "fee"]
    assert LightRows([4, -6]).lines(["拖车费上海", "12.00"])[1] == "海"


def test_a_figure_is_never_cut_however_wide_it_is():
    figure = "−1,234,567,890,123.456789"
    assert row([4, -3, -6], ["柜", figure, "1.00"]).split() == ["柜", figure, "1.00"]


def test_empty_cells_leave_their_place_and_line_breaks_are_spaces():
    assert end_of(row([4, 4, -4], ["", "", "1.00"]), "1.00") == pytest.approx(14, abs=0.061)
    assert LightRows([4]).lines(["a\nb"]) == ["a b"]


def test_a_row_has_a_cell_for_every_column():
    with pytest.raises(ValueError):
        LightRows([4, 4]).lines(["only one"])
