"""When a statement falls due, and when silence is a yes: E9, R4, R9 with the boundary cases of DOMAIN 19."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.due import (
    PaymentTerms,
    answer_by,
    deemed_on,
    due_on,
    is_deemed,
    overdue_days,
    payment_terms,
    silence_sentence,
    years_unknown,
)
from portal.customers.rules.settlement import DueFrom
from portal.kernel.workcalendar import CHINA, WorkCalendar

THIRTY = PaymentTerms(30)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("ends_on", "due"),
    [
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2026, 2, 28), date(2026, 3, 30)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 12, 31), date(2027, 1, 30)),
    ],
)
def test_thirty_days_from_the_end_of_the_month(ends_on, due):
    assert due_on(ends_on, THIRTY) == due


def test_without_days_a_statement_is_due_on_its_last_day():
    assert due_on(date(2026, 3, 31), PaymentTerms(0)) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        (DueFrom.STATEMENT, date(2026, 4, 30)),
        (DueFrom.INVOICE, date(2026, 5, 8)),
        (DueFrom.SAILING, date(2026, 4, 19)),
    ],
)
def test_the_days_count_from_what_was_agreed(begins, due):
    days = {"invoice_on": date(2026, 4, 8), "last_service_on": date(2026, 3, 20)}
    assert due_on(date(2026, 3, 31), PaymentTerms(30, begins), **days) == due


@pytest.mark.parametrize("begins", DueFrom)
def test_while_the_day_is_not_known_they_count_from_the_statement(begins):
    assert due_on(date(2026, 3, 31), PaymentTerms(30, begins)) == date(2026, 4, 30)


def test_a_due_date_on_a_sunday_stays_or_moves_to_monday():
    sunday = date(2026, 3, 1)
    assert due_on(sunday, PaymentTerms(0)) == sunday
    assert due_on(sunday, PaymentTerms(0, next_working_day=True)) == date(2026, 3, 2)


def test_holidays_and_made_up_days_are_those_of_the_calendar_given():
    week = [date(2026, 10, day) for day in range(1, 8)]
    golden = WorkCalendar(frozenset(week), frozenset({date(2026, 10, 10)}))
    terms = PaymentTerms(0, next_working_day=True)
    assert due_on(date(2026, 10, 1), terms, calendar=golden) == date(2026, 10, 8)
    assert due_on(date(2026, 10, 10), terms, calendar=golden) == date(2026, 10, 10)
    assert due_on(date(2026, 10, 10), terms) == date(2026, 10, 12)


@given(DAYS, st.integers(0, 180))
def test_a_working_due_date_is_at_most_two_days_later_on_weekdays(ends_on, days):
    plain = due_on(ends_on, PaymentTerms(days))
    moved = due_on(ends_on, PaymentTerms(days, next_working_day=True))
    assert moved.weekday() < 5 and timedelta(0) <= moved - plain <= timedelta(days=2)


def test_the_customers_own_days_come_before_the_contracts():
    own = payment_terms("monthly", 45, "invoice", [(60, "statement")], next_working_day=True)
    assert own == PaymentTerms(45, DueFrom.INVOICE, next_working_day=True)


def test_without_own_days_the_longest_of_the_contracts_counts():
    contracts = [(30, "statement"), (60, "sailing")]
    assert payment_terms("monthly", None, "statement", contracts) == PaymentTerms(
        60, DueFrom.SAILING
    )


@pytest.mark.parametrize(
    ("kind", "days"), [("monthly", 30), ("weekly", 30), ("prepaid", 0), ("per_shipment", 0)]
)
def test_without_any_agreement_the_kind_of_settlement_says_it(kind, days):
    assert payment_terms(kind, None, "statement").days == days


def test_no_days_at_all_are_an_agreement_too():
    assert payment_terms("monthly", 0, "statement", [(30, "statement")]).days == 0


def test_silence_is_a_yes_only_after_the_last_day_to_answer():
    last = deemed_on(date(2026, 4, 1), [7])
    assert last == date(2026, 4, 8)
    assert not is_deemed(last, date(2026, 4, 8))
    assert is_deemed(last, date(2026, 4, 9))


@pytest.mark.parametrize("days", [[], [None], [7, None]])
def test_silence_is_nothing_where_a_contract_does_not_say_so(days):
    assert deemed_on(date(2026, 4, 1), days) is None
    assert not is_deemed(deemed_on(date(2026, 4, 1), days), date(2030, 1, 1))


def test_of_several_contracts_the_longest_time_counts():
    assert deemed_on(date(2026, 4, 1), [7, 10, 3]) == date(2026, 4, 11)


def test_the_statement_says_what_silence_means():
    assert "by 2026-04-08 count as confirmed" in str(silence_sentence(date(2026, 4, 8)))
    assert str(silence_sentence(None)) == "Silence is not taken as a confirmation."


def test_the_customer_is_asked_to_answer_within_the_days_agreed():
    assert answer_by(date(2026, 4, 1), 7) == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("as_of", "days"), [((2026, 3, 1), 0), ((2026, 3, 2), 0), ((2026, 3, 3), 1)]
)
def test_a_bill_is_overdue_from_the_day_after_its_due_date(as_of, days):
    assert overdue_days(date(2026, 3, 2), date(*as_of)) == days


def test_the_spring_festival_moves_what_is_due_in_it():
    terms = PaymentTerms(17, next_working_day=True)
    assert due_on(date(2026, 1, 31), terms, calendar=CHINA) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("terms", "is_said"),
    [
        ({"due_on": "2099-10-08", "next_working_day": True}, True),
        ({"due_on": "2026-10-08", "next_working_day": True}, False),
        ({"due_on": "2099-10-08", "next_working_day": False}, False),
        ({}, False),
    ],
)
def test_it_is_said_where_the_holidays_of_the_year_are_not_known(terms, is_said):
    said = years_unknown(terms, CHINA)
    assert (said is not None) == is_said
    assert said is None or "2099" in str(said)
