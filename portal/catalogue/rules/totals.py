"""What a quotation or a bill adds up to: per currency, converted, with tax, in boxes and TEU.

Source: DOMAIN F2 (sum of rounded lines), F3 (one conversion for each currency's subtotal on a
quotation, each line on its own on a statement), U5 (collect stays out), C4 (boxes and TEU).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.exchange import Conversion, ExchangeRate, convert, convert_all
from portal.catalogue.rules.pricing_shipment import LineCharge, Payment
from portal.catalogue.rules.tax import Taxed, TaxSum, TaxTerms, tax_line, tax_summary


@dataclass(frozen=True, slots=True)
class BoxCount:
    """Natural boxes (自然箱) and TEU of a shipment."""

    natural: int
    teu: Decimal


@dataclass(frozen=True, slots=True)
class QuotationTotals:
    """Sums per currency; `total` in the functional currency only when it was asked for."""

    subtotals: Mapping[str, Decimal]
    collect: Mapping[str, Decimal]
    at_cost: tuple[str, ...]
    boxes: BoxCount
    conversions: tuple[Conversion, ...] = ()
    total: Decimal | None = None


def sum_by_currency(
    charges: Iterable[LineCharge], payment: Payment = Payment.PREPAID
) -> dict[str, Decimal]:
    """Currency → sum of the rounded charges with this payment; what is at cost has no sum."""
    sums: dict[str, Decimal] = {}
    for each in charges:
        if each.line.payment is payment and each.amount is not None:
            currency = each.charge.currency
            sums[currency] = sums.get(currency, Decimal(0)) + each.amount
    return sums


def quotation_totals(
    charges: Sequence[LineCharge],
    cargo: Cargo,
    functional: str | None = None,
    rates: Mapping[str, ExchangeRate] | None = None,
) -> QuotationTotals:
    """Totals of a quotation; with `functional`, converted by `rates` (by currency) once per subtotal.

    Invalid when a rate of exchange is missing.
    """
    subtotals = sum_by_currency(charges)
    conversions = convert_all(subtotals, functional, rates or {}) if functional else ()
    return QuotationTotals(
        subtotals=subtotals,
        collect=sum_by_currency(charges, Payment.COLLECT),
        at_cost=tuple(each.line.code for each in charges if each.amount is None),
        boxes=BoxCount(cargo.natural_boxes, cargo.teu),
        conversions=conversions,
        total=sum((each.converted for each in conversions), Decimal(0)) if functional else None,
    )


@dataclass(frozen=True, slots=True)
class BillLine:
    """An amount to bill, with its tax terms and the rate of its own date (None: own currency)."""

    amount: Decimal
    currency: str
    tax: TaxTerms
    rate: ExchangeRate | None = None


@dataclass(frozen=True, slots=True)
class BillTotals:
    """Each line converted and taxed, the sums, and the sums by tax rate; all in one currency."""

    conversions: tuple[Conversion, ...]
    lines: tuple[Taxed, ...]
    by_rate: tuple[TaxSum, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def bill_totals(lines: Iterable[BillLine], functional: str = "CNY") -> BillTotals:
    """Convert each line on its own, then its tax, then add (F3, F7); Invalid without a rate."""
    conversions: list[Conversion] = []
    taxed: list[Taxed] = []
    for line in lines:
        conversion = convert(line.amount, line.currency, functional, line.rate)
        conversions.append(conversion)
        taxed.append(tax_line(conversion.converted, line.tax, functional))
    net = sum((line.net for line in taxed), Decimal(0))
    tax = sum((line.tax for line in taxed), Decimal(0))
    return BillTotals(
        tuple(conversions), tuple(taxed), tax_summary(taxed), net=net, tax=tax, gross=net + tax
    )
