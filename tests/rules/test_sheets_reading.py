"""Bad sheets: each problem by row and column, with what was found and expected (issue "Bad input")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.sheets import reading as reading_rules
from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.profile import Column, LeaveOut, Profile, Repeats, constants
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import CUT_HERE, Lookups
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.tables import open_table
from tests.rules.sheet_files import (
    BANDS,
    BANDS_HEADER,
    BOXES,
    LINES,
    LINES_HEADER,
    PORTS,
    lines,
    read,
    told,
    workbook,
)

D = Decimal
GOOD = ("上海", "纽约", "O/F", "RT", "45 USD", "2026-03-01", "2026-03-31")
BOX_HEADER = ("POL", "POD", "20GP", "40GP")


def bands(*rows: tuple[object, ...], **changes: object):
    return read(replace(BANDS, **changes), BANDS_HEADER, *rows)  # type: ignore[arg-type]


def test_a_good_line_is_one_exact_price():
    (row,) = lines(GOOD).rows
    assert row.key == ("sea", "lcl", "O/F", "CNSHA", "USNYC", "", "RT", "", "")
    assert row.terms == PriceTerms(Basis.PER_UNIT, "RT", "USD", rate=D(45))
    assert (row.valid_from, row.valid_to, row.source_rows) == (
        date(2026, 3, 1),
        date(2026, 3, 31),
        (2,),
    )


@pytest.mark.parametrize(
    ("column", "cell", "label", "expected"),
    [
        (0, "Atlantis", "A · POL", "a place that is known"),
        (2, "", "C · Charge", "the code of a charge"),
        (3, "furlong", "D · Unit", "a unit of the unit table"),
        (4, "forty", "E · Price", "a number"),
        (4, "-5 USD", "E · Price", "marked as a rebate may be negative"),
        (4, "", "E · Price", "a blank is not zero"),
        (4, "USD", "E · Price", "a missing price is not zero"),
        (4, "72,5", "E · Price", "a decimal point, not a comma"),
        (4, "45", "E · Price", "a currency beside the number"),
        (4, "45 XXY", "E · Price", "a currency code"),
        (5, "02/03/2026", "F · From", "could be exchanged"),
        (6, "2026-02-28", "G · To", "a day on or after 2026-03-01"),
    ],
)
def test_a_wrong_cell_is_told_by_row_and_column(column: int, cell: str, label: str, expected: str):
    wrong = [*GOOD]
    wrong[column] = cell
    reading = lines(wrong, ("宁波", *GOOD[1:]))
    ((found_row, found_label, _),) = told(reading)
    assert (found_row, found_label) == (2, label)
    assert expected in str(reading.errors[0].expected)
    assert [row.key.origin for row in reading.rows] == ["CNNGB"]


def test_a_list_of_problems_too_long_to_read_is_cut_and_counted_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading_rules, "MOST_PROBLEMS", 3)
    wrong = (*GOOD[:4], "forty", *GOOD[5:])
    reading = lines(*[wrong] * 5, GOOD, GOOD)
    assert [row for row, _, _ in told(reading)] == [2, 3, 4, None]
    assert reading.problems[-1].found == "+ 3" and reading.errors[-1].expected == CUT_HERE
    assert (reading.count("error"), reading.count("warning")) == (5, 1)


def test_a_missing_column_is_told_with_the_headers_there_are():
    reading = read(LINES, LINES_HEADER[:-1], GOOD[:-1])
    assert told(reading) == [(1, "To", "POL, POD, Charge, Unit, Price, From")]
    assert reading.rows == ()


def test_a_header_that_stands_twice_is_told_with_both_columns():
    assert told(read(LINES, (*LINES_HEADER, "POL"), GOOD)) == [(1, "A, H", "POL")]


def test_a_sheet_without_any_of_the_headers_is_told_what_they_are():
    (problem,) = read(LINES, ("nothing", "of"), ("the", "kind")).errors
    assert "POL, POD, Charge" in str(problem.expected)


def test_the_header_row_is_found_below_other_rows():
    reading = read(LINES, ("Contract", "X"), (), LINES_HEADER, GOOD)
    assert (reading.rows[0].source_rows, reading.errors) == ((4,), ())


def test_a_fixed_header_row_is_not_searched_for():
    reading = read(replace(LINES, header_row=2), ("POL", "POD"), LINES_HEADER, GOOD)
    assert len(reading.rows) == 1


def test_a_sheet_with_no_rows_below_its_header_is_told():
    (problem,) = lines().errors
    assert (problem.row, str(problem.expected)[:12]) == (2, "at least one")


def test_blank_rows_and_repeated_headers_are_passed_over():
    reading = lines((), ("", " "), LINES_HEADER, GOOD)
    assert (len(reading.rows), reading.errors, reading.read) == (1, (), 1)


def test_merged_cells_among_the_prices_are_told():
    content = workbook([LINES_HEADER, GOOD], merge="E3:E5")
    reading = read_prices(open_table(content), LINES, Lookups(PORTS.get))
    assert (3, "E · Price", "E3:E5") in told(reading)


@pytest.mark.parametrize("merge", ["A2:A3", "E2:E3", "A2:B3"])
def test_no_row_under_merged_cells_is_taken_even_where_the_others_are(merge: str):
    below = (None, "汉堡", "O/F", "RT", "60 USD", "2026-03-01", "2026-03-31")
    last = ("宁波", *GOOD[1:])
    content = workbook([LINES_HEADER, GOOD, below, last], merge=merge)
    reading = read_prices(open_table(content), LINES, Lookups(PORTS.get))
    assert [row.key.origin for row in reading.rows] == ["CNNGB"]


def test_merged_cells_above_the_header_do_no_harm():
    content = workbook([[], [], LINES_HEADER, GOOD], merge="A1:G2")
    assert read_prices(open_table(content), LINES, Lookups(PORTS.get)).errors == ()


def test_two_prices_for_one_key_are_told_with_both_rows_and_neither_is_taken():
    reading = lines(GOOD, (*GOOD[:4], "46 USD", *GOOD[5:]))
    ((row, _, _),) = told(reading)
    assert row == 3
    assert "row 2 has another" in str(reading.errors[0].expected)
    assert reading.rows == ()


def test_a_line_repeated_word_for_word_is_taken_once_with_a_warning():
    reading = lines(GOOD, GOOD)
    assert (len(reading.rows), reading.errors) == (1, ())
    assert "row 2 is the same" in str(reading.warnings[0].expected)


def test_validities_that_overlap_are_refused_and_both_are_shown():
    later = (*GOOD[:4], "46 USD", "2026-03-31", "2026-04-30")
    reading = lines(GOOD, later)
    assert "row 2 is valid from 2026-03-01 to 2026-03-31" in str(reading.errors[0].expected)
    assert (told(reading)[0][0], reading.rows) == (3, ())


def test_validities_that_follow_each_other_are_two_versions():
    reading = lines(GOOD, (*GOOD[:4], "46 USD", "2026-04-01", "2026-04-30"))
    assert (len(reading.rows), reading.problems) == (2, ())


def test_a_long_validity_hides_no_overlap_behind_a_short_one():
    whole_year = (*GOOD[:4], "44 USD", "2026-01-01", "2026-12-31")
    march, june = GOOD, (*GOOD[:4], "46 USD", "2026-06-01", "2026-06-30")
    assert [row for row, _, _ in told(lines(whole_year, march, june))] == [3, 4]


def test_a_validity_of_ten_years_is_asked_about():
    (warning,) = lines((*GOOD[:6], "2036-03-01")).warnings
    assert (warning.row, warning.column, warning.found) == (2, "G · To", "2036-03-01")
    assert "3,654 days" in str(warning.expected)


def test_a_price_out_of_the_usual_is_asked_about_and_taken():
    reading = lines((*GOOD[:4], "4500 USD", *GOOD[5:]))
    assert "usually -60 to 400 USD" in str(reading.warnings[0].expected)
    assert len(reading.rows) == 1


def test_a_negative_price_is_taken_on_a_rebate_line():
    rebate = replace(LINES, template=PriceTerms(Basis.PER_UNIT, is_rebate=True))
    (row,) = read(rebate, LINES_HEADER, (*GOOD[:4], "-50 USD", *GOOD[5:])).rows
    assert (row.terms.rate, row.terms.is_rebate) == (D(-50), True)


def test_zero_is_a_price_and_at_cost_needs_none():
    at_cost = ("宁波", *GOOD[1:4], "实报实销", *GOOD[5:])
    free, outlay = lines((*GOOD[:4], "0 USD", *GOOD[5:]), at_cost).rows
    assert (free.terms.rate, outlay.terms.basis, outlay.terms.rate) == (D(0), Basis.AT_COST, None)


def test_each_box_column_is_a_price_of_its_own():
    first, second = read(BOXES, BOX_HEADER, ("上海", "纽约", 2000, "3,700 EUR")).rows
    assert (first.key.packaging, first.terms.unit, first.terms.rate) == ("20GP", "20GP", D(2000))
    assert (second.key.packaging, second.terms.currency) == ("40GP", "EUR")


def test_a_blank_box_is_warned_of_and_a_wrong_one_leaves_the_others_standing():
    reading = read(BOXES, BOX_HEADER, ("上海", "纽约", "", 3700), ("宁波", "纽约", "x", 3800))
    assert [(one.row, one.column) for one in reading.warnings] == [(2, "C · 20GP")]
    assert told(reading) == [(3, "C · 20GP", "x")]
    assert [row.terms.rate for row in reading.rows] == [D(3700), D(3800)]


def test_a_negative_box_price_leaves_the_other_boxes_standing():
    reading = read(BOXES, BOX_HEADER, ("上海", "纽约", -1, 3700))
    assert told(reading) == [(2, "C · 20GP", "-1")]
    assert [row.key.packaging for row in reading.rows] == ["40GP"]


def test_a_line_without_any_box_price_is_an_error():
    assert told(read(BOXES, BOX_HEADER, ("上海", "纽约", "", "-"))) == [
        (2, "C · 20GP", ""),
        (2, "D · 40GP", ""),
    ]


@pytest.mark.parametrize(
    ("large", "asked"), [(1999, True), (2000, False), (4400, False), (4401, True)]
)
def test_a_40_foot_box_outside_one_to_2_2_times_a_20_foot_one_is_asked_about(
    large: int, asked: bool
):
    reading = read(BOXES, BOX_HEADER, ("上海", "纽约", 2000, large))
    assert (bool(reading.warnings), len(reading.rows)) == (asked, 2)


def test_a_charge_per_document_is_one_price_whatever_the_box():
    per_document = replace(BOXES, constants=(*BOXES.constants, (M.UNIT, "PER_DOC")))
    (row,) = read(per_document, BOX_HEADER, ("上海", "纽约", 450, 450)).rows
    assert (row.key.packaging, row.terms.unit, row.terms.rate) == ("", "BL", D(450))
    reading = read(per_document, BOX_HEADER, ("上海", "纽约", 450, 460))
    assert told(reading) == [(2, "D · 40GP", "460")]


def test_an_unknown_constant_of_a_profile_is_told():
    wrong = replace(BOXES, constants=constants(category="sea", currency="XXY"))
    assert (None, "Currency", "XXY") in told(read(wrong, BOX_HEADER, ("上海", "纽约", 1, 1)))


def test_bands_in_any_order_fold_into_one_price():
    (row,) = bands(("A", 100, "", "0.5"), ("B", 0, "", 1), ("A", 0, 100, "0.7")).rows[:1]
    assert [(band.over, band.up_to, band.rate) for band in row.terms.breaks] == [
        (D(0), D(100), D("0.7")),
        (D(100), None, D("0.5")),
    ]
    assert row.source_rows == (2, 4)


def test_bands_that_overlap_are_told_with_both_rows_and_the_price_is_not_taken():
    reading = bands(("A", 0, 100, 1), ("A", 90, "", "0.9"), ("B", 0, "", 1))
    assert told(reading) == [(3, "B · over", "90-")]
    assert "row 2 has 0-100" in str(reading.errors[0].expected)
    assert [row.key.destination for row in reading.rows] == ["B"]


def test_a_gap_a_late_start_and_a_rising_rate_are_told_but_not_repaired():
    reading = bands(("A", 0, 50, 1), ("A", 60, "", "1.2"), ("B", 50, "", 1))
    found = [(one.row, str(one.expected)) for one in reading.warnings]
    assert [row for row, _ in found] == [3, 3, 4]
    assert "between 50 and 60" in found[0][1]
    assert "row 2 has 1" in found[1][1]
    assert "below 50 there is no price" in found[2][1]
    assert len(reading.rows) == 2


def test_a_band_repeated_word_for_word_counts_once():
    reading = bands(("A", 0, "", 1), ("A", 0, "", 1))
    assert "row 2 is the same" in str(reading.warnings[0].expected)
    assert len(reading.rows[0].terms.breaks) == 1


def test_a_wrong_band_takes_its_whole_price_out():
    reading = bands(("A", 0, 50, 1), ("A", 50, "", "x"), ("B", 0, "", 1))
    assert told(reading) == [(3, "D · rate", "x")]
    assert [row.key.destination for row in reading.rows] == ["B"]


def test_a_band_without_a_price_and_one_with_a_negative_bound_are_told():
    reading = bands(("A", 0, "", ""), ("B", -1, "", 1))
    assert told(reading) == [(2, "D · rate", ""), (3, "B · over", "-1")]


def test_bands_with_only_their_ends_begin_where_the_last_ends():
    ends = replace(BANDS, columns=tuple(c for c in BANDS.columns if c.meaning is not M.OVER))
    (row,) = read(ends, ("to", "up to", "rate"), ("A", 1, 3), ("A", "", 1), ("A", 3, 2)).rows
    assert [(band.over, band.up_to) for band in row.terms.breaks] == [
        (D(0), D(1)),
        (D(1), D(3)),
        (D(3), None),
    ]


def test_bands_that_overlap_may_be_read_as_separate_offers():
    rows = (("A", 0, 9, 1), ("A", 0, 9, 2), ("A", 9, "", 1))
    first, second = bands(*rows, repeats=Repeats.OFFERS).rows
    assert [(row.key.qualifier, row.source_rows) for row in (first, second)] == [
        ("", (2, 4)),
        ("#2", (3,)),
    ]


def test_rows_are_left_out_by_a_word_or_kept_by_it():
    rows = (("A", 0, "", 1), ("B", 0, "", 1))
    out = bands(*rows, leave_out=(LeaveOut("to", ("a",)),))
    kept = bands(*rows, leave_out=(LeaveOut("to", ("a",), keep=True),))
    assert [row.key.destination for row in out.rows] == ["B"]
    assert [row.key.destination for row in kept.rows] == ["A"]
    assert (out.read, out.left_out) == (2, 1)


def test_the_sheet_s_words_are_turned_into_ours():
    mapped = replace(LINES, words=((M.UNIT, (("per piece of paper", "BL"),)),))
    (row,) = read(mapped, LINES_HEADER, (*GOOD[:3], "Per  piece of paper", *GOOD[4:])).rows
    assert row.terms.unit == "BL"


def test_a_currency_column_that_contradicts_the_cell_is_told():
    both = replace(LINES, columns=(*LINES.columns, Column("Cur", M.CURRENCY)))
    reading = read(both, (*LINES_HEADER, "Cur"), (*GOOD, "CNY"))
    assert told(reading) == [(2, "E · Price", "USD")]


def test_what_no_record_could_hold_is_told():
    reading = lines((*GOOD[:2], "X" * 25, *GOOD[3:]))
    assert "at most 24 characters" in str(reading.errors[0].expected)


def test_every_column_of_an_air_sheet_is_a_band():
    air = Profile(
        name="air",
        layout=BANDS.layout.BAND_COLUMNS,
        columns=(
            Column("to", M.DESTINATION),
            Column("M", M.MINIMUM),
            Column("N", M.BAND, "0"),
            Column("+45", M.BAND, "45"),
            Column("+100", M.BAND, "100"),
        ),
        constants=constants(category="air", charge_code="A/F", unit="CHW", currency="CNY"),
        places=BANDS.places,
    )
    reading = read(air, ("to", "M", "N", "+45", "+100"), ("FRA", 550, 38, "", "22.80"))
    (row,) = reading.rows
    assert [(band.over, band.up_to, band.rate) for band in row.terms.breaks] == [
        (D(0), D(100), D(38)),
        (D(100), None, D("22.80")),
    ]
    assert (row.terms.minimum, reading.warnings[0].column) == (D(550), "D · +45")


def test_the_list_of_problems_has_an_end():
    reading = bands(*(("A", "x", "", 1) for _ in range(20_050)))
    assert len(reading.problems) == 20_001
    assert reading.problems[-1].found == "+ 50"


def test_progress_is_told_while_reading():
    seen: list[tuple[int, int | None]] = []
    rows = [BANDS_HEADER, *((f"P{n}", 0, "", 1) for n in range(4_001))]
    content = workbook(rows)
    read_prices(open_table(content), BANDS, progress=lambda *told_: seen.append(told_))
    assert seen == [(2, 4002), (2002, 4002), (4002, 4002)]
