"""Everything that a printed contract or amendment shows, and nothing else (DOMAIN section 18).

No cost, margin or internal note is in any of these values: what is not here cannot be printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class SigningParty:
    """One side of the agreement: who it is, and who answers for it."""

    name: Words
    credit_code: str = ""
    address: Words = NO_WORDS
    person: Words = NO_WORDS
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One service of the price annex.

    quantity: in `unit`, granted as `allowance` says; None is without limit. rate: per `basis`, up to 6 places; None
    where `details` say the price (bands, first and further kg, a storage policy). beyond: what holds beyond the
    quantity.
    """

    name: Words
    basis: Words
    currency: str
    quantity: Decimal | None = None
    unit: Words = NO_WORDS
    allowance: Words = NO_WORDS
    rate: Decimal | None = None
    tax_label: Words = NO_WORDS
    details: tuple[Text, ...] = ()
    beyond: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Article:
    """A numbered article: its heading and its paragraphs; line breaks are kept, nothing is markup."""

    title: Words
    paragraphs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment changes: the thing, what it said, what it says ("" is nothing); `line`: of which service."""

    what: Words | Text | str
    before: Words | Text | str
    after: Words | Text | str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """How a reader proves the paper: the code beside the QR, and the address the QR holds."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class ContractPaper:
    """A contract, or an amendment (`amends` names the contract), as both sides sign it."""

    number: str
    title: Words
    drawn_on: date
    created_at: datetime
    starts_on: date
    ends_on: date
    currency: str
    firm: Firm
    customer: SigningParty
    supplier: SigningParty
    amends: str = ""
    quotation: str = ""
    renews: str = ""
    preamble: Words = NO_WORDS
    lines: tuple[PriceLine, ...] = ()
    changes: tuple[Change, ...] = ()
    articles: tuple[Article, ...] = ()
    is_sealed: bool = False
    verification: Verification | None = None
    mark: Words = NO_WORDS
    language: PaperLanguage = PaperLanguage.BOTH

    @property
    def heading(self) -> str:
        """The key of the label that names this kind of paper."""
        return "amendment" if self.amends else "contract"
