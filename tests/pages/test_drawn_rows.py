"""The rows of a list as markup: tags from columns, words escaped."""

from __future__ import annotations

from markupsafe import Markup

from portal.web.drawing import DrawnColumn, Row, rows_markup


def _column(label: str, align: str = "start") -> DrawnColumn:
    return DrawnColumn("key", label, align, False, None, None)


COLUMNS = [_column("Name"), _column("Sum", "num")]


def test_the_first_cell_is_the_rows_head_and_link():
    drawn = rows_markup(COLUMNS, [Row(["A & B", "1"], "/a?b=1&c=2")])
    assert '<a class="row-link" href="/a?b=1&amp;c=2">A &amp; B</a></th>' in drawn


def test_a_row_without_an_address_has_no_link():
    assert "<a" not in rows_markup(COLUMNS, [Row(["A", "1"], None)])


def test_a_cell_says_its_columns_name_and_how_it_looks():
    drawn = rows_markup(COLUMNS, [Row(["A", "1,482.00"], None)])
    assert '<td role="cell" class="num nowrap" data-label="Sum">1,482.00</td>' in drawn


def test_an_empty_cell_says_so_in_each_row_alike():
    drawn = rows_markup(COLUMNS, [Row(["A", None], None), Row(["B", ""], None)])
    assert drawn.count('<td role="cell" class="num nothing" data-label="Sum"></td>') == 1
    assert drawn.count('class="num nothing nowrap" data-label="Sum"></td>') == 1


def test_markup_stays_markup_and_words_are_escaped():
    drawn = rows_markup(COLUMNS, [Row([Markup("<b>x</b>"), "<i>"], None)])
    assert "<b>x</b>" in drawn and "&lt;i&gt;" in drawn


def test_a_row_carries_its_classes():
    assert '<tr role="row" class="row-muted">' in rows_markup(
        COLUMNS, [Row(["A", "1"], None, "row-muted")]
    )
