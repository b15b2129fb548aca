"""When the next visit falls, what a sheet must say, and what is lent and noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.care.rules.assets import (
    AssetFacts,
    LoanFacts,
    ReturnFacts,
    cleaned_asset,
    cleaned_loan,
    cleaned_return,
)
from portal.care.rules.kinds import VisitKind
from portal.care.rules.notes import MarketFacts, WatchFacts, cleaned_market, cleaned_note
from portal.care.rules.plans import COUNTS, cause_key, due_on, free_day
from portal.care.rules.settings import CareSettings
from portal.care.rules.states import VISIT_STEPS, VisitState, VisitStep
from portal.care.rules.visits import Promise, Sheet, VisitPlan, cleaned_plan, cleaned_sheet
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.workcalendar import CHINA

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
PLAN = VisitPlan("on_site", 1, 1, MONDAY, "回顾")
SHEET = Sheet(MONDAY, met="周敏", summary="要扩仓")


def wrong(verb: object, *facts: object) -> set[str]:
    with pytest.raises(InvalidMany) as refused:
        verb(*facts)  # type: ignore[operator]
    return set(refused.value.errors)


def test_the_next_visit_falls_so_many_days_after_the_last():
    assert due_on(MONDAY, MONDAY - 400 * DAY, 60) == date(2026, 5, 1)


def test_a_new_customer_is_met_within_a_month_or_sooner():
    assert due_on(None, MONDAY, 180) == MONDAY + 30 * DAY
    assert due_on(None, MONDAY, 14) == MONDAY + 14 * DAY


def test_more_than_what_the_plan_asks_for_counts_and_less_does_not():
    assert VisitKind.MANAGEMENT in COUNTS[VisitKind.ON_SITE]
    assert VisitKind.TELEPHONE not in COUNTS[VisitKind.ON_SITE]
    assert set(COUNTS[VisitKind.TELEPHONE]) == set(VisitKind)
    assert all(kind in counted for kind, counted in COUNTS.items())


def test_each_cause_has_a_key_of_its_own():
    keys = {
        cause_key(*each)
        for each in (("vip", 1, None), ("vip", 1, 7), ("", 1, 7), ("vip", 17, None))
    }
    assert len(keys) == 4


def test_a_full_day_moves_the_visit_to_the_next_working_day():
    friday = date(2026, 3, 6)
    assert free_day(friday, MONDAY, {friday: 3}, 3, CHINA) == date(2026, 3, 9)
    assert free_day(MONDAY - 9 * DAY, MONDAY, {}, 3, CHINA) == MONDAY + DAY


@given(
    st.integers(-40, 200), st.dictionaries(st.integers(0, 60), st.integers(0, 5)), st.integers(1, 5)
)
def test_a_visit_falls_on_a_working_day_to_come_with_room(
    ahead: int, taken: dict[int, int], most: int
):
    full = {MONDAY + n * DAY: count for n, count in taken.items()}
    on = free_day(MONDAY + ahead * DAY, MONDAY, full, most, CHINA)
    assert on > MONDAY and CHINA.is_working(on) and full.get(on, 0) < most


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "by_boat"), ("purpose", " "), ("minutes", 4), ("place", "远" * 241)],
)
def test_a_wrong_plan_is_told_at_its_field(field: str, value: object):
    assert wrong(cleaned_plan, replace(PLAN, **{field: value})) == {field}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"summary": " "}, {"summary"}),
        ({"met": ""}, {"met"}),
        ({"done_on": MONDAY + DAY}, {"done_on"}),
        ({"mood": "mad"}, {"mood"}),
        ({"next_as": "visit"}, {"next_step", "next_on"}),
        ({"next_as": "call", "next_step": "问", "next_on": MONDAY - DAY}, {"next_on"}),
        ({"promises": (Promise("发报价"),)}, {"promises"}),
        ({"promises": (Promise("发报价", MONDAY - DAY),)}, {"promises"}),
        ({"promises": (Promise("发报价", MONDAY),) * 6}, {"promises"}),
    ],
)
def test_a_wrong_sheet_is_told_at_its_fields(changes: dict[str, object], fields: set[str]):
    assert wrong(cleaned_sheet, replace(SHEET, **changes), "on_site", MONDAY) == fields


def test_on_the_telephone_nobody_is_met():
    assert cleaned_sheet(replace(SHEET, met=""), "telephone", MONDAY).met == ""


def test_promises_without_words_are_left_out():
    tidy = cleaned_sheet(replace(SHEET, promises=(Promise("  ", MONDAY),)), "on_site", MONDAY)
    assert tidy.promises == ()


def test_a_note_about_a_person_names_the_person():
    assert wrong(cleaned_note, WatchFacts("person", "x"), MONDAY) == {"contact_id"}
    assert cleaned_note(WatchFacts("firm", "x", contact_id=7), MONDAY).contact_id is None
    assert wrong(cleaned_note, WatchFacts("firm", "x", expires_on=MONDAY - DAY), MONDAY) == {"expires_on"}  # fmt: skip


def test_news_has_a_source_and_a_price_where_it_is_one():
    news = MarketFacts("price", "降价", MONDAY, source="客户", price=Decimal(0))
    assert cleaned_market(news, MONDAY) == news
    assert wrong(cleaned_market, replace(news, price=None, source=""), MONDAY) == {
        "price",
        "source",
    }
    assert wrong(cleaned_market, replace(news, observed_on=MONDAY + DAY), MONDAY) == {"observed_on"}
    assert wrong(cleaned_market, replace(news, expires_on=MONDAY - DAY), MONDAY) == {"expires_on"}


def test_a_thing_has_a_number_in_capitals():
    assert cleaned_asset(AssetFacts(" pr-1 ", "打印机", "printer")).number == "PR-1"
    assert wrong(cleaned_asset, AssetFacts("", "", "boat")) == {"number", "name", "kind"}


def test_a_loan_says_until_when_and_in_which_condition():
    loan = LoanFacts(1, MONDAY, MONDAY, "新")
    assert cleaned_loan(loan, MONDAY) == loan
    bare = replace(loan, due_on=None, condition_out="")
    assert wrong(cleaned_loan, bare, MONDAY) == {"due_on", "condition_out"}
    assert wrong(cleaned_loan, replace(loan, deposit=Decimal(-1)), MONDAY) == {"deposit"}


def test_a_thing_does_not_come_back_before_it_went():
    back = ReturnFacts(MONDAY - DAY, "旧")
    assert wrong(cleaned_return, back, MONDAY, MONDAY) == {"returned_on"}


def test_values_of_the_plan_stay_within_reason():
    assert CareSettings.from_json({"care": {"a_day": 5}}) == CareSettings(a_day=5)
    assert wrong(CareSettings(horizon_days=0, a_day=21).checked) == {"horizon_days", "a_day"}


@pytest.mark.parametrize("state", [VisitState.DONE, VisitState.CANCELLED])
@pytest.mark.parametrize("step", list(VisitStep))
def test_nothing_is_done_with_a_visit_that_was_made_or_called_off(
    state: VisitState, step: VisitStep
):
    with pytest.raises(NotAllowedNow):
        VISIT_STEPS.next(state, step)
