"""The lines of a statement before they are stored: converted one by one, then taxed (DOMAIN F3, F7, R5; golden G8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from portal.billing.rules.charging import (
    SIX_PLACES,
    Charged,
    DrawnUsage,
    LinePrice,
    Steps,
    charge,
    plain,
)
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.line_draft import LineDraft, Mark, Settling, Subject
from portal.billing.rules.line_names import line_name
from portal.billing.rules.line_units import statistical, storage_unit
from portal.billing.rules.storage import ChargeKind, StorageCharge
from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.catalogue.rules.tax import TaxKind, tax_line
from portal.kernel.period import Period
from portal.usage.rules.drawing import statistical_quantity

__all__ = [
    "LineDraft",
    "Mark",
    "Settling",
    "Subject",
    "billed",
    "in_order",
    "negative_of",
    "same_but",
    "sort_key",
    "storage_lines",
    "usage_line",
]

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Settled:
    """The money of one line in the statement's currency, with the steps that made it.

    `exchange_rate` is for one unit, to the six places of its column; the steps tell the rate as it is quoted.
    """

    converted: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    exchange_rate: Decimal | None
    steps: Steps


def billed(subject: Subject, charged: Charged, settling: Settling) -> LineDraft:
    """The line of one charge: converted on its own, then its tax (G8); Invalid without a rate of exchange."""
    money = _settled(charged.amount, charged.currency, settling)
    exchange, tax = settling.exchange, settling.tax
    foreign = money.exchange_rate is not None and exchange is not None
    taxed = tax.kind is TaxKind.TAXED
    values = {name: getattr(subject, name) for name in _OF_SUBJECT}
    return LineDraft(
        **values,
        kind=subject.kind.value,
        quantity=charged.quantity,
        unit=charged.unit,
        rate=charged.rate,
        line_currency=charged.currency,
        amount=charged.amount,
        converted=money.converted,
        exchange_rate=money.exchange_rate,
        rate_on=exchange.on if foreign and exchange else None,
        rate_source=exchange.source if foreign and exchange else "",
        tax_class=settling.tax_class,
        tax_kind=tax.kind.value,
        tax_percent=tax.percent if taxed else ZERO,
        tax_inclusive=tax.inclusive,
        net_amount=money.net,
        tax_amount=money.tax,
        gross_amount=money.gross,
        working=(*charged.working, *money.steps),
    )


_OF_SUBJECT = tuple(each.name for each in fields(Subject) if each.name != "kind")


def usage_line(
    drawn: DrawnUsage,
    line: LinePrice,
    currency: str,
    exchange: ExchangeRate | None,
    starts_on: date,
) -> LineDraft:
    """The line of one draw in a statement whose period begins on `starts_on`; earlier usage is late 补录."""
    subject = Subject(
        kind=LineKind.USAGE,
        served_id=drawn.served_id,
        name_zh=line.name_zh,
        name_en=line.name_en,
        starts_on=drawn.used_on,
        ends_on=drawn.used_on,
        item_id=line.item_id,
        contract_id=line.contract_id,
        contract_line_id=line.contract_line_id,
        entitlement_id=drawn.entitlement_id,
        usage_id=drawn.usage_id,
        part=drawn.part.value,
        shipment_id=drawn.shipment_id,
        reference=drawn.reference,
        note=drawn.note,
        is_late=drawn.used_on < starts_on,
        main_unit=line.main_unit,
        stat_quantity=statistical_quantity(drawn.quantity, line.stat_factor),
    )
    return billed(
        subject, charge(drawn, line), Settling(currency, line.tax, line.tax_class, exchange)
    )


def same_but(line: LineDraft, drawn: DrawnUsage, starts_on: date) -> LineDraft:
    """The line of another draw at the same price of the same quantity: all that is worked out is shared."""
    values = list(_ALL(line))
    for at, value in zip(
        _OF_THE_DRAW,
        (
            drawn.served_id, drawn.used_on, drawn.used_on, drawn.entitlement_id, drawn.usage_id,
            drawn.shipment_id, drawn.reference, drawn.note, drawn.used_on < starts_on,
        ),
        strict=True,
    ):  # fmt: skip
        values[at] = value
    return LineDraft(*values)


_NAMES = [each.name for each in fields(LineDraft)]
_ALL = attrgetter(*_NAMES)
_OF_THE_DRAW = [
    _NAMES.index(name)
    for name in (
        "served_id", "starts_on", "ends_on", "entitlement_id", "usage_id", "shipment_id", "reference", "note",
        "is_late",
    )
]  # fmt: skip


def storage_lines(
    charges: Sequence[StorageCharge], subject: Subject, settling: Settling, root_id: int
) -> list[LineDraft]:
    """The lines of a storage bill; the first line of each month is the one that bills its days once.

    `subject` says for whom, which service and which contract line; days, kind and marks are those of each charge.
    `root_id` is the first line of the contract line's chain.
    """
    marked: set[Period] = set()
    lines: list[LineDraft] = []
    for each in charges:
        days = () if each.period in marked else storage_marks(root_id, each.period)
        marked.add(each.period)
        lines.append(billed(_of_storage(subject, each, days), _charged(each), settling))
    return lines


def storage_marks(root_id: int, period: Period) -> tuple[Mark, ...]:
    """One mark for each day of a closed period."""
    return tuple(
        (Once.STORAGE_DAY, root_id, period.start_on + ahead * ONE_DAY)
        for ahead in range(period.days or 0)
    )


def negative_of(
    line: Any, line_id: int, *, usage_id: int | None = None, told: str = "", is_late: bool = False
) -> LineDraft:
    """The exact negative copy of a billed line 红冲: same rate, tax and rate of exchange; both add up to 0 (R5).

    `line`: a stored line or a draft. `usage_id` is the usage record that reverses, so that no draw has two lines.
    `told`: how a reader finds the line that is reversed ("ST-2026-000012 / 7").
    """
    step = (
        "reversal",
        {
            "line": told,
            "net": str(-line.net_amount),
            "tax": str(-line.tax_amount),
            "gross": str(-line.gross_amount),
        },
    )
    values = {name: getattr(line, name) for name in _COPIED}
    negative = {name: -getattr(line, name) for name in _NEGATED}
    return LineDraft(
        **values,
        **negative,
        kind=LineKind.REVERSAL.value,
        usage_id=usage_id,
        reverses_id=line_id,
        is_late=is_late,
        working=(step,),
    )


_NEGATED = (
    "quantity",
    "stat_quantity",
    "amount",
    "converted",
    "net_amount",
    "tax_amount",
    "gross_amount",
)
_OWN = ("kind", "usage_id", "reverses_id", "is_late", "working", "credit_id", "once", *_NEGATED)
_COPIED = tuple(each.name for each in fields(LineDraft) if each.name not in _OWN)


def sort_key(draft: LineDraft) -> tuple[Any, ...]:
    """The order of lines: section by section, service by service, by day, reference and the ids that caused them."""
    return (
        draft.served_id,
        _KINDS[draft.kind],
        draft.item_id or 0,
        draft.contract_line_id or 0,
        draft.starts_on,
        draft.ends_on,
        draft.kind == LineKind.STORAGE_MINIMUM,
        draft.reference,
        draft.usage_id or 0,
        draft.entitlement_id or 0,
        draft.part == "over",
        draft.credit_id or draft.receivable_id or draft.reverses_id or 0,
        draft.gross_amount,
    )


_SECTIONS = (
    (LineKind.USAGE, LineKind.STORAGE, LineKind.STORAGE_MINIMUM, LineKind.FEE),
    (LineKind.SHORTFALL, LineKind.TRUE_UP),
    (LineKind.REVERSAL,),
    (LineKind.CREDIT,),
    (LineKind.LATE_FEE,),
)
_KINDS = {kind.value: at for at, kinds in enumerate(_SECTIONS) for kind in kinds}
"""Services first, then what settles commitments, reversals, credits and interest."""


def in_order(drafts: Iterable[LineDraft]) -> list[LineDraft]:
    """The lines in the order in which they are numbered."""
    return sorted(drafts, key=sort_key)


def _of_storage(subject: Subject, each: StorageCharge, days: tuple[Mark, ...]) -> Subject:
    """The subject of one charge; only the stored quantity counts in statistics, not what lifts it."""
    stored = each.kind is ChargeKind.STORAGE
    kind = LineKind.STORAGE if stored else LineKind.STORAGE_MINIMUM
    name_zh, name_en = line_name(kind, subject.name_zh, subject.name_en)
    return replace(
        subject,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        starts_on=each.period.start_on,
        ends_on=each.period.end_on or each.period.start_on,
        main_unit=subject.main_unit if stored else "",
        stat_quantity=statistical(each.quantity, storage_unit(each), subject.main_unit)
        if stored
        else ZERO,
        once=days,
    )


def _charged(each: StorageCharge) -> Charged:
    working = tuple((kind, values) for kind, values in each.working.to_json())
    unit = storage_unit(each)
    return Charged(each.amount, each.currency, each.quantity, unit, each.rate, working)


@lru_cache(maxsize=20_000)
def _settled(amount: Decimal, currency: str, settling: Settling) -> _Settled:
    """The conversion and the tax of an amount; the same few of them come back over and over."""
    into, tax = settling.currency, settling.tax
    conversion = convert(amount, currency, into, settling.exchange)
    taxed = tax_line(conversion.converted, tax, into)
    steps: list[Any] = []
    exchange_rate = None
    if conversion.rate is not None:
        for_one = conversion.rate.rate / conversion.rate.per
        exchange_rate = plain(for_one.quantize(SIX_PLACES, ROUND_HALF_UP))
        steps.append(_conversion_step(amount, conversion.rate, conversion.converted))
    values = {
        "kind": tax.kind.value,
        "percent": str(plain(tax.percent)),
        "inclusive": tax.inclusive,
        "net": str(taxed.net),
        "tax": str(taxed.tax),
        "gross": str(taxed.gross),
        "currency": into,
    }
    steps.append(("tax", values))
    money = (conversion.converted, taxed.net, taxed.tax, taxed.gross)
    return _Settled(*money, exchange_rate, tuple(steps))


def _conversion_step(amount: Decimal, rate: ExchangeRate, converted: Decimal) -> Any:
    values = {
        "currency": rate.currency,
        "amount": str(amount),
        "rate": str(plain(rate.rate)),
        "per": str(plain(rate.per)),
        "on": rate.on.isoformat(),
        "source": rate.source,
        "into": rate.into,
        "converted": str(converted),
    }
    return "conversion", values
