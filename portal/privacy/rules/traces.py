"""A person's name, numbers and addresses, found in other people's texts and taken out of them.

A mail address or a telephone number is found anywhere, a number however it is grouped. A name is found where it is the
whole value; inside a text only when it is long enough to be one (two Chinese characters, or three letters that stand
by themselves), never inside the name of a firm that stays (`guards`), and never for our own staff (`loose` False):
their names may be a customer's as well, and what they did stands in columns of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.kernel.phones import stored_keys
from portal.kernel.pinyin import is_chinese, normalise, search_words
from portal.privacy.rules.kinds import Pseudonym

GONE = "***"
SHORTEST_NUMBER = 6
LAST_DIGITS = 4
LONGEST_FIELD = 60
BEFORE = r"(?<!\d)(?:(?:\+|00)?86[\s-]*)?0?"
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Traces:
    """What a person is found by. `others`: identifiers beside phone and mail (WeChat, account, street address)."""

    pseudonym: Pseudonym
    names: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    guards: frozenset[str] = frozenset()
    loose: bool = True

    def needles(self) -> tuple[str, ...]:
        """What to look for in the database: every hit is judged by `replaced` again."""
        numbers = {key[-LAST_DIGITS:] for key in self.number_keys}
        return tuple(sorted({*self.names, *self.emails, *self.others, *numbers}))

    @cached_property
    def number_keys(self) -> frozenset[str]:
        """The digits that each telephone number comes down to."""
        keys = {re.sub(r"\D", "", key) for phone in self.phones for key in stored_keys(phone)}
        return frozenset(key for key in keys if len(key) >= SHORTEST_NUMBER)

    def replaced(self, text: str) -> str:
        """The text without the person; "" where a number or an address was all of it."""
        plain = text.strip()
        if self._is_number_or_address(plain):
            return ""
        if normalise(plain).lower() in self._whole_names:
            return self.pseudonym.both
        for pattern in self._patterns:
            text = pattern.sub(GONE, text)
        return self._without_names(text) if self.loose else text

    def in_value(self, value: Any) -> Any:
        """The same for every text inside a JSON value."""
        if isinstance(value, str):
            return self.replaced(value)
        if isinstance(value, dict):
            return {key: self.in_value(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.in_value(each) for each in value]
        return value

    def unfindable(self, search_text: str) -> str:
        """A search column without any way of typing the name, the numbers and the addresses."""
        left = f" {search_text} "
        words = {piece for name in self.names for piece in _pieces(name)}
        for piece in sorted({*words, *self.emails, *self.others, *self.phones}, key=len)[::-1]:
            left = left.replace(f" {piece.lower()} ", " ").replace(f" {piece.lower()} ", " ")
        return " ".join(self.replaced(left).replace(GONE, " ").split())

    def _is_number_or_address(self, plain: str) -> bool:
        if plain.lower() in self.emails | self._low_others or plain in self.number_keys:
            return True
        if len(plain) > LONGEST_FIELD or LETTER.search(plain):
            return False
        keys = {re.sub(r"\D", "", key) for key in stored_keys(plain)}
        return bool(keys) and keys <= self.number_keys

    @cached_property
    def _low_others(self) -> frozenset[str]:
        return frozenset(each.lower() for each in self.others)

    @cached_property
    def _whole_names(self) -> frozenset[str]:
        return frozenset(normalise(name).lower() for name in self.names)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        exact = [re.escape(each) for each in sorted({*self.emails, *self.others}, key=len)[::-1]]
        numbers = [r"[\s().-]*".join(key) for key in sorted(self.number_keys, key=len)[::-1]]
        return tuple(re.compile(rf"(?<!\w){each}(?!\w)", re.IGNORECASE) for each in exact) + tuple(
            re.compile(rf"{BEFORE}{each}(?!\d)") for each in numbers
        )

    @cached_property
    def _loose_names(self) -> re.Pattern[str]:
        found = [_as_pattern(name) for name in sorted(self.names, key=len)[::-1]]
        return re.compile("|".join(each for each in found if each) or r"(?!)", re.IGNORECASE)

    def _without_names(self, text: str) -> str:
        """Names replaced, but not inside what is guarded."""
        pattern = self._loose_names
        guarded = sorted((g for g in self.guards if g and pattern.search(g)), key=len)[::-1]
        if not guarded:
            return pattern.sub(self.pseudonym.both, text)
        cut = re.split("(" + "|".join(re.escape(each) for each in guarded) + ")", text)
        return "".join(
            piece if piece in guarded else pattern.sub(self.pseudonym.both, piece) for piece in cut
        )


def tidy(values: Iterable[str | None]) -> frozenset[str]:
    """The values that say something, without blanks around them."""
    return frozenset(value.strip() for value in values if value and value.strip())


def _as_pattern(name: str) -> str:
    if is_chinese(name):
        return re.escape(name) if len(name) > 1 else ""
    return rf"(?<!\w){re.escape(name)}(?!\w)" if len(name) > 2 else ""


def _pieces(name: str) -> set[str]:
    """Each way of typing a name that a search column holds."""
    plain = normalise(name).lower()
    whole = search_words(name)
    pieces = {plain, *whole.split()} if is_chinese(name) else {plain}
    return {each for each in pieces if each} | {whole.removeprefix(plain).strip()} - {""}
