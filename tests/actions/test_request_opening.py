"""A request is opened: matched to what the customer bought, nobody else's, and its people are told (S1, S2, T2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db.audit import timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.attached import attached_to
from portal.kernel.errors import Forbidden, InvalidMany, NotFound
from portal.service_requests.actions.opening import NewLine, open_
from portal.service_requests.models import RequestLine
from portal.service_requests.queries import openable
from portal.service_requests.rules.kinds import NoMatch
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.service import File, a_category, a_request, new_request
from tests.statements import a_statement, lines

D = Decimal
TODAY = date(2026, 3, 2)


def refused(cast: Cast, now: datetime, **changes: object) -> dict[str, str]:
    """The fields at which a request of Harbour's Lin is refused."""
    with pytest.raises(InvalidMany) as error:
        open_(new_request(cast.harbour, **changes), viewer(cast.lin), now)
    return {name: str(text) for name, text in error.value.errors.items()}


def letters() -> dict[str, str]:
    """Recipient → template of what is in the outbox."""
    return {row.recipient: row.template for row in db.session.scalars(select(OutboxMessage))}


def test_a_customer_opens_one_about_what_it_bought(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    row = open_(new_request(cast.harbour, entitlement_id=bought.id), viewer(cast.lin), now)
    assert (row.number, row.state, row.is_open) == ("SR-2026-000001", "new", True)
    assert (row.entitlement_id, row.contract_id, row.no_match) == (bought.id, bought.contract_id, None)  # fmt: skip
    assert (row.requester_id, row.requester_name) == (cast.lin.id, "Lin Xiaowen")
    assert row.next_due_at is not None and row.next_due_at > now


def test_numbers_follow_each_other_without_gaps(cast: Cast, now: datetime) -> None:
    rows = [a_request(cast, now), a_request(cast, now, customer=cast.nordwind)]
    assert [row.number for row in rows] == ["SR-2026-000001", "SR-2026-000002"]


def test_who_asked_and_the_customers_owner_are_told(cast: Cast, now: datetime) -> None:
    a_request(cast, now, by=viewer(cast.lin))
    assert letters() == {cast.lin.email: "request_received", cast.sales.email: "request_staff"}


def test_an_entitlement_of_another_customer_is_simply_not_there(cast: Cast, now: datetime) -> None:
    theirs = entitled(cast, now, customer=cast.nordwind)
    wrong = refused(cast, now, entitlement_id=theirs.id)
    assert wrong == refused(cast, now, entitlement_id=987654)
    assert set(wrong) == {"entitlement_id"}


def test_staff_cannot_mix_two_customers_either(cast: Cast, now: datetime) -> None:
    theirs = entitled(cast, now, customer=cast.nordwind)
    with pytest.raises(InvalidMany) as error:
        a_request(cast, now, by=viewer(cast.customer_service), entitlement_id=theirs.id)
    assert set(error.value.errors) == {"entitlement_id"}


@pytest.mark.parametrize(
    ("state", "why"), [(ContractState.SUSPENDED, NoMatch.SUSPENDED), (ContractState.COMPLETED, NoMatch.EXPIRED)]
)  # fmt: skip
def test_what_is_not_in_force_cannot_be_named(
    state: ContractState, why: NoMatch, cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now)
    bought.contract.state = state.value
    db.session.flush()
    assert set(refused(cast, now, entitlement_id=bought.id)) == {"entitlement_id"}
    assert openable.openable(cast.harbour.id, SYSTEM, TODAY) == []
    assert openable.reason_for_none(cast.harbour.id, SYSTEM, TODAY) is why


def test_what_is_used_up_is_in_force_still(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now, quantity=D(5))
    bought.used, bought.remaining = D(5), D(0)
    row = a_request(cast, now, by=viewer(cast.lin), entitlement_id=bought.id)
    assert row.entitlement_id == bought.id


def test_exactly_the_entitlements_in_force_are_offered(cast: Cast, now: datetime) -> None:
    mine = entitled(cast, now)
    entitled(cast, now, customer=cast.nordwind)
    over = entitled(cast, now)
    over.starts_on, over.ends_on = date(2025, 1, 1), date(2025, 12, 31)
    db.session.flush()
    found = openable.openable(cast.harbour.id, viewer(cast.lin), TODAY)
    assert [(each.id, each.left, each.is_own) for each in found] == [(mine.id, D(5), True)]


def test_another_customers_entitlements_are_not_offered(cast: Cast, now: datetime) -> None:
    entitled(cast, now, customer=cast.nordwind)
    set_viewer(viewer(cast.lin))
    assert openable.openable(cast.nordwind.id, viewer(cast.lin), TODAY) == []


def test_without_an_entitlement_a_reason_is_needed(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as error:
        open_(replace(new_request(cast.harbour), no_match=None), viewer(cast.lin), now)
    assert set(error.value.errors) == {"no_match"}
    assert set(refused(cast, now, no_match="because")) == {"no_match"}


def test_a_branch_may_name_what_its_group_bought(cast: Cast, now: datetime) -> None:
    branch = Customer(code="BR", name_zh="分公司", kind="branch", parent_id=cast.harbour.id)
    db.session.add(branch)
    bought = entitled(cast, now)
    db.session.flush()
    row = a_request(cast, now, customer=branch, by=viewer(cast.customer_service), entitlement_id=bought.id)  # fmt: skip
    assert (row.customer_id, row.entitlement_id) == (branch.id, bought.id)
    assert not openable.openable(branch.id, SYSTEM, TODAY)[0].is_own


def test_a_line_of_a_statement_brings_the_statement_along(cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED, now=now)
    line = lines(bill)[0]
    row = a_request(cast, now, by=viewer(cast.lin), statement_line_id=line.id)
    assert (row.statement_line_id, row.statement_id) == (line.id, bill.id)
    assert row.no_match == NoMatch.UNKNOWN
    assert bill.number.lower() in row.search_text


def test_a_customer_knows_nothing_of_a_statement_before_it_is_published(
    cast: Cast, now: datetime
) -> None:
    bill = a_statement(cast.harbour, now=now)
    assert set(refused(cast, now, statement_id=bill.id)) == {"statement_id"}
    assert set(refused(cast, now, statement_line_id=lines(bill)[0].id)) == {"statement_line_id"}


def test_every_wrong_field_is_told_at_once(cast: Cast, now: datetime) -> None:
    wrong = refused(cast, now, title="", text=" ", kind="nonsense", severity=9, entitlement_id=5)
    assert set(wrong) == {"title", "text", "kind", "severity", "entitlement_id"}


def test_a_category_of_other_kinds_is_refused(cast: Cast, now: datetime) -> None:
    category = a_category(kinds=["complaint"])
    assert set(refused(cast, now, category_id=category.id)) == {"category_id"}
    assert a_request(cast, now, kind="complaint", category_id=category.id).category is category


def test_another_firms_customer_does_not_exist(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotFound):
        open_(new_request(cast.nordwind), viewer(cast.lin), now)


def test_who_has_no_power_may_not(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        open_(new_request(cast.harbour), viewer(cast.clerk), now)


def test_a_customer_opens_nothing_internal(cast: Cast, now: datetime) -> None:
    for changes in ({"kind": "internal"}, {"is_internal": True}):
        with pytest.raises(Forbidden):
            open_(new_request(cast.harbour, **changes), viewer(cast.lin), now)


def test_nothing_of_an_internal_request_is_public(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    assert row.is_internal and row.requester_name == "Chen Li"
    assert timeline(row, public_only=True) == []
    assert "request_received" not in letters().values()


def test_a_third_party_speaks_without_proof_until_it_brings_one(cast: Cast, now: datetime) -> None:
    asks = {"requester_kind": "third_party", "requester_name": "Driver Gao", "third_party": "carrier"}  # fmt: skip
    bare = a_request(cast, now, by=viewer(cast.customer_service), **asks)
    proof = open_(new_request(cast.harbour, **asks), SYSTEM, now, authority=[File("letter.pdf", "pdf")])  # fmt: skip
    assert (bare.authority, proof.authority) == ("missing", "given")
    assert [each.kind for each in attached_to(proof, viewer(cast.customer_service))] == ["authority"]  # fmt: skip


def test_a_third_party_is_named(cast: Cast, now: datetime) -> None:
    wrong = refused(cast, now, requester_kind="third_party", requester_name="Driver Gao")
    assert set(wrong) == {"third_party"}


def test_the_requester_is_one_of_the_customers_people(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as error:
        a_request(cast, now, requester_id=cast.erik.id)
    assert set(error.value.errors) == {"requester_id"}


def test_a_return_lists_its_goods(cast: Cast, now: datetime) -> None:
    goods = [NewLine("纸箱", "PCS", D("12.5"), cause="破损")]
    row = a_request(cast, now, kind="return", lines=goods)
    line = db.session.scalars(select(RequestLine)).one()
    assert (line.request_id, line.position, line.asked_quantity) == (row.id, 1, D("12.5"))
    assert set(refused(cast, now, kind="complaint", lines=goods)) == {"lines"}


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "0.0000001"])
def test_goods_are_counted_above_zero_to_six_places(
    quantity: str, cast: Cast, now: datetime
) -> None:
    goods = [NewLine("纸箱", "PCS", D(quantity))]
    assert set(refused(cast, now, kind="return", lines=goods)) == {"lines"}


def test_eleven_files_are_too_many(cast: Cast, now: datetime) -> None:
    with pytest.raises(InvalidMany) as error:
        open_(new_request(cast.harbour), viewer(cast.lin), now, files=[File()] * 11)
    assert set(error.value.errors) == {"files"}


def test_photographs_lie_beside_the_request_shared(cast: Cast, now: datetime) -> None:
    row = open_(new_request(cast.harbour), viewer(cast.lin), now, files=[File(), File("b.pdf", "pdf")])  # fmt: skip
    kept = attached_to(row, viewer(cast.lin))
    assert [(each.kind, each.is_shared) for each in kept] == [("photo", True), ("other", True)]


def test_it_is_found_in_chinese_and_by_pinyin(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, title="冷链温度异常")
    for words in ("冷链", "lenglian", "lengl", "海港", "sr-2026"):
        assert words in row.search_text
