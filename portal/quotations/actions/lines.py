"""The lines of a draft: from prices, surcharge rules and bundles, each with its own copy of the terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete

from portal.access.viewer import Viewer
from portal.catalogue.models import Bundle, ServiceItem
from portal.catalogue.queries.prices import (
    AttachedSurcharge,
    LanePrice,
    costs_of_prices,
    surcharges_for,
    tax_of,
)
from portal.catalogue.queries.surcharges import rules_with_costs
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.pricing import recompute
from portal.quotations.models import QuotationLine, QuotationLineCost, QuotationVersion
from portal.quotations.rules.shipment import cargo_from_json

MOST_LINES = 500
SECTIONS = (
    *("freight", "origin", "customs", "trucking", "destination"),
    *("storage", "handling", "express", "other"),
)


Sold = LanePrice | AttachedSurcharge | ServiceItem
"""What a line copies its charge, names and tax class from."""


def add_prices(
    version: QuotationVersion,
    prices: Sequence[LanePrice],
    actor: Viewer,
    now: datetime,
    *,
    option: str = "",
    seen: int | None = None,
) -> None:
    """Lines from tariff prices; the surcharges that apply attach themselves.

    The caller found `prices` through `catalogue.queries.prices` for this actor and customer: what may not be quoted
    is not among them.
    """
    check_editable(version, seen)
    costs = costs_of_prices(price.price_id for price in prices)
    for price in prices:
        row = from_price(version, price, now)
        row.option = option
        append(version, row)
        add_costs(row, costs.get(price.price_id, ()))
        take_facts(version, price)
    attach_surcharges(version, actor, now)
    done(version, actor, now, {"added": [price.charge_code for price in prices], "option": option})


def attach_surcharges(version: QuotationVersion, actor: Viewer, now: datetime) -> None:
    """Add each matching surcharge that is not there yet; the optional ones wait to be asked for."""
    present = {row.surcharge_rule_id for row in version.lines}
    due = [each for each in matching_surcharges(version, actor, now) if not each.is_optional]
    _attach(version, [each for each in due if each.rule_id not in present], now)


def add_surcharge(
    version: QuotationVersion, rule_id: int, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """One optional surcharge that the customer asked for; Invalid when it does not apply here."""
    check_editable(version, seen)
    offered = [s for s in matching_surcharges(version, actor, now) if s.rule_id == rule_id]
    if not offered:
        raise Invalid(t("This surcharge does not apply to this shipment."))
    _attach(version, offered, now)
    done(version, actor, now, {"added": [offered[0].charge_code]})


def matching_surcharges(
    version: QuotationVersion, actor: Viewer, now: datetime
) -> list[AttachedSurcharge]:
    """The surcharges that match the version's lane, boxes, carriers, schemes and reference day."""
    boxes = [code for code, count in cargo_from_json(version.cargo).boxes.items() if count]
    carriers = sorted({row.carrier for row in version.lines if row.carrier}) or [version.carrier]
    found: dict[int, AttachedSurcharge] = {}
    for carrier in carriers:
        for each in surcharges_for(
            actor,
            category=version.category,
            on=version.reference_on or business_day(now),
            origin=version.origin,
            destination=version.destination,
            packagings=boxes,
            load=version.load,
            carrier=carrier,
            scheme_ids=sorted({row.scheme_id for row in version.lines if row.scheme_id}),
        ):
            found.setdefault(each.rule_id, each)
    return list(found.values())


