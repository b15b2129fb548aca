"""A line of a statement as a plain value, and what it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.billing.rules.charging import Steps
from portal.billing.rules.kinds import LineKind, Once
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.tax import TaxTerms

ZERO = Decimal(0)
Mark = tuple[Once, int, date]
"""What is billed once with a line: the kind, its subject, the day (a `BilledOnce` row)."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """Every content column of a `StatementLine`, and the marks of what is billed once with it.

    The money adds up: net + tax = gross, in the statement's currency; `working` is JSON-ready.
    """

    kind: str
    served_id: int
    name_zh: str
    starts_on: date
    ends_on: date
    quantity: Decimal
    unit: str
    line_currency: str
    amount: Decimal
    converted: Decimal
    tax_kind: str
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    name_en: str = ""
    item_id: int | None = None
    contract_id: int | None = None
    contract_line_id: int | None = None
    entitlement_id: int | None = None
    usage_id: int | None = None
    part: str = ""
    shipment_id: int | None = None
    credit_id: int | None = None
    receivable_id: int | None = None
    reverses_id: int | None = None
    reference: str = ""
    note: str = ""
    is_late: bool = False
    main_unit: str = ""
    stat_quantity: Decimal = ZERO
    rate: Decimal | None = None
    exchange_rate: Decimal | None = None
    rate_on: date | None = None
    rate_source: str = ""
    tax_class: str = ""
    tax_percent: Decimal = ZERO
    tax_inclusive: bool = True
    working: Steps = ()
    once: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line is for, for whom and of which days; the same names as on the line."""

    kind: LineKind
    served_id: int
    name_zh: str
    starts_on: date
    ends_on: date
    name_en: str = ""
    item_id: int | None = None
    contract_id: int | None = None
    contract_line_id: int | None = None
    entitlement_id: int | None = None
    usage_id: int | None = None
    part: str = ""
    shipment_id: int | None = None
    receivable_id: int | None = None
    reference: str = ""
    note: str = ""
    is_late: bool = False
    main_unit: str = ""
    stat_quantity: Decimal = ZERO
    once: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Settling:
    """How a line becomes money of the statement: its currency, the line's tax, the rate of the line's own day.

    `exchange` None: the line is in the statement's currency already.
    """

    currency: str
    tax: TaxTerms
    tax_class: str = ""
    exchange: ExchangeRate | None = None
