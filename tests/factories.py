"""Rows for tests. What matters to a test is an argument; nothing that matters has a silent default."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.catalogue.models import (
    ExchangeRate,
    Price,
    PriceCost,
    PriceScheme,
    ServiceItem,
    SurchargeRule,
    Tariff,
    TaxRate,
)
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.db.base import db

D = Decimal


def add(row):  # type: ignore[no-untyped-def]
    """Flush a row and give it back."""
    db.session.add(row)
    db.session.flush()
    return row


def tax_rates() -> None:
    """The three classes that quotations of these tests use; once."""
    if db.session.scalar(select(TaxRate.id).limit(1)) is not None:
        return
    for code, kind, percent, label_zh, label_en in (
        ("exempt", "exempt", "0", "免税", "Exempt"),
        ("service_6", "taxed", "6", "6%", "6%"),
        ("transport_9", "taxed", "9", "9%", "9%"),
    ):
        add(TaxRate(tax_class=code, kind=kind, name_zh=code, name_en=code, label_zh=label_zh, label_en=label_en,
                    percent=D(percent), valid_from=date(2020, 1, 1)))  # fmt: skip


def exchange(currency: str, rate: str, on: date, base: str = "CNY") -> ExchangeRate:
    """A recorded rate of exchange."""
    return add(ExchangeRate(currency=currency, base=base, on=on, rate=D(rate), source="中国银行"))


def scheme(code: str, *, kind: str = "standard", floor: str | None = None, discount: str = "0",
           **more: object) -> PriceScheme:  # fmt: skip
    """A price scheme."""
    values = {"name_zh": code, "name_en": code, "reference_date": "quotation", **more}
    return add(PriceScheme(code=code, kind=kind, floor_margin_percent=None if floor is None else D(floor),
                           discount_limit_percent=D(discount), **values))  # fmt: skip


def tariff(
    of: PriceScheme, valid_from: date, *, state: str = "active", valid_to: date | None = None
) -> Tariff:
    """A tariff of a scheme."""
    number = len(of.tariffs) + 1
    return add(Tariff(scheme_id=of.id, scheme=of, version_no=number, code=f"{of.code}-{number}",
                      valid_from=valid_from, valid_to=valid_to, state=state))  # fmt: skip


def item(charge_code: str, name_zh: str, *, unit: str, section: str = "freight", tax_class: str = "exempt",
         origin: str = "", destination: str = "", packaging: str = "", category: str = "sea", load: str = "fcl",
         **more: object) -> ServiceItem:  # fmt: skip
    """A service item."""
    code = "-".join(
        part for part in (category, load, charge_code, origin, destination, packaging, unit) if part
    )
    return add(ServiceItem(code=code, charge_code=charge_code, name_zh=name_zh, name_en=charge_code,
                           main_unit="TEU" if packaging else unit, section=section, tax_class=tax_class,
                           origin=origin, destination=destination, packaging=packaging, category=category,
                           load=load, search_text=f"{code} {name_zh}".lower(), **more))  # fmt: skip


def price(of: Tariff, what: ServiceItem, terms: PriceTerms, *, carrier: str = "", costs: dict[str, str] | None = None,
          **more: object) -> Price:  # fmt: skip
    """A price in a tariff; `costs`: kind → amount per unit in the price's currency."""
    row = add(Price(tariff_id=of.id, item_id=what.id, natural_key=f"{what.code}|{carrier}", category=what.category,
                    charge_code=what.charge_code, origin=what.origin, destination=what.destination,
                    packaging=what.packaging, carrier=carrier, currency=terms.currency, basis=terms.basis.value,
                    unit=terms.unit, headline=terms.rate, terms=terms.to_json(), **more))  # fmt: skip
    for kind, amount in (costs or {}).items():
        add(PriceCost(price_id=row.id, kind=kind, currency=terms.currency, amount=D(amount)))
    return row


def per_unit(unit: str, currency: str, rate: str) -> PriceTerms:
    """So much for each unit."""
    return PriceTerms(Basis.PER_UNIT, unit, currency, rate=D(rate))


def flat(currency: str, rate: str) -> PriceTerms:
    """One amount for the shipment."""
    return PriceTerms(Basis.FLAT, currency=currency, rate=D(rate))


def surcharge(what: ServiceItem, terms: PriceTerms, **more: object) -> SurchargeRule:
    """A surcharge that attaches itself to sea freight."""
    values = {"category": "sea", "valid_from": date(2026, 1, 1), **more}
    return add(SurchargeRule(item_id=what.id, item=what, terms=terms.to_json(), **values))


def golden_fcl(now: datetime, *, floor: str | None = None, discount: str = "0") -> PriceScheme:
    """The tariff and surcharges of golden case G1: Shanghai to New York, boxes, BAF per TEU, THC, papers."""
    tax_rates()
    exchange("USD", "7.1260", date(2026, 3, 2))
    public = scheme("FCL-PUB", floor=floor, discount=discount)
    of = tariff(public, date(2026, 1, 1))
    for box, rate, cost in (
        ("20GP", "2000", "1700"),
        ("40GP", "3700", "3200"),
        ("40HQ", "3850", "3300"),
    ):
        what = item("O/F", "海运费", unit=box, origin="CNSHA", destination="USNYC", packaging=box)
        price(of, what, per_unit(box, "USD", rate), carrier="COSCO", costs={"base": cost, "rebate": "50"},
              transit_days=28, free_days=7)  # fmt: skip
    service = {"tax_class": "service_6", "section": "origin"}
    surcharge(item("BAF", "燃油附加费", unit="TEU"), per_unit("TEU", "USD", "150"))
    surcharge(item("AMS", "舱单申报费", unit="BL"), flat("USD", "35"))
    surcharge(item("THC", "码头操作费", unit="20FT", **service), per_unit("20FT", "CNY", "586"))
    surcharge(item("THC", "码头操作费", unit="40FT", **service), per_unit("40FT", "CNY", "886"))
    surcharge(item("DOC", "文件费", unit="BL", **service), flat("CNY", "450"))
    surcharge(item("SEAL", "铅封费", unit="CNTR", **service), per_unit("CNTR", "CNY", "50"))
    surcharge(item("TLX", "电放费", unit="BL", **service), flat("CNY", "450"), is_optional=True)
    return public
