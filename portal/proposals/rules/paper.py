"""Everything that a printed proposal shows, and nothing else: what is not here cannot be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.quotations.rules.paper import Party, QuotationPaper, Verification


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """One section as HTML that can do nothing: the main language's, and the other's on a bilingual paper."""

    title: Words
    first: str
    second: str = ""


@dataclass(frozen=True, slots=True)
class ProposalPaper:
    """A proposal as its customer reads it; `prices` is the paper of the quotation's version it rests on."""

    number: str
    revision: str
    title: str
    issued_on: date
    created_at: datetime
    firm: Firm
    customer: Party
    sender: Party
    parts: tuple[WrittenPart, ...]
    prices: QuotationPaper | None = None
    is_sealed: bool = False
    verification: Verification | None = None
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH
