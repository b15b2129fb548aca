"""Everything that a printed dunning letter 催款函 and a statement of account 往来对账单 show, and nothing else.

DOMAIN R9, R10, section 18. No note of a call, no rating and no credit limit is in any of these values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.billing.rules.statement_paper import LedgerParty, Verification
from portal.documents.rules.firm import BankAccount, Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.text import Text

ZERO = Decimal(0)
PAY_WITHIN_DAYS = 7
"""How long a dunning letter gives from its own day."""
LONG_ACCOUNT = 300
"""More rows than these are set as light rows."""


@dataclass(frozen=True, slots=True)
class OpenBill:
    """One unpaid bill: `amount` as issued, `open` what is left, `disputed` the part of it that is not asked for now."""

    reference: str
    issued_on: date
    due_on: date
    overdue_days: int
    amount: Decimal
    open: Decimal
    disputed: Decimal = ZERO

    @property
    def asked(self) -> Decimal:
        """What is to be paid."""
        return self.open - self.disputed


@dataclass(frozen=True, slots=True)
class DunningPaper:
    """A letter that asks one customer for what is due in one currency; `level` is the step's own name."""

    number: str
    level: Words
    issued_on: date
    created_at: datetime
    pay_until: date
    currency: str
    firm: Firm
    customer: LedgerParty
    contact: LedgerParty
    text: Words
    bills: tuple[OpenBill, ...]
    in_words: Words = NO_WORDS
    notes: tuple[Words, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    verification: Verification | None = None
    is_sealed: bool = False
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH

    @property
    def asked(self) -> Decimal:
        """What the letter asks for: open and not disputed."""
        return sum((each.asked for each in self.bills), ZERO)

    @property
    def open(self) -> Decimal:
        """Everything open on these bills."""
        return sum((each.open for each in self.bills), ZERO)

    @property
    def disputed(self) -> Decimal:
        """The disputed part of it."""
        return sum((each.disputed for each in self.bills), ZERO)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One document or receipt: `change` of what is owed, positive for a bill, negative for money or a credit; `balance`
    after it.
    """

    on: date
    what: Words | Text
    reference: str
    change: Decimal
    balance: Decimal
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgeingCell:
    """One column of the ageing."""

    heading: Text
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AccountSection:
    """What happened in one currency in the span, and how old what is open at its end is.

    closing = opening + debit − credit = the sum of `ageing` and `disputed` − `prepaid`.
    """

    currency: str
    opening: Decimal
    rows: tuple[AccountRow, ...]
    ageing: tuple[AgeingCell, ...] = ()
    disputed: Decimal = ZERO
    prepaid: Decimal = ZERO
    accounts: tuple[BankAccount, ...] = ()

    @property
    def debit(self) -> Decimal:
        """Sum of what was charged."""
        return sum((row.change for row in self.rows if row.change > 0), ZERO)

    @property
    def credit(self) -> Decimal:
        """Sum of what came in or was given back, as a positive figure."""
        return -sum((row.change for row in self.rows if row.change < 0), ZERO)

    @property
    def closing(self) -> Decimal:
        """What is owed at the end."""
        return self.rows[-1].balance if self.rows else self.opening


@dataclass(frozen=True, slots=True)
class AccountPaper:
    """A statement of account over a span of days, a section for each currency."""

    number: str
    from_on: date
    until_on: date
    issued_on: date
    created_at: datetime
    firm: Firm
    customer: LedgerParty
    contact: LedgerParty
    sections: tuple[AccountSection, ...]
    notes: tuple[Words, ...] = ()
    verification: Verification | None = None
    is_sealed: bool = False
    is_for_screen: bool = False
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH

    @property
    def is_light(self) -> bool:
        """Whether its rows are set as light rows."""
        return (
            not self.is_for_screen and sum(len(each.rows) for each in self.sections) > LONG_ACCOUNT
        )

    @property
    def accounts(self) -> tuple[BankAccount, ...]:
        """Where to pay what is open, each account once."""
        return tuple(dict.fromkeys(each for section in self.sections for each in section.accounts))
