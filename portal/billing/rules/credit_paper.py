"""Everything that a printed credit note 贷项通知单 shows, and nothing else (DOMAIN R5, section 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.billing.rules.statement_paper import LedgerParty, PaperLine, Verification
from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words


@dataclass(frozen=True, slots=True)
class CreditPaper:
    """What is given back: amounts are positive, in `currency`, net + tax = gross, at the original line's tax.

    `line` is the line that it corrects, of `statement` (None and "": it stands for itself). `placed_on` is the
    statement that carries it as a line. `reason` is what was decided, as typed.
    """

    number: str
    issued_on: date
    created_at: datetime
    currency: str
    firm: Firm
    customer: LedgerParty
    contact: LedgerParty
    name: Words
    reason: str
    tax_label: Words
    net: Decimal
    tax: Decimal
    gross: Decimal
    statement: str = ""
    line: PaperLine | None = None
    dispute: str = ""
    placed_on: str = ""
    served: Words = NO_WORDS
    in_words: Words = NO_WORDS
    notes: tuple[Words, ...] = ()
    verification: Verification | None = None
    is_sealed: bool = False
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH
