"""The demo's catalogue: schemes, tariffs from the invented sheets, surcharges, rates of exchange, bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.catalogue.actions.items import items_for_keys
from portal.catalogue.actions.tariffs import activate, apply_rows, draft_tariff
from portal.catalogue.models import (
    Bundle,
    BundleLine,
    ExchangeRate,
    PriceScheme,
    SchemeGrant,
    ServiceItem,
    SurchargeRule,
)
from portal.catalogue.models.tariffs import SchemeKind
from portal.catalogue.queries.lookups import lookups_for
from portal.catalogue.rules.itemkeys import item_key
from portal.catalogue.rules.sheets.profile import own_profile
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.customers.models import Customer
from portal.db.base import db
from portal.demo.rates import book, exchange, surcharges
from portal.demo.rates.sheet import RateSheet, month_start

FLOORS = {"sea": "5", "air": "6", "express": "8"}
DISCOUNTS = {"sea": "3", "air": "3"}
VIP_LESS = Decimal("0.97")
AGREED_LESS = Decimal("0.95")
AGREED_CODE = "FH-FCL-HARBOUR"


LAST_SEASON = -3
"""Months, from this one, from which on surcharges and one customer's agreement count."""
MONTHS_OF_RATES = 17
"""So many months before this one have rates of exchange: as long as the demo's past is."""
Sheets = Mapping[str, tuple[RateSheet, tuple[PriceRow, ...]]]
"""The code of a sheet → the sheet and its rows."""


def read_sheets(on: date) -> Sheets:
    """The sheets in force in the month of `on`, through the reader of everybody's files."""
    return {sheet.code: (sheet, _rows(sheet)) for sheet in book.sheets(month_start(on))}


def write_items(sheets: Sheets, on: date, now: datetime) -> None:
    """The service items of all sheets and surcharges, with the rates of exchange of their time."""
    month = month_start(on)
    for _sheet, rows in sheets.values():
        items_for_keys(rows, now)
    items_for_keys(_surcharge_rows(surcharges.surcharges(month)), now)
    for rate in exchange.exchange_rates(month, MONTHS_OF_RATES):
        db.session.add(
            ExchangeRate(currency=rate.currency, on=rate.on, rate=rate.rate, source=rate.source)
        )
    _bundles()


def agree_last_season(sheets: Sheets, on: date, now: datetime) -> None:
    """The surcharges, and the prices of one customer's agreement in the quarter before the month of `on`."""
    month = month_start(on)
    _surcharges(month, now)
    sheet, rows = sheets["FH-FCL-1"]
    former = replace(
        sheet, valid_from=month_start(month, LAST_SEASON), valid_to=month - timedelta(days=1)
    )
    harbour = db.session.scalars(select(Customer).where(Customer.code == "HARBOUR")).one()
    agreed = _agreed(harbour)
    db.session.add(agreed)
    _fill(agreed, former, _agreed_rows(rows), now)


def load_catalogue(sheets: Sheets, now: datetime, progress: Callable[[str], object]) -> None:
    """Everything that can be sold this month; written as of `now`."""
    for sheet, rows in sheets.values():
        progress(f"    {sheet.name_zh}: {len(rows)}")
        _scheme(sheet, rows, now)
        if sheet.code == "FH-FCL-1":
            _special_schemes(sheet, rows, now)


def _rows(sheet: RateSheet) -> tuple[PriceRow, ...]:
    """The sheet through the same reader as anybody's file; a demo sheet has no errors."""
    table = sheet.table()
    reading = read_prices(
        table, own_profile([str(cell) for cell in sheet.rows()[0]]), lookups_for(sheet.category)
    )
    wrong = [problem for problem in reading.problems if problem.severity == "error"]
    if wrong:
        raise ValueError(f"{sheet.code}: {wrong[:3]}")
    return reading.rows


def _scheme(sheet: RateSheet, rows: tuple[PriceRow, ...], now: datetime) -> None:
    scheme = PriceScheme(
        code=sheet.code,
        name_zh=sheet.name_zh,
        name_en=sheet.name_en,
        kind=SchemeKind.STANDARD.value,
        floor_margin_percent=Decimal(FLOORS.get(sheet.category, "5")),
        discount_limit_percent=Decimal(DISCOUNTS.get(sheet.category, "5")),
    )
    db.session.add(scheme)
    _fill(scheme, sheet, rows, now)


