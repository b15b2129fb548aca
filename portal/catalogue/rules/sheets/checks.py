"""Checks over whole prices: what is missing, what repeats, what is out of the usual (DOMAIN S4, 17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from portal.catalogue.rules.sheets.columns import Sheet, header_texts
from portal.catalogue.rules.sheets.line import NO_CURRENCY, NO_PRICE
from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning
from portal.catalogue.rules.sheets.profile import is_own
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.boxes import BOX_TYPES
from portal.kernel.errors import Problem
from portal.kernel.text import Text, t

LONGEST_QUALIFIER = 60
_MOST_DAYS = 180
_SEA_DAYS = 60
_SCHEDULES = (Basis.BANDS, Basis.GRADUATED)
_PRICE_COLUMNS = (Meaning.PRICE, Meaning.BAND_RATE, Meaning.BAND_FLAT, Meaning.BAND_PRICE,
                  Meaning.FIRST_AMOUNT, Meaning.BOX, Meaning.BAND)  # fmt: skip


class Range(NamedTuple):
    """A sensible range for prices of one kind; outside it one asks, but does not refuse."""

    category: str
    units: frozenset[str]
    currency: str
    low: Decimal
    high: Decimal


def _range(category: str, units: str, currency: str, low: str, high: str) -> Range:
    return Range(category, frozenset(units.split()), currency, Decimal(low), Decimal(high))


_TWENTY = " ".join(code for code, box in BOX_TYPES.items() if box.length == 20)
RANGES = (
    _range("sea", f"{_TWENTY} 20FT", "USD", "0", "15000"),
    _range("sea", "RT", "USD", "-60", "400"),
    _range("air", "CHW KGM", "CNY", "3", "120"),
    _range("express", "first", "CNY", "1", "60"),
    _range("storage", "MTQ.DAY", "CNY", "0.1", "5"),
    _range("storage", "PLT.DAY", "CNY", "0.5", "10"),
    _range("storage", "MTK.MON", "CNY", "5", "120"),
    _range("handling", "TNE MTQ", "CNY", "5", "100"),
    _range("handling", "EA H87", "CNY", "0.05", "1"),
)
RATIOS = (
    ("20GP", "40GP", Decimal("1.0"), Decimal("2.2")),
    ("20GP", "40HQ", Decimal("1.0"), Decimal("2.2")),
    ("40GP", "40HQ", Decimal("0.95"), Decimal("1.25")),
)
"""(box, other box, lowest, highest): the other box's price in terms of the box's."""


def no_column(sheet: Sheet, meaning: Meaning) -> Problem:
    """The problem of a column that the sheet should have and lacks: told once, at the header row."""
    chinese, english = HEADERS[meaning]
    expected = t("Column missing: %(english)s (%(chinese)s)", english=english, chinese=chinese)
    return Problem(sheet.header_row, None, ", ".join(header_texts(sheet.header)), expected)


def incomplete(row: PriceRow, sheet: Sheet) -> Problem | None:
    """What a price lacks to be one; None when it is complete."""
    where = row.source_rows[0]
    if len(row.key.qualifier) > LONGEST_QUALIFIER:
        label = sheet.label(Meaning.QUALIFIER, Meaning.SERVICE, Meaning.COMMODITY, Meaning.MODE)
        expected = t("at most %(most)s characters", most=LONGEST_QUALIFIER)
        return Problem(where, label, row.key.qualifier, expected)
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        expected = t("a day on or after %(start)s", start=row.valid_from.isoformat())
        return Problem(where, sheet.label(Meaning.VALID_TO), row.valid_to.isoformat(), expected)
    wrong = _lacks_price(row.terms) or _lacks_currency(row.terms, sheet)
    if wrong is None:
        return None
    meanings, expected = wrong
    label = sheet.label(*meanings)
    if label is None:
        return no_column(sheet, meanings[0])
    found = "" if row.terms.rate is None else str(row.terms.rate)
    return Problem(where, label, found, expected)


Lack = tuple[tuple[Meaning, ...], Text]


def _lacks_currency(terms: PriceTerms, sheet: Sheet) -> Lack | None:
    if terms.currency or terms.basis in (Basis.AT_COST, Basis.PERCENT):
        return None
    if is_own(header_texts(sheet.header)) and not sheet.of(Meaning.CURRENCY):
        return (Meaning.CURRENCY,), NO_CURRENCY
    return (Meaning.CURRENCY, *_PRICE_COLUMNS), NO_CURRENCY


def _lacks_price(terms: PriceTerms) -> Lack | None:
    if terms.basis is Basis.AT_COST:
        return None
    if terms.basis is Basis.PERCENT:
        return None if terms.percent is not None else ((Meaning.PERCENT,), t("a percentage"))
    if terms.basis is Basis.MAX_OF:
        if len(terms.alternatives) < 2:
            return (Meaning.ALTERNATIVE,), t("at least two alternatives to take the largest of")
        return next(filter(None, map(_lacks_price, terms.alternatives)), None)
    if terms.basis in _SCHEDULES:
        bare = any(band.rate is None and band.flat is None for band in terms.breaks)
        return (_PRICE_COLUMNS[1:4], NO_PRICE) if bare or not terms.breaks else None
    if terms.basis is Basis.FIRST_CONTINUED:
        return _lacks_first(terms)
    if terms.rate is None:
        return (Meaning.PRICE,), NO_PRICE
    if terms.basis is Basis.PER_UNIT and not terms.unit:
        return (Meaning.UNIT,), t("a unit; the price of what?")
    return None


def _lacks_first(terms: PriceTerms) -> Lack | None:
    needed = (
        (Meaning.FIRST_QUANTITY, terms.first_quantity),
        (Meaning.FIRST_AMOUNT, terms.first_amount),
        (Meaning.CONTINUED_STEP, terms.continued_step),
        (Meaning.CONTINUED_AMOUNT, terms.continued_amount),
    )
    for meaning, value in needed:
        if value is None:
            return (meaning,), NO_PRICE
    return None


class Checks:
    """Checks of one reading; remembers what it has seen."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.labels = {one.detail: one.label for one in sheet.of(Meaning.BOX)}
        self.boxes: dict[tuple[PriceKey, date | None], dict[str, tuple[Decimal, int]]] = {}

    def ranges(self, row: PriceRow) -> Iterator[Problem]:
        """What is out of the usual about one price (warnings)."""
        yield from self._validity(row)
        for unit, amount in _figures(row.terms):
            for one in RANGES:
                if (
                    unit in one.units
                    and row.key.category == one.category
                    and row.terms.currency == one.currency
                    and not one.low <= amount <= one.high
                ):
                    expected = t("usually %(low)s to %(high)s %(currency)s; is this right?",
                                 low=str(one.low), high=str(one.high), currency=one.currency)  # fmt: skip
                    yield self._warning(row, self._price_label(row), str(amount), expected)
        yield from self._ratios(row)

    def _validity(self, row: PriceRow) -> Iterator[Problem]:
        if row.valid_from is None or row.valid_to is None:
            return
        days = (row.valid_to - row.valid_from).days + 1
        most = _SEA_DAYS if row.key.category == "sea" else _MOST_DAYS
        if days > most:
            expected = t("a validity of at most %(most)s days; this is %(days)s days", most=most,
                         days=f"{days:,}")  # fmt: skip
            label = self.sheet.label(Meaning.VALID_TO)
            yield self._warning(row, label, row.valid_to.isoformat(), expected)

    def _ratios(self, row: PriceRow) -> Iterator[Problem]:
        """Each box against the shorter ones of its lane, as soon as both are known."""
        box, rate = row.key.packaging, row.terms.rate
        if box not in _COMPARED or rate is None or rate <= 0:
            return
        lane = (row.key._replace(packaging="", unit=""), row.valid_from)
        known = self.boxes.setdefault(lane, {})
        known[box] = (rate, row.source_rows[0])
        for small, large, low, high in RATIOS:
            if box not in (small, large) or small not in known or large not in known:
                continue
            ratio = known[large][0] / known[small][0]
            if not low <= ratio <= high:
                label = self.labels.get(large, self._price_label(row))
                yield Problem(known[large][1], label, str(known[large][0]),
                              _unusual(small, large, known[small][0], ratio), "warning")  # fmt: skip

    def _price_label(self, row: PriceRow) -> str | None:
        return self.labels.get(row.key.packaging) or self.sheet.label(*_PRICE_COLUMNS)

    def _warning(self, row: PriceRow, label: str | None, found: str, expected: Text) -> Problem:
        return Problem(row.source_rows[0], label, found, expected, "warning")

    def settle(self, prices: Sequence[PriceRow]) -> tuple[list[PriceRow], list[Problem]]:
        """Prices without doubles and overlaps; those are told with both rows (S4).

        A line repeated word for word is taken once, with a warning; prices of one key that differ
        for the same day are errors and none of them is taken.
        """
        self.boxes.clear()
        first: dict[PriceKey, int] = {}
        several: dict[PriceKey, list[int]] = {}
        for index, row in enumerate(prices):
            if row.key in first:
                several.setdefault(row.key, [first[row.key]]).append(index)
            else:
                first[row.key] = index
        problems: list[Problem] = []
        dropped: set[int] = set()
        for indexes in several.values():
            _compare_all(prices, indexes, dropped, problems, self.sheet)
        if not dropped:
            return list(prices), problems
        return [row for index, row in enumerate(prices) if index not in dropped], problems


