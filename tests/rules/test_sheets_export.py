"""The product's own sheet: whatever goes out comes back unchanged, in both languages and both kinds of file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.sheets.cells import read_text
from portal.catalogue.rules.sheets.difference import difference
from portal.catalogue.rules.sheets.export import lines_of, write_own_csv, write_own_xlsx
from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.profile import own_profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow, Reading
from portal.catalogue.rules.sheets.suggest import find_header, suggest_profile
from portal.catalogue.rules.terms import (
    BandOn,
    Basis,
    Bound,
    PercentOn,
    PriceTerms,
    Rounding,
)
from portal.kernel.tables import open_table, table_of
from tests.rules.prices import AIR_PVG_FRA, band, bands, per

D = Decimal
ALTERNATIVES = (per("TNE", "30"), bands("MTQ", band("0", "5", "10"), band("5", None, "8")))
KINDS = (
    per("40HQ", "3850.00", "USD"),
    per("DAY", "25", "USD", each="40HQ", free_quantity=D(7)),
    per("RT", "-12.5", "USD", is_rebate=True, minimum_quantity=D(1), weight_ratio=D(500)),
    PriceTerms(Basis.FLAT, "", "CNY", rate=D(0)),
    AIR_PVG_FRA,
    bands("KGM", band("0", "5.5", flat="3.8"), band("5.5", None, "0.95", flat="2.6", step="1")),
    bands("KGM", band("0", "99.99", "1", minimum="8"), band("100", "200", "0.9"), bound=Bound.WITHIN,
          band_on=BandOn.ACTUAL),
    PriceTerms(Basis.GRADUATED, "KGM", "CNY", breaks=(band("0", "1", flat="7"), band("1", None, "3")),
               step=D("0.1"), rounding=Rounding.HALF_UP),
    PriceTerms(Basis.FIRST_CONTINUED, "KGM", "CNY", first_quantity=D(1), first_amount=D(6),
               continued_step=D("0.5"), continued_amount=D("0.9"), commission_first=D(1),
               commission_continued=D("0.2"), volume_divisor=D(8000), volume_share=D("0.5"),
               per_piece=True),
    PriceTerms(Basis.PERCENT, "P1", "", percent=D("0.5"), base_codes=("O/F", "THC"),
               percent_on=PercentOn.AFTER_DISCOUNT),
    PriceTerms(Basis.MAX_OF, "", "CNY", minimum=D(30), maximum=D(900), alternatives=ALTERNATIVES),
    PriceTerms(Basis.AT_COST, "", "CNY"),
    per("CHW", "6.50", quantity_of="A/F", step=D("0.5"), rounding=Rounding.DOWN),
)  # fmt: skip
COSTS = (
    CostComponent(CostKind.BASE, "USD", per_unit=D(3000)),
    CostComponent(CostKind.REBATE, "", percent=D("2.5")),
    CostComponent(CostKind.REBATE, "USD", per_unit=D(50)),
    CostComponent(CostKind.STICKER, "CNY", per_unit=D(-20)),
)


def row(number: int, terms: PriceTerms, **more: object) -> PriceRow:
    """A price under a key of its own."""
    key = PriceKey(
        "sea", "fcl", "O/F", "CNSHA", f"P{number}", "", terms.unit, "COSCO", "CY/CY · FAK"
    )
    return PriceRow(key, terms, **more)  # type: ignore[arg-type]


def back(rows: Sequence[PriceRow], language: str = "zh", kind: str = "xlsx") -> Reading:
    """Write the prices, and read the file by the profile that is suggested for it."""
    stream = io.BytesIO()
    write = write_own_xlsx if kind == "xlsx" else write_own_csv
    write(stream, rows, language)  # type: ignore[arg-type]
    table = open_table(stream.getvalue(), f"prices.{kind}")
    return read_prices(table, suggest_profile(find_header(table)[1])[0])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_way_of_calculation_comes_back_exactly(language: str, kind: str):
    rows = [row(number, terms) for number, terms in enumerate(KINDS)]
    reading = back(rows, language, kind)
    assert reading.errors == ()
    assert [one.terms for one in reading.rows] == list(KINDS)
    assert difference(rows, reading.rows).counts()["same"] == len(KINDS)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_belongs_to_a_price_comes_back_too(kind: str):
    whole = row(
        1,
        KINDS[0],
        charge_name="海运费（基本）",
        costs=COSTS,
        transit_days=0,
        free_days=14,
        valid_from=date(2026, 3, 1),
        valid_to=date(2026, 3, 31),
        inclusive=("DHC", "SBF"),
        note="=not a formula, 'quoted'; 第二行",
    )
    (found,) = back([whole], kind=kind).rows
    assert found == PriceRow(
        **{n: getattr(whole, n) for n in PriceRow.__slots__} | {"source_rows": (2,)}
    )


def test_prices_of_one_lane_in_two_periods_come_back_as_two():
    march = row(1, KINDS[0], valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31))
    april = row(1, KINDS[0], valid_from=date(2026, 4, 1))
    assert difference([march, april], back([march, april]).rows).changes == ()


def test_a_price_list_without_prices_is_a_template_with_the_usual_columns():
    stream = io.BytesIO()
    write_own_xlsx(stream, [], "en")
    ((_, header),) = open_table(stream.getvalue()).rows()
    assert header[:3] == ["Category", "Load", "Charge code"]
    assert "Price" in header


def test_an_alternative_that_lost_its_price_is_told():
    stream = io.BytesIO()
    write_own_csv(stream, [row(1, KINDS[10])], "en")
    lines = stream.getvalue().decode("utf-8-sig").splitlines()
    table = open_table("\n".join([lines[0], *lines[2:]]).encode(), "a.csv")
    reading = read_prices(table, suggest_profile(find_header(table)[1])[0])
    assert {str(one.expected) for one in reading.errors} == {
        "an alternative directly below the line of its price"
    }


def test_a_further_band_that_contradicts_the_first_line_is_told():
    stream = io.BytesIO()
    write_own_csv(stream, [row(1, KINDS[5])], "en")
    header, first, second = csv.reader(stream.getvalue().decode("utf-8-sig").splitlines())
    second[header.index("Currency")] = "USD"
    (problem,) = read_prices(table_of([header, first, second]), own_profile(header)).errors
    assert (problem.row, problem.found, str(problem.expected)) == (3, "USD", "CNY, as in row 2")


amounts = st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False)
steps = st.lists(st.decimals("0.1", 500, places=1), min_size=1, max_size=5)
codes = st.text(st.characters(categories=["Lu", "Lo", "Nd"]), min_size=1, max_size=12).filter(
    lambda code: read_text(code) == code
)


@st.composite
def schedules(draw: st.DrawFn) -> PriceTerms:
    """Band schedules without gaps."""
    breaks, over = [], D(0)
    for step in draw(steps):
        breaks.append(band(str(over), str(over + step), str(draw(amounts))))
        over += step
    breaks.append(band(str(over), None, str(draw(amounts)), flat=str(draw(amounts))))
    return bands("KGM", *breaks, minimum=draw(st.none() | amounts))


@st.composite
def prices(draw: st.DrawFn) -> PriceRow:
    """Any price with its validity and note."""
    terms = draw(schedules() | st.sampled_from(KINDS))
    start = draw(st.none() | st.dates(date(2000, 1, 1), date(2060, 1, 1)))
    end = None if start is None else start + timedelta(days=draw(st.integers(0, 400)))
    key = PriceKey("sea", "fcl", draw(codes), draw(codes), draw(codes), "", terms.unit, draw(codes))
    note = " ".join(draw(st.text(max_size=40)).split()).replace("\x00", "")
    return PriceRow(key, terms, valid_from=start, valid_to=end, note=_printable(note))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()


@settings(max_examples=40)
@given(
    st.lists(prices(), min_size=1, max_size=6, unique_by=lambda one: one.key),
    st.sampled_from(["xlsx", "csv"]),
)
def test_importing_an_export_changes_nothing(rows: list[PriceRow], kind: str):
    reading = back(rows, kind=kind)
    found = difference(rows, reading.rows)
    assert (reading.errors, found.changes, found.same) == ((), (), len(rows))


def test_costs_and_percentages_go_out_without_idle_zeros() -> None:
    terms = PriceTerms(Basis.PERCENT, "P1", "", percent=D("2.000000"), base_codes=("O/F",))
    costs = (
        CostComponent(CostKind.BASE, "USD", per_unit=D("1320.000000")),
        CostComponent(CostKind.REBATE, "", percent=D("2.500000")),
        CostComponent(CostKind.STICKER, "CNY", per_unit=D("-20")),
    )
    price = row(1, terms, costs=costs)
    (line,) = lines_of(price)
    said = [line[m] for m in (M.PERCENT, M.COST_BASE, M.COST_REBATE, M.COST_STICKER)]
    assert said == ["2%", "1320 USD", "2.5%", "-20 CNY"]
    assert back([price]).rows[0].costs == costs
