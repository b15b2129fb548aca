"""Amendments: what they propose, what they change once they are signed, and that the old terms stay readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.contracts.actions import amended, amending, ending, ledger
from portal.contracts.actions.ledger import Exhausted, Source
from portal.contracts.actions.lines import ManualLine
from portal.contracts.actions.signing import Signing
from portal.contracts.actions.values import terms_facts
from portal.contracts.models import Amendment, Contract, Entitlement
from portal.contracts.queries import standing
from portal.contracts.rules.chains import price_on
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from tests.cast import Cast, viewer
from tests.contracts import SIGNED, in_force, service

D = Decimal
JUNE = date(2026, 6, 1)


def entitlements(contract: Contract) -> list[Entitlement]:
    statement = db.select(Entitlement).where(Entitlement.contract_id == contract.id)
    return list(db.session.scalars(statement.order_by(Entitlement.id)))


def drafted(contract: Contract, cast: Cast, now: datetime, on: date = JUNE) -> Amendment:
    return amending.draft(contract, on, "业务量增加", viewer(cast.sales), now)


def through(amendment: Amendment, cast: Cast, now: datetime) -> Amendment:
    amended.submit(amendment, viewer(cast.sales), now)
    amended.approve(amendment, viewer(cast.sales_manager), now)
    return amended.sign(amendment, SIGNED, viewer(cast.sales_manager), now)


def changed(contract: Contract, cast: Cast, now: datetime, on: date = JUNE, **values: object):  # type: ignore[no-untyped-def]
    """An amendment in force that changes the first line's last state."""
    amendment = drafted(contract, cast, now, on)
    line = standing.tails(contract)[0]
    amending.change_line(amendment, line.id, values, viewer(cast.sales), now)
    return through(amendment, cast, now)


def terms_changed(contract: Contract, cast: Cast, now: datetime, **facts: object) -> Amendment:
    amendment = drafted(contract, cast, now)
    terms = replace(terms_facts(standing.last_terms(contract)), **facts)
    amending.change_terms(amendment, JUNE, "改条款", terms, viewer(cast.sales), now)
    return amendment


def test_a_higher_quantity_is_granted_from_its_day_on(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now, "100", allowance="month", ends_on=date(2026, 7, 31))
    amendment = changed(contract, cast, now, quantity=D(130))
    assert [each.granted for each in entitlements(contract)] == [100, 100, 100, 130, 130]
    assert amendment.number == "CT-2026-000001-A1" and amendment.state == "in_force"