_COMPARED = frozenset(box for ratio in RATIOS for box in ratio[:2])
_EARLIEST, _LATEST = date.min, date.max


def _unusual(small: str, large: str, price: Decimal, ratio: Decimal) -> Text:
    if ratio < 1 and small != "40GP":
        return t("more than the price of a %(small)s, which is %(price)s; is this right?",
                 small=small, price=str(price))  # fmt: skip
    return t("nearer to the price of a %(small)s, which is %(price)s; is this right?", small=small,
             price=str(price))  # fmt: skip


def _figures(terms: PriceTerms) -> Iterator[tuple[str, Decimal]]:
    """(unit, price of one unit) of everything in the terms that a range may speak of."""
    if terms.first_amount is not None:
        yield "first", terms.first_amount
    if terms.rate is not None:
        yield terms.unit, terms.rate
    for band in terms.breaks:
        if band.rate is not None and band.flat is None:
            yield terms.unit, band.rate


def _compare_all(
    prices: Sequence[PriceRow],
    indexes: Sequence[int],
    dropped: set[int],
    problems: list[Problem],
    sheet: Sheet,
) -> None:
    """Prices of one key in order of validity, each against the furthest-reaching one before it."""
    ordered = sorted(indexes, key=lambda i: (prices[i].valid_from or _EARLIEST, i))
    reach = ordered[0]
    for index in ordered[1:]:
        one, before = prices[index], prices[reach]
        if (one.valid_from or _EARLIEST) <= (before.valid_to or _LATEST):
            same_days = (one.valid_from, one.valid_to) == (before.valid_from, before.valid_to)
            if same_days and one.terms == before.terms and one.costs == before.costs:
                expected = t("each price once; row %(row)s is the same", row=before.source_rows[0])
                problems.append(_double(one, sheet, expected, "warning"))
            else:
                dropped.add(reach)
                problems.append(_double(one, sheet, _clash(before, same_days)))
            dropped.add(index)
        if (one.valid_to or _LATEST) > (before.valid_to or _LATEST):
            reach = index


def _clash(before: PriceRow, same_days: bool) -> Text:
    row = before.source_rows[0]
    if same_days:
        return t("one price for one item and period; row %(row)s has another", row=row)
    return t("periods that do not overlap; row %(row)s is valid from %(start)s to %(end)s", row=row,
             start=str(before.valid_from or ""), end=str(before.valid_to or ""))  # fmt: skip


def _double(
    row: PriceRow, sheet: Sheet, expected: Text, severity: Literal["error", "warning"] = "error"
) -> Problem:
    words = " ".join(filter(None, row.key))
    period = f"{row.valid_from or ''} - {row.valid_to or ''}"
    found = f"{words}, {period}" if row.valid_from or row.valid_to else words
    label = sheet.label(Meaning.VALID_FROM) if row.valid_from else None
    return Problem(row.source_rows[0], label, found, expected, severity)
