"""Read a rate sheet by a profile: every price exactly, every problem by row and column (DOMAIN S6, S9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Literal

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.assembling import make_key, make_row, make_terms, template_parts
from portal.catalogue.rules.sheets.bands import settle_bands
from portal.catalogue.rules.sheets.cells import AtCost
from portal.catalogue.rules.sheets.checks import Checks, incomplete, no_column
from portal.catalogue.rules.sheets.columns import PLACES, Sheet, find_columns, shown
from portal.catalogue.rules.sheets.folding import Fold
from portal.catalogue.rules.sheets.line import NO_CURRENCY, NO_PRICE, Line, LineReader, PriceCell
from portal.catalogue.rules.sheets.meaning import Meaning, squeeze
from portal.catalogue.rules.sheets.merged import MergedCells
from portal.catalogue.rules.sheets.profile import Layout, Places, Profile
from portal.catalogue.rules.sheets.rows import CUT_HERE, Lookups, PriceRow, Reading
from portal.catalogue.rules.terms import Break
from portal.kernel.errors import Problem
from portal.kernel.tables import Row, Table
from portal.kernel.text import t

Progress = Callable[[int, int | None], None]
MOST_PROBLEMS = 20_000
_TELL_EVERY = 2_000
BETWEEN_PORTS = frozenset({"sea", "air", "rail", "inland_water"})
"""Categories whose lanes run between ports, airports or stations."""
NO_SUCH_PORT = t("a known port or airport; add it under Places first")
_ANY_BOX = frozenset({"", "CNTR"})


def read_prices(
    table: Table,
    profile: Profile,
    lookups: Lookups | None = None,
    progress: Progress | None = None,
) -> Reading:
    """All prices of `table` and all problems; nothing is guessed and nothing repaired.

    `progress` is told (rows read, rows in all or None) now and then.
    """
    at = lookups or Lookups()
    problems: list[Problem] = []
    sheet = find_columns(table, profile, at, problems)
    if sheet is None:
        return Reading((), tuple(problems))
    merged = MergedCells(table, sheet)
    problems += merged.problems()
    reader = PriceReader(sheet, profile, at, merged)
    prices = list(reader.prices(table, progress))
    problems += reader.problems
    if reader.count == 0 and not problems:
        problems.append(_no_rows(sheet))
    kept, found = reader.checks.settle(prices)
    problems += found
    problems.sort(key=lambda one: one.row or 0)
    listed, unlisted = _cut(problems)
    return Reading(tuple(kept), tuple(listed), reader.count, reader.left_out, unlisted)


def _cut(problems: list[Problem]) -> tuple[list[Problem], Counter[str]]:
    """As many as somebody may read, told that there are more, and how many these are by severity."""
    rest = Counter(str(each.severity) for each in problems[MOST_PROBLEMS:])
    if not rest:
        return problems, rest
    worst: Literal["error", "warning"] = "error" if rest["error"] else "warning"
    told = Problem(None, None, f"+ {rest.total():,}", CUT_HERE, worst)
    return [*problems[:MOST_PROBLEMS], told], rest


def _no_rows(sheet: Sheet) -> Problem:
    expected = t("at least one row with a price below the header row")
    return Problem(sheet.header_row + 1, None, "", expected)


class PriceReader:
    """One pass over a sheet, line by line."""

    def __init__(
        self, sheet: Sheet, profile: Profile, lookups: Lookups, merged: MergedCells
    ) -> None:
        self.sheet = sheet
        self.merged = merged
        self.profile = profile
        self.lookups = lookups
        self.template = template_parts(profile.template)
        self.lines = LineReader(sheet, profile, lookups)
        self.checks = Checks(sheet)
        self.is_place = cache(lookups.is_place)
        self.carriers: set[str] = set()
        self.leave_out = _filters(profile, sheet)
        self.count = 0
        self.left_out = 0
        folds = sheet.of(Meaning.OVER, Meaning.UP_TO, Meaning.ALTERNATIVE)
        self.fold = Fold(sheet, profile, self.template) if folds else None

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with lines and bands."""
        return self.lines.problems + (self.fold.problems if self.fold else [])

    def prices(self, table: Table, progress: Progress | None) -> Iterator[PriceRow]:
        """Every price whose lines could be read."""
        read = {
            Layout.BOX_COLUMNS: self._box_prices,
            Layout.BAND_COLUMNS: self._band_prices,
        }.get(self.profile.layout, self._line_prices)
        for line in self._lines(table, progress):
            yield from read(line)
        if self.fold is not None:
            for row, whole in self.fold.prices():
                yield from self._checked(row, whole)

    def _lines(self, table: Table, progress: Progress | None) -> Iterator[Line]:
        reader = self.lines
        for number, row in table.rows():
            if number <= self.sheet.header_row or reader.is_empty(row) or reader.is_header(row):
                continue
            if progress is not None and self.count % _TELL_EVERY == 0:
                progress(number, table.row_count)
            self.count += 1
            if self._is_left_out(row):
                self.left_out += 1
                continue
            line = reader.read(number, row)
            line.whole = line.whole and not self.merged.touch(number)
            self._place(line)
            self._known(line)
            yield line

    def _is_left_out(self, row: Row) -> bool:
        for index, words, keep in self.leave_out:
            word = squeeze(cells.read_text(row[index])) if index < len(row) else ""
            if (word in words) is not keep:
                return True
        return False

    def _place(self, line: Line) -> None:
        """Province and city as a destination; charge by its name; ends that must not be blank."""
        values, sheet = line.values, self.sheet
        province, city = values.get(Meaning.PROVINCE, ""), values.get(Meaning.CITY, "")
        if province or city:
            zone = self.lookups.find_zone(province, city)
            label = sheet.label(Meaning.CITY if city else Meaning.PROVINCE)
            if zone is None:
                expected = t("a province or city that is known")
                self.lines.refuse(line, label, f"{province} {city}".strip(), expected)
            values[Meaning.DESTINATION] = zone or ""
        if not line.whole:
            return
        if not values.get(Meaning.CHARGE_CODE):
            code = self.lookups.find_charge(values.get(Meaning.CHARGE_NAME, ""))
            label = sheet.label(Meaning.CHARGE_CODE, Meaning.CHARGE_NAME)
            if not code and label is None:
                line.whole = False
                self._tell_once(no_column(sheet, Meaning.CHARGE_CODE))
            elif not code:
                self.lines.refuse(line, label, "", t("the code of a charge"))
            values[Meaning.CHARGE_CODE] = code or ""
        for ends in self.profile.required:
            if not any(values.get(meaning) for meaning in ends):
                self.lines.refuse(line, sheet.label(*ends), "", t("a value; the cell is blank"))

    def _tell_once(self, problem: Problem) -> None:
        """A missing column is one problem of the header, not one of every row."""
        if problem.row != self.sheet.header_row or problem not in self.lines.problems:
            self.lines.problems.append(problem)

    def _known(self, line: Line) -> None:
        """Ports, airports and stations must be known where the profile says so; a new carrier is told once."""
        values, sheet = line.values, self.sheet
        if self.profile.places is Places.PORTS and values.get(Meaning.CATEGORY) in BETWEEN_PORTS:
            for meaning in PLACES:
                place = values.get(meaning, "")
                if place and not self.is_place(place):
                    self.lines.refuse(line, sheet.label(meaning), place, NO_SUCH_PORT)
        carrier = values.get(Meaning.CARRIER, "")
        if carrier and carrier not in self.carriers:
            self.carriers.add(carrier)
            if not self.lookups.is_carrier(carrier):
                expected = t("a carrier of the list of carriers; this one is kept as written")
                label = sheet.label(Meaning.CARRIER)
                problem = Problem(line.number, label, shown(carrier), expected, "warning")
                self.lines.problems.append(problem)

    def _line_prices(self, line: Line) -> Iterator[PriceRow]:
        if self.fold is not None:
            self.fold.add(line)
        elif line.whole:
            terms = make_terms(line.values, self.template)
            row = make_row(make_key(line.values), terms, line.values, (line.number,))
            yield from self._checked(row, True)

    def _box_prices(self, line: Line) -> Iterator[PriceRow]:
        """One price for each box column; one for all where the unit is not a box (per document)."""
        if not line.whole:
            return
        per_box = line.values.get(Meaning.UNIT, "") in _ANY_BOX
        stated = [price for price in line.prices if self._has_price(line, price)]
        if not per_box:
            stated = self._one_for_all(line, stated)
        for price in stated:
            values = dict(line.values)
            values[Meaning.PRICE] = price.amount
            values[Meaning.CURRENCY] = price.currency or line.values[Meaning.CURRENCY]
            box = price.detail if per_box else ""
            if per_box:
                values[Meaning.UNIT] = box
            terms = make_terms(values, self.template)
            key = make_key(values, box, terms.unit)
            yield from self._checked(make_row(key, terms, values, (line.number,)), True)

    def _has_price(self, line: Line, price: PriceCell) -> bool:
        if price.amount is None:
            everything = all(other.amount is None for other in line.prices)
            severity: Literal["error", "warning"] = "error" if everything else "warning"
            expected = (
                NO_PRICE if everything else t("a price; a blank is not zero, so none is taken")
            )
            problem = Problem(line.number, price.label, "", expected, severity)
            self.lines.problems.append(problem)
            return False
        if not isinstance(price.amount, AtCost) and not (
            price.currency or line.values[Meaning.CURRENCY]
        ):
            found = shown(price.amount)
            self.lines.problems.append(Problem(line.number, price.label, found, NO_CURRENCY))
            return False
        return True

    def _one_for_all(self, line: Line, stated: list[PriceCell]) -> list[PriceCell]:
        first = stated[0] if stated else None
        for price in stated[1:]:
            if first is not None and (price.amount, price.currency) != (
                first.amount,
                first.currency,
            ):
                expected = t("one price for all box types, since it is not charged by box: %(price)s",
                             price=f"{first.amount} {first.currency}".strip())  # fmt: skip
                self.lines.refuse(line, price.label, str(price.amount), expected)
                return []
        return stated[:1]

    def _band_prices(self, line: Line) -> Iterator[PriceRow]:
        """M, N, +45, +100 … of one line as one schedule."""
        if not line.whole:
            return
        stated = [price for price in line.prices if isinstance(price.amount, Decimal)]
        if not stated:
            label = line.prices[0].label if line.prices else None
            self.lines.refuse(line, label, "", NO_PRICE)
            return
        currencies = {price.currency for price in stated if price.currency}
        if len(currencies) > 1:
            expected = t("one currency for all bands of a line")
            self.lines.refuse(line, stated[0].label, ", ".join(sorted(currencies)), expected)
            return
        values = dict(line.values)
        values[Meaning.CURRENCY] = next(iter(currencies), "") or values[Meaning.CURRENCY]
        bands = self._bands(line, stated)
        terms = make_terms(values, self.template, bands)
        row = make_row(make_key(values, "", terms.unit), terms, values, (line.number,))
        yield from self._checked(row, True)

    def _bands(self, line: Line, stated: list[PriceCell]) -> list[Break]:
        for price in line.prices:
            if price.amount is None:
                expected = t("a rate; without one the band below goes on")
                problem = Problem(line.number, price.label, "", expected, "warning")
                self.lines.problems.append(problem)
        starts = sorted(stated, key=lambda price: Decimal(price.detail))
        ends = [Decimal(price.detail) for price in starts[1:]]
        bands = [
            Break(Decimal(price.detail), end, rate=price.amount)
            for price, end in zip(starts, [*ends, None], strict=True)
        ]
        rows = [(band, line.number) for band in bands]
        _, problems = settle_bands(rows, self.profile.template.bound, True, starts[0].label)
        self.lines.problems += problems
        return bands

    def _checked(self, row: PriceRow, whole: bool) -> Iterator[PriceRow]:
        if not whole:
            return
        missing = incomplete(row, self.sheet)
        if missing is not None:
            self._tell_once(missing)
            return
        self.lines.problems += self.checks.ranges(row)
        yield row


def _filters(profile: Profile, sheet: Sheet) -> list[tuple[int, frozenset[str], bool]]:
    places = {squeeze(cells.read_text(cell)): index for index, cell in enumerate(sheet.header)}
    return [
        (places[squeeze(rule.header)], frozenset(map(squeeze, rule.words)), rule.keep)
        for rule in profile.leave_out
    ]
