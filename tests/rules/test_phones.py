"""Telephone numbers as they are written in the fields of real customers, and the keys they are found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.phones import (
    MOST_DIGITS,
    PhoneKind,
    looks_like_one,
    numbers_in,
    sought_keys,
    stored_keys,
)

GOLDEN = [
    # mobiles
    ("13800138000", ["13800138000"]),
    ("138 0013 8000", ["13800138000"]),
    ("138-0013-8000", ["13800138000"]),
    ("１３８００１３８０００", ["13800138000"]),
    ("+86 138 0013 8000", ["13800138000"]),
    ("+86-13800138000", ["13800138000"]),
    ("(+86)13800138000", ["13800138000"]),
    ("008613800138000", ["13800138000"]),
    ("8613800138000", ["13800138000"]),
    ("013800138000", ["13800138000"]),
    ("17951013800138000", ["13800138000"]),
    ("1795113800138000", ["13800138000"]),
    ("19912345678", ["19912345678"]),
    # landlines
    ("0755-26581234", ["75526581234"]),
    ("(0755)26581234", ["75526581234"]),
    ("（0755）2658 1234", ["75526581234"]),
    ("0755—26581234", ["75526581234"]),
    ("+86 755 2658 1234", ["75526581234"]),
    ("+86 (0)755 26581234", ["75526581234"]),
    ("86-755-26581234", ["75526581234"]),
    ("0086 0755 26581234", ["75526581234"]),
    ("75526581234", ["75526581234"]),
    ("010-88881234", ["1088881234"]),
    ("021 5888 1234", ["2158881234"]),
    ("0471-6921234", ["4716921234"]),
    ("26581234", ["26581234"]),
    ("2658-1234", ["26581234"]),
    ("86123456", ["86123456"]),
    ("400-888-1234", ["4008881234"]),
    ("8008201234", ["8008201234"]),
    ("95338", ["95338"]),
    # extensions
    ("0755-26581234-801", ["75526581234"]),
    ("0755-26581234转801", ["75526581234"]),
    ("0755-26581234 ext. 801", ["75526581234"]),
    ("0755-26581234#801", ["75526581234"]),
    ("021-58881234*8", ["2158881234"]),
    ("26581234-12", ["26581234"]),
    # several in one field
    ("13800138000/13900139000", ["13800138000", "13900139000"]),
    ("13800138000、13900139000", ["13800138000", "13900139000"]),
    ("13800138000；0755-26581234", ["13800138000", "75526581234"]),
    ("13800138000 13900139000", ["13800138000", "13900139000"]),
    ("138 0013 8000 139 0013 9000", ["13800138000", "13900139000"]),
    ("张三13800138000 李四13900139000", ["13800138000", "13900139000"]),
    ("0755-26581234/26581235", ["75526581234", "75526581235"]),
    ("0755-26581234/35", ["75526581234", "75526581235"]),
    ("0755-26581234/5/6", ["75526581234", "75526581235", "75526581236"]),
    ("0755-26581234转801, 13800138000", ["75526581234", "13800138000"]),
    ("13800138000\n13900139000", ["13800138000", "13900139000"]),
    ("13800138000/138 0013 8000", ["13800138000"]),
    # foreign
    ("+49 40 123456", ["+4940123456"]),
    ("+49 (0)40 123456", ["+4940123456"]),
    ("0049 40 123456", ["+4940123456"]),
    ("+1 (310) 555-0199", ["+13105550199"]),
    ("+852 2345 6789", ["+85223456789"]),
    ("00852-23456789", ["+85223456789"]),
    # nothing to look up
    ("", []),
    ("无", []),
    ("-", []),
    ("12", []),
    ("1" * 40, []),
    ("00", []),
    ("+", []),
]  # fmt: skip


@pytest.mark.parametrize(("written", "keys"), GOLDEN)
def test_a_number_is_found_however_it_was_written(written: str, keys: list[str]) -> None:
    assert list(stored_keys(written)) == keys


def test_a_landline_is_sought_without_its_area_code_too():
    assert sought_keys("075526581234") == ("75526581234", "26581234")
    assert sought_keys("010-88881234") == ("1088881234", "88881234")


def test_a_mobile_is_sought_by_itself_alone():
    assert sought_keys("+8613800138000") == ("13800138000",)
    assert sought_keys("") == ()


def test_a_number_abroad_is_never_taken_for_one_at_home():
    (abroad,) = stored_keys("+7 552 658 1234")
    assert abroad == "+75526581234" and abroad not in sought_keys("0755-26581234")


@pytest.mark.parametrize(("written", "shown"), [
    ("+8613800138000", "138 0013 8000"),
    ("075526581234转801", "0755-26581234-801"),
    ("01088881234", "010-88881234"),
    ("4008881234", "400-888-1234"),
    ("004940123456", "+4940123456"),
])  # fmt: skip
def test_a_number_is_read_out_in_its_groups(written: str, shown: str) -> None:
    (phone,) = numbers_in(written)
    assert phone.shown == shown


def test_each_kind_is_told_apart():
    kinds = [numbers_in(each)[0].kind for each in ("13800138000", "0755-26581234", "26581234")]
    assert kinds == [PhoneKind.MOBILE, PhoneKind.LANDLINE, PhoneKind.LOCAL]


@given(st.text(max_size=60))
def test_whatever_stands_in_a_field_its_keys_are_short_and_each_there_once(field: str) -> None:
    keys = stored_keys(field)
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= MOST_DIGITS and key.lstrip("+").isdecimal() for key in keys)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_is_the_same_with_and_without_the_country(number: str) -> None:
    assert stored_keys(number) == stored_keys(f"+86{number}") == stored_keys(f"0086 {number}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("13800138000", True),
        (" +86 138-0013–8000 ", True),
        ("(0755) 2658.1234", True),
        ("138001", False),  # part of a code
        ("QT-2026-000123", False),
        ("13800138000 周敏", False),
        ("1" * (MOST_DIGITS + 1), False),
        ("", False),
    ],
)
def test_what_is_typed_into_a_search_looks_like_a_number_or_not(typed, expected):
    assert looks_like_one(typed) is expected
