"""Container numbers: owner, category, serial and check digit (ISO 6346).

`CSQU 305438 3`: three letters of the owner (BIC code), the category (U freight container, J equipment, Z trailer or
chassis), six digits, and a check digit over the first ten characters. Letters count 10, 12 … 38, leaving out the
multiples of 11; each value is weighted by 2 to the power of its place; the sum modulo 11 is the digit, ten counts 0.
"""

from __future__ import annotations

import re
from string import ascii_uppercase

from portal.kernel.errors import Invalid
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t

SHAPE = re.compile(r"([A-Z]{3})([A-Z])([0-9]{6})([0-9]?)")
CATEGORIES = "UJZ"
LENGTH = 11

_VALUES = dict(zip(ascii_uppercase, (v for v in range(10, 39) if v % 11), strict=True))


def check_digit(first_ten: str) -> int:
    """The digit that belongs to four letters and six digits."""
    values = (_VALUES.get(sign, 0) if sign.isalpha() else int(sign) for sign in first_ten)
    return sum(value << place for place, value in enumerate(values)) % 11 % 10


def cleaned(written: str) -> str:
    """As people write it (`csqu 305438-3`, full-width) in the form that is stored."""
    return re.sub(r"[\s\-_./]", "", normalise(written)).upper()


def problem(written: str) -> Text | None:
    """What is wrong with a container number; None when it is right."""
    number = cleaned(written)
    met = SHAPE.fullmatch(number)
    if met is None:
        return t(
            "%(number)s is not a container number: four letters, six digits and a check digit, such as CSQU3054383.",
            number=written.strip()[:20] or "-",
        )
    if met[2] not in CATEGORIES:
        return t(
            "The fourth letter of %(number)s must be U (container), J or Z, not %(letter)s.",
            number=number,
            letter=met[2],
        )
    right = check_digit(number[:10])
    if not met[4]:
        return t(
            "%(number)s lacks its check digit; it would be %(right)s.", number=number, right=right
        )
    if int(met[4]) != right:
        return t(
            "The check digit of %(number)s is wrong: it must be %(right)s. One sign may be mistyped.",
            number=number,
            right=right,
        )
    return None


def box_number(written: str, field: str | None = None) -> str:
    """The number in the form that is stored; Invalid, naming the right check digit, when it is none."""
    wrong = problem(written)
    if wrong is not None:
        raise Invalid(wrong, field)
    return cleaned(written)
