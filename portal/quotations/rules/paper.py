"""Everything that a printed quotation shows, and nothing else (DOMAIN Q3-Q6, F3, F7-F9).

There is no cost, margin, rebate or internal note in any of these values: what is not here cannot be
printed, so a customer cannot obtain it. All amounts are Decimals already rounded by the pricing rules;
nothing on the way to paper adds or multiplies. An amount of None means "price on request" (另询), an
amount of 0 is a real price (DOMAIN S6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.text import Text

PORTRAIT_COLUMNS = 7
MOST_OPTIONS = 4


class Column(StrEnum):
    """The columns a charge table may have; more than seven turn the sheet (DOMAIN Q3)."""

    NUMBER = "number"
    CHARGE = "charge"
    BASIS = "basis"
    RATE = "rate"
    QUANTITY = "quantity"
    NET = "net"
    TAX_RATE = "tax_rate"
    TAX = "tax"
    AMOUNT = "amount"
    NOTE = "note"


USUAL_COLUMNS = (
    Column.NUMBER,
    Column.CHARGE,
    Column.BASIS,
    Column.RATE,
    Column.QUANTITY,
    Column.TAX_RATE,
    Column.AMOUNT,
)


@dataclass(frozen=True, slots=True)
class Party:
    """Who a paper goes to or comes from: the name in bold, then the person and ways to reach them."""

    name: Words
    person: Words = NO_WORDS
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a lane: 上海 SHANGHAI, its code, and what else stands under it."""

    name: Words
    code: str = ""
    remarks: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """Where from, where to, and how: mode and routing over the line, carrier and transit under it."""

    origin: Place
    destination: Place
    mode: tuple[Words, ...] = ()
    carriage: tuple[Words, ...] = ()
    is_by_sea: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value of the shipment; `label` is a key of `portal.documents.labels.LABELS`."""

    label: str
    value: Words


@dataclass(frozen=True, slots=True)
class Line:
    """One charge.

    price: per unit of `basis`, up to 6 places; None with an amount means that `rate` words say it
    (a percentage, for example). quantity: in that unit. amount: quantity x price after minimum and
    rounding, with tax when the paper's prices include it. net and tax: for those columns only.
    working: how the amount arose, a sentence a step; told on screen, not printed (P19).
    """

    name: Words
    basis: Words = NO_WORDS
    currency: str = "CNY"
    price: Decimal | None = None
    quantity: Decimal | None = None
    quantity_unit: str = ""
    amount: Decimal | None = None
    code: str = ""
    rate: Words = NO_WORDS
    tax_label: Words = NO_WORDS
    net: Decimal | None = None
    tax: Decimal | None = None
    note: Words = NO_WORDS
    working: tuple[Text, ...] = ()

    @property
    def on_request(self) -> bool:
        """Priced later: prints 另询, counts in no total."""
        return self.amount is None

    @property
    def is_free(self) -> bool:
        """An explicit price of nothing: prints 免, or is hidden where the paper says so."""
        return self.amount is not None and self.amount == 0


@dataclass(frozen=True, slots=True)
class CurrencyAmount:
    """An amount in a currency (ISO 4217)."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Section:
    """A group of charges with its subtotals, one a currency.

    collect: paid at destination (到付), listed for information and in no total (DOMAIN U5).
    """

    title: Words
    lines: tuple[Line, ...]
    subtotals: tuple[CurrencyAmount, ...] = ()
    collect: bool = False


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What one tax class of one currency comes to; net + tax = gross."""

    currency: str
    label: Words
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """One currency's subtotal and, if a converted total is printed, its single conversion (F3)."""

    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    exchange_rate: Decimal | None = None
    rate_on: date | None = None
    converted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GrandTotal:
    """The figure that stands out: one currency, with its amount in words (大写, F8)."""

    currency: str
    amount: Decimal
    in_words: Words = NO_WORDS
    is_converted: bool = False


@dataclass(frozen=True, slots=True)
class OptionCell:
    """What one option asks for one row; no amount means 另询, unless `is_absent` (not offered, "-")."""

    currency: str = ""
    amount: Decimal | None = None
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A charge across the options, one cell an option in the same order."""

    name: Words
    basis: Words
    cells: tuple[OptionCell, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative, mostly a carrier: facts under its name, totals at its foot."""

    title: Words
    facts: tuple[Fact, ...] = ()
    totals: tuple[CurrencyAmount, ...] = ()
    converted: CurrencyAmount | None = None
    is_recommended: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four alternatives side by side (DOMAIN Q4)."""

    options: tuple[Option, ...]
    rows: tuple[OptionRow, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.options) <= MOST_OPTIONS:
            raise ValueError(f"2 to {MOST_OPTIONS} options stand side by side")
        if any(len(row.cells) != len(self.options) for row in self.rows):
            raise ValueError("each row of a comparison has one cell for each option")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A free text of the firm's or of this quotation's; line breaks are kept, nothing is markup."""

    title: Words
    body: Words
    is_before_charges: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """How a reader proves the paper: the code beside the QR, and the address the QR holds."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class QuotationPaper:
    """A quotation version as the customer sees it."""

    number: str
    revision: str
    issued_on: date
    valid_until: date
    currencies: tuple[str, ...]
    firm: Firm
    customer: Party
    sender: Party
    created_at: datetime
    lanes: tuple[Lane, ...] = ()
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    comparison: Comparison | None = None
    prices_include_tax: bool = True
    tax_totals: tuple[TaxTotal, ...] = ()
    totals: tuple[CurrencyTotal, ...] = ()
    grand_total: GrandTotal | None = None
    terms: tuple[Words, ...] = ()
    text_blocks: tuple[TextBlock, ...] = ()
    columns: tuple[Column, ...] = USUAL_COLUMNS
    hides_zero_lines: bool = True
    is_sealed: bool = False
    verification: Verification | None = None
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH

    def __post_init__(self) -> None:
        if not {Column.CHARGE, Column.AMOUNT} <= set(self.columns):
            raise ValueError("a charge table has at least the charge and its amount")

    @property
    def is_landscape(self) -> bool:
        """More than seven columns do not fit upright."""
        return len(self.columns) > PORTRAIT_COLUMNS

    @property
    def charged_sections(self) -> tuple[Section, ...]:
        """The sections that count in the totals, without hidden lines and without empty groups."""
        return self._visible(collect=False)

    @property
    def collect_sections(self) -> tuple[Section, ...]:
        """What the consignee pays at destination, for information."""
        return self._visible(collect=True)

    def _visible(self, *, collect: bool) -> tuple[Section, ...]:
        kept = (
            Section(
                section.title,
                tuple(n for n in section.lines if not (self.hides_zero_lines and n.is_free)),
                section.subtotals,
                section.collect,
            )
            for section in self.sections
            if section.collect is collect
        )
        return tuple(section for section in kept if section.lines)
