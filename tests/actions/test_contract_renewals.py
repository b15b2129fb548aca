"""A successor with the last agreed lines, and reminders that are sent once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.contracts.actions import amending, approving, clauses, renewing, signing
from portal.contracts.actions.clauses import ClauseFacts
from portal.contracts.actions.signing import Signing
from portal.contracts.models import Contract
from portal.contracts.queries import standing
from portal.contracts.queries.renewals import due
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.db.together import answer
from portal.kernel.errors import InvalidMany, NotAllowedNow, StaleEdit
from tests.cast import Cast, viewer
from tests.contracts import by_hand, contact, in_force, to_sign


def mails(template: str) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template)))


def soon(cast: Cast, now: datetime, days: int) -> Contract:
    """A year's contract that has `days` left."""
    ends_on = now.date() + timedelta(days=days)
    return in_force(cast, now, starts_on=ends_on - timedelta(days=364), ends_on=ends_on)


def test_a_successor_takes_over_lines_prices_and_promises(cast: Cast, now: datetime) -> None:
    contract = soon(cast, now, 40)
    successor = renewing.renew(contract, viewer(cast.sales), now)
    old, new = contract.lines[0], successor.lines[0]
    assert successor.predecessor_id == contract.id
    assert successor.starts_on == contract.ends_on + timedelta(days=1)
    assert (new.price_terms, new.quantity, new.item_id) == (
        old.price_terms,
        old.quantity,
        old.item_id,
    )
    assert (new.from_on, new.until_on) == (successor.starts_on, successor.ends_on)
    assert new.root_id == new.id
    assert successor.terms[0].payment_days == contract.terms[0].payment_days
    assert successor.terms[0].ends_on == successor.ends_on


def test_a_contract_has_one_successor(cast: Cast, now: datetime) -> None:
    contract = soon(cast, now, 40)
    first = renewing.renew(contract, viewer(cast.sales), now)
    with pytest.raises(NotAllowedNow, match=first.number):
        renewing.renew(contract, viewer(cast.sales), now)


def test_a_voided_successor_makes_room_for_another(cast: Cast, now: datetime) -> None:
    contract = soon(cast, now, 40)
    first = renewing.renew(contract, viewer(cast.sales), now)
    approving.void(first, "写错了", viewer(cast.sales), now)
    second = renewing.renew(contract, viewer(cast.sales), now)
    assert second.id != first.id


def test_a_draft_cannot_be_renewed(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        renewing.renew(by_hand(cast, now), viewer(cast.sales), now)


def test_owner_and_customer_are_told_once_for_each_stage(cast: Cast, now: datetime) -> None:
    contact(cast.harbour)
    soon(cast, now, 80)
    assert renewing.remind(SYSTEM, now) == 1
    assert renewing.remind(SYSTEM, now) == 0
    assert (len(mails("contract_ending")), len(mails("contract_ending_soon"))) == (1, 0)
    later = now + timedelta(days=25)
    assert [renewing.remind(SYSTEM, later), renewing.remind(SYSTEM, later)] == [1, 0]
    assert (len(mails("contract_ending")), len(mails("contract_ending_soon"))) == (2, 1)


def test_a_renewed_contract_reminds_nobody(cast: Cast, now: datetime) -> None:
    renewing.renew(soon(cast, now, 40), viewer(cast.sales), now)
    assert renewing.remind(SYSTEM, now) == 0


def test_a_contract_that_renews_by_itself_gets_its_successors_draft(
    cast: Cast, now: datetime
) -> None:
    contract = soon(cast, now, 50)
    contract.terms[0].renews_automatically = True
    renewing.remind(SYSTEM, now)
    made = db.session.scalar(select(Contract).where(Contract.predecessor_id == contract.id))
    assert made is not None
    assert made.state == "draft"


def test_the_renewal_list_holds_what_is_due_and_not_renewed(cast: Cast, now: datetime) -> None:
    near, far = soon(cast, now, 40), soon(cast, now, 200)
    listed = [each.id for each in answer(due(viewer(cast.sales), now.date(), cast.sales.id))]
    assert listed == [near.id] and far.id not in listed
    assert answer(due(viewer(cast.sales_manager), now.date(), cast.sales_manager.id)) == []


def test_the_notice_that_was_agreed_last_says_when_a_renewal_is_due(
    cast: Cast, now: datetime
) -> None:
    contract = soon(cast, now, 100)
    contract.terms[0].notice_days = 120
    db.session.flush()
    asked = due(viewer(cast.sales), now.date(), cast.sales.id)
    assert [each.number for each in answer(asked)] == [contract.number]
    amendment = amending.draft(contract, now.date(), "通知期改短", viewer(cast.sales), now)
    standing.proposed_terms(amendment).notice_days = 30
    db.session.flush()
    assert len(answer(asked)) == 1
    amendment.state, amendment.signed_on = "in_force", now.date()
    db.session.flush()
    assert answer(asked) == []


def test_a_new_contract_starts_with_the_firms_clauses_and_keeps_its_copy(
    cast: Cast, now: datetime
) -> None:
    desk = viewer(cast.sales_manager)
    row = clauses.add(ClauseFacts("保密", "双方保密。"), desk, now)
    contract = by_hand(cast, now)
    clauses.change(row, ClauseFacts("保密", "另有约定。"), row.version, desk, now)
    assert [each["body_zh"] for each in contract.terms[0].clauses] == ["双方保密。"]
    assert [each.event for each in audit.timeline(row, public_only=False)] == ["clause.changed"] * 2


def test_a_clause_needs_its_chinese_and_its_english_whole(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as refusal:
        clauses.add(ClauseFacts("", "文", title_en="Only a title"), viewer(cast.sales_manager), now)
    assert set(refusal.value.errors) == {"title_zh", "body_en"}


def test_the_later_of_two_editors_of_a_clause_is_told(cast: Cast, now: datetime) -> None:
    desk = viewer(cast.sales_manager)
    row = clauses.add(ClauseFacts("保密", "双方保密。"), desk, now)
    seen = row.version
    clauses.change(row, ClauseFacts("保密", "甲。"), seen, desk, now)
    db.session.flush()
    with pytest.raises(StaleEdit):
        clauses.change(row, ClauseFacts("保密", "乙。"), seen, desk, now)
    assert row.body_zh == "甲。"


def test_a_signature_long_before_the_contract_begins_is_a_slip(cast: Cast, now: datetime) -> None:
    contract = to_sign(by_hand(cast, now), cast, now)
    slip = Signing(date(1900, 1, 1), "林晓雯", "吴梅")
    with pytest.raises(InvalidMany) as refusal:
        signing.sign(contract, slip, viewer(cast.sales_manager), now)
    assert set(refusal.value.errors) == {"signed_on"}
