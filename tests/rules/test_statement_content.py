"""The hash of a statement: any other word is another hash; how it was read, written or sorted is not."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.models import StatementLine
from portal.billing.rules.content import (
    AMOUNT_FIELDS,
    LINE_FIELDS,
    SIX_PLACE_FIELDS,
    canonical,
    content_hash,
    line_values,
)
from portal.billing.rules.line_draft import LineDraft
from tests.rules.bills import any_line, g8, line
from tests.rules.prices import D

HEADER = {
    "customer_id": 7,
    "currency": "CNY",
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 3, 31),
    "number": "ST-2026-000012",
    "revision_no": 1,
}


def hashed(lines: list[LineDraft], **header) -> str:
    return content_hash({**HEADER, **header}, map(line_values, lines))


def read_back(draft: LineDraft) -> dict:
    """The line as the columns give it back: full places, the working through JSON."""
    found = line_values(draft)
    for name in LINE_FIELDS:
        if isinstance(found[name], Decimal):
            places = D("0.001") if name in AMOUNT_FIELDS else D("0.000001")
            found[name] = found[name].quantize(places)
    return {**found, "working": json.loads(json.dumps(found["working"]))}


KINDS = get_type_hints(LineDraft)
ANY = {date: date(2026, 3, 31), Decimal: D(1), int: 99, str: "x"}


def other(value, kind=None):
    """Another value of the same kind; `kind` is the field's, for one that has none."""
    if value is None:
        return next(ANY[each] for each in get_args(kind) or (int,) if each in ANY)
    if isinstance(value, bool):
        return not value
    if isinstance(value, Decimal):
        return value + D("0.001")
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, tuple):
        return (*value, ("tax", {}))
    return value + 1 if isinstance(value, int) else f"{value}x"


@given(any_line(), st.sampled_from(LINE_FIELDS))
def test_any_changed_field_of_a_line_changes_the_hash(draft, name):
    changed = replace(draft, **{name: other(getattr(draft, name), KINDS[name])})
    assert hashed([changed]) != hashed([draft])


@pytest.mark.parametrize("name", sorted(HEADER))
def test_any_changed_field_of_the_header_changes_the_hash(name):
    assert hashed(g8(), **{name: other(HEADER[name])}) != hashed(g8())


@given(st.lists(any_line(), max_size=5), st.randoms())
def test_the_order_of_reading_does_not_change_the_hash(lines, chance):
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert hashed(shuffled) == hashed(lines)


@given(any_line())
def test_what_is_read_back_has_the_hash_of_what_was_stored(draft):
    assert content_hash(HEADER, [read_back(draft)]) == hashed([draft])


@given(st.lists(any_line(), min_size=1, max_size=4))
def test_a_line_more_or_a_line_twice_is_another_content(lines):
    assert len({hashed(lines), hashed(lines[1:]), hashed([*lines, lines[0]])}) == 3


def test_a_draft_has_no_number_yet_and_a_hash_all_the_same():
    draft = {name: HEADER[name] for name in ("customer_id", "currency", "starts_on", "ends_on")}
    assert content_hash(draft, []) == content_hash({**draft, "number": None}, [])
    assert content_hash(draft, []) != content_hash(HEADER, [])


def test_the_canonical_text_is_written_down_so_that_it_never_changes_by_accident():
    head, body = canonical(HEADER, [line_values(line("35.33"))]).split("\n")
    assert head == (
        '{"currency":"CNY","customer_id":7,"ends_on":"2026-03-31","number":"ST-2026-000012",'
        '"revision_no":1,"starts_on":"2026-03-01"}'
    )
    assert json.loads(body)["net_amount"] == 33330 and json.loads(body)["quantity"] == 1_000_000
    assert content_hash(HEADER, []) == (
        "d7974f47476fc4c471428d82e9125d61e80d69fa380f61d703fea9adbcfc58ab"
    )


def test_a_number_with_more_places_than_its_column_is_refused():
    with pytest.raises(ValueError, match="net_amount"):
        hashed([replace(line("1"), net_amount=D("0.0001"))])


def test_the_content_is_every_column_that_says_what_was_billed():
    kept_aside = {
        "customer_id", "id", "statement_id", "serial", "from_revision", "until_revision",
        "replaces_id", "state", "decided_by", "decided_at",
    }  # fmt: skip
    columns = {column.name for column in StatementLine.__table__.columns}
    assert columns - kept_aside == set(LINE_FIELDS)
    assert {each.name for each in fields(LineDraft)} == {*LINE_FIELDS, "once"}


def test_the_places_of_the_content_are_those_of_the_columns():
    places = {
        column.name: getattr(column.type, "places", None)
        for column in StatementLine.__table__.columns
    }
    assert {name for name, each in places.items() if each == 3} == set(AMOUNT_FIELDS)
    assert {name for name, each in places.items() if each == 6} == set(SIX_PLACE_FIELDS)
