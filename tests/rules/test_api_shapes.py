"""What is said once of a value: its schema, its reading and its writing agree."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.api.rules import asked, told
from portal.api.rules.description import answered, description
from portal.api.rules.operations import BY_KEY, OPERATIONS
from portal.api.rules.reading import NotJson, read_body, read_query
from portal.api.rules.records import Field, Listed, Record, escaped
from portal.api.rules.shapes import Count, Day, Decimals, Flag, Instant, Maybe, Money, OneOf, Wrong
from portal.kernel.text import t
from portal.web.problems import PROBLEMS

WORDS = told.REFERENCE
ROW = Record(
    "Row", t("A row."), (Field("a", Decimals(), t("A.")), Field("b", Day(), t("B."), False))
)
DOCUMENT = description(str, PROBLEMS)
SHAPES = [WORDS, Decimals(), Decimals(signed=True), Money(), Day(), Instant(), Flag(), OneOf(("a", "b")),
          Count(0, 9), Maybe(Day()), told.CLOCK]  # fmt: skip
ODD = [None, True, 0, 1.5, "", " ", "a", "x" * 200, "\u0000", "1", "-1", "1.50", "01", "1e3", "１", "2026-03-02",
       "2026-02-30", "20260302", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00+08:00", "2026-03-02 10:00:00Z",
       "18:58", "24:00", [], {}, "b\n"]  # fmt: skip


def wrong(shape: Any, value: Any) -> list[Wrong]:
    found: list[Wrong] = []
    shape.read(value, "", found)
    return found


def fits(schema: dict[str, Any], value: Any) -> bool:
    whole = {**schema, "components": DOCUMENT["components"]}
    return bool(jsonschema_rs.is_valid(whole, value, validate_formats=True))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_what_the_schema_takes_is_read_and_nothing_else(shape, value):
    assert (not wrong(shape, value)) is fits(shape.schema(str), value)


@given(st.decimals(0, 10**10, places=6, allow_nan=False))
def test_a_quantity_comes_back_as_it_was_written(value):
    text = Decimals().write(value, str)
    assert Decimal(text) == value and not wrong(Decimals(), text)


@pytest.mark.parametrize(
    ("value", "text"), [("100", "100.00"), ("0.5", "0.50"), ("1.125", "1.125"), ("-3", "-3.00")]
)
def test_an_amount_has_two_places_and_three_where_they_say_something(value, text):
    assert Money(signed=True).write(Decimal(value), str) == text


@pytest.mark.parametrize(
    ("value", "text"), [("100", "100"), ("2.50", "2.5"), ("1000.000000", "1000")]
)
def test_a_quantity_is_written_without_idle_zeros(value, text):
    assert Decimals().write(Decimal(value), str) == text


def test_a_moment_is_read_with_its_offset_and_written_in_utc():
    found = Instant().read("2026-03-02T10:00:00.123456789+08:00", "", [])
    assert found == datetime(2026, 3, 2, 2, 0, 0, 123456, UTC)
    assert Instant().write(found, str) == "2026-03-02T02:00:00Z"


def test_a_moment_before_all_time_is_told_and_breaks_nothing():
    assert wrong(Instant(), "0001-01-01T00:00:00+14:00")


def test_each_wrong_place_of_a_record_is_told_by_its_pointer():
    found = wrong(Listed(ROW, 1, 9), [{"a": 1, "x/y~": 2}, {"a": "1", "b": "no"}, 3])
    assert [each.place for each in found] == ["/0/x~1y~0", "/0/a", "/1/b", "/2"]


def test_what_is_absent_has_its_default_and_what_is_needed_is_told():
    assert ROW.read({"a": "1"}, "", []) == {"a": Decimal(1), "b": None}
    assert [each.place for each in wrong(ROW, {})] == ["/a"]


def test_half_a_character_is_told_without_breaking_the_answer():
    assert escaped("\ud800/").encode()


def test_a_parameter_is_parsed_once_from_its_text():
    operation = BY_KEY["list_entitlements"]
    found, problems = read_query(operation, {"in_force": ["true"], "limit": ["7"]})
    assert (found["in_force"], found["limit"], found["after"], problems) == (True, 7, None, [])
    _found, problems = read_query(operation, {"in_force": ["yes"], "limit": ["1", "2"], "x": ["1"]})
    assert {each.place: each.in_body for each in problems} == dict.fromkeys(
        ("in_force", "limit", "x"), False
    )


@pytest.mark.parametrize("raw", [b"", b"{", b"Infinity", b"\xff", b"[" * 10**5, b'{"a":1}x'])
def test_what_is_no_json_is_refused(raw):
    with pytest.raises(NotJson):
        read_body(BY_KEY["record_usage"], raw)


@pytest.mark.parametrize("call", [each for each in OPERATIONS if each.body], ids=lambda o: o.key)
def test_the_example_of_a_call_fits_its_own_description(call):
    found, problems = read_body(call, json.dumps(call.body.example).encode())
    assert problems == [] and found
    assert fits(call.body.schema(str), call.body.example)


def test_the_description_is_whole_and_every_reference_leads_somewhere():
    schemas = DOCUMENT["components"]["schemas"]
    named = {each["$ref"] for each in walked(DOCUMENT) if "$ref" in each}
    assert named == {f"#/components/schemas/{name}" for name in schemas}
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
    keys = [each["operationId"] for path in DOCUMENT["paths"].values() for each in path.values()]
    assert len(keys) == len(set(keys)) == len(OPERATIONS)


def test_records_that_share_a_name_are_one():
    known: dict[str, Record] = {}
    for each in OPERATIONS:
        record = answered(each)
        assert known.setdefault(record.name, record) == record
    assert asked.CUSTOMER.name not in {told.USAGE.name, told.RECEIPT.name}


def test_money_is_never_a_number_in_the_description():
    numbers = [each for each in walked(DOCUMENT) if each.get("type") == "number"]
    assert numbers == []


def walked(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walked(each)
    elif isinstance(value, list):
        for each in value:
            yield from walked(each)


def test_a_day_is_written_as_it_is_read():
    assert Day().write(Day().read("2026-03-02", "", []), str) == "2026-03-02"
    assert Day().read("2026-03-02", "", []) == date(2026, 3, 2)
