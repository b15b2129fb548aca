"""Mapping profiles for the real layouts, as a user would save them, and how to open the files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.profile import (
    Column,
    Layout,
    LeaveOut,
    Places,
    Profile,
    Repeats,
    constants,
)
from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms
from portal.kernel.tables import Table, open_table
from tests.real.real_data import SHARED

D = Decimal


def path_of(name: str) -> Path:
    """The real file; the test is skipped, saying why, where it is not at hand."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not beside this copy of the repository")
    return path


def table_of_file(name: str, sheet: str | None = None) -> Table:
    """One table of a real file."""
    return open_table(path_of(name), sheet=sheet)


CARRIER = Profile(
    name="carrier contract, one line per charge, one column per box",
    layout=Layout.BOX_COLUMNS,
    sheet="Ocean Freight Rates",
    columns=(
        Column("Receipt", M.RECEIPT),
        Column("Load Port", M.ORIGIN),
        Column("Discharge Port", M.DESTINATION),
        Column("Delivery", M.DELIVERY),
        Column("Effective Date", M.VALID_FROM),
        Column("Expiry Date", M.VALID_TO),
        Column("Service Mode", M.MODE),
        Column("Commodity Name", M.COMMODITY),
        Column("Inclusive Surcharges", M.INCLUSIVE),
        Column("Charge", M.CHARGE_CODE),
        Column("Rate Basis", M.UNIT),
        Column("20DRY", M.BOX, "20GP"),
        Column("40DRY", M.BOX, "40GP"),
        Column("40HDRY", M.BOX, "40HQ"),
        Column("45HDRY", M.BOX, "45HQ"),
    ),
    constants=constants(category="sea", load="fcl"),
    required=((M.RECEIPT, M.ORIGIN), (M.DESTINATION, M.DELIVERY)),
)

BRUNEL = Profile(
    name="one line per weight band, both ends named",
    layout=Layout.BAND_LINES,
    columns=(
        Column("carrier", M.CARRIER),
        Column("orig_port", M.ORIGIN),
        Column("dest_port", M.DESTINATION),
        Column("min_weight", M.OVER),
        Column("max_weight", M.UP_TO),
        Column("service", M.SERVICE),
        Column("minimum_cost", M.BAND_MINIMUM),
        Column("rate", M.BAND_RATE),
        Column("transit_days", M.TRANSIT_DAYS),
        Column("transit_days", M.SERVICE),
        Column("carrier_type", M.SERVICE),
    ),
    constants=constants(charge_code="A/F", currency="USD", unit="KGM", category="air"),
    leave_out=(LeaveOut("mode", ("AIR",), keep=True),),
    places=Places.FREE,
    template=PriceTerms(Basis.BANDS, bound=Bound.WITHIN),
)
BRUNEL_OFFERS = Profile.from_json(BRUNEL.to_json() | {"repeats": Repeats.OFFERS.value})

_EXPRESS = constants(
    category="express", load="parcel", charge_code="EXP", currency="CNY", unit="KGM"
)

YUNDA = Profile(
    name="express list: flat bands, then base and rate",
    layout=Layout.BAND_LINES,
    columns=(
        Column("dest_province", M.PROVINCE),
        Column("dest_city", M.CITY),
        Column("over_kg", M.OVER),
        Column("up_to_kg", M.UP_TO),
        Column("flat_price", M.BAND_FLAT),
        Column("base_price", M.BAND_FLAT),
        Column("per_kg", M.BAND_RATE),
        Column("weight_rounding", M.BAND_STEP),
    ),
    constants=_EXPRESS,
    places=Places.FREE,
)

SCHEMES = Profile(
    name="customers' express schemes: first weight and further kilograms by band",
    layout=Layout.BAND_LINES,
    columns=(
        Column("carrier", M.CARRIER),
        Column("zone", M.DESTINATION),
        Column("over_kg", M.OVER),
        Column("up_to_kg", M.UP_TO),
        Column("first_kg", M.BAND_BEYOND),
        Column("first_price", M.BAND_FLAT),
        Column("add_per_kg", M.BAND_RATE),
        Column("commission_first", M.BAND_COMMISSION),
        Column("commission_per_kg", M.BAND_COMMISSION_RATE),
    ),
    constants=(*_EXPRESS, (M.BAND_STEP, "1")),
    leave_out=(LeaveOut("scheme", ("C05",), keep=True),),
    places=Places.FREE,
)

LTL = Profile(
    name="LTL brackets",
    layout=Layout.BAND_LINES,
    columns=(
        Column("province", M.PROVINCE),
        Column("city", M.CITY),
        Column("lead_time", M.TRANSIT_DAYS),
        Column("over_kg", M.OVER),
        Column("up_to_kg", M.UP_TO),
        Column("kind", M.BAND_KIND),
        Column("price", M.BAND_PRICE),
    ),
    constants=constants(
        category="road", load="lcl", charge_code="T/F", currency="CNY", unit="KGM", origin="无锡市"
    ),
    places=Places.FREE,
)

SF = Profile(
    name="first and further kilogram by province",
    layout=Layout.LINES,
    columns=(
        Column("province", M.PROVINCE),
        Column("first_kg_price", M.FIRST_AMOUNT),
        Column("additional_per_kg", M.CONTINUED_AMOUNT),
    ),
    constants=(*_EXPRESS, *constants(first_quantity="1", continued_step="1", carrier="SF")),
    places=Places.FREE,
)

STO = Profile(
    name="3.5 / 4.0 / 4.5 up to 3 kg, then so much for each further kilogram",
    layout=Layout.LINES,
    columns=(
        Column("province", M.PROVINCE),
        Column("base_first_3kg_band", M.PRICE),
        Column("extra_per_kg_over_3", M.BAND_RATE),
    ),
    constants=(*_EXPRESS, *constants(carrier="STO")),
    places=Places.FREE,
    template=PriceTerms(
        Basis.BANDS,
        breaks=(
            Break(D(0), D(1), flat=D(0)),
            Break(D(1), D(2), flat=D("0.5")),
            Break(D(2), D(3), flat=D(1)),
            Break(D(3), None, flat=D(1), rate=D(0), step=D(1), beyond=D(3)),
        ),
    ),
)
