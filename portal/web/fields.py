"""Fields for figures: what hands type (1,200.50, １２００, blanks) is read exactly, never through a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import Field
from wtforms.widgets import TextInput

from portal.kernel.errors import Invalid
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.web.words import say

MOST_DIGITS = 12
NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+|(?<=\d)\.)?(?<=[\d.])")
"""Commas stand between thousands only: 1,5 is no number, since some write so what others write 1.5."""


def read_number(typed: str, places: int = 6) -> Decimal | None:
    """The number that was typed, None for nothing; Invalid for words or too many digits or places."""
    plain = normalise(typed).replace(" ", "")
    if not plain:
        return None
    if not NUMBER.fullmatch(plain):
        raise Invalid(t("This is not a number: %(typed)s.", typed=typed.strip()[:40]))
    number = Decimal(plain.replace(",", ""))
    if number.adjusted() >= MOST_DIGITS:
        raise Invalid(t("This number is too large."))
    if places == 0 and number != round(number):
        raise Invalid(t("Write a whole number."))
    if number != round(number, places):
        raise Invalid(t("At most %(places)s decimal places.", places=places))
    return number


def plain_number(number: Decimal | None) -> str:
    """A number as one types it: no thousands, no idle zeros."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class DecimalField(Field):
    """A number with at most `places` decimals; None when left empty."""

    widget = TextInput()
    places = 6

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return plain_number(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; the message stands at the field."""
        if not valuelist:
            return
        self.data = None
        try:
            self.data = read_number(str(valuelist[0]), self.places)
        except Invalid as error:
            raise ValueError(say(error.text)) from error


class QuantityField(DecimalField):
    """A quantity: six places."""


class RateField(DecimalField):
    """A price of one unit: six places."""


class PercentField(DecimalField):
    """A percentage, 5 = 5 %: four places."""

    places = 4


class AmountField(DecimalField):
    """A sum of money: two places (three for currencies that have them)."""

    places = 3

    def _value(self) -> str:
        text = super()._value()
        return f"{text}0" if not self.raw_data and text[-2:-1] == "." else text


class CountField(DecimalField):
    """A whole number that is not negative."""

    places = 0
