"""Tariffs: filled in bulk, out and back in, in force on their days and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.catalogue.actions.exporting import write_tariff
from portal.catalogue.actions.reading import compare, read_sheet
from portal.catalogue.actions.tariffs import activate, apply_rows, discard, draft_tariff, retire
from portal.catalogue.models import Price, PriceScheme, ServiceItem
from portal.catalogue.queries.tariffs import in_force as tariff_on
from portal.catalogue.queries.tariffs import rows_of
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.sheets.difference import Kind
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from tests.cast import Cast, viewer
from tests.factories import scheme
from tests.sheets import FIRST_DAY, fcl, in_force

D = Decimal


def mixed_rows() -> list[PriceRow]:
    """Prices of several shapes, with everything that may stand beside a price."""
    box = fcl("CNSHA", "USNYC", "40HQ", "3850", carrier="COSCO", transit_days=28, free_days=7,
              inclusive=("BAF", "LSS"), note="直航", valid_from=FIRST_DAY,
              costs=(CostComponent(CostKind.BASE, "USD", per_unit=D(3300)),
                     CostComponent(CostKind.REBATE, "", percent=D(2))))  # fmt: skip
    heavy = Break(D("5.5"), None, flat=D("2.6"), rate=D("0.9"), step=D(1))
    bands = PriceTerms(
        Basis.BANDS, "KGM", "CNY", breaks=(Break(D(0), D("5.5"), flat=D("3.8")), heavy)
    )
    parcel = PriceRow(box.key._replace(category="express", load="parcel", charge_code="EXPR", origin="",
                                       destination="440300", packaging="", unit="KGM", carrier=""), bands)  # fmt: skip
    return [box, fcl("CNSHA", "USNYC", "20GP", "2000", carrier="COSCO"), parcel]


def test_prices_come_back_from_the_database_as_they_went_in(database: None, now: datetime) -> None:
    tariff = in_force(scheme("STD"), mixed_rows(), now)
    found = compare(mixed_rows(), tariff, SYSTEM)
    assert found.counts() | {Kind.SAME: 0} == dict.fromkeys(Kind, 0)
    assert found.same == 3


@pytest.mark.parametrize("name", ["prices.xlsx", "prices.csv"])
def test_an_export_read_unchanged_changes_nothing(
    database: None, now: datetime, tmp_path: Path, name: str
) -> None:
    tariff = in_force(scheme("STD"), mixed_rows(), now)
    assert write_tariff(tmp_path / name, tariff, SYSTEM, "zh") == 3
    reading = read_sheet(tmp_path / name, name, None)
    assert [p.expected.render() for p in reading.errors] == []
    found = compare(reading.rows, tariff, SYSTEM)
    assert (len(found.changes), found.same) == (0, 3)


def test_one_edited_price_is_one_change(database: None, now: datetime, tmp_path: Path) -> None:
    tariff = in_force(scheme("STD"), mixed_rows(), now)
    path = tmp_path / "prices.csv"
    write_tariff(path, tariff, SYSTEM, "en")
    path.write_text(path.read_text("utf-8-sig").replace("3850", "4004"), "utf-8")
    found = compare(read_sheet(path, path.name, None).rows, tariff, SYSTEM)
    assert [(c.kind, c.percent) for c in found.changes] == [(Kind.UP, D("4.0"))]


def test_an_export_holds_no_cost_for_who_may_not_see_costs(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    tariff = in_force(scheme("STD"), mixed_rows(), now)
    write_tariff(tmp_path / "p.csv", tariff, viewer(cast.sales), "en")
    assert "3300" not in (tmp_path / "p.csv").read_text("utf-8-sig")
    assert all(row.costs == () for row in rows_of(tariff, viewer(cast.sales)))


def test_items_are_made_once_for_all_sheets(database: None, now: datetime) -> None:
    in_force(scheme("ONE"), mixed_rows(), now)
    in_force(
        scheme("TWO"),
        [replace(row, key=row.key._replace(carrier="MSC")) for row in mixed_rows()],
        now,
    )
    assert db.session.scalar(select(func.count()).select_from(ServiceItem)) == 3
    item = db.session.scalars(select(ServiceItem).where(ServiceItem.packaging == "40HQ")).one()
    assert (item.name_zh, item.main_unit, item.section) == (
        "海运费 上海–纽约 40HQ",
        "TEU",
        "freight",
    )
    assert "shanghai" in item.search_text and "ny" in item.search_text


def test_a_new_version_ends_the_old_one_the_day_before(database: None, now: datetime) -> None:
    of = scheme("STD")
    old = in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    new = in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "4000")], now, date(2026, 4, 1))
    assert (old.state, old.valid_to) == ("superseded", date(2026, 3, 31))
    assert tariff_on(of.id, date(2026, 3, 31)) is old
    assert tariff_on(of.id, date(2026, 4, 1)) is new


def test_a_version_from_the_same_day_retires_the_old_one(database: None, now: datetime) -> None:
    of = scheme("STD")
    old = in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    new = in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "4000")], now)
    assert old.state == "retired"
    assert tariff_on(of.id, FIRST_DAY) is new


def test_no_day_of_a_scheme_has_two_tariffs(database: None, now: datetime) -> None:
    of = scheme("STD")
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now, date(2026, 5, 1))
    with pytest.raises(Invalid, match="2026-05-01"):
        in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "4000")], now, date(2026, 4, 1))


def test_a_tariff_without_prices_is_not_put_in_force(database: None, now: datetime) -> None:
    with pytest.raises(Invalid, match="without prices"):
        activate(draft_tariff(scheme("STD"), FIRST_DAY, SYSTEM, now), SYSTEM, now)


def test_only_a_draft_is_filled_or_thrown_away(database: None, now: datetime) -> None:
    tariff = in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    with pytest.raises(NotAllowedNow):
        apply_rows(tariff, mixed_rows(), SYSTEM, now)
    with pytest.raises(NotAllowedNow):
        discard(tariff, SYSTEM, now)


def test_a_discarded_draft_leaves_no_price(database: None, now: datetime) -> None:
    tariff = draft_tariff(scheme("STD"), FIRST_DAY, SYSTEM, now)
    apply_rows(tariff, mixed_rows(), SYSTEM, now)
    discard(tariff, SYSTEM, now)
    assert db.session.scalar(select(func.count()).select_from(Price)) == 0


def test_retiring_needs_a_reason_and_takes_the_tariff_out_of_force(
    database: None, now: datetime
) -> None:
    tariff = in_force(scheme("STD"), mixed_rows(), now)
    with pytest.raises(Invalid):
        retire(tariff, " ", SYSTEM, now)
    retire(tariff, "承运人撤回", SYSTEM, now)
    assert tariff_on(tariff.scheme_id, FIRST_DAY + timedelta(days=3)) is None


def test_a_draft_cannot_end_before_it_begins(database: None, now: datetime) -> None:
    of: PriceScheme = scheme("STD")
    with pytest.raises(Invalid, match="on or after 2026-03-01"):
        draft_tariff(of, FIRST_DAY, SYSTEM, now, valid_to=date(2026, 2, 28))
