"""Which prices a lane has for whom, on which day, from which level of places; which surcharges attach themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.catalogue.models import FirmPlace, SchemeGrant
from portal.catalogue.queries.prices import (
    charges_beside,
    exchange_rate,
    lane_prices,
    price_history,
    surcharges_for,
    tax_of,
    usable_schemes,
)
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.picking import first_choice
from portal.kernel.errors import Invalid
from tests.cast import Cast, viewer
from tests.factories import add, exchange, flat, item, per_unit, scheme, surcharge
from tests.sheets import fcl, in_force

pytestmark = pytest.mark.both_databases

D = Decimal
TODAY = date(2026, 3, 2)
USD_COST = (CostComponent(CostKind.BASE, "USD", per_unit=D(3300)),)


def lane(cast: Cast, who: str = "sales", to: str = "USNYC", **more: object) -> list[Decimal | None]:
    """The figures that somebody finds from Shanghai for Harbour Foods."""
    found = lane_prices(viewer(getattr(cast, who)), cast.harbour, "CNSHA", to, on=TODAY, **more)
    return [each.headline for each in found]


def test_prices_of_all_usable_schemes_stand_side_by_side_in_the_order_of_picking(
    cast: Cast, now: datetime
) -> None:
    in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    own = scheme("HARB", kind="customer", customer_id=cast.harbour.id)
    in_force(own, [fcl("CNSHA", "USNYC", "40HQ", "3900")], now)
    tier = scheme("VIP", kind="tier", segments=["ordinary"])
    in_force(tier, [fcl("CNSHA", "USNYC", "40HQ", "3700")], now)
    assert lane(cast) == [D(3900), D(3700), D(3850)]
    found = lane_prices(viewer(cast.sales), cast.harbour, "CNSHA", "USNYC", on=TODAY)
    assert first_choice(found).headline == D(3900)  # type: ignore[union-attr]


def test_another_customers_scheme_and_another_tier_are_not_usable(
    cast: Cast, now: datetime
) -> None:
    rows = [fcl("CNSHA", "USNYC", "40HQ", "3900")]
    in_force(scheme("NORD", kind="customer", customer_id=cast.nordwind.id), rows, now)
    in_force(scheme("VIP", kind="tier", segments=["vip"]), rows, now)
    assert usable_schemes(viewer(cast.sales), cast.harbour, TODAY) == []
    assert [s.code for s in usable_schemes(viewer(cast.sales), cast.nordwind, TODAY)] == ["NORD"]


def test_a_cost_scheme_is_never_for_sale(cast: Cast, now: datetime) -> None:
    in_force(scheme("COST", kind="cost"), [fcl("CNSHA", "USNYC", "40HQ", "3300")], now)
    assert lane(cast, "catalogue_manager") == []


def test_a_grant_limits_a_scheme_to_a_role_or_a_person(cast: Cast, now: datetime) -> None:
    of = scheme("STD")
    of.grants = [SchemeGrant(role="sales_manager"), SchemeGrant(user_id=cast.finance.id)]
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    found = {who: lane(cast, who) for who in ("sales", "sales_manager", "finance")}
    assert found == {"sales": [], "sales_manager": [D(3850)], "finance": [D(3850)]}


def test_a_customers_own_user_finds_no_prices(cast: Cast, now: datetime) -> None:
    in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    assert lane(cast, "lin") == []


@pytest.mark.parametrize(("on", "figure"), [(date(2026, 3, 31), 3850), (date(2026, 4, 1), 4000)])
def test_the_reference_day_picks_the_version(
    cast: Cast, now: datetime, on: date, figure: int
) -> None:
    of = scheme("STD")
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "4000")], now, date(2026, 4, 1))
    found = lane_prices(viewer(cast.sales), cast.harbour, "CNSHA", "USNYC", on=on)
    assert [each.headline for each in found] == [D(figure)]


def test_a_line_outside_its_own_validity_is_not_found(cast: Cast, now: datetime) -> None:
    until = replace(fcl("CNSHA", "USNYC", "40HQ", "3850"), valid_to=date(2026, 3, 1))
    in_force(scheme("STD"), [until], now)
    assert lane(cast) == []


def test_the_narrowest_place_with_a_line_wins(cast: Cast, now: datetime) -> None:
    rows = [fcl("CNSHA", "US", "40HQ", "5000"), fcl("CN", "US", "20GP", "2500")]
    tariff = in_force(scheme("STD"), [*rows, fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    assert tariff.price_count == 3
    assert lane(cast) == [D(2500), D(3850)]
    assert lane(cast, to="USLAX") == [D(2500), D(5000)]


def test_a_place_of_the_firms_own_lies_in_what_it_was_put_under(cast: Cast, now: datetime) -> None:
    add(FirmPlace(code="WH-KS", name_zh="昆山仓", parent="320500", kind="free", country="CN"))
    in_force(scheme("STD"), [fcl("320500", "USNYC", "40HQ", "3850")], now)
    found = lane_prices(viewer(cast.sales), cast.harbour, "WH-KS", "USNYC", on=TODAY)
    assert [each.level for each in found] == [1]


def test_costs_are_with_the_price_only_for_who_may_see_them(cast: Cast, now: datetime) -> None:
    in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850", costs=USD_COST)], now)
    found = {
        who: lane_prices(viewer(getattr(cast, who)), cast.harbour, "CNSHA", "USNYC", on=TODAY)[
            0
        ].costs
        for who in ("sales", "sales_manager")
    }
    assert found == {"sales": None, "sales_manager": USD_COST}


def test_what_the_sheet_charges_beside_the_freight_is_found_with_it(
    cast: Cast, now: datetime
) -> None:
    freight = fcl("CNSHA", "USNYC", "40HQ", "3850", carrier="COSCO")
    beside = replace(freight, key=freight.key._replace(charge_code="THC"))
    other = replace(freight, key=freight.key._replace(charge_code="THC", carrier="MSC"))
    in_force(scheme("STD"), [freight, beside, other], now)
    asking = viewer(cast.sales)
    (picked,) = lane_prices(asking, cast.harbour, "CNSHA", "USNYC", on=TODAY)
    found = charges_beside(asking, cast.harbour, picked, TODAY)
    assert [(each.charge_code, each.carrier) for each in found] == [("THC", "COSCO")]


def test_a_promotion_wins_over_the_standard_price_only_when_it_is_better(
    cast: Cast, now: datetime
) -> None:
    in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    in_force(scheme("PROMO", kind="promotion"), [fcl("CNSHA", "USNYC", "40HQ", "3600")], now)
    found = lane_prices(viewer(cast.sales), cast.harbour, "CNSHA", "USNYC", on=TODAY)
    assert first_choice(found).scheme_code == "PROMO"  # type: ignore[union-attr]
    dearer = [replace(each, headline=D(4000)) if each.stacks is False and each.scheme_code == "PROMO" else each
              for each in found]  # fmt: skip
    assert first_choice(dearer).scheme_code == "STD"  # type: ignore[union-attr]


def test_history_shows_every_version_newest_first(cast: Cast, now: datetime) -> None:
    of = scheme("STD")
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "4000")], now, date(2026, 4, 1))
    points = price_history(viewer(cast.sales), "CNSHA", "USNYC", "40HQ")
    assert [(p.headline, p.valid_to) for p in points] == [
        (D(4000), None),
        (D(3850), date(2026, 3, 31)),
    ]


def test_a_surcharge_attaches_itself_to_its_mode_lane_box_and_season(
    cast: Cast, now: datetime
) -> None:
    baf = item("BAF", "燃油附加费", unit="TEU")
    surcharge(baf, per_unit("TEU", "USD", "150"))
    surcharge(item("AMS", "舱单", unit="BL"), flat("USD", "35"), destination="US")
    surcharge(
        item("PSS", "旺季", unit="TEU"), per_unit("TEU", "USD", "300"), valid_from=date(2026, 6, 1)
    )
    surcharge(item("RFS", "插电", unit="DAY"), per_unit("DAY", "CNY", "80"), packaging="40RH")
    found = {
        to: [s.charge_code for s in surcharges_for(SYSTEM, category="sea", on=TODAY, origin="CNSHA",
                                                    destination=to, packagings=["40HQ"], load="fcl")]
        for to in ("USNYC", "DEHAM")
    }  # fmt: skip
    assert found == {"USNYC": ["BAF", "AMS"], "DEHAM": ["BAF"]}


def test_a_surcharge_of_a_scheme_takes_the_place_of_everybodys(cast: Cast, now: datetime) -> None:
    baf, own = item("BAF", "燃油附加费", unit="TEU"), scheme("HARB")
    surcharge(baf, per_unit("TEU", "USD", "150"))
    surcharge(baf, per_unit("TEU", "USD", "120"), scheme_id=own.id)
    rates = [
        [s.terms.rate for s in surcharges_for(SYSTEM, category="sea", on=TODAY, scheme_ids=ids)]
        for ids in ([own.id], [])
    ]
    assert rates == [[D(120)], [D(150)]]


def test_the_rate_of_exchange_is_the_latest_on_or_before_the_day(database: None) -> None:
    exchange("USD", "7.10", date(2026, 3, 1))
    exchange("USD", "7.20", date(2026, 3, 5))
    found = exchange_rate("USD", "CNY", date(2026, 3, 4))
    assert (found.rate, found.on, found.source) == (D("7.1"), date(2026, 3, 1), "中国银行")
    with pytest.raises(Invalid):
        exchange_rate("USD", "CNY", date(2026, 2, 28))


def test_a_tax_class_has_the_rate_of_its_day(database: None) -> None:
    assert tax_of("transport_9", date(2018, 6, 1)).percent == 10
    assert tax_of("transport_9", date(2026, 3, 2)).percent == 9
    with pytest.raises(Invalid):
        tax_of("no_such_class", date(2026, 3, 2))
