"""What a customer may say to a line, and where the statement stands then (R1, R3, section 16)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.confirming import (
    check_confirm,
    check_dispute,
    line_state_of,
    may_confirm,
    may_dispute,
    may_raise_again,
    state_after,
    step_to,
)
from portal.billing.rules.states import STATEMENT_STEPS, DisputeState, LineState, StatementState
from portal.billing.rules.states import StatementStep as Step
from portal.kernel.errors import NotAllowedNow

S, L, D = StatementState, LineState, DisputeState
LINES = st.lists(st.sampled_from(LineState), max_size=8)


@pytest.mark.parametrize(("statement", "line"), list(product(StatementState, LineState)))
def test_only_open_lines_of_what_lies_with_the_customer_are_answered(statement, line):
    answerable = statement in {S.PUBLISHED, S.PARTLY_DISPUTED} and line is L.OPEN
    assert may_confirm(statement, line) is may_dispute(statement, line) is answerable


@pytest.mark.parametrize("check", [check_confirm, check_dispute])
def test_a_refusal_says_what_is_in_the_way(check):
    check(S.PUBLISHED, L.OPEN)
    with pytest.raises(NotAllowedNow, match="answered already: “Confirmed”"):
        check(S.PUBLISHED, L.CONFIRMED)
    with pytest.raises(NotAllowedNow, match="the record is “Under review”"):
        check(S.UNDER_REVIEW, L.OPEN)


def test_disputing_2_of_50_leaves_48_to_be_confirmed():
    lines = [L.DISPUTED] * 2 + [L.OPEN] * 48
    assert state_after(lines) is S.PARTLY_DISPUTED
    assert sum(may_confirm(S.PARTLY_DISPUTED, each) for each in lines) == 48
    assert state_after([L.DISPUTED] * 2 + [L.CONFIRMED] * 48) is S.PARTLY_DISPUTED


def test_a_statement_is_confirmed_when_no_line_is_open_or_disputed():
    assert state_after([L.CONFIRMED, L.ADJUSTED, L.UPHELD]) is S.CONFIRMED
    assert state_after([L.CONFIRMED, L.OPEN]) is S.PUBLISHED
    assert state_after([]) is S.CONFIRMED


@given(LINES)
def test_the_order_of_lines_does_not_matter(lines):
    assert state_after(lines) is state_after(reversed(lines))


@pytest.mark.parametrize(
    ("statement", "lines", "step"),
    [
        (S.PUBLISHED, [L.OPEN, L.CONFIRMED], None),
        (S.PUBLISHED, [L.DISPUTED, L.OPEN], Step.DISPUTE),
        (S.PUBLISHED, [L.CONFIRMED], Step.CONFIRM),
        (S.PARTLY_DISPUTED, [L.DISPUTED, L.CONFIRMED], None),
        (S.PARTLY_DISPUTED, [L.UPHELD, L.OPEN], Step.SETTLE),
        (S.PARTLY_DISPUTED, [L.UPHELD, L.ADJUSTED], Step.CONFIRM),
        (S.CONFIRMED, [L.DISPUTED, L.CONFIRMED], Step.DISPUTE),
        (S.BILLED, [L.DISPUTED], None),
    ],
)
def test_the_lines_move_the_statement(statement, lines, step):
    assert step_to(statement, lines) is step


@given(st.sampled_from([S.PUBLISHED, S.PARTLY_DISPUTED, S.CONFIRMED]), LINES)
def test_every_step_is_one_of_the_lifecycle_and_leads_where_the_lines_are(statement, lines):
    try:
        step = step_to(statement, lines)
    except NotAllowedNow:
        assert (statement, state_after(lines)) == (S.CONFIRMED, S.PUBLISHED)
        return
    after = statement if step is None else STATEMENT_STEPS.next(statement, step)
    assert after is state_after(lines)


@pytest.mark.parametrize("statement", [S.DRAFT, S.UNDER_REVIEW, S.VOID])
def test_what_was_never_published_has_no_answers(statement):
    with pytest.raises(NotAllowedNow):
        step_to(statement, [L.OPEN])


def test_a_decided_dispute_is_raised_again_once_even_after_the_confirmation():
    for statement, dispute in product(
        (S.PUBLISHED, S.PARTLY_DISPUTED, S.CONFIRMED), (D.REJECTED, D.PARTLY_ACCEPTED)
    ):
        assert may_raise_again(statement, dispute, 1)
        assert not may_raise_again(statement, dispute, 2)


@pytest.mark.parametrize("dispute", [D.OPEN, D.PENDING_APPROVAL, D.ACCEPTED, D.WITHDRAWN])
def test_what_is_open_granted_or_taken_back_is_not_raised_again(dispute):
    assert not may_raise_again(S.PUBLISHED, dispute, 1)


def test_a_billed_statement_is_beyond_raising_again():
    assert not may_raise_again(S.BILLED, D.REJECTED, 1)


@pytest.mark.parametrize(
    ("dispute", "line"),
    [
        (D.OPEN, L.DISPUTED),
        (D.PENDING_APPROVAL, L.DISPUTED),
        (D.ACCEPTED, L.ADJUSTED),
        (D.PARTLY_ACCEPTED, L.ADJUSTED),
        (D.REJECTED, L.UPHELD),
        (D.WITHDRAWN, L.CONFIRMED),
    ],
)
def test_a_line_follows_its_dispute(dispute, line):
    assert line_state_of(dispute) is line