def add_bundle(
    version: QuotationVersion,
    bundle: Bundle,
    prices: Sequence[LanePrice],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """A bundle's items as lines: those in `prices` with their price, the others as priced on request."""
    check_editable(version, seen)
    by_item = {price.item_id: price for price in prices}
    costs = costs_of_prices(price.price_id for price in prices)
    for wanted in bundle.lines:
        price = by_item.get(wanted.item_id)
        if price is None:
            row = copied(version, wanted.item, PriceTerms(Basis.AT_COST), now)
            row.item_id, row.is_on_request = wanted.item_id, True
            row.currency = wanted.item.default_currency
        else:
            row = from_price(version, price, now)
        row.quantity_given = wanted.quantity
        append(version, row)
        if price is not None:
            add_costs(row, costs.get(price.price_id, ()))
    attach_surcharges(version, actor, now)
    done(version, actor, now, {"bundle": bundle.code})


def append(version: QuotationVersion, row: QuotationLine) -> None:
    """Put a line at the end of its section."""
    if len(version.lines) >= MOST_LINES:
        raise Invalid(t("A quotation has at most %(most)s lines.", most=MOST_LINES))
    order = SECTIONS.index(row.section) if row.section in SECTIONS else len(SECTIONS)
    after = [at for at, other in enumerate(version.lines) if _section_order(other) <= order]
    version.lines.insert(after[-1] + 1 if after else 0, row)
    for position, each in enumerate(version.lines):
        each.position = position
    db.session.flush()


def remove(version: QuotationVersion, row: QuotationLine) -> None:
    """Take a line away with what was split from it and with its costs."""
    gone = [row, *(each for each in version.lines if each.split_of_id == row.id)]
    statement = delete(QuotationLineCost).where(QuotationLineCost.line_id == row.id)
    db.session.execute(statement)
    for each in reversed(gone):
        version.lines.remove(each)
        db.session.flush()


def set_tax(row: QuotationLine, tax_class: str, inclusive: bool, now: datetime) -> None:
    """The tax class's rate and printed label of the day, frozen on the line (DOMAIN F5)."""
    rate = tax_of(tax_class, business_day(now))
    row.tax_class, row.tax_kind, row.tax_percent = tax_class, rate.kind.value, rate.percent
    row.tax_label_zh, row.tax_label_en = rate.label_zh, rate.label_en
    row.tax_inclusive = inclusive


def done(version: QuotationVersion, actor: Viewer, now: datetime, after: dict[str, object]) -> None:
    """Write it into the history and price the version again."""
    audit.record(actor, "quotation.changed", version.quotation, now, after=after)
    recompute(version, now)


def _section_order(row: QuotationLine) -> int:
    return SECTIONS.index(row.section) if row.section in SECTIONS else len(SECTIONS)


def from_price(version: QuotationVersion, price: LanePrice, now: datetime) -> QuotationLine:
    """A line with its own copy of a tariff's price; `append` puts it in."""
    row = copied(version, price, price.terms, now)
    row.item_id, row.price_id = price.item_id, price.price_id
    row.tariff_id, row.scheme_id = price.tariff_id, price.scheme_id
    row.carrier, row.note = price.carrier, price.note[:300]
    row.currency = price.currency or price.terms.currency
    row.inclusive_codes = " ".join(sorted(price.inclusive))
    return row


def copied(
    version: QuotationVersion, sold: Sold, terms: PriceTerms, now: datetime
) -> QuotationLine:
    """A line that takes charge, names and tax class from what is sold, at these terms; `append` puts it in."""
    row = QuotationLine(
        customer_id=version.customer_id,
        section=sold.section,
        charge_code=sold.charge_code,
        name_zh=sold.name_zh,
        name_en=sold.name_en,
        packaging=sold.packaging,
        unit=terms.unit,
        main_unit=sold.main_unit,
        currency=terms.currency or "CNY",
        terms=terms.to_json(),
    )
    set_tax(row, sold.tax_class, sold.tax_inclusive, now)
    return row


def take_facts(version: QuotationVersion, price: LanePrice) -> None:
    """What the first picked price says about the voyage, where nobody said otherwise."""
    version.category = version.category or price.category
    version.load = version.load or price.load
    version.carrier = version.carrier or price.carrier
    version.transit_days = version.transit_days or price.transit_days
    version.free_days = version.free_days or price.free_days


def _attach(
    version: QuotationVersion, surcharges: Iterable[AttachedSurcharge], now: datetime
) -> None:
    surcharges = list(surcharges)
    costs = rules_with_costs(each.rule_id for each in surcharges)
    for each in surcharges:
        row = copied(version, each, each.terms, now)
        row.item_id, row.surcharge_rule_id, row.scheme_id = (
            each.item_id,
            each.rule_id,
            each.scheme_id,
        )
        row.is_collect, row.is_optional = each.is_collect, each.is_optional
        row.is_pass_through, row.note = each.is_pass_through, each.note[:300]
        append(version, row)
        add_costs(row, cost_parts(costs.get(each.rule_id)))


def cost_parts(cost: PriceTerms | None) -> tuple[CostComponent, ...]:
    """What a surcharge costs, where its rule says so."""
    if cost is None or cost.rate is None:
        return ()
    if cost.basis is Basis.FLAT:
        return (CostComponent(CostKind.BASE, cost.currency, flat=cost.rate),)
    return (CostComponent(CostKind.BASE, cost.currency, per_unit=cost.rate),)


def add_costs(row: QuotationLine, parts: Iterable[CostComponent]) -> None:
    """The line's own copy of what it costs."""
    for part in parts:
        db.session.add(
            QuotationLineCost(
                line_id=row.id,
                customer_id=row.customer_id,
                kind=part.kind.value,
                currency=part.currency or row.currency,
                per_unit=part.per_unit,
                flat=part.flat,
                percent=part.percent,
            )
        )
