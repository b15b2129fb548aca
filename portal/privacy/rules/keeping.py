"""What the law wants kept although its person asks for erasure, and until when.

个人信息保护法 (PIPL) 47, second paragraph, and GDPR 17(3)(b) and (e) except it from erasure; it may then only be
stored.

- BOOKS: 会计档案管理办法 (财政部、国家档案局令第79号, 2015), articles 14 and 15 and its table: vouchers 会计凭证 and
  ledgers 会计账簿 30 years, counted from the first day after the accounting year; these are minimum periods.
  Statements, invoices, receipts and credits are such vouchers or what they rest on.
- DEALS: contracts and the quotations that became contracts are what vouchers rest on, hence as long; a quotation that
  nobody accepted stays for claims, three years (民法典 188).
- CHAIN: the history proves who did what; names leave it on record (`portal.db.seals`), the rest stays whole.
- REGISTER: who asked for what about their data, and what was done: our duty to show it (PIPL 54, 56; GDPR 5(2)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.kernel.text import Text, t
from portal.privacy.rules.holding import Why

BOOK_YEARS = 30
CLAIM_YEARS = 3


@dataclass(frozen=True, slots=True)
class Law:
    """Why something stays: in words, where it is written, and how many years."""

    reason: Text
    source: Text
    years: int


LAWS: Mapping[Why, Law] = {
    Why.BOOKS: Law(
        t("Part of the books: statements, invoices, receipts and what they rest on"),
        t("Accounting Archives Measures 14, 15 · PIPL 47 · GDPR 17(3)(b)"),
        BOOK_YEARS,
    ),
    Why.DEALS: Law(
        t("Issued quotations and contracts: what the books rest on, and proof of what was agreed"),
        t("Accounting Archives Measures 14, 15 · Civil Code 188 · GDPR 17(3)(b), (e)"),
        BOOK_YEARS,
    ),
    Why.CHAIN: Law(
        t("The history: names are taken out of it on record, what was done stays"),
        t("PIPL 54 · GDPR 5(2)"),
        BOOK_YEARS,
    ),
    Why.REGISTER: Law(
        t("The register of such requests, without the name"),
        t("PIPL 54, 56 · GDPR 5(2)"),
        CLAIM_YEARS,
    ),
}


def kept_until(day: date, years: int) -> date:
    """The last day of keeping: `years` from the first day after the accounting year of `day`, China's calendar year."""
    return date(day.year + years, 12, 31)
