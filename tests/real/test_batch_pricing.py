"""Real lists through the whole way: profile, dry run, tariff in the database, a month of shipments priced by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.access.viewer import SYSTEM
from portal.catalogue.actions.batch import price_file
from portal.catalogue.actions.exporting import write_tariff
from portal.catalogue.actions.reading import compare, read_sheet
from portal.catalogue.rules.sheets.meaning import Meaning
from portal.cli.rates import rates
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.factories import scheme
from tests.real.sheet_profiles import BRUNEL_OFFERS, CARRIER, YUNDA, path_of
from tests.sheets import FIRST_DAY, applied, received

pytestmark = pytest.mark.real

EXPRESS = replace(
    YUNDA,
    name="Yunda's list",
    constants=tuple((m, "EXPR" if m is Meaning.CHARGE_CODE else w) for m, w in YUNDA.constants),
)


def yunda_tariff(now: datetime) -> str:
    """The code of the tariff imported from the real price list."""
    body = path_of("express/yunda_price_list.csv").read_bytes()
    row = received(scheme("YD", kind="standard"), body, "yunda.csv", now, EXPRESS)
    assert (row.state, row.counts["prices"], row.counts["errors"]) == ("ready", 35, 0)
    return applied(row).code


def test_a_month_of_parcels_costs_by_the_imported_list_what_the_carrier_billed(
    app: PortalApp, database: None, now: datetime, tmp_path: Path
) -> None:
    code = yunda_tariff(now)
    out = tmp_path / "answer.xlsx"
    parcels = str(path_of("express/yunda_parcels_202102.csv"))
    done = app.test_cli_runner().invoke(rates, ["price", parcels, "--tariff", code, "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "2,961 shipments, 2,961 priced" in done.output
    assert "CNY 16,852.90" in done.output
    assert "Billed 16,852.90 on 2,961 lines; 0 differ" in done.output
    assert out.stat().st_size > 50_000


def test_the_list_sent_again_finds_its_profile_and_changes_nothing(
    database: None, now: datetime
) -> None:
    body = path_of("express/yunda_price_list.csv").read_bytes()
    of = scheme("YD", kind="standard")
    tariff = applied(received(of, body, "yunda.csv", now, EXPRESS))
    tariff.state = "active"
    db.session.commit()
    again = received(of, body, "again.csv", now)
    assert again.profile is not None and again.profile.name == "Yunda's list"
    assert again.counts["difference"] == {
        "new": 0, "gone": 0, "up": 0, "down": 0, "changed": 0, "same": 35,
    }  # fmt: skip


def test_a_zone_called_after_a_city_comes_back_from_an_export_as_it_was(
    database: None, now: datetime, tmp_path: Path
) -> None:
    body = path_of("express/yunda_price_list.csv").read_bytes()
    tariff = applied(received(scheme("YD"), body, "yunda.csv", now, EXPRESS))
    write_tariff(tmp_path / "out.csv", tariff, SYSTEM, "zh")
    found = compare(read_sheet(tmp_path / "out.csv", "out.csv", None).rows, tariff, SYSTEM)
    assert (found.changes, found.same) == ((), 35)


def test_the_dirty_carrier_workbook_names_each_wrong_cell_and_gives_the_rest(
    database: None, now: datetime
) -> None:
    body = path_of("freight/carrier_rate_sheet_part.xlsx").read_bytes()
    row = received(scheme("FCL"), body, "carrier.xlsx", now, CARRIER)
    assert row.state == "wrong"
    assert row.counts["read"] == 3291
    assert all(each["row"] and each["column"] for each in row.problems)
    tariff = applied(row, leave_out_wrong=True)
    assert tariff.price_count == row.counts["prices"] > 3000


def test_brunel_orders_cost_what_an_independent_computation_says(
    database: None, now: datetime
) -> None:
    body = path_of("freight/brunel_freight_rates.csv").read_bytes()
    tariff = applied(received(scheme("BRUNEL"), body, "brunel.csv", now, BRUNEL_OFFERS))
    orders = path_of("freight/brunel_orders_part.csv")
    priced = price_file(orders, orders.name, tariff, SYSTEM, on=FIRST_DAY, cheapest=True)
    assert (priced.totals.shipments, priced.totals.priced) == (3000, 2112)
    assert priced.totals.amounts == {"USD": Decimal("3964.61")}
