"""A published line put right by hand: another quantity, rate or amount; everything else as it was (DOMAIN R5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.billing.rules.charging import Charged, LinePrice, charge_quantity
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.line_draft import LineDraft, Mark, Settling, Subject
from portal.billing.rules.statement_lines import billed
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import t


@dataclass(frozen=True, slots=True)
class Correction:
    """What was typed: `rate` for one unit, or one `amount` for all, in the currency the line was priced in."""

    quantity: Decimal
    rate: Decimal | None
    amount: Decimal | None
    reason: str
    note: str = ""


def corrected(
    line: Any, currency: str, correction: Correction, marks: tuple[Mark, ...], *, beside: bool
) -> LineDraft:
    """The line as it should have been, converted and taxed as it was; `currency` is the statement's.

    `beside`: the wrong line stays with its negative copy, so the new one names no draw and marks nothing.
    Invalid by field (quantity, rate, amount).
    """
    charged = _charged(line, correction)
    taxed = TaxTerms(TaxKind(line.tax_kind), line.tax_percent, line.tax_inclusive)
    settling = Settling(currency, taxed, line.tax_class, _exchange(line, currency))
    share = correction.quantity / line.quantity if line.quantity else Decimal(1)
    subject = Subject(
        kind=LineKind(line.kind), served_id=line.served_id, name_zh=line.name_zh, name_en=line.name_en,
        starts_on=line.starts_on, ends_on=line.ends_on, item_id=line.item_id, contract_id=line.contract_id,
        contract_line_id=line.contract_line_id, entitlement_id=line.entitlement_id,
        usage_id=None if beside else line.usage_id, part="" if beside else line.part,
        shipment_id=line.shipment_id, receivable_id=line.receivable_id, reference=line.reference,
        note=correction.note, is_late=line.is_late, main_unit=line.main_unit,
        stat_quantity=round(line.stat_quantity * share, 6), once=() if beside else marks,
    )  # fmt: skip
    return billed(subject, charged, settling)


def _charged(line: Any, correction: Correction) -> Charged:
    if correction.quantity <= 0:
        raise Invalid(t("The quantity must be above zero."), "quantity")
    told = ("corrected", {"reason": correction.reason})
    if correction.amount is not None:
        return _by_amount(line, correction, told)
    if correction.rate is None or correction.rate < 0:
        raise Invalid(t("Write a rate or an amount."), "rate")
    terms = PriceTerms(Basis.PER_UNIT, line.unit, line.line_currency, rate=correction.rate)
    price = LinePrice(0, terms, TaxTerms(TaxKind.OUTSIDE), unit=line.unit, currency=line.line_currency)  # fmt: skip
    found = charge_quantity(correction.quantity, price)
    return Charged(
        found.amount, found.currency, found.quantity, found.unit, found.rate, (told, *found.working)
    )


def _by_amount(line: Any, correction: Correction, told: Any) -> Charged:
    amount = correction.amount or Decimal(0)
    if amount < 0:
        raise Invalid(t("The amount must not be negative."), "amount")
    if amount != round_money(amount, line.line_currency):
        text = t("%(currency)s has no such small unit.", currency=line.line_currency)
        raise Invalid(text, "amount")
    return Charged(amount, line.line_currency, correction.quantity, line.unit, None, (told,))


def _exchange(line: Any, currency: str) -> ExchangeRate | None:
    if line.exchange_rate is None or line.rate_on is None:
        return None
    return ExchangeRate(
        line.line_currency, currency, line.rate_on, line.exchange_rate, line.rate_source
    )
