"""Everything that a printed statement 对账单 shows, and nothing else (DOMAIN R4, R14, F8, F9, section 18).

No cost, margin or internal note is in any of these values: what is not here cannot be printed. The amounts are those
of the stored lines; their sums come from `totals`, nothing on the way to paper multiplies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.billing.rules.totals import CurrencySums, Sums
from portal.documents.rules.firm import BankAccount, Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.text import Text

LARGE_STATEMENT = 60
"""Up to so many lines each has its row of the table; above, an overview comes first and the lines are light rows in
an annex (DESIGN section 7)."""


@dataclass(frozen=True, slots=True)
class LedgerParty:
    """Who a paper goes to, or who answers for it: name, code, address, person and ways to reach them."""

    name: Words
    credit_code: str = ""
    address: Words = NO_WORDS
    person: Words = NO_WORDS
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """How a reader proves the paper: the code beside the QR, and the address the QR holds."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class NamedSums:
    """The sums of one service, branch or tax rate; `measured`: TEU, m³·day and the like, as words with figures."""

    name: Words | Text
    sums: Sums
    measured: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One charge. `amount` = `quantity` × `rate` in `currency`, by the tax's custom with or without it; `rate` None:
    the price is not one rate. `exchange_rate` None: not converted. net + tax = gross in the statement's currency.
    """

    serial: int
    starts_on: date
    ends_on: date
    name: Words
    reference: str
    contract: str
    quantity: Decimal
    unit: Words
    rate: Decimal | None
    currency: str
    amount: Decimal
    exchange_rate: Decimal | None
    converted: Decimal
    tax_label: Words
    net: Decimal
    tax: Decimal
    gross: Decimal
    is_late: bool = False

    @property
    def days(self) -> str:
        """ISO, and the last day of a stretch in short: 2026-03-01 or 2026-03-01/31."""
        if self.starts_on == self.ends_on:
            return f"{self.starts_on:%Y-%m-%d}"
        same_month = (self.starts_on.year, self.starts_on.month) == (
            self.ends_on.year,
            self.ends_on.month,
        )
        return f"{self.starts_on:%Y-%m-%d}/{self.ends_on:{'%d' if same_month else '%m-%d'}}"


@dataclass(frozen=True, slots=True)
class PaperSection:
    """The lines of one branch with their sums, also by tax rate and by original currency."""

    name: Words
    lines: tuple[PaperLine, ...]
    sums: Sums
    by_tax: tuple[NamedSums, ...]
    by_currency: tuple[CurrencySums, ...]
    measured: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One receipt of the period, as far as it paid this account."""

    on: date
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What was open before, what came in, what this period adds; what is open after it."""

    opening: Decimal
    received: Decimal
    charged: Decimal

    @property
    def closing(self) -> Decimal:
        """opening − received + charged."""
        return self.opening - self.received + self.charged


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A statement as it is printed: one revision of it, for one settlement party, period and currency."""

    number: str
    revision: int
    starts_on: date
    ends_on: date
    issued_on: date
    created_at: datetime
    currency: str
    firm: Firm
    customer: LedgerParty
    contact: LedgerParty
    balance: Balance
    sums: Sums
    sections: tuple[PaperSection, ...]
    by_service: tuple[NamedSums, ...]
    by_tax: tuple[NamedSums, ...]
    by_currency: tuple[CurrencySums, ...] = ()
    measured: tuple[Words, ...] = ()
    receipts: tuple[ReceivedRow, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    in_words: Words = NO_WORDS
    notes: tuple[Words, ...] = ()
    due_on: date | None = None
    revision_reason: str = ""
    verification: Verification | None = None
    mark: Words = NO_WORDS
    is_sealed: bool = False
    is_for_screen: bool = False
    language: PaperLanguage = PaperLanguage.BOTH

    @property
    def is_large(self) -> bool:
        """Whether the lines come as an annex of light rows."""
        return self.sums.lines > LARGE_STATEMENT

    @property
    def is_light(self) -> bool:
        """Whether that annex is set in light rows; a browser draws tables in no time, and in its own typeface."""
        return self.is_large and not self.is_for_screen

    @property
    def converts(self) -> bool:
        """Whether any line was charged in another currency."""
        return any(each.currency != self.currency for each in self.by_currency)

    @property
    def one_contract(self) -> str:
        """The contract that all lines belong to: then the head names it; "" where there are several or none."""
        named = {line.contract for section in self.sections for line in section.lines}
        return named.pop() if len(named) == 1 else ""

    @property
    def has_late(self) -> bool:
        """Whether any line belongs to an earlier period."""
        return any(line.is_late for section in self.sections for line in section.lines)

    @property
    def period(self) -> str:
        """2026-03 for a whole month, else both days."""
        return period_words(self.starts_on, self.ends_on)


def period_words(starts_on: date, ends_on: date) -> str:
    """`2026-03` for a whole calendar month, else `2026-03-01–2026-03-15`."""
    next_day = date.fromordinal(ends_on.toordinal() + 1)
    is_month = starts_on.day == 1 and next_day.day == 1
    if is_month and (starts_on.year, starts_on.month) == (ends_on.year, ends_on.month):
        return f"{starts_on:%Y-%m}"
    return f"{starts_on:%Y-%m-%d}–{ends_on:%Y-%m-%d}"
