"""The pool of leads: days, capacity, cool-off, and what a lead must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.leads.rules.facts import TouchFacts, cleaned, cleaned_touch, search_text
from portal.leads.rules.pool import (
    Cause,
    check_cooled,
    check_room,
    cools_off_until,
    falls_back,
)
from portal.leads.rules.settings import LeadSettings
from portal.leads.rules.states import LEAD_STEPS, LeadState, LeadStep
from tests.leads import lead_facts

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
RULES = LeadSettings(untouched_days=14, convert_days=90, warn_days=3)


def test_an_untouched_lead_falls_back_after_its_days():
    end = falls_back(NOON, NOON, RULES)
    assert (end.on, end.cause) == (date(2026, 3, 16), Cause.QUIET)


def test_a_touch_moves_the_day_on():
    end = falls_back(NOON, NOON + timedelta(days=10), RULES)
    assert end.on == date(2026, 3, 26)


def test_a_lead_that_is_touched_for_ever_falls_back_because_it_is_late():
    end = falls_back(NOON, NOON + timedelta(days=85), RULES)
    assert (end.on, end.cause) == (date(2026, 5, 31), Cause.LATE)


def test_days_are_counted_by_the_firms_own_midnight():
    late_evening = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 01:00 on the 3rd in Shanghai
    assert falls_back(late_evening, late_evening, RULES).on == date(2026, 3, 17)


def test_the_holder_is_warned_so_many_days_before():
    end = falls_back(NOON, NOON, RULES)
    assert end.is_near(date(2026, 3, 13), RULES)
    assert not end.is_near(date(2026, 3, 12), RULES)
    assert end.is_due(date(2026, 3, 16)) and not end.is_due(date(2026, 3, 15))


@given(st.integers(0, 200), st.integers(1, 100), st.integers(1, 200))
def test_no_lead_outlives_either_of_its_days(quiet: int, untouched: int, convert: int):
    rules = LeadSettings(untouched_days=untouched, convert_days=convert)
    touched = NOON + timedelta(days=quiet)
    end = falls_back(NOON, touched, rules)
    assert end.on <= NOON.date() + timedelta(days=convert)
    assert end.on <= touched.date() + timedelta(days=untouched)


def test_who_holds_one_less_than_the_most_may_pick_another():
    check_room(49, LeadSettings(), is_own=True)
    with pytest.raises(NotAllowedNow):
        check_room(50, LeadSettings(), is_own=True)


def test_what_was_never_held_needs_no_cooling_off():
    assert cools_off_until(None, RULES) is None
    check_cooled(None, date(2026, 3, 2))


def test_after_the_cool_off_the_same_person_may_pick_again():
    until = cools_off_until(NOON, RULES)
    assert until == date(2026, 4, 1)
    check_cooled(until, date(2026, 4, 1))
    with pytest.raises(NotAllowedNow):
        check_cooled(until, date(2026, 3, 31))


def test_a_lead_needs_a_name_and_a_way_to_reach_it():
    with pytest.raises(InvalidMany) as refused:
        cleaned(lead_facts(name=" ", phone="", email="", wechat=""))
    assert set(refused.value.errors) == {"name", "phone"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"), ("phone", "call me"), ("credit_code", "123"), ("market", "moon"),
        ("amount", Decimal(-1)), ("currency", "ZZZ"), ("rating", "boiling"), ("need", "长" * 4001),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_at_its_field(field: str, value: object):
    with pytest.raises(InvalidMany) as refused:
        cleaned(replace(lead_facts(), **{field: value}))
    assert set(refused.value.errors) == {field}


def test_a_private_person_has_no_credit_code():
    with pytest.raises(InvalidMany) as refused:
        cleaned(lead_facts(kind="person", credit_code="91310000MA1FL0PX4H"))
    assert "credit_code" in refused.value.errors


def test_a_lead_is_found_in_chinese_pinyin_and_initials():
    words = search_text(lead_facts(), "LD-2026-000001")
    for way in ("康达", "kangda", "wzkd", "陈志强", "czq", "ld-2026-000001", "13905770001"):
        assert way in words


def test_a_touch_says_what_came_of_it_unless_nobody_was_reached():
    talk = TouchFacts("call", NOON, text=" ")
    with pytest.raises(InvalidMany) as refused:
        cleaned_touch(talk, NOON, NOON.date())
    assert set(refused.value.errors) == {"text"}
    assert cleaned_touch(replace(talk, reached=False), NOON, NOON.date()).text == ""


def test_a_touch_lies_in_the_past_and_the_next_one_in_the_future():
    facts = TouchFacts("call", NOON + timedelta(hours=1), text="x", next_on=date(2026, 3, 1))
    with pytest.raises(InvalidMany) as refused:
        cleaned_touch(facts, NOON, date(2026, 3, 2))
    assert set(refused.value.errors) == {"at", "next_on"}


def test_settings_keep_what_is_missing_at_what_a_firm_starts_with():
    assert LeadSettings.from_json(None) == LeadSettings()
    kept = LeadSettings(capacity=7).to_json() | {"forecast": {"min": 10}}
    assert LeadSettings.from_json(kept) == LeadSettings(capacity=7)


@pytest.mark.parametrize(
    ("field", "value"),
    [("capacity", 0), ("untouched_days", 0), ("convert_days", 800), ("warn_days", 14), ("cool_off_days", -1)],
)  # fmt: skip
def test_rules_out_of_reason_are_refused_at_their_field(field: str, value: int):
    with pytest.raises(InvalidMany) as refused:
        replace(LeadSettings(), **{field: value}).checked()
    assert set(refused.value.errors) == {field}


TABLE = {
    ("pool", "pick"): "held", ("pool", "assign"): "held", ("pool", "discard"): "discarded",
    ("held", "assign"): "held", ("held", "give_back"): "pool", ("held", "recycle"): "pool",
    ("held", "convert"): "converted", ("held", "discard"): "discarded", ("discarded", "reopen"): "pool",
}  # fmt: skip


@pytest.mark.parametrize("state", list(LeadState))
@pytest.mark.parametrize("step", list(LeadStep))
def test_no_step_is_possible_that_is_not_in_the_table(state: LeadState, step: LeadStep):
    wanted = TABLE.get((state.value, step.value))
    if wanted is None:
        with pytest.raises(NotAllowedNow):
            LEAD_STEPS.next(state, step)
    else:
        assert LEAD_STEPS.next(state, step).value == wanted
