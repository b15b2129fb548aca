"""The steps of a contract: approval, signature, suspension, the end; who may, what is refused, what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.contracts.actions import approving, drafting, ending, ledger, lines, signing
from portal.contracts.actions.ledger import Source
from portal.contracts.actions.lines import LineEdit
from portal.contracts.models import Contract, Entitlement, LedgerEntry
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.models import Attachment
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.web.uploads import Upload
from tests.cast import Cast, staff, viewer
from tests.contracts import SIGNED, accepted, by_hand, contact, in_force, to_sign
from tests.factories import add, scheme
from tests.offers import quick_press  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
SCAN = Upload(b"%PDF-1.7 signed", "合同签字页.pdf", "pdf")


def entitlements(contract: Contract) -> list[Entitlement]:
    statement = db.select(Entitlement).where(Entitlement.contract_id == contract.id)
    return list(db.session.scalars(statement.order_by(Entitlement.id)))


def mail() -> list[tuple[str, str]]:
    rows = db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id))
    return [
        (row.recipient, row.facts["step"]) for row in rows if row.template.startswith("contract")
    ]


def told(contract: Contract) -> list[str]:
    return [entry.event for entry in reversed(audit.timeline(contract, public_only=False))]


def test_what_the_customer_accepted_goes_to_the_signature_without_approval(
    cast: Cast, now: datetime
) -> None:
    contract = drafting.draft_from(accepted(cast, now), viewer(cast.sales), now)
    assert approving.reasons(contract, now) == ()
    with pytest.raises(Invalid, match="no approval is needed"):
        approving.submit(contract, "?", viewer(cast.sales), now)
    approving.send(contract, viewer(cast.sales), now)
    assert contract.state == "pending_signature" and mail() == [("lin@harbour.example", "to_sign")]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"discount": D(5)}, "not the accepted price"),
        ({"rate": D(1), "reason": "x"}, "not the accepted price"),
        ({"quantity": D(9)}, "9 instead of the accepted"),
        ({"quantity": None}, "without a limit"),
    ],
)
def test_anything_else_than_what_was_accepted_needs_approval(
    cast: Cast, now: datetime, values: dict[str, object], why: str
) -> None:
    desk = viewer(cast.sales)
    contract = drafting.draft_from(accepted(cast, now), desk, now)
    lines.edit(contract, [LineEdit(contract.lines[0].id, values)], desk, now)
    assert any(why in str(reason) for reason in approving.reasons(contract, now))
    with pytest.raises(Invalid, match="send it for approval first"):
        approving.send(contract, desk, now)


def test_a_line_left_out_or_added_is_seen_by_whoever_approves(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales)
    contract = drafting.draft_from(accepted(cast, now), desk, now)
    lines.edit(contract, [LineEdit(contract.lines[0].id, remove=True)], desk, now)
    assert "of the quotation is left out" in str(approving.reasons(contract, now)[0])


def test_a_contract_by_hand_always_needs_approval_and_says_which_prices_were_set(
    cast: Cast, now: datetime
) -> None:
    contract = by_hand(cast, now)
    said = [str(reason) for reason in approving.reasons(contract, now)]
    assert len(said) == 2 and "written by hand" in said[0] and "年度谈判价" in said[1]


def test_a_price_below_its_schemes_floor_is_named_without_its_cost(
    cast: Cast, now: datetime
) -> None:
    version = accepted(cast, now)
    contract = drafting.draft_from(version, viewer(cast.sales), now)
    dear = scheme("DEAR", floor="60")
    contract.lines[0].scheme_id = dear.id
    said = [str(reason) for reason in approving.reasons(contract, now)]
    assert said == ["“海运费 20GP”: below the margin floor of DEAR."]


def test_a_reason_is_needed_to_submit(cast: Cast, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        approving.submit(by_hand(cast, now), "  ", viewer(cast.sales), now)
    assert refused.value.field == "reason"


def test_the_author_never_approves_the_own_contract(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    approving.submit(contract, "年度", viewer(cast.sales), now)
    with pytest.raises(Forbidden):
        approving.approve(contract, viewer(cast.sales), now)
    approving.approve(contract, viewer(cast.sales_manager), now)
    assert (contract.state, contract.approved_by) == ("pending_signature", cast.sales_manager.id)


def test_approvers_hear_of_it_and_the_author_of_their_answer(cast: Cast, now: datetime) -> None:
    far = staff("Far Away", Role.SALES)
    add(Assignment(user_id=far.id, customer_id=cast.harbour.id, part="team"))
    contract = by_hand(cast, now)
    approving.submit(contract, "年度", viewer(cast.sales), now)
    approving.return_to_author(contract, "单价太低", viewer(cast.sales_manager), now)
    manager, author = "wu.mei@farhaven.example", "chen.li@farhaven.example"
    assert mail() == [(manager, "to_approve"), (author, "returned")]
    assert contract.state == "draft" and contract.approved_by is None


def test_an_empty_or_past_contract_is_not_sent(cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    with pytest.raises(Invalid, match="The last day has passed"):
        approving.submit(contract, "x", viewer(cast.sales), now + timedelta(days=500))
    lines.edit(contract, [LineEdit(contract.lines[0].id, remove=True)], viewer(cast.sales), now)
    with pytest.raises(Invalid, match="no line"):
        approving.submit(contract, "x", viewer(cast.sales), now)


def test_a_voided_contract_lets_its_quotation_make_another(cast: Cast, now: datetime) -> None:
    version = accepted(cast, now)
    first = drafting.draft_from(version, viewer(cast.sales), now)
    approving.void(first, "客户改主意", viewer(cast.sales), now)
    second = drafting.draft_from(version, viewer(cast.sales), now)
    assert (first.state, second.number) == ("void", "CT-2026-000002")


def test_the_signature_puts_it_in_force_and_grants_its_lines(cast: Cast, now: datetime) -> None:
    contact(cast.harbour)
    contract = in_force(cast, now, "120", allowance="month", ends_on=date(2026, 5, 31))
    spans = [(e.starts_on.isoformat(), e.remaining) for e in entitlements(contract)]
    assert spans == [("2026-03-02", D(120)), ("2026-04-01", D(120)), ("2026-05-01", D(120))]
    assert contract.state == "active" and contract.signed_for_customer == "林晓雯"
    assert told(contract)[-3:] == ["contract.sent", "contract.signed", "contract.activated"]
    assert ("zhou@harbour.example", "in_force") in mail()


def test_every_charge_that_can_be_drawn_is_granted_once(cast: Cast, now: datetime) -> None:
    contract = drafting.draft_from(accepted(cast, now), viewer(cast.sales), now)
    approving.send(contract, viewer(cast.sales), now)
    signing.sign(contract, SIGNED, viewer(cast.sales_manager), now)
    granted = {row.line_id: row.granted for row in entitlements(contract)}
    assert granted == {row.id: row.quantity for row in contract.lines}


def test_signing_twice_is_refused_and_grants_nothing_more(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now)
    with pytest.raises(NotAllowedNow):
        signing.sign(contract, SIGNED, viewer(cast.sales_manager), now)
    assert len(entitlements(contract)) == 1


def test_a_draft_cannot_be_signed(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        signing.sign(by_hand(cast, now), SIGNED, viewer(cast.sales_manager), now)


def test_a_wrong_signature_is_told_at_its_fields(cast: Cast, now: datetime) -> None:
    contract = to_sign(by_hand(cast, now), cast, now)
    wrong = replace(SIGNED, signed_on=date(2026, 3, 3), for_firm=" ")
    with pytest.raises(InvalidMany) as refused:
        signing.sign(contract, wrong, viewer(cast.sales_manager), now)
    assert set(refused.value.errors) == {"signed_on", "for_firm"}


def test_the_signed_scan_comes_with_the_signature_or_later(cast: Cast, now: datetime) -> None:
    boss = viewer(cast.sales_manager)
    contract = to_sign(by_hand(cast, now), cast, now)
    with pytest.raises(NotAllowedNow):
        signing.attach_scan(contract, SCAN, boss, now)
    signing.sign(contract, SIGNED, boss, now, SCAN)
    first = contract.signed_scan_id
    second = signing.attach_scan(contract, SCAN, boss, now)
    assert first != second.id == contract.signed_scan_id
    assert db.session.get_one(Attachment, first).removed_at is None


def test_a_suspended_contract_is_resumed_with_everybody_told(cast: Cast, now: datetime) -> None:
    contact(cast.harbour)
    contract = in_force(cast, now)
    boss = viewer(cast.sales_manager)
    with pytest.raises(Invalid):
        ending.suspend(contract, " ", boss, now)
    ending.suspend(contract, "款项逾期", boss, now)
    assert contract.state == "suspended"
    with pytest.raises(NotAllowedNow):
        ending.complete(contract, "x", boss, now)
    ending.resume(contract, boss, now)
    assert contract.state == "active"
    assert [step for to, step in mail() if to.startswith("zhou")][-2:] == ["suspended", "resumed"]


def test_termination_cuts_what_runs_and_lapses_what_would_come(cast: Cast, now: datetime) -> None:
    contract = in_force(cast, now, "30", allowance="month", ends_on=date(2026, 5, 31))
    later = now + timedelta(days=40)
    boss = viewer(cast.sales_manager)
    assert ending.terminate(contract, date(2026, 4, 10), "客户停业", boss, later) == []
    march, april, may = entitlements(contract)
    assert (march.ends_on, march.remaining) == (date(2026, 3, 31), D(30))
    assert (april.ends_on, april.remaining) == (date(2026, 4, 10), D(30))
    assert (may.remaining, may.overage) == (D(0), "stop") and may.closed_at == later
    lapse = db.session.scalars(db.select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert lapse is not None and (lapse.kind, lapse.reason) == ("lapse", "客户停业")
    assert (contract.state, contract.ended_on) == ("terminated", date(2026, 4, 10))


def test_open_reservations_are_told_at_the_termination_and_forbid_completion(
    cast: Cast, now: datetime
) -> None:
    contract, boss = in_force(cast, now), viewer(cast.sales_manager)
    held = entitlements(contract)[0]
    ledger.reserve(held, D(7), Source("booking", 1, "BK-1"), "b1", boss, now, date(2026, 3, 2))
    with pytest.raises(NotAllowedNow, match="Bookings still hold"):
        ending.complete(contract, "已履行", boss, now)
    assert ending.terminate(contract, date(2026, 3, 2), "违约", boss, now) == [held]
    assert held.reserved == D(7)


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 1)])
def test_the_last_day_is_within_the_contract_and_not_to_come(
    cast: Cast, now: datetime, day: date
) -> None:
    with pytest.raises(Invalid) as refused:
        ending.terminate(in_force(cast, now), day, "x", viewer(cast.sales_manager), now)
    assert refused.value.field == "ended_on"


def test_a_completed_contract_is_locked(cast: Cast, now: datetime) -> None:
    contract, boss = in_force(cast, now), viewer(cast.sales_manager)
    ending.complete(contract, "全部履行", boss, now)
    assert contract.state == "completed" and contract.ended_on == date(2026, 3, 2)
    for verb in (ending.suspend, ending.complete):
        with pytest.raises(NotAllowedNow):
            verb(contract, "x", boss, now)


def test_another_owner_is_told(cast: Cast, now: datetime) -> None:
    contract, boss = in_force(cast, now), viewer(cast.sales_manager)
    ending.hand_over(contract, cast.customer_service.id, boss, now)
    assert contract.owner_id == cast.customer_service.id
    assert mail()[-1] == ("zhao.min@farhaven.example", "handed_over")
    with pytest.raises(Invalid):
        ending.hand_over(contract, cast.lin.id, boss, now)
