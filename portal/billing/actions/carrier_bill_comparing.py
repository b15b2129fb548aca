"""The two files of a carrier's bill read and compared; nothing is saved here (DOMAIN R11, R12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from portal.access.viewer import Viewer
from portal.billing.queries import carrier_bills as queries
from portal.billing.rules.carrier_bill_rows import read_bill, read_outbound
from portal.billing.rules.carrier_bills import (
    ZERO,
    Billed,
    BillLine,
    Compared,
    Finding,
    Price,
    Sums,
    Tolerance,
    altogether,
    check_tolerance,
    compare,
    grouped,
    summed,
)
from portal.catalogue.actions.batch import pricer
from portal.catalogue.models import Tariff
from portal.catalogue.rules.batch import PricedRow
from portal.catalogue.rules.sheets.shipments import Shipment
from portal.kernel.errors import FileProblems, Invalid, InvalidMany, Problem
from portal.kernel.tables import Table, open_table
from portal.kernel.text import Text, t

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it came: its bytes or its path, and the name its owner knows it by."""

    source: bytes | Path
    name: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How a bill is compared.

    Without `tolerance` the carrier's last one counts; without days the first and the last of the bill's lines.
    """

    carrier: str
    tolerance: Tolerance | None = None
    tariff: Tariff | None = None
    currency: str = "CNY"
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every waybill of either side, and what each finding comes to."""

    rows: tuple[Compared, ...]
    sums: Mapping[Finding, Sums]
    tolerance: Tolerance
    line_count: int
    starts_on: date
    ends_on: date

    @property
    def whole(self) -> Sums:
        """All findings together: the bill."""
        return altogether(self.sums.values())


def compared(
    bill: Sheet, own: Sheet | None, terms: Terms, viewer: Viewer, most_rows: int | None = None
) -> Comparison:
    """The bill against our records; nothing is saved.

    `own` None: our usage records of the period. FileProblems names every wrong cell by file, row and column; Invalid
    for a missing tolerance or period.
    """
    tolerance = _tolerance(terms)
    lines = _read(bill, lambda table: read_bill(table, terms.currency))
    if most_rows is not None and len(lines) > most_rows:
        expected = t(
            "at most %(rows)s lines here; use the command line for more", rows=f"{most_rows:,}"
        )
        raise FileProblems([Problem(None, None, f"{len(lines):,}", expected)])
    starts_on, ends_on = _period(terms, lines)
    billed = grouped(lines)
    if own is None:
        ours = queries.outbound(starts_on, ends_on, billed, viewer)
    else:
        ours = _read(own, read_outbound)
    price = _price(terms.tariff, terms, viewer, ends_on) if terms.tariff is not None else None
    rows = tuple(compare(billed, ours, tolerance, price))
    return Comparison(rows, summed(rows), tolerance, len(lines), starts_on, ends_on)


def _read(sheet: Sheet, read_rows: Callable[[Table], R]) -> R:
    """The rows of one of the two files; what is wrong names the file too."""
    try:
        return read_rows(open_table(sheet.source, sheet.name))
    except FileProblems as error:
        raise FileProblems(
            replace(each, column=" · ".join(filter(None, (sheet.name, each.column))))
            for each in error.problems
        ) from error


def _tolerance(terms: Terms) -> Tolerance:
    if terms.tolerance is not None:
        check_tolerance(terms.tolerance)
        return terms.tolerance
    last = queries.last_tolerance(terms.carrier.strip())
    if last is None:
        text = t("Say what difference is accepted; nothing is known of this carrier yet.")
        raise Invalid(text, "tolerance_kg")
    return Tolerance(*last)


def _period(terms: Terms, lines: Sequence[BillLine]) -> tuple[date, date]:
    days = [line.on for line in lines if line.on is not None]
    starts_on = terms.starts_on or min(days, default=None)
    ends_on = terms.ends_on or max(days, default=None)
    if starts_on is None or ends_on is None:
        text = t("Say which days the bill is for: it has no column for them.")
        raise InvalidMany({"starts_on" if starts_on is None else "ends_on": text})
    if ends_on < starts_on:
        raise Invalid(t("The last day is before the first."), "ends_on")
    return starts_on, ends_on


def _price(tariff: Tariff, terms: Terms, viewer: Viewer, on: date) -> Price:
    """Freight by the tariff: the region is the destination; one of several places (A/B) has their common price.

    What is billed is the charged weight: its volume has been counted already and counts for nothing more.
    """
    ask = pricer(tariff, viewer, on=on, carrier=terms.carrier)
    known: dict[tuple[str, str, Decimal, date | None], Decimal | Text] = {}

    def one(billed: Billed, region: str, kg: Decimal) -> Decimal | Text:
        of = Shipment(
            0,
            on=billed.on,
            destination=region,
            service=billed.product,
            weight=kg,
            volume=ZERO,
        )
        return _amount(ask(of), terms.currency)

    def price(billed: Billed, kg: Decimal) -> Decimal | Text:
        key = billed.region, billed.product, kg, billed.on
        if key not in known:
            whole = one(billed, billed.region, kg)
            if isinstance(whole, Text) and "/" in billed.region:
                parts = {one(billed, part.strip(), kg) for part in billed.region.split("/")}
                whole = parts.pop() if len(parts) == 1 else whole
            known[key] = whole
        return known[key]

    return price


def _amount(row: PricedRow, currency: str) -> Decimal | Text:
    if row.why is not None:
        return row.why
    if set(row.amounts) != {currency}:
        return t("the price is in another currency than the bill")
    return row.amounts[currency]
