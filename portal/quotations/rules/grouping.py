"""A version's charges in groups, its totals, and its alternatives side by side (DOMAIN Q3, Q4, F3, F7).

Nothing is priced here: amounts that were rounded once are added, and the totals stored with the
version are repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.documents.rules.words import NO_WORDS, Words
from portal.kernel.capitals import capital_amount, english_amount
from portal.kernel.errors import Invalid
from portal.kernel.money import format_quantity, minor_units
from portal.quotations.rules.charged import Charged, TaxShown, line
from portal.quotations.rules.paper import (
    MOST_OPTIONS,
    Comparison,
    CurrencyAmount,
    CurrencyTotal,
    GrandTotal,
    Option,
    OptionCell,
    OptionRow,
    Section,
    TaxTotal,
)
from portal.quotations.rules.wording import basis_words, section_words

ZERO = Decimal(0)
NO_OPTION = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """One currency's gross subtotal and what it comes to in the total's currency (F3)."""

    currency: str
    amount: Decimal
    converted: Decimal
    rate: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredTotals:
    """What pricing stored for one option; `total` is None when a rate of exchange was missing."""

    option: str
    subtotals: Mapping[str, Decimal]
    conversions: tuple[Conversion, ...] = ()
    total: Decimal | None = None


def sections(charges: Sequence[Charged], category: str, shown: TaxShown) -> tuple[Section, ...]:
    """The groups in the order of the lines; what is collect (到付) stands in groups of its own."""
    groups: dict[tuple[bool, str], list[Charged]] = {}
    for charge in charges:
        if not charge.does_not_apply:
            groups.setdefault((charge.is_collect, charge.section), []).append(charge)
    return tuple(
        Section(
            section_words(name, category),
            tuple(line(charge, shown) for charge in group),
            () if collect else _subtotals(group, shown),
            collect,
        )
        for (collect, name), group in groups.items()
    )


def _subtotals(charges: Iterable[Charged], shown: TaxShown) -> tuple[CurrencyAmount, ...]:
    sums: dict[str, Decimal] = {}
    for charge in charges:
        if charge.counts:
            amount = charge.net if shown is TaxShown.APART else charge.gross
            sums[charge.currency] = sums.get(charge.currency, ZERO) + amount
    return tuple(CurrencyAmount(code, amount) for code, amount in sums.items())


def tax_totals(charges: Iterable[Charged]) -> tuple[TaxTotal, ...]:
    """Net, tax and gross of each tax label in each currency (F6)."""
    found: dict[tuple[str, Words], TaxTotal] = {}
    for charge in charges:
        if charge.counts and not charge.does_not_apply:
            key = (charge.currency, charge.tax_label)
            so_far = found.get(key) or TaxTotal(*key, ZERO, ZERO, ZERO)
            found[key] = TaxTotal(
                *key,
                so_far.net + charge.net,
                so_far.tax + charge.tax,
                so_far.gross + charge.gross,
            )
    return tuple(found.values())


def currency_totals(
    taxes: Iterable[TaxTotal], stored: StoredTotals, converts: bool
) -> tuple[CurrencyTotal, ...]:
    """One row a currency; the conversion stands beside it where a converted total is printed."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for each in taxes:
        net, tax = sums.get(each.currency, (ZERO, ZERO))
        sums[each.currency] = (net + each.net, tax + each.tax)
    by_currency = {each.currency: each for each in stored.conversions} if converts else {}
    return tuple(
        CurrencyTotal(
            code,
            net,
            tax,
            stored.subtotals.get(code, net + tax),
            conversion.rate if (conversion := by_currency.get(code)) else None,
            conversion.on if conversion else None,
            conversion.converted if conversion else None,
        )
        for code, (net, tax) in sums.items()
    )


def needs_conversion(stored: StoredTotals, currency: str) -> bool:
    """Whether anything is in another currency than the total's."""
    return any(code != currency for code in stored.subtotals)


