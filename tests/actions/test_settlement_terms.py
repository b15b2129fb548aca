"""Settlement terms: changed by those who may, applied for by others, decided by somebody else (DOMAIN E8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from portal.catalogue.rules.exchange import RateRule
from portal.customers.models import Contact
from portal.customers.rules.settlement import DueFrom, SettlementKind
from portal.db import audit
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.receivables.actions import settlement, standing
from portal.receivables.rules.settlement import TermsFacts
from tests.cast import Cast, viewer
from tests.factories import add
from tests.money import owed

D = Decimal
SIXTY = TermsFacts(SettlementKind.MONTHLY, payment_days=60, credit_limit=D(50000))


def test_terms_are_written_and_the_exposure_follows(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "50001", now.date(), now)
    row = settlement.change(cast.harbour, SIXTY, viewer(cast.finance_manager), now)
    assert (row.kind, row.payment_days, row.credit_limit) == ("monthly", 60, 50000)
    assert settlement.facts_of(row) == SIXTY
    assert standing.standing_of(cast.harbour.id).hold_reason == "over_limit"
    (entry,) = [
        each
        for each in audit.timeline(cast.harbour, public_only=False)
        if each.event == "customer.settlement_changed"
    ]
    assert entry.after["payment_days"] == 60


def test_whoever_may_not_change_them_does_not(cast: Cast, now: datetime) -> None:
    for user in (cast.finance, cast.sales, cast.lin):
        with pytest.raises(Forbidden):
            settlement.change(cast.harbour, SIXTY, viewer(user), now)


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused(cast: Cast, now: datetime) -> None:
    boss = viewer(cast.finance_manager)
    seen = settlement.change(cast.harbour, SIXTY, boss, now).version
    settlement.change(cast.harbour, replace(SIXTY, payment_days=30), boss, now, seen=seen)
    with pytest.raises(StaleEdit):
        settlement.change(cast.harbour, SIXTY, boss, now, seen=seen)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payment_days": -1}, "payment_days"), ({"payment_days": 366}, "payment_days"),
        ({"reconciliation_day": 29}, "reconciliation_day"), ({"confirm_days": 0}, "confirm_days"),
        ({"grace_days": -1}, "grace_days"), ({"currency": "XXX"}, "currency"),
        ({"credit_limit": D(-1)}, "credit_limit"), ({"credit_limit": D("0.001")}, "credit_limit"),
        ({"rating": "E"}, "rating"), ({"late_fee_percent": D("1.1")}, "late_fee_percent"),
        ({"rate_rule": RateRule.AGREED}, "agreed_rates"),
        ({"agreed_rates": {"USD": D(0)}}, "agreed_rates"),
        ({"reconciliation_contact_id": 999}, "reconciliation_contact_id"),
    ],
)  # fmt: skip
def test_terms_out_of_range_are_refused_at_their_field(
    cast: Cast, now: datetime, change: dict, field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        settlement.change(cast.harbour, replace(SIXTY, **change), viewer(cast.finance_manager), now)
    assert list(refused.value.errors) == [field]


def test_the_contact_is_one_of_the_customer_s_own(cast: Cast, now: datetime) -> None:
    theirs = add(Contact(customer_id=cast.nordwind.id, name="Erik"))
    ours = add(Contact(customer_id=cast.harbour.id, name="Lin"))
    boss = viewer(cast.finance_manager)
    with pytest.raises(InvalidMany):
        settlement.change(
            cast.harbour, replace(SIXTY, reconciliation_contact_id=theirs.id), boss, now
        )
    told = replace(SIXTY, reconciliation_contact_id=ours.id)
    assert settlement.change(cast.harbour, told, boss, now).reconciliation_contact_id == ours.id


def test_everything_survives_being_kept_with_an_application() -> None:
    told = TermsFacts(
        SettlementKind.WEEKLY, "USD", False, RateRule.AGREED, {"EUR": D("1.08")}, 14,
        DueFrom.INVOICE, True, 28, 3, 5, 10, "B", D("1000.50"), D("0.05"),
    )  # fmt: skip
    assert TermsFacts.from_json(told.to_json()) == told
    assert TermsFacts.from_json(TermsFacts().to_json()) == TermsFacts()


def test_the_customer_applies_and_somebody_else_grants_it(cast: Cast, now: datetime) -> None:
    row = settlement.apply(cast.harbour, SIXTY, "we grow", viewer(cast.lin), now)
    assert (row.number, row.state) == ("SA-2026-000001", "pending")
    with pytest.raises(NotAllowedNow):
        settlement.apply(cast.harbour, SIXTY, "again", viewer(cast.sales), now)
    granted = settlement.approve(row, viewer(cast.finance_manager), now)
    assert (row.state, granted.payment_days, granted.credit_limit) == ("approved", 60, 50000)
    with pytest.raises(NotAllowedNow):
        settlement.refuse(row, "too late", viewer(cast.finance_manager), now)


def test_less_may_be_granted_than_was_asked_for(cast: Cast, now: datetime) -> None:
    row = settlement.apply(cast.harbour, SIXTY, "we grow", viewer(cast.sales), now)
    less = replace(SIXTY, payment_days=30)
    granted = settlement.approve(row, viewer(cast.finance_manager), now, less, "30 first")
    assert (granted.payment_days, row.asked["payment_days"], row.decision) == (30, 60, "30 first")


def test_nobody_decides_their_own_application(cast: Cast, now: datetime) -> None:
    row = settlement.apply(cast.harbour, SIXTY, "we grow", viewer(cast.finance_manager), now)
    with pytest.raises(Forbidden):
        settlement.approve(row, viewer(cast.finance_manager), now)
    other = viewer(cast.administrator)
    assert settlement.approve(row, other, now).payment_days == 60


def test_a_refusal_says_why_and_leaves_the_terms(cast: Cast, now: datetime) -> None:
    row = settlement.apply(cast.harbour, SIXTY, "we grow", viewer(cast.lin), now)
    with pytest.raises(Invalid):
        settlement.refuse(row, " ", viewer(cast.finance_manager), now)
    settlement.refuse(row, "too early", viewer(cast.finance_manager), now)
    assert (row.state, row.decision) == ("refused", "too early")
    assert standing.terms_of(cast.harbour.id) is None
    second = settlement.apply(cast.harbour, SIXTY, "once more", viewer(cast.lin), now)
    settlement.withdraw(second, viewer(cast.lin), now)
    assert second.state == "withdrawn"