def test_the_old_price_counts_before_the_day_and_the_new_one_from_it(
    cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    changed(contract, cast, now, rate=D("11"), reason="量大")
    chain = standing.chains_of([contract.lines[0].id])[contract.lines[0].id]
    rates = [price_on(chain, day).rate for day in (date(2026, 5, 31), JUNE, date(2099, 1, 1))]
    assert rates == [D(12), D(11), D(11)]


def test_two_amendments_of_one_line_follow_each_other(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    changed(contract, cast, now, quantity=D(150))
    changed(contract, cast, now, date(2026, 9, 1), quantity=D(120))
    chain = standing.chains_of([contract.lines[0].id])[contract.lines[0].id]
    assert [row.quantity for row in chain] == [100, 150, 120]
    assert [row.replaces_id for row in chain] == [None, chain[0].id, chain[1].id]
    assert [each.granted for each in entitlements(contract)] == [120]


def test_two_amendments_from_one_day_the_later_one_counts(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    changed(contract, cast, now, quantity=D(150))
    changed(contract, cast, now, quantity=D(160))
    assert [row.quantity for row in standing.lines_of(contract, JUNE)] == [160]


def test_one_amendment_is_written_at_a_time(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    first = drafted(contract, cast, now)
    with pytest.raises(NotAllowedNow, match="A1 is still being written"):
        drafted(contract, cast, now)
    amended.void(first, "不需要了", viewer(cast.sales), now)
    assert drafted(contract, cast, now).number == "CT-2026-000001-A2"


def test_an_amendment_does_not_begin_before_what_was_agreed_last(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    changed(contract, cast, now, quantity=D(150))
    with pytest.raises(InvalidMany) as refused:
        drafted(contract, cast, now, date(2026, 5, 1))
    assert set(refused.value.errors) == {"from_on"}


def test_a_proposal_counts_for_nothing_before_it_is_signed(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    row = contract.lines[0]
    amending.change_line(amendment, row.id, {"quantity": D(1)}, viewer(cast.sales), now)
    assert [each.quantity for each in standing.tails(contract)] == [D(100)]
    assert [each.granted for each in entitlements(contract)] == [100]


def test_less_than_was_used_cannot_be_taken_away(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    used = (entitlements(contract)[0], D(80), Source("usage", 1), "u1")
    ledger.consume(*used, viewer(cast.sales), now, date(2026, 3, 2))
    with pytest.raises(Exhausted, match="Only 20"):
        changed(contract, cast, now, quantity=D(70))


def test_an_ended_line_grants_nothing_from_its_day_on(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now, "10", allowance="month", ends_on=date(2026, 7, 31))
    amendment = drafted(contract, cast, now, date(2026, 6, 15))
    amending.end_line(amendment, contract.lines[0].id, viewer(cast.sales), now)
    through(amendment, cast, now)
    rows = entitlements(contract)
    assert rows[3].ends_on == date(2026, 6, 14) and rows[4].remaining == 0
    assert standing.lines_of(contract, date(2026, 6, 15)) == []
    assert len(standing.lines_of(contract, date(2026, 6, 14))) == 1


def test_a_new_line_is_granted_from_its_day_on(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    what = service("LAB", "贴标", unit="EA")
    line = ManualLine(what.id, "EA", "CNY", D("0.3"), "新增服务", D(5000))
    amending.add_manual(amendment, line, viewer(cast.sales), now)
    through(amendment, cast, now)
    added = entitlements(contract)[-1]
    assert (added.item_id, added.starts_on, added.remaining) == (what.id, JUNE, D(5000))


def test_a_longer_contract_grants_its_new_periods(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now, "10", allowance="month", ends_on=date(2026, 6, 20))
    through(terms_changed(contract, cast, now, ends_on=date(2026, 8, 31)), cast, now)
    ends = [(each.ends_on.month, each.ends_on.day) for each in entitlements(contract)]
    assert ends == [(3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31)]
    assert contract.ends_on == date(2026, 8, 31)
    assert all(each.granted == 10 for each in entitlements(contract))


def test_a_quantity_for_the_whole_contract_lasts_longer_with_it(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now, ends_on=date(2026, 6, 30))
    through(terms_changed(contract, cast, now, ends_on=date(2026, 12, 31)), cast, now)
    (only,) = entitlements(contract)
    assert (only.ends_on, only.granted) == (date(2026, 12, 31), D(100))


def test_a_shorter_contract_cuts_its_entitlements_and_a_longer_one_grants_them_again(
    cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now, "10", allowance="month", ends_on=date(2026, 9, 30))
    through(terms_changed(contract, cast, now, ends_on=date(2026, 6, 30)), cast, now)
    assert [each.remaining for each in entitlements(contract)] == [10, 10, 10, 10, 0, 0, 0]
    through(terms_changed(contract, cast, now, ends_on=date(2026, 8, 31)), cast, now)
    rows = entitlements(contract)
    assert [each.remaining for each in rows] == [10, 10, 10, 10, 10, 10, 0]
    assert rows[5].ends_on == date(2026, 8, 31) and rows[5].closed_at is None


def test_promises_change_and_the_old_ones_stay_readable(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = terms_changed(contract, cast, now, response_hours=D(4), payment_days=45)
    said = {str(row.label): (str(row.old), str(row.new)) for row in amending.changes(amendment)}
    assert said == {
        "Payment": ("30 days after the statement", "45 days after the statement"),
        "Response time": ("—", "within 4 hours"),
    }
    through(amendment, cast, now)
    assert standing.terms_of(contract, date(2026, 5, 31)).payment_days == 30
    assert standing.terms_of(contract, JUNE).payment_days == 45
    assert len(amending.changes(amendment)) == 2


def test_the_difference_names_each_changed_part_of_a_line(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    values = {"quantity": D(80), "rate": D(13), "reason": "涨价", "overage": "stop"}
    amending.change_line(amendment, contract.lines[0].id, values, viewer(cast.sales), now)
    said = {str(row.label): row.change.value for row in amending.changes(amendment)}
    assert said == {"Quantity": "down", "Price": "up", "Beyond the quantity": "changed"}
    assert [str(each) for each in amended.reasons(amendment, now)] == [
        "“操作费”: the price was set by hand: 涨价"
    ]


def test_a_proposal_that_proposes_nothing_is_none(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    line = contract.lines[0]
    for quantity in (D(150), D(100)):
        amending.change_line(amendment, line.id, {"quantity": quantity}, viewer(cast.sales), now)
    assert standing.proposed_lines(amendment) == []
    with pytest.raises(Invalid, match="changes nothing"):
        amended.submit(amendment, viewer(cast.sales), now)


def test_a_proposal_is_taken_back(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    amending.end_line(amendment, contract.lines[0].id, viewer(cast.sales), now)
    row = standing.proposed_lines(amendment)[0]
    amending.take_back(amendment, row.id, viewer(cast.sales), now)
    assert amending.changes(amendment) == ()


@pytest.mark.parametrize("quantity", ["100", None])
def test_a_limit_is_neither_lifted_nor_set_later(
    cast: Cast, now: datetime, quantity: str | None
) -> None:
    contract = in_force(cast, now, quantity)
    amendment = drafted(contract, cast, now)
    other = None if quantity else D(5)
    with pytest.raises(InvalidMany) as refused:
        amending.change_line(
            amendment, contract.lines[0].id, {"quantity": other}, viewer(cast.sales), now
        )
    assert set(refused.value.errors) == {"quantity"}


def test_only_a_contract_in_force_is_amended(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    boss = viewer(cast.sales_manager)
    ending.suspend(contract, "欠款", boss, now)
    amendment = drafted(contract, cast, now)
    line = contract.lines[0]
    amending.change_line(amendment, line.id, {"quantity": D(90)}, boss, now)
    amended.submit(amendment, viewer(cast.sales), now)
    amended.approve(amendment, boss, now)
    ending.terminate(contract, date(2026, 3, 2), "违约", boss, now)
    with pytest.raises(NotAllowedNow, match="no longer in force"):
        amended.sign(amendment, SIGNED, boss, now)
    with pytest.raises(NotAllowedNow, match="Only a contract in force"):
        drafted(contract, cast, now)


def test_the_author_never_approves_the_own_amendment(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    amending.change_line(amendment, contract.lines[0].id, {"quantity": D(9)}, viewer(cast.sales), now)  # fmt: skip
    amended.submit(amendment, viewer(cast.sales), now)
    with pytest.raises(Forbidden):
        amended.approve(amendment, viewer(cast.sales), now)
    amended.return_to_author(amendment, "再谈", viewer(cast.sales_manager), now)
    assert amendment.state == "draft"


def test_an_amendment_is_signed_once(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = changed(contract, cast, now, quantity=D(150))
    with pytest.raises(NotAllowedNow):
        amended.sign(amendment, SIGNED, viewer(cast.sales_manager), now)
    assert entitlements(contract)[0].granted == 150


def test_a_wrong_signature_of_an_amendment_is_told(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    amending.end_line(amendment, contract.lines[0].id, viewer(cast.sales), now)
    amended.submit(amendment, viewer(cast.sales), now)
    amended.approve(amendment, viewer(cast.sales_manager), now)
    with pytest.raises(InvalidMany):
        amended.sign(amendment, Signing(date(2027, 1, 1), "", ""), viewer(cast.sales_manager), now)


def test_the_later_of_two_editors_of_an_amendment_is_told(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    amendment = drafted(contract, cast, now)
    line, seen = contract.lines[0], amendment.version
    values = {"quantity": D(150)}
    amending.change_line(amendment, line.id, values, viewer(cast.sales), now, seen)
    with pytest.raises(StaleEdit, match="Chen Li changed CT-2026-000001-A1"):
        amending.change_line(amendment, line.id, values, viewer(cast.sales_manager), now, seen)