def grand_total(
    stored: StoredTotals, currency: str, functional: str, *, converts: bool
) -> GrandTotal | None:
    """The figure that stands out: the converted total, or the only currency there is."""
    if stored.total is not None and (converts or not needs_conversion(stored, currency)):
        amount = stored.total
        is_converted = needs_conversion(stored, currency)
    elif len(stored.subtotals) == 1:
        ((currency, amount),) = stored.subtotals.items()
        is_converted = False
    else:
        return None
    return GrandTotal(currency, amount, words_of(amount, currency, functional), is_converted)


def words_of(amount: Decimal, currency: str, functional: str) -> Words:
    """F8: capitals for the firm's own currency only; SAY … ONLY wherever the paper speaks English."""
    try:
        in_english = english_amount(amount, currency)
        capitals = currency == functional and minor_units(currency) <= 2
        return Words(capital_amount(amount, currency) if capitals else "", in_english)
    except Invalid:  # too large to be written in words: the figure stands alone
        return NO_WORDS


def comparison(
    charges: Sequence[Charged],
    stored: Sequence[StoredTotals],
    titles: Mapping[str, Words],
    currency: str,
    *,
    converts: bool,
    bilingual: bool = False,
) -> Comparison | None:
    """Two to four options side by side, each with the charges that all share; amounts with tax.

    On a bilingual paper the narrow first column says what a price is per in Chinese alone. None when
    there are fewer options or more: those are printed one below the other.
    """
    if not 2 <= len(stored) <= MOST_OPTIONS:
        return None
    names = [each.option for each in stored]
    order = list(dict.fromkeys(each.currency for each in charges))
    rows: dict[tuple[str, ...], dict[str, Charged]] = {}
    for charge in charges:
        if charge.is_collect or charge.does_not_apply:
            continue
        for name in names if charge.option == NO_OPTION else [charge.option]:
            rows.setdefault(_free_key(rows, charge, name), {})[name] = charge
    return Comparison(
        tuple(_option(each, titles, currency, converts, order) for each in stored),
        tuple(_row(cells, names, bilingual) for cells in rows.values()),
    )


def _free_key(
    rows: Mapping[tuple[str, ...], Mapping[str, Charged]], charge: Charged, name: str
) -> tuple[str, ...]:
    """The charge's row; one that an option has twice goes to a second row."""
    key, place = charge.key, 1
    while name in rows.get((*key, str(place)), {}):
        place += 1
    return (*key, str(place))


def _row(cells: Mapping[str, Charged], names: Sequence[str], bilingual: bool) -> OptionRow:
    first = next(iter(cells.values()))
    basis = _counted(list(cells.values()))
    basis = Words(basis.zh) if bilingual else basis
    return OptionRow(first.name, basis, tuple(_cell(cells.get(name)) for name in names))


def _cell(charge: Charged | None) -> OptionCell:
    if charge is None:
        return OptionCell(is_absent=True)
    return OptionCell(charge.currency, None if charge.amount is None else charge.gross)


def _counted(charges: Sequence[Charged]) -> Words:
    """每箱 × 2: the quantity joins the basis where all options have the same."""
    first = charges[0]
    basis = basis_words(first.basis_unit or first.unit)
    counts = {each.quantity for each in charges if each.amount is not None}
    if len(counts) != 1 or first.unit == "P1" or counts == {Decimal(1)}:
        return basis
    count = format_quantity(counts.pop())
    return Words(f"{basis.zh} × {count}", f"{count} × {basis.en}")


def _option(
    stored: StoredTotals,
    titles: Mapping[str, Words],
    currency: str,
    converts: bool,
    order: Sequence[str],
) -> Option:
    total = None
    if converts and stored.total is not None and needs_conversion(stored, currency):
        total = CurrencyAmount(currency, stored.total)
    sums = stored.subtotals
    amounts = tuple(CurrencyAmount(code, sums[code]) for code in order if code in sums)
    return Option(titles.get(stored.option, Words(stored.option)), (), amounts, total)
