"""A real month of a courier's bill against the records of what was sent out (DOMAIN R11, R12; golden case G4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.actions.carrier_bill_comparing import Comparison, Sheet, Terms, compared
from portal.billing.actions.carrier_bills import read
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.rules.carrier_bills import Charge, Finding, Tolerance
from portal.catalogue.models import Tariff
from portal.catalogue.queries.lookups import lookups_for
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.cli.carrier_bills import carrier_bills
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.factories import scheme
from tests.real.real_data import rows
from tests.real.sheet_profiles import path_of
from tests.rules.prices import SF_ZONES
from tests.sheets import in_force

pytestmark = pytest.mark.real

D = Decimal
BILL, OUTBOUND = "express/carrier_bill_sf_202008.csv", "express/outbound_sf_202008.csv"
PRODUCT = "特惠专配"
KINDS = {"": Charge.FREIGHT, "保价": Charge.INSURANCE, "特安": Charge.INSURANCE, "转寄退回": Charge.RETURN}  # fmt: skip


def sheets() -> tuple[Sheet, Sheet]:
    bill, own = path_of(BILL), path_of(OUTBOUND)
    return Sheet(bill, bill.name), Sheet(own, own.name)


def terms(tolerance: str = "3", tariff: Tariff | None = None, **more: bool) -> Terms:
    return Terms("顺丰速运", Tolerance(D(tolerance), **more), tariff)


def plain_findings(tolerance: Decimal) -> dict[str, str]:
    """Waybill → finding, worked out straight from the two files, without prices."""
    lines, ours = defaultdict(list), {row["waybill"]: row for row in rows(OUTBOUND)}
    for row in rows(BILL):
        lines[row["waybill"]].append(row)
    found = {waybill: "only_ours" for waybill in ours if waybill not in lines}
    for waybill, each in lines.items():
        freight = [row for row in each if not row["extra_service"]]
        own = D(ours[waybill]["actual_kg"]) if waybill in ours else None
        kg = max(D(row["charge_kg"]) for row in freight or each)
        if own is None:
            found[waybill] = "only_theirs"
        elif len(freight) > 1:
            found[waybill] = "duplicate"
        elif any(row["extra_service"] == "转寄退回" for row in each):
            found[waybill] = "returned"
        elif own and abs(kg - own) >= tolerance:
            found[waybill] = "weight"
        else:
            found[waybill] = "matched" if own else "not_weighed"
    return found


def zone_of_regions() -> dict[str, str]:
    """Region → zone. No table of zones is at hand, so it is derived: the zone of G4 that prices all of its lines.

    Where short parcels alone went to a region several zones would do; any of them is right then.
    """
    lines: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for row in rows(BILL):
        if row["product"] == PRODUCT and not row["extra_service"]:
            lines[row["region"]].append((D(row["charge_kg"]), D(row["fee"])))
    return {
        region: next(
            zone
            for zone, of in SF_ZONES.items()
            if all(price(of, kg).amount == fee for kg, fee in each)
        )
        for region, each in lines.items()
    }


def zone_tariff(now: datetime) -> Tariff:
    """The four zones' prices as a tariff: one line for each region, for the contract product alone."""
    places = lookups_for("express")
    priced = []
    for region, zone in zone_of_regions().items():
        to = places.find_place(region) or region
        key = PriceKey("express", "parcel", "EXP", "", to, "", "KGM", qualifier=PRODUCT)
        priced.append(PriceRow(key, SF_ZONES[zone]))
    return in_force(scheme("SF-COST"), priced, now, date(2020, 8, 1))


@pytest.mark.parametrize("tolerance", ["1", "3", "0.05"])
def test_every_waybill_has_the_finding_of_a_plain_computation(
    database: None, tolerance: str
) -> None:
    found = compared(*sheets(), terms(tolerance), SYSTEM)
    expected = plain_findings(D(tolerance))
    assert {row.waybill: row.finding.value for row in found.rows} == expected
    assert len(found.rows) == len(expected) == 1_596


