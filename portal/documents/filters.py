"""How values read on paper: words by language, money, quantities, days. Everything typed is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from portal.documents.labels import LABELS, PAGE_PHRASES
from portal.documents.rules.words import PaperLanguage, Words
from portal.kernel.money import format_amount, format_quantity, format_rate
from portal.kernel.text import Text

BETWEEN = " · "
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything about one paper that depends on its language.

    `translate_zh` turns an English message id into Chinese, for `Text` values of the rules.
    """

    language: PaperLanguage
    translate_zh: Callable[[str], str] = str

    def words(self, value: Words | Text | str) -> Words:
        """Any kind of words as a pair."""
        if isinstance(value, Words):
            return value
        if isinstance(value, Text):
            return Words(value.render(self.translate_zh), value.render())
        return Words(value, value)

    def say(self, value: Words | Text | str) -> Markup:
        """Escaped; on a bilingual paper English follows in `<small>`."""
        first, second = self.words(value).parts(self.language)
        if not second:
            return escape(first)
        return Markup("{} <small>{}</small>").format(first, second)

    def plain(self, value: Words | Text | str) -> str:
        """One line of text without markup (the template escapes it)."""
        return self.words(value).plain(self.language)

    def first(self, value: Words | Text | str) -> str:
        """The main language only, for narrow places."""
        return self.words(value).parts(self.language)[0]

    def second(self, value: Words | Text | str) -> str:
        """What follows in small type on a bilingual paper; empty on the others."""
        return self.words(value).parts(self.language)[1]

    def join_first(self, values: Iterable[Words | Text | str]) -> str:
        """Several words in the main language, with dots between."""
        return BETWEEN.join(filter(None, map(self.first, values)))

    def join_second(self, values: Iterable[Words | Text | str]) -> str:
        """The same in English, when the paper is bilingual and there is any English of its own."""
        pairs = [self.words(value).parts(self.language) for value in values]
        if not any(second for _, second in pairs):
            return ""
        return BETWEEN.join(second or first for first, second in pairs if second or first)

    def pair(self, key: str) -> Words:
        """A fixed word as it stands in the table; KeyError when there is no such label."""
        return LABELS[key]

    def label(self, key: str) -> Markup:
        """A fixed word of the paper; KeyError when there is no such label."""
        return self.say(LABELS[key])

    def label_plain(self, key: str) -> str:
        """A fixed word without markup."""
        return self.plain(LABELS[key])

    def label_first(self, key: str) -> str:
        """A fixed word in the main language only."""
        return self.first(LABELS[key])

    def day(self, value: date | datetime) -> str:
        """`2026年3月2日` on a Chinese paper, ISO on the others (DOMAIN 18)."""
        if self.language is PaperLanguage.ZH:
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value:%Y-%m-%d}"

    @property
    def page_phrase(self) -> tuple[str, str, str]:
        """Before, between and after the page number and the count."""
        return PAGE_PHRASES[self.language]


def amount(value: Decimal, currency: str) -> str:
    """`1,482.00` with a true minus sign, in the currency's own decimals."""
    return format_amount(value, currency).replace("-", MINUS)


def rate(value: Decimal) -> str:
    """A unit price: at least two decimals, up to six."""
    return format_rate(value).replace("-", MINUS)


def exchange_rate(value: Decimal) -> str:
    """A rate of exchange: at least four decimals (7.1260)."""
    whole, _, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(4, '0')}"


def quantity(value: Decimal) -> str:
    """A measured quantity, thousands separated."""
    return format_quantity(value).replace("-", MINUS)