def _special_schemes(sheet: RateSheet, rows: tuple[PriceRow, ...], now: datetime) -> None:
    """The same lanes at a VIP's price, and one customer's own agreement: what S2 chooses between."""
    shanghai = [row for row in rows if row.key.origin == "CNSHA"]
    vip = PriceScheme(
        code="FH-FCL-VIP",
        name_zh="VIP 客户整箱价",
        name_en="FCL prices for VIP customers",
        kind=SchemeKind.TIER.value,
        segments=["vip", "project"],
        floor_margin_percent=Decimal(3),
        discount_limit_percent=Decimal(1),
        grants=[SchemeGrant(role="sales_manager"), SchemeGrant(role="sales")],
    )
    db.session.add(vip)
    _fill(vip, sheet, [_cheaper(row, VIP_LESS) for row in shanghai], now)
    agreed = db.session.scalars(select(PriceScheme).where(PriceScheme.code == AGREED_CODE)).one()
    _fill(agreed, sheet, _agreed_rows(rows), now)


def _agreed(customer: Customer) -> PriceScheme:
    return PriceScheme(
        code=AGREED_CODE,
        name_zh="海港食品协议价",
        name_en="Agreed prices of Harbour Foods",
        kind=SchemeKind.CUSTOMER.value,
        customer_id=customer.id,
        floor_margin_percent=Decimal(2),
    )


def _agreed_rows(rows: Iterable[PriceRow]) -> list[PriceRow]:
    return [
        _cheaper(row, AGREED_LESS)
        for row in rows
        if row.key.origin == "CNSHA" and row.key.destination in ("USNYC", "USLAX", "DEHAM", "NLRTM")
    ]


def _cheaper(row: PriceRow, factor: Decimal) -> PriceRow:
    if row.terms.rate is None:
        return row
    rate = (row.terms.rate * factor / 5).to_integral_value() * 5
    return replace(row, terms=replace(row.terms, rate=rate))


def _fill(scheme: PriceScheme, sheet: RateSheet, rows: Iterable[PriceRow], now: datetime) -> None:
    db.session.flush()
    tariff = draft_tariff(
        scheme,
        sheet.valid_from,
        SYSTEM,
        now,
        valid_to=sheet.valid_to,
        source_name=f"{sheet.code}.csv",
    )
    apply_rows(tariff, list(rows), SYSTEM, now)
    activate(tariff, SYSTEM, now)


def _surcharges(month: date, now: datetime) -> None:
    """The rules of surcharges."""
    rules = surcharges.surcharges(month)
    rows = _surcharge_rows(rules)
    items = items_for_keys(rows, now)
    for row, rule in zip(rows, rules, strict=True):
        facts = asdict(rule)
        del facts["charge"]
        facts["terms"] = rule.terms.to_json()
        facts["cost_terms"] = rule.cost_terms.to_json() if rule.cost_terms else None
        db.session.add(SurchargeRule(item_id=items[item_key(row.key)], **facts))
    db.session.flush()


def _surcharge_rows(rules: Iterable[surcharges.DemoSurcharge]) -> list[PriceRow]:
    return [PriceRow(_key(rule), rule.terms) for rule in rules]


def _key(rule: surcharges.DemoSurcharge) -> PriceKey:
    return PriceKey(rule.category, rule.load or "none", rule.charge, unit=rule.terms.unit or "LS")


def _bundles() -> None:
    """One set of services that is often sold together."""
    wanted = ("CUS", "DOC", "VGM", "SEAL")
    found = {
        item.charge_code: item
        for item in db.session.scalars(
            select(ServiceItem).where(ServiceItem.charge_code.in_(wanted))
        )
    }
    if not found:
        return
    bundle = Bundle(
        code="FCL-EXPORT",
        name_zh="整箱出口全套",
        name_en="FCL export, complete",
        search_text="整箱出口全套 zhengxiangchukouquantao zxckqt fcl-export",
    )
    bundle.lines = [
        BundleLine(item_id=found[code].id, position=at, quantity=Decimal(1))
        for at, code in enumerate(wanted)
        if code in found
    ]
    db.session.add(bundle)
    db.session.flush()
