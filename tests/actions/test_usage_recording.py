"""Usage recorded, drawn, queued, reversed: on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import EntryKind, Overage
from portal.contracts.rules.ledger import Exhausted
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.rules.facts import UsageFact
from portal.usage.rules.states import Mismatch, UsageState
from tests.cast import Cast, customer, viewer
from tests.chain import entitled, handling
from tests.factories import item

D = Decimal
DAY = date(2026, 2, 10)


def fact(cast: Cast, quantity: str = "2", reference: str = "R-1", **more: Any) -> UsageFact:
    values: dict[str, Any] = {
        "customer_id": cast.harbour.id, "quantity": D(quantity), "unit": "XPX", "used_on": DAY,
        "source": "wms", "reference": reference, "item_code": handling().code, **more,
    }  # fmt: skip
    return UsageFact(**values)


def told(cast: Cast, now: datetime, quantity: str = "2", **more: Any) -> UsageRecord:
    return recording.record(fact(cast, quantity, **more), SYSTEM, now)


def fresh(row: Entitlement) -> Entitlement:
    db.session.refresh(row)
    return row


def test_a_usage_that_fits_is_drawn_and_names_its_contract(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    row = told(cast, now)
    assert (row.state, row.mismatch, row.over_quantity) == (UsageState.MATCHED, "", 0)
    assert (row.entitlement_id, row.contract_id) == (bought.id, bought.contract_id)
    assert (fresh(bought).used, bought.remaining) == (D(2), D(3))


def test_the_same_usage_told_twice_is_one_record_and_one_draw(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    first = told(cast, now)
    assert told(cast, now + timedelta(hours=1)).id == first.id
    assert fresh(bought).used == D(2)
    assert db.session.scalar(select(func.count(UsageRecord.id))) == 1


@pytest.mark.parametrize(
    "changed",
    [{"quantity": "3"}, {"used_on": date(2026, 2, 11)}, {"unit": "HPX"}, {"item_code": "OTHER"}],
)
def test_a_reference_that_says_something_else_is_refused_naming_both(
    cast: Cast, now: datetime, changed: dict[str, Any]
) -> None:
    entitled(cast, now)
    told(cast, now)
    with pytest.raises(Invalid) as refused:
        told(cast, now, **changed)
    assert refused.value.field == "reference"
    assert "2 pallet on 2026-02-10" in str(refused.value) and "R-1" in str(refused.value)


def test_the_same_reference_of_another_source_is_another_usage(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    assert told(cast, now).id != told(cast, now, source="tms").id
    assert fresh(bought).used == D(4)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("quantity", {"quantity": "0"}),
        ("quantity", {"quantity": "-1"}),
        ("quantity", {"quantity": "0.0000001"}),
        ("unit", {"unit": "furlong"}),
        ("used_on", {"used_on": date(2026, 3, 3)}),
        ("reference", {"reference": " "}),
        ("item_code", {"item_code": ""}),
    ],
)
def test_each_wrong_field_is_named(
    cast: Cast, now: datetime, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidMany) as refused:
        told(cast, now, **wrong)
    assert set(refused.value.errors) == {field}


def test_an_actor_who_does_not_see_the_customer_cannot_record_for_it(
    cast: Cast, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        recording.record(fact(cast), viewer(cast.erik), now)
    assert refused.value.field == "customer_id"


def test_usage_is_split_over_entitlements_the_earliest_end_first(cast: Cast, now: datetime) -> None:
    later = entitled(cast, now, quantity=D(5))
    sooner = entitled(cast, now, quantity=D(3), until_on=date(2026, 6, 30))
    row = told(cast, now, "4")
    assert (fresh(sooner).remaining, fresh(later).remaining) == (D(0), D(4))
    assert (row.entitlement_id, row.state, row.draws) == (sooner.id, UsageState.MATCHED, 2)
    assert recording.reverse(row, "counted twice", SYSTEM, now).draws == 2


def test_what_exceeds_all_goes_over_where_a_rule_allows_it(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, quantity=D(5), overage=Overage.OVERAGE_PRICE)
    row = told(cast, now, "8")
    assert (fresh(bought).used, bought.over_used, bought.remaining) == (D(5), D(3), D(0))
    assert (row.over_quantity, row.state) == (D(3), UsageState.MATCHED)


def test_what_exceeds_all_waits_whole_in_the_queue_where_none_allows_it(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now)
    row = told(cast, now, "6")
    assert (row.state, row.mismatch) == (UsageState.UNMATCHED, Mismatch.EXHAUSTED)
    assert fresh(bought).remaining == D(5)


@pytest.mark.parametrize(
    ("why", "more"),
    [
        (Mismatch.NO_ITEM, {"item_code": "NOBODY-KNOWS"}),
        (Mismatch.OUTSIDE_PERIOD, {"used_on": date(2025, 12, 31)}),
        (Mismatch.UNIT, {"unit": "KGM"}),
    ],
)
def test_what_fits_nothing_says_why(
    cast: Cast, now: datetime, why: Mismatch, more: dict[str, Any]
) -> None:
    entitled(cast, now)
    row = told(cast, now, **more)
    assert (row.state, row.mismatch) == (UsageState.UNMATCHED, why)


def test_another_customers_entitlement_is_no_contract(cast: Cast, now: datetime) -> None:
    entitled(cast, now)
    row = told(cast, now, customer_id=cast.nordwind.id)
    assert row.mismatch == Mismatch.NO_CONTRACT


def test_a_branch_draws_from_its_group(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    branch: Customer = customer("HB-NB", "宁波分公司", "", kind="branch", parent_id=cast.harbour.id)
    row = told(cast, now, customer_id=branch.id)
    assert (row.entitlement_id, fresh(bought).used) == (bought.id, D(2))


def test_a_unit_of_the_same_dimension_is_converted_exactly(cast: Cast, now: datetime) -> None:
    weighed = item("WEIGHED", "称重", unit="TNE", category="handling", load="none")
    bought = entitled(cast, now, quantity=D(2), item=weighed)
    row = told(cast, now, "1500", unit="KGM", item_code=weighed.code)
    assert (fresh(bought).used, row.quantity, row.unit) == (D("1.5"), D(1500), "KGM")


def test_a_chosen_entitlement_comes_before_the_others(cast: Cast, now: datetime) -> None:
    entitled(cast, now, until_on=date(2026, 6, 30))
    chosen = entitled(cast, now)
    row = told(cast, now, entitlement_id=chosen.id)
    assert row.entitlement_id == chosen.id


def test_what_was_reserved_for_it_is_used_first(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    ledger.reserve(bought, D(4), Source("booking", 1), "b:1", SYSTEM, now, DAY)
    row = told(cast, now, "5", entitlement_id=bought.id, reserved=D(4))
    assert row.state == UsageState.MATCHED
    assert (fresh(bought).reserved, bought.used, bought.remaining) == (D(0), D(5), D(0))


def test_a_reservation_is_honoured_when_the_contract_was_suspended_since(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now)
    ledger.reserve(bought, D(4), Source("booking", 1), "b:1", SYSTEM, now, DAY)
    bought.contract.state = "suspended"
    row = told(cast, now, "4", entitlement_id=bought.id, reserved=D(4))
    assert (row.state, fresh(bought).reserved, bought.used) == (UsageState.MATCHED, D(0), D(4))


def test_a_reversal_gives_each_entitlement_its_share_back_once(cast: Cast, now: datetime) -> None:
    both = [entitled(cast, now, quantity=D(3)), entitled(cast, now, quantity=D(3))]
    row = told(cast, now, "4")
    back = recording.reverse(row, "counted twice", SYSTEM, now)
    assert recording.reverse(row, "again", SYSTEM, now).id == back.id
    assert (back.quantity, back.reverses_id, row.state) == (D(-4), row.id, UsageState.REVERSED)
    assert [fresh(each).remaining for each in both] == [D(3), D(3)]
    given = select(func.count(LedgerEntry.id)).where(LedgerEntry.reverses_id.is_not(None))
    assert db.session.scalar(given) == 2


def test_a_reversal_can_neither_be_reversed_nor_come_without_a_reason(
    cast: Cast, now: datetime
) -> None:
    entitled(cast, now)
    row = told(cast, now)
    with pytest.raises(Invalid):
        recording.reverse(row, "  ", SYSTEM, now)
    back = recording.reverse(row, "wrong customer", SYSTEM, now)
    with pytest.raises(NotAllowedNow):
        recording.reverse(back, "no", SYSTEM, now)


def test_overage_is_given_back_too(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, overage=Overage.SAME_PRICE)
    row = told(cast, now, "8")
    recording.reverse(row, "typing error", SYSTEM, now)
    assert (fresh(bought).remaining, bought.over_used) == (D(5), D(0))


def test_a_queued_record_is_drawn_when_an_entitlement_has_come(cast: Cast, now: datetime) -> None:
    row = told(cast, now)
    assert row.mismatch == Mismatch.NO_CONTRACT and not recording.retry(row, SYSTEM, now)
    bought = entitled(cast, now)
    assert recording.retry(row, SYSTEM, now)
    assert (row.state, row.mismatch, fresh(bought).used) == (UsageState.MATCHED, "", D(2))


def test_a_retry_finds_an_item_that_was_made_since(cast: Cast, now: datetime) -> None:
    row = told(cast, now, item_code="handling-none-LATER-XPX")
    later = item("LATER", "后来", unit="XPX", category="handling", load="none")
    entitled(cast, now, item=later)
    assert recording.retry(row, SYSTEM, now) and row.item_id == later.id


def test_a_person_assigns_a_record_to_an_entitlement_with_a_reason(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now)
    row = told(cast, now, used_on=date(2025, 12, 31))
    recording.assign(row, bought.id, "agreed by mail", SYSTEM, now)
    assert (row.state, row.decided_reason, fresh(bought).used) == (
        UsageState.MATCHED, "agreed by mail", D(2),
    )  # fmt: skip


def test_nobody_assigns_to_another_customers_a_suspended_or_an_unlike_entitlement(
    cast: Cast, now: datetime
) -> None:
    row = told(cast, now, item_code="UNKNOWN")
    foreign = entitled(cast, now, customer=cast.nordwind)
    heavy = item("HEAVY", "重", unit="KGM", category="handling", load="none")
    unlike = entitled(cast, now, item=heavy)
    held = entitled(cast, now)
    held.contract.state = "suspended"
    for each in (foreign, unlike, held):
        with pytest.raises(Invalid) as refused:
            recording.assign(row, each.id, "try", SYSTEM, now)
        assert refused.value.field == "entitlement_id"


def test_assigning_more_than_is_left_says_what_is(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    row = told(cast, now, "6")
    with pytest.raises(Exhausted) as refused:
        recording.assign(row, bought.id, "push it through", SYSTEM, now)
    assert refused.value.left == D(5)


def test_a_dismissed_record_leaves_the_queue_for_good(cast: Cast, now: datetime) -> None:
    row = told(cast, now)
    recording.dismiss(row, "a test of the warehouse system", SYSTEM, now)
    assert row.state == UsageState.DISMISSED
    with pytest.raises(NotAllowedNow):
        recording.retry(row, SYSTEM, now)


def test_statistical_units_follow_the_contract_line(cast: Cast, now: datetime) -> None:
    box = item("BOX", "四十尺柜", unit="CNTR", category="sea", load="fcl")
    entitled(cast, now, item=box, stat_factor=D(2), main_unit="TEU")
    assert told(cast, now, "3", unit="CNTR", item_code=box.code).stat_quantity == D(6)


def test_the_ledger_names_the_record_behind_each_draw(cast: Cast, now: datetime) -> None:
    entitled(cast, now)
    row = told(cast, now)
    entry = db.session.scalar(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.CONSUME))
    assert (entry.source_type, entry.source_id, entry.source_label) == ("usage", row.id, "R-1")
