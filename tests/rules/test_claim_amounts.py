"""Assessed, offered, agreed and recovered amounts, and who must look at them (DOMAIN T9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.claims.rules import amounts
from portal.claims.rules.evidence import NEEDED, can_file
from portal.claims.rules.kinds import Loss
from portal.claims.rules.states import CLAIM_STEPS, ClaimState, ClaimStep, RecourseState
from portal.kernel.errors import Invalid

D = Decimal
MONEY = st.decimals(D("0.01"), D(1_000_000), places=2)


@pytest.mark.parametrize(("assessed", "claimed", "limit", "lifted", "said"), [
    ("1000.01", "1000", None, False, "At most what is claimed: CNY 1,000.00."),
    ("800.01", "1000", "800", False, "The limit of liability is CNY 800.00."),
    ("1000.01", "1000", "800", True, "At most what is claimed"),
    ("0", "1000", None, False, "above zero"), ("-1", "1000", None, False, "above zero"),
    ("1.234", "1000", None, False, "no such small unit"),
])  # fmt: skip
def test_what_may_not_be_assessed_is_told(
    assessed: str, claimed: str, limit: str | None, lifted: bool, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        amounts.assessed_checked(
            D(assessed), D(claimed), D(limit) if limit else None, "CNY", is_lifted=lifted
        )
    assert refused.value.field == "assessed_amount"


@pytest.mark.parametrize(("limit", "lifted"), [("1000", False), ("800", True), (None, False)])
def test_the_bound_itself_may_be_assessed(limit: str | None, lifted: bool) -> None:
    most = D(limit) if limit else None
    assert amounts.assessed_checked(D(1000), D(1000), most, "CNY", is_lifted=lifted) == D(1000)


def test_intent_or_gross_negligence_lifts_the_limit_but_not_the_claim() -> None:
    assert amounts.most_assessed(D(1000), D(800), is_lifted=False) == D(800)
    assert amounts.most_assessed(D(1000), D(800), is_lifted=True) == D(1000)
    assert amounts.most_assessed(D(500), D(800), is_lifted=False) == D(500)


@pytest.mark.parametrize(("worth", "level", "second"), [
    ("5000", 1, False), ("5000.01", 1, True), ("1", 2, True), (None, 1, True),
])  # fmt: skip
def test_above_the_limit_at_the_second_level_or_of_unknown_worth_two_people_decide(
    worth: str | None, level: int, second: bool
) -> None:
    known = D(worth) if worth else None
    assert amounts.needs_second_person(known, D(5000), level) is second


def test_more_than_was_assessed_is_never_offered() -> None:
    assert amounts.offer_checked(D(100), D(100), "CNY") == D(100)
    with pytest.raises(Invalid, match=r"At most what was assessed: CNY 100\.00"):
        amounts.offer_checked(D("100.01"), D(100), "CNY")
    with pytest.raises(Invalid, match=r"At most what was assessed: CNY 0\.00"):
        amounts.offer_checked(D(1), None, "CNY")


@pytest.mark.parametrize(("recovered", "state"), [
    ("0", RecourseState.CLAIMED), ("0.01", RecourseState.PARTLY_RECOVERED), ("500", RecourseState.RECOVERED),
])  # fmt: skip
def test_a_recourse_is_where_its_money_is(recovered: str, state: RecourseState) -> None:
    assert amounts.recovery_state(D(500), D(recovered)) is state


@pytest.mark.parametrize(("amount", "said"), [
    ("0", "Write the amount."), ("-100.01", "At most CNY 100.00 can be taken back."),
    ("400.01", "At most CNY 400.00 is still to come."), ("0.001", "no such small unit"),
])  # fmt: skip
def test_what_cannot_have_come_back_is_told(amount: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        amounts.recovery_checked(D(amount), D(100), D(500), "CNY")


def test_a_wrong_receipt_is_taken_back_to_the_last_cent() -> None:
    assert amounts.recovery_checked(D(-100), D(100), D(500), "CNY") == D(-100)


def test_each_loss_asks_for_some_proof_and_filing_wants_some_to_look_at() -> None:
    assert set(NEEDED) == set(Loss) and all(NEEDED.values())
    assert not can_file(["asked", "refused"]) and can_file(["asked", "given"]) and can_file([])
    assert can_file(["asked", "waived"])


@given(claimed=MONEY, limit=st.none() | MONEY, assessed=MONEY, offered=MONEY, lifted=st.booleans())
def test_what_is_offered_is_within_what_is_assessed_claimed_and_the_limit(
    claimed: Decimal, limit: Decimal | None, assessed: Decimal, offered: Decimal, lifted: bool
) -> None:
    try:
        found = amounts.assessed_checked(assessed, claimed, limit, "CNY", is_lifted=lifted)
        given_ = amounts.offer_checked(offered, found, "CNY")
    except Invalid:
        within = assessed <= claimed and (lifted or limit is None or assessed <= limit)
        assert not (within and offered <= assessed)
        return
    assert given_ <= found <= claimed and (lifted or limit is None or found <= limit)


def test_every_state_but_the_last_ones_leads_on() -> None:
    ends = {each for each in ClaimState if not CLAIM_STEPS.actions(each)}
    assert ends == {ClaimState.WITHDRAWN, ClaimState.CLOSED}


def test_only_what_was_agreed_is_credited_or_paid_and_nothing_agreed_is_withdrawn() -> None:
    for state in ClaimState:
        for step in (ClaimStep.CREDIT, ClaimStep.PAY):
            assert CLAIM_STEPS.allows(state, step) is (state is ClaimState.AGREED)
    assert not CLAIM_STEPS.allows(ClaimState.AGREED, ClaimStep.WITHDRAW)