def test_the_month_has_the_figures_that_were_counted_by_hand(database: None) -> None:
    found = compared(*sheets(), terms(), SYSTEM)
    counts = {finding: sums.waybills for finding, sums in found.sums.items()}
    assert counts == {
        Finding.MATCHED: 1_349, Finding.WEIGHT: 10, Finding.NOT_WEIGHED: 99, Finding.RETURNED: 16,
        Finding.ONLY_THEIRS: 94, Finding.ONLY_OURS: 28, Finding.DUPLICATE: 0, Finding.PRICE: 0,
    }  # fmt: skip
    both = [row for row in found.rows if row.billed and row.own]
    unweighed = [row for row in found.rows if Finding.NOT_WEIGHED in (row.finding, *row.also)]
    returned = [row for row in found.rows if row.billed and row.billed.amount(Charge.RETURN)]
    assert (len(both), len(unweighed), len(returned)) == (1_474, 100, 19)
    assert (found.starts_on, found.ends_on) == (date(2020, 8, 1), date(2020, 8, 31))


def test_freight_insurance_and_returns_add_up_to_the_bill(database: None) -> None:
    whole = compared(*sheets(), terms(), SYSTEM).whole
    apart = dict.fromkeys(Charge, D(0))
    for row in rows(BILL):
        apart[KINDS[row["extra_service"]]] += D(row["payable"])
    assert whole.amounts == apart
    assert whole.total == D("32012.20")


def agreeing(found: Comparison) -> int:
    """How many waybills are billed what the tariff gives."""
    return sum(
        row.expected is not None and row.expected == row.amount(Charge.FREIGHT)
        for row in found.rows
    )


def test_the_four_zones_price_every_freight_line_of_the_contract_product_to_the_cent(
    database: None, now: datetime
) -> None:
    found = compared(*sheets(), terms(tariff=zone_tariff(now)), SYSTEM)
    whole, billed = found.whole, rows(BILL)
    freight = [row for row in billed if not row["extra_service"]]
    contract = [row for row in freight if row["product"] == PRODUCT]
    assert (agreeing(found), whole.priced, len(contract)) == (1_549, 1_549, 1_549)
    assert whole.expected == sum(D(row["fee"]) for row in contract)
    assert whole.unpriced == len(freight) - len(contract) == 18
    assert found.sums[Finding.PRICE].waybills == 0


def test_a_fee_that_was_raised_by_a_cent_is_found(
    database: None, now: datetime, tmp_path: Path
) -> None:
    changed = tmp_path / "bill.csv"
    text = path_of(BILL).read_text(encoding="utf-8")
    changed.write_text(text.replace("12.20,0.00,12.20,\n", "12.21,0.00,12.21,\n", 1), "utf-8")
    found = compared(
        Sheet(changed, changed.name), sheets()[1], terms(tariff=zone_tariff(now)), SYSTEM
    )
    told = [row for row in found.rows if Finding.PRICE in (row.finding, *row.also)]
    assert [(row.waybill, row.amount(Charge.FREIGHT)) for row in told] == [
        ("SF200800664", D("12.21"))
    ]
    assert told[0].expected == D("12.20")


def test_a_difference_that_costs_nothing_is_accepted_by_price(
    database: None, now: datetime
) -> None:
    tariff = zone_tariff(now)
    strict = compared(*sheets(), terms("0.05", tariff), SYSTEM).sums[Finding.WEIGHT].waybills
    by_price = compared(*sheets(), terms("0.05", tariff, by_price=True), SYSTEM)
    listed = [row for row in by_price.rows if row.finding is Finding.WEIGHT]
    assert 0 < len(listed) < strict
    assert all(row.at_own_weight != row.expected or row.expected is None for row in listed)


def test_the_month_is_kept_waybill_by_waybill(database: None, now: datetime) -> None:
    bill = read(*sheets(), terms(), SYSTEM, now)
    db.session.commit()
    kept = db.session.get_one(CarrierBill, bill.id)
    assert (kept.billed_amount, kept.line_count) == (D("32012.20"), 1_959)
    total = sum(
        row.freight_amount + row.insurance_amount + row.return_amount + row.other_amount
        for row in db.session.query(CarrierBillRow)
    )
    assert total == D("32012.20")


def test_the_command_line_tells_the_same(app: PortalApp, database: None) -> None:
    files = [str(path_of(BILL)), str(path_of(OUTBOUND))]
    done = app.test_cli_runner().invoke(carrier_bills, ["compare", *files, "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "1,959 lines, 2020-08-01 to 2020-08-31, CNY" in done.output
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    assert "94 1,208.90 0.00 47.60 0.00 1,256.50 - 0 Only on the bill" in lines
    assert "1,596 23,685.40 7,875.00 451.80 0.00 32,012.20 - 0" in lines
