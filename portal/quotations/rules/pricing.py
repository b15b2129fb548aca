"""Pricing a version: its lines through the engine, tax by line, totals per option (DOMAIN P1, F3, F7, M2).

Plain values in, plain values out; `actions/pricing.py` carries them to and from the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.exchange import Conversion, ExchangeRate, convert_all
from portal.catalogue.rules.pricing_shipment import (
    Line,
    LineCharge,
    Payment,
    PricedShipment,
    Role,
    price_shipment,
)
from portal.catalogue.rules.surcharges import Occasion
from portal.catalogue.rules.tax import Taxed, TaxTerms, tax_line
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.boxes import BOX_TYPES, TeuPractice, teu_of
from portal.kernel.text import Text, t

ZERO = Decimal(0)
FREIGHT = "freight"
NO_OPTION = ""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as the desk keeps it. `quantity_given` replaces the measured quantity; `key` is the caller's."""

    key: int
    code: str
    terms: PriceTerms
    tax: TaxTerms
    section: str = FREIGHT
    option: str = NO_OPTION
    quantity_given: Decimal | None = None
    discount: Decimal = ZERO
    inclusive: frozenset[str] = frozenset()
    is_surcharge: bool = False
    is_collect: bool = False
    is_pass_through: bool = False
    is_on_request: bool = False
    is_manual: bool = False


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A draft line with one of its charges, or with the reason why there is none."""

    draft: DraftLine
    charge: LineCharge | None
    taxed: Taxed | None
    problem: Text | None = None
    is_left_out: bool = False

    @property
    def counts(self) -> bool:
        """Whether its amount is in the total: priced, prepaid, not on request."""
        return self.taxed is not None and not self.draft.is_collect


@dataclass(frozen=True, slots=True)
class OptionTotals:
    """What one option comes to with the lines that all options share."""

    option: str
    subtotals: Mapping[str, Decimal]
    conversions: tuple[Conversion, ...]
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class PricedVersion:
    """Everything that is stored with a version after pricing."""

    lines: tuple[PricedLine, ...]
    options: tuple[OptionTotals, ...]
    warnings: tuple[Text, ...]

    @property
    def headline(self) -> OptionTotals:
        """The option whose total stands on the list: the first."""
        return self.options[0]

    @property
    def unpriced(self) -> tuple[PricedLine, ...]:
        """Lines that stop the version from being issued."""
        return tuple(
            line
            for line in self.lines
            if line.taxed is None and not line.is_left_out and not line.draft.is_on_request
        )


def price_version(
    drafts: Sequence[DraftLine],
    cargo: Cargo,
    occasion: Occasion,
    currency: str,
    rates: Mapping[str, ExchangeRate],
) -> PricedVersion:
    """Price `drafts` for each option; gross totals per currency and in `currency`.

    A total is None when a rate of exchange is missing; nothing else raises for a price.
    """
    options = _options(drafts)
    found: dict[tuple[int, str], PricedLine] = {}
    warnings: list[Text] = []
    for option in options:
        own = [draft for draft in drafts if draft.option in (NO_OPTION, option)]
        priced = price_shipment([_line(draft) for draft in own], cargo, occasion)
        told = (*priced.warnings, *_boxes_left_over(priced))
        warnings += [each for each in told if each not in warnings]
        for line in _told(own, priced):
            part = line.charge.charge.currency if line.charge else ""
            found.setdefault((line.draft.key, part), line)
    order = {draft.key: at for at, draft in enumerate(drafts)}
    lines = tuple(sorted(found.values(), key=lambda line: order[line.draft.key]))
    totals = tuple(_totals(option, lines, currency, rates) for option in options)
    return PricedVersion(lines, totals, tuple(warnings))


def statistical(unit: str, quantity: Decimal, practice: TeuPractice) -> Decimal:
    """How much a line counts in TEU: 3 × 40HQ is 6, whatever a box costs (REQUIREMENTS Q2)."""
    if unit == "TEU":
        return quantity
    return teu_of({unit: int(quantity)}, practice) if unit in BOX_TYPES else ZERO


def _options(drafts: Iterable[DraftLine]) -> list[str]:
    named = list(dict.fromkeys(draft.option for draft in drafts if draft.option))
    return named or [NO_OPTION]


def _line(draft: DraftLine) -> Line:
    return Line(
        code=draft.code,
        terms=draft.terms,
        role=Role.SURCHARGE if draft.is_surcharge or draft.section != FREIGHT else Role.BASE,
        discount=draft.discount,
        payment=Payment.COLLECT if draft.is_collect else Payment.PREPAID,
        pass_through=draft.is_pass_through,
        inclusive=draft.inclusive,
        key=draft,
        quantity=draft.quantity_given,
    )


def _boxes_left_over(priced: PricedShipment) -> Iterable[Text]:
    """A charge that is priced for one type of box while another is shipped too (P2): told, since it may be meant."""
    charged = {id(each.line.key) for each in priced.charges}
    for missing in priced.unpriced:
        if id(missing.line.key) in charged:
            yield t("%(code)s: %(why)s", code=missing.line.code, why=missing.why)


def _told(drafts: Sequence[DraftLine], priced: PricedShipment) -> Iterable[PricedLine]:
    """Every draft with its charges, its reason for none, or as on request."""
    charged = {id(each.line.key) for each in priced.charges}
    for each in priced.charges:
        draft: DraftLine = each.line.key  # type: ignore[assignment]
        if draft.is_on_request or each.amount is None:
            yield PricedLine(draft, None, None, t("Price on request"))
        else:
            taxed = tax_line(each.amount, draft.tax, each.charge.currency)
            yield PricedLine(draft, each, taxed)
    for out in priced.left_out:
        yield PricedLine(out.line.key, None, None, out.why, is_left_out=True)  # type: ignore[arg-type]
    for missing in priced.unpriced:
        if id(missing.line.key) not in charged:
            yield PricedLine(missing.line.key, None, None, missing.why)  # type: ignore[arg-type]


def _totals(
    option: str, lines: Iterable[PricedLine], currency: str, rates: Mapping[str, ExchangeRate]
) -> OptionTotals:
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.counts and line.draft.option in (NO_OPTION, option):
            code = line.charge.charge.currency  # type: ignore[union-attr]
            sums[code] = sums.get(code, ZERO) + line.taxed.gross  # type: ignore[union-attr]
    if any(code != currency and code not in rates for code in sums):
        return OptionTotals(option, sums, (), None)
    conversions = convert_all(sums, currency, rates)
    return OptionTotals(option, sums, conversions, sum((c.converted for c in conversions), ZERO))
