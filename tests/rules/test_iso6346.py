"""Container numbers: the check digit of ISO 6346 and the spellings people use."""

from __future__ import annotations

import random

import pytest
from stdnum import iso6346 as other

from portal.kernel.errors import Invalid
from portal.shipments.rules.iso6346 import box_number, check_digit, cleaned, problem

# The standard's own example, then numbers as painted on boxes of several lines.
KNOWN = ("CSQU3054383", "MSKU0383250", "TOLU4734787", "HLXU2008419", "MSCU6639870")


@pytest.mark.parametrize("number", KNOWN)
def test_a_number_in_use_is_right(number: str) -> None:
    assert problem(number) is None


@pytest.mark.parametrize("number", KNOWN)
def test_any_other_last_digit_is_refused_and_the_right_one_named(number: str) -> None:
    for digit in set("0123456789") - {number[-1]}:
        told = str(problem(number[:-1] + digit))
        assert f"must be {number[-1]}" in told


@pytest.mark.parametrize("number", KNOWN)
def test_one_mistyped_digit_is_always_noticed_unless_the_remainder_is_ten_or_nought(number: str) -> None:  # fmt: skip
    for place in range(4, 10):
        for digit in set("0123456789") - {number[place]}:
            changed = number[:place] + digit + number[place + 1 :]
            noticed = problem(changed) is not None
            assert noticed or number[-1] == "0", changed


def test_a_remainder_of_ten_counts_as_nought() -> None:
    tens = [f"MSKU{n:06d}" for n in range(2000) if _remainder(f"MSKU{n:06d}") == 10]
    assert tens and all(check_digit(each) == 0 for each in tens)
    assert problem(f"{tens[0]}0") is None


def _remainder(first_ten: str) -> int:
    """The remainder before ten becomes nought, added up place by place as the standard writes it."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    values = [v for v in range(10, 39) if v not in (11, 22, 33)]
    total = 0
    for place, sign in enumerate(first_ten):
        value = values[letters.index(sign)] if sign in letters else int(sign)
        total += value * 2**place
    return total % 11


def test_digits_agree_with_another_implementation() -> None:
    drawn = random.Random(6346)
    for _ in range(3000):
        owner = "".join(drawn.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3))
        first = f"{owner}{drawn.choice('UJZ')}{drawn.randrange(1_000_000):06d}"
        assert str(check_digit(first)) == other.calc_check_digit(first)


def test_letters_leave_out_the_multiples_of_eleven() -> None:
    assert check_digit("CSQU305438") == 3
    assert check_digit("ABCU123456") == _remainder("ABCU123456") % 10


@pytest.mark.parametrize(
    "written",
    ["csqu3054383", "CSQU 305438 3", "CSQU-305438-3", " csqu305438/3 ", "ＣＳＱＵ３０５４３８３"],
)
def test_blanks_hyphens_case_and_width_do_not_matter(written: str) -> None:
    assert box_number(written) == "CSQU3054383"


@pytest.mark.parametrize("written", ["", "CSQ3054383", "CSQU30543", "CSQU30543833", "1234567890"])
def test_what_is_no_number_is_told_its_shape(written: str) -> None:
    assert "four letters" in str(problem(written))


def test_a_number_without_check_digit_is_told_it() -> None:
    assert "would be 3" in str(problem("CSQU305438"))


@pytest.mark.parametrize(("letter", "fits"), [("U", True), ("J", True), ("Z", True), ("X", False)])
def test_the_fourth_letter_says_what_kind_of_equipment_it_is(letter: str, fits: bool) -> None:
    first = f"CSQ{letter}305438"
    assert (problem(f"{first}{check_digit(first)}") is None) is fits


def test_the_error_stands_at_the_field() -> None:
    with pytest.raises(Invalid) as refused:
        box_number("CSQU3054384", "boxes")
    assert refused.value.field == "boxes" and "must be 3" in str(refused.value)
    assert cleaned("csqu 305438 4") == "CSQU3054384"
