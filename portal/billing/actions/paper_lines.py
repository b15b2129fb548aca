"""Stored lines as a statement's paper shows them, and their sums; no note, no working, no cost goes along."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from portal.billing.models import StatementLine
from portal.billing.queries.statements import served_names
from portal.billing.rules.kinds import LINE_KIND_WORDS, LineKind
from portal.billing.rules.paper_sums import named_by, originals, summed
from portal.billing.rules.statement_paper import NamedSums, PaperLine, PaperSection
from portal.billing.rules.totals import statistics
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.rates import tax_of
from portal.catalogue.rules.tax import TaxKind
from portal.contracts.models import Contract
from portal.db import whole
from portal.documents.rules.words import Words, same
from portal.kernel.errors import Invalid
from portal.kernel.money import format_quantity
from portal.kernel.text import Text
from portal.kernel.units import UNITS

UNTAXED = {
    TaxKind.EXEMPT: Words("免税", "Exempt"),
    TaxKind.ZERO: Words("零税率", "Zero-rated"),
    TaxKind.OUTSIDE: Words("不计税", "Not taxed"),
}
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PaperContent:
    """The lines in their sections, and what they add up to by service."""

    sections: tuple[PaperSection, ...]
    by_service: tuple[NamedSums, ...]
    measured: tuple[Words, ...]

    @property
    def lines(self) -> list[PaperLine]:
        """All of them, in order."""
        return [line for section in self.sections for line in section.lines]


def content_of(rows: Sequence[StatementLine], on: date) -> PaperContent:
    """The rows of one revision, in the order of the paper; `on`: the day whose tax labels are printed."""
    names = served_names(rows)
    lines = _paper_lines(rows, on)
    sections = tuple(
        _section(Words(*names[served]), group, lines)
        for served, group in _grouped(rows, lambda row: row.served_id).items()
    )
    services = {row.id: _service(row) for row in rows}
    items = whole.columns_of(
        ServiceItem, {row.item_id for row in rows if row.item_id}, ("name_zh", "name_en")
    )
    by_service = tuple(
        NamedSums(
            _service_name(service, items),
            summed(lines[row.id] for row in group),
            _measured(group),
        )
        for service, group in _grouped(rows, lambda row: services[row.id]).items()
    )
    return PaperContent(sections, by_service, _measured(rows))


def line_of(row: StatementLine, on: date) -> PaperLine:
    """One line by itself."""
    return _paper_lines([row], on)[row.id]


def tax_label(kind: str, percent: Decimal, tax_class: str, on: date) -> Words:
    """What the tax column shows: the percentage, else the class's own label on that day, else the kind's."""
    if TaxKind(kind) is TaxKind.TAXED:
        return same(f"{short(percent):f}%")
    try:
        found = tax_of(tax_class, on)
    except Invalid:
        return UNTAXED[TaxKind(kind)]
    return Words(found.label_zh, found.label_en)


def short(number: Decimal) -> Decimal:
    """Without idle zeros behind the point."""
    bare = number.normalize()
    return bare.quantize(Decimal(1)) if bare == bare.to_integral_value() else bare


def _paper_lines(rows: Sequence[StatementLine], on: date) -> dict[int, PaperLine]:
    contracts = whole.columns_of(
        Contract, {row.contract_id for row in rows if row.contract_id}, ("number",)
    )
    labels: dict[tuple[str, Decimal, str], Words] = {}
    found = {}
    for row in rows:
        tax = (row.tax_kind, row.tax_percent, row.tax_class)
        if tax not in labels:
            labels[tax] = tax_label(*tax, on)
        contract = contracts[row.contract_id][0] if row.contract_id else ""
        found[row.id] = _paper_line(row, contract, labels[tax])
    return found


def _paper_line(row: StatementLine, contract: str, label: Words) -> PaperLine:
    unit = UNITS.get(row.unit)
    return PaperLine(
        serial=row.serial,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        name=Words(row.name_zh, row.name_en),
        reference=row.reference,
        contract=contract,
        quantity=short(row.quantity),
        unit=Words(unit.short_zh, unit.short_en) if unit else same(row.unit),
        rate=row.rate,
        currency=row.line_currency,
        amount=row.amount,
        exchange_rate=row.exchange_rate if row.line_currency != row.statement.currency else None,
        converted=row.converted,
        tax_label=label,
        net=row.net_amount,
        tax=row.tax_amount,
        gross=row.gross_amount,
        is_late=row.is_late,
    )


def _section(
    name: Words, rows: Sequence[StatementLine], lines: Mapping[int, PaperLine]
) -> PaperSection:
    own = tuple(lines[row.id] for row in rows)
    by_tax = named_by(own, lambda line: line.tax_label)
    return PaperSection(name, own, summed(own), by_tax, originals(own), _measured(rows))


def _measured(rows: Iterable[StatementLine]) -> tuple[Words, ...]:
    found = []
    for code, quantity in statistics(rows).items():
        unit, figure = UNITS.get(code), format_quantity(short(quantity))
        names = (unit.short_zh, unit.short_en) if unit else (code, code)
        found.append(Words(*(f"{figure} {name}" for name in names)))
    return tuple(found)


def _service(row: StatementLine) -> tuple[str, int | None]:
    """A line is summed under its service; without one, and as a credit, under what it is."""
    is_service = row.item_id is not None and row.kind != LineKind.CREDIT
    return ("", row.item_id) if is_service else (row.kind, None)


def _service_name(
    service: tuple[str, int | None], items: Mapping[int, tuple[str, str]]
) -> Words | Text:
    kind, item_id = service
    return Words(*items[item_id]) if item_id is not None else LINE_KIND_WORDS[LineKind(kind)]


def _grouped(
    rows: Iterable[StatementLine], key: Callable[[StatementLine], K]
) -> dict[K, list[StatementLine]]:
    groups: dict[K, list[StatementLine]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
