"""Carrying a version to the pricing rules and its results back to the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from portal.catalogue.models import PriceScheme
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import Conversion, ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.surcharges import Occasion
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.terms import PriceTerms
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.kernel.boxes import TeuPractice
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.quotations.models import (
    Quotation,
    QuotationLine,
    QuotationLineCost,
    QuotationMargin,
    QuotationVersion,
)
from portal.quotations.rules.approval import (
    Limits,
    LineCosts,
    VersionMargin,
    reasons_for_approval,
    version_margin,
)
from portal.quotations.rules.pricing import (
    NO_OPTION,
    DraftLine,
    OptionTotals,
    PricedLine,
    PricedVersion,
    price_version,
    statistical,
)
from portal.quotations.rules.shipment import cargo_from_json

ZERO = Decimal(0)


def recompute(version: QuotationVersion, now: datetime) -> PricedVersion:
    """Price every line again from its own frozen terms and store the results with the version.

    Nothing is looked up in a tariff: a price changes only by `drafting` verbs that say so.
    """
    db.session.flush()
    rows = [row for row in version.lines if row.split_of_id is None]
    drafts = [draft_of(at, row) for at, row in enumerate(rows)]
    cargo = cargo_from_json(version.cargo)
    on = business_day(now)
    rates = _rates(version, {row.currency for row in rows if row.currency}, on)
    occasion = Occasion(category=version.category, on=version.reference_on or on)
    priced = price_version(drafts, cargo, occasion, version.total_currency, rates)
    _store_lines(version, rows, priced)
    _store_totals(version, priced, rates)
    version.teu, version.boxes = cargo.teu, cargo.natural_boxes
    _store_margin(version, rows, priced, rates)
    version.updated_at = now
    flag_modified(version, "updated_at")  # a changed line is a changed version: its counter moves
    repeat_on_quotation(version, now)
    db.session.flush()
    return priced


def draft_of(at: int, row: QuotationLine) -> DraftLine:
    """A stored line as the rules know it, under the key `at`."""
    return DraftLine(
        key=at,
        code=row.charge_code or row.name_zh,
        terms=PriceTerms.from_json(row.terms or {"basis": "at_cost"}),
        tax=TaxTerms(TaxKind(row.tax_kind), row.tax_percent, row.tax_inclusive),
        section=row.section,
        option=row.option,
        quantity_given=row.quantity_given,
        discount=row.discount_percent,
        inclusive=frozenset(row.inclusive_codes.split()),
        is_surcharge=row.surcharge_rule_id is not None,
        is_collect=row.is_collect,
        is_pass_through=row.is_pass_through,
        is_on_request=row.is_on_request,
        is_manual=row.is_manual,
    )


def _rates(version: QuotationVersion, currencies: set[str], on: date) -> dict[str, ExchangeRate]:
    """The rates of exchange of the day; a currency without one is left out and blocks the total."""
    found: dict[str, ExchangeRate] = {}
    for code in sorted(currencies - {version.total_currency}):
        with suppress(Invalid):
            found[code] = exchange_rate(code, version.total_currency, on)
    return found


def _store_lines(
    version: QuotationVersion, rows: Sequence[QuotationLine], priced: PricedVersion
) -> None:
    by_row: dict[int, list[PricedLine]] = defaultdict(list)
    for line in priced.lines:
        by_row[line.draft.key].append(line)
    splits = [row for row in version.lines if row.split_of_id is not None]
    for row in splits:
        version.lines.remove(row)
    for at, row in enumerate(rows):
        first, *others = by_row[at]
        _store(row, first)
        for other in others:
            split = _split(row)
            version.lines.append(split)
            _store(split, other)
    for position, row in enumerate(
        sorted(version.lines, key=lambda each: (each.position, each.id or 0))
    ):
        row.position = position


def _store(row: QuotationLine, line: PricedLine) -> None:
    row.problem = line.problem.to_json() if line.problem else None
    if line.charge is None or line.taxed is None:
        row.amount = row.net = row.tax = row.gross = None
        row.working = None
        row.stat_quantity = ZERO
        if row.is_on_request:  # how much was asked for stands, and waits for its price
            row.quantity = row.quantity_given or ZERO
        if line.is_left_out:
            row.quantity = ZERO
            row.amount = row.net = row.tax = row.gross = ZERO
        return
    charge = line.charge.charge
    row.currency = charge.currency
    row.quantity, row.rate, row.unit = charge.quantity, charge.rate, charge.unit
    row.amount = line.charge.amount
    row.net, row.tax, row.gross = line.taxed.net, line.taxed.tax, line.taxed.gross
    row.working = charge.working.to_json()
    row.stat_quantity = statistical(charge.unit, charge.quantity, TeuPractice.BY_PORT)


_COPIED = (
    "customer_id", "position", "section", "option", "item_id", "tariff_id", "scheme_id", "surcharge_rule_id",
    "charge_code", "name_zh", "name_en", "carrier", "packaging", "main_unit", "currency", "tax_class", "tax_kind",
    "tax_percent", "tax_label_zh", "tax_label_en", "tax_inclusive", "is_collect", "is_optional",
    "is_pass_through", "terms",
)  # fmt: skip


def _split(row: QuotationLine) -> QuotationLine:
    """A second row of the same line, for its amount in another currency."""
    values = {name: getattr(row, name) for name in _COPIED}
    return QuotationLine(**values, split_of_id=row.id)


def _store_totals(
    version: QuotationVersion, priced: PricedVersion, rates: Mapping[str, ExchangeRate]
) -> None:
    version.totals = {
        "options": [_option_to_json(option) for option in priced.options],
        "warnings": [warning.to_json() for warning in priced.warnings],
        "unpriced": len(priced.unpriced),
    }
    version.exchange_rates = {
        code: {"rate": str(r.rate / r.per), "on": r.on.isoformat(), "source": r.source}
        for code, r in rates.items()
    }
    version.total_amount = priced.headline.total


def _option_to_json(option: OptionTotals) -> dict[str, Any]:
    return {
        "option": option.option,
        "subtotals": {code: str(amount) for code, amount in option.subtotals.items()},
        "conversions": [_conversion_to_json(each) for each in option.conversions],
        "total": None if option.total is None else str(option.total),
    }


def _conversion_to_json(each: Conversion) -> dict[str, Any]:
    return {
        "currency": each.currency,
        "amount": str(each.amount),
        "converted": str(each.converted),
        "rate": str(each.rate.rate / each.rate.per) if each.rate else None,
        "on": each.rate.on.isoformat() if each.rate else None,
    }


def _store_margin(
    version: QuotationVersion,
    rows: Sequence[QuotationLine],
    priced: PricedVersion,
    rates: Mapping[str, ExchangeRate],
) -> None:
    """What the version earns, and why somebody may have to approve it."""
    currency = version.total_currency
    costs = _costs(rows)
    rates = {
        **rates,
        **_rates(version, _cost_currencies(costs) - set(rates), business_day(version.updated_at)),
    }
    option = priced.headline.option or NO_OPTION
    whole = version_margin(priced.lines, costs, option, currency, rates)
    firm = db.session.get(FirmProfile, 1)
    floor = (firm.quoting or {}).get("floor_margin_percent") if firm else None
    document_floor = Decimal(str(floor)) if floor not in (None, "") else None
    reasons = reasons_for_approval(priced.lines, costs, whole, document_floor, currency, rates)
    version.approval_reasons = [reason.to_json() for reason in reasons]
    db.session.execute(delete(QuotationMargin).where(QuotationMargin.version_id == version.id))
    if whole is not None:
        db.session.add(_margin_row(version, whole))


def _margin_row(version: QuotationVersion, whole: VersionMargin) -> QuotationMargin:
    margin = whole.margin
    return QuotationMargin(
        version_id=version.id,
        customer_id=version.customer_id,
        currency=whole.currency,
        sale=margin.sale,
        cost_before_rebate=margin.cost.before_rebate,
        cost_after_rebate=margin.cost.after_rebate,
        rate_before_rebate=margin.rate_before_rebate,
        rate_after_rebate=margin.rate_after_rebate,
        is_complete=whole.is_complete,
    )


def _costs(rows: Sequence[QuotationLine]) -> dict[int, LineCosts]:
    """Line key → cost components and the limits of its scheme, in two selects."""
    at = {row.id: index for index, row in enumerate(rows)}
    parts: dict[int, list[CostComponent]] = defaultdict(list)
    for cost in db.session.scalars(
        select(QuotationLineCost).where(QuotationLineCost.line_id.in_(at))
    ):
        parts[at[cost.line_id]].append(
            CostComponent(
                CostKind(cost.kind), cost.currency, cost.per_unit, cost.flat, cost.percent
            )
        )
    wanted = {row.scheme_id for row in rows if row.scheme_id}
    schemes = {
        s.id: s for s in db.session.scalars(select(PriceScheme).where(PriceScheme.id.in_(wanted)))
    }
    return {
        index: LineCosts(tuple(parts[index]), _limits(schemes.get(row.scheme_id or 0)))
        for index, row in enumerate(rows)
    }


def _limits(scheme: PriceScheme | None) -> Limits:
    if scheme is None:
        return Limits(discount_percent=ZERO)
    return Limits(scheme.code, scheme.floor_margin_percent, scheme.discount_limit_percent)


def _cost_currencies(costs: Mapping[int, LineCosts]) -> set[str]:
    return {part.currency for each in costs.values() for part in each.components}


def repeat_on_quotation(version: QuotationVersion, now: datetime) -> None:
    """What lists show without a join."""
    quotation: Quotation = version.quotation
    if version.version_no != quotation.latest_no:
        return
    quotation.state = version.state
    quotation.valid_until = version.valid_until
    quotation.total_amount = version.total_amount
    quotation.total_currency = version.total_currency
    quotation.origin, quotation.destination = version.origin, version.destination
    quotation.updated_at = now
