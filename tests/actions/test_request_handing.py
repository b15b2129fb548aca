"""Who works on a request, and which requests belong together (S4): given, handed over, shared, merged, linked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.db.audit import timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound, StaleEdit
from portal.service_requests.actions import handing, joining, talking
from portal.service_requests.models import RequestClock, RequestTask, ServiceRequest
from portal.service_requests.queries import beside, requests
from portal.service_requests.rules.states import LOCKED, RequestState
from tests.cast import Cast, staff, viewer
from tests.factories import add
from tests.service import a_request, a_service_manager, an_agent, fresh, moved_to


def letters_to(user: User) -> list[str]:
    """The steps that a member of staff was told of."""
    wanted = select(OutboxMessage).where(OutboxMessage.recipient == user.email)
    rows = db.session.scalars(wanted.order_by(OutboxMessage.id))
    return [row.facts["step"] for row in rows if row.template == "request_staff"]


def a_task(row: ServiceRequest, user: User, now: datetime) -> RequestTask:
    return add(
        RequestTask(customer_id=row.customer_id, request_id=row.id, kind="task", title="致电船公司",
                    assignee_id=user.id, due_at=now + timedelta(days=1))
    )  # fmt: skip


def test_everybody_takes_what_nobody_has(cast: Cast, now: datetime) -> None:
    row, other = a_request(cast, now), an_agent()
    handing.assign(row, cast.customer_service.id, viewer(cast.customer_service), now)
    assert fresh(row).owner_id == cast.customer_service.id
    with pytest.raises(NotAllowedNow, match="Zhao Min"):
        handing.assign(row, other.id, viewer(other), now)


def test_only_a_lead_gives_it_to_somebody_else(cast: Cast, now: datetime) -> None:
    row, other, lead = a_request(cast, now), an_agent(), a_service_manager()
    with pytest.raises(Forbidden):
        handing.assign(row, other.id, viewer(cast.customer_service), now)
    handing.assign(row, other.id, viewer(lead), now)
    assert letters_to(other) == ["assigned"]
    handing.assign(row, None, viewer(lead), now)
    assert fresh(row).owner_id is None


def test_somebody_who_does_not_answer_requests_gets_none(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    for user in (cast.sales, cast.lin, cast.auditor):
        with pytest.raises(Invalid) as error:
            handing.assign(row, user.id, SYSTEM, now)
        assert error.value.field == "owner_id"


def test_an_older_page_does_not_take_it_from_somebody(cast: Cast, now: datetime) -> None:
    row, other = a_request(cast, now), an_agent()
    seen = row.version
    handing.assign(row, other.id, SYSTEM, now)
    db.session.flush()
    with pytest.raises(StaleEdit):
        handing.assign(row, cast.customer_service.id, SYSTEM, now, seen)


def test_a_hand_over_takes_the_open_tasks_along_and_keeps_the_history(
    cast: Cast, now: datetime
) -> None:
    row, other = a_request(cast, now, owner_id=cast.customer_service.id), an_agent()
    mine, others = a_task(row, cast.customer_service, now), a_task(row, cast.keeper, now)
    handing.hand_over(row, other.id, "休假", viewer(cast.customer_service), now)
    assert fresh(row).owner_id == other.id
    assert (mine.assignee_id, others.assignee_id) == (other.id, cast.keeper.id)
    entry = timeline(row, public_only=False)[0]
    assert (entry.before, entry.after) == ({"owner": "Zhao Min"}, {"owner": "Tang Yi", "tasks": 1})
    assert (entry.reason, letters_to(other)) == ("休假", ["handed_over"])


def test_who_does_not_have_it_does_not_hand_it_over(cast: Cast, now: datetime) -> None:
    row, other = a_request(cast, now, owner_id=cast.customer_service.id), an_agent()
    with pytest.raises(Forbidden):
        handing.hand_over(row, other.id, "抢单", viewer(other), now)
    with pytest.raises(Invalid):
        handing.hand_over(row, other.id, " ", viewer(cast.customer_service), now)


def test_staff_of_other_customers_see_what_is_shared_with_them(cast: Cast, now: datetime) -> None:
    stranger = staff("Fang Bo", Role.SALES)
    row = a_request(cast, now)
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    talking.note(row, "内部说明", (), SYSTEM, now)
    him = viewer(stranger)
    set_viewer(him)
    with pytest.raises(NotFound):
        requests.one(row.id, him)
    set_viewer(SYSTEM)
    handing.share_with(row, [stranger.id, stranger.id], viewer(cast.customer_service), now)
    assert letters_to(stranger) == ["shared"]
    set_viewer(him)
    found = requests.one(row.id, him)
    assert (found.id, found.customer.id) == (row.id, cast.harbour.id)
    assert list(db.session.scalars(requests.requests(him))) == [row]
    assert [each.text for each in requests.messages(row, him)] == ["货物已到港"]
    assert [each.text for each in requests.notes(row, him)] == ["内部说明"]
    talking.note(row, "已联系仓库", (), him, now)


def test_what_is_shared_no_more_is_gone(cast: Cast, now: datetime) -> None:
    stranger = staff("Fang Bo", Role.SALES)
    row = a_request(cast, now)
    handing.share_with(row, [stranger.id], SYSTEM, now)
    handing.unshare(row, stranger.id, SYSTEM, now)
    db.session.flush()
    assert not requests.is_seen(row, viewer(stranger))
    with pytest.raises(NotFound):
        handing.unshare(row, stranger.id, SYSTEM, now)


def test_sales_see_the_requests_of_their_own_customers_only(cast: Cast, now: datetime) -> None:
    mine, theirs = a_request(cast, now), a_request(cast, now, customer=cast.nordwind)
    assigned = select(Assignment).where(Assignment.customer_id == cast.nordwind.id)
    db.session.delete(db.session.scalars(assigned).one())
    db.session.flush()
    chen = viewer(cast.sales)
    set_viewer(chen)
    assert [row.id for row in db.session.scalars(requests.requests(chen))] == [mine.id]
    assert beside.about("customer", theirs.customer_id, chen) == []


def test_requests_are_shared_with_colleagues_only(cast: Cast, now: datetime) -> None:
    for user in (cast.lin, cast.catalogue_manager):
        with pytest.raises(Invalid) as error:
            handing.share_with(a_request(cast, now), [user.id], SYSTEM, now)
        assert error.value.field == "user_ids"


def test_an_escalation_reaches_every_lead_and_ends(cast: Cast, now: datetime) -> None:
    row, lead = a_request(cast, now), a_service_manager()
    for _ in range(3):
        handing.escalate(row, "客户要求见经理", viewer(cast.sales), now)
    assert (fresh(row).escalation, letters_to(lead)) == (3, ["escalated"] * 3)
    with pytest.raises(NotAllowedNow):
        handing.escalate(row, "客户要求见经理", viewer(cast.sales), now)


def test_merging_keeps_every_message_note_task_and_person(cast: Cast, now: datetime) -> None:
    row, into = a_request(cast, now, owner_id=cast.customer_service.id), a_request(cast, now)
    talking.write(row, "一", (), viewer(cast.lin), now)
    talking.write(into, "二", (), viewer(cast.lin), now + timedelta(minutes=1))
    talking.note(row, "内部", (), SYSTEM, now)
    task = a_task(row, cast.keeper, now)
    joining.merge(row, into, "同一件事", SYSTEM, now)
    assert (fresh(row).state, row.merged_into_id, row.is_open) == ("merged", into.id, False)
    assert [each.text for each in requests.messages(into, viewer(cast.lin))] == ["一", "二"]
    assert [each.text for each in requests.notes(into, SYSTEM)] == ["内部"]
    assert task.request_id == into.id
    assert [each.user_id for each in requests.shares(into)] == [cast.customer_service.id]


def test_merging_stops_the_clocks_and_tells_the_customer(cast: Cast, now: datetime) -> None:
    row, into = a_request(cast, now), a_request(cast, now)
    joining.merge(row, into, "同一件事", SYSTEM, now)
    db.session.flush()
    wanted = select(RequestClock.state).where(RequestClock.request_id == row.id)
    assert set(db.session.scalars(wanted)) == {"cancelled"}
    last = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert last is not None and last.facts["text"] == into.number
    assert [(each.kind, each.other.id) for each in requests.links(into, SYSTEM)] == [("merged", row.id)]  # fmt: skip


def test_messages_of_a_chain_of_merges_are_all_read_at_its_end(cast: Cast, now: datetime) -> None:
    rows = [a_request(cast, now) for _ in range(3)]
    for row in rows:
        talking.write(row, row.number, (), viewer(cast.lin), now)
    joining.merge(rows[0], rows[1], "同一件事", SYSTEM, now)
    joining.merge(rows[1], rows[2], "同一件事", SYSTEM, now)
    said = [each.text for each in requests.messages(rows[2], viewer(cast.lin))]
    assert said == [row.number for row in rows]


def test_what_must_not_be_merged_is_not(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    theirs = a_request(cast, now, customer=cast.nordwind)
    inside = a_request(cast, now, kind="internal", channel="internal")
    claim = a_request(cast, now, kind="claim")
    for one, into in ((row, row), (row, theirs), (row, inside), (claim, row)):
        with pytest.raises(Invalid) as error:
            joining.merge(one, into, "同一件事", SYSTEM, now)
        assert error.value.field == "into"
    with pytest.raises(NotAllowedNow):
        joining.merge(row, moved_to(cast, now, RequestState.CLOSED), "同一件事", SYSTEM, now)


def test_two_are_linked_once_from_either_side(cast: Cast, now: datetime) -> None:
    row, other = a_request(cast, now), a_request(cast, now)
    made = joining.link(row, other, "related", SYSTEM, now)
    db.session.flush()
    assert joining.link(other, row, "related", SYSTEM, now) is made
    assert [each.other.id for each in requests.links(other, SYSTEM)] == [row.id]
    joining.unlink(other, row, SYSTEM, now)
    assert requests.links(row, SYSTEM) == []


def test_a_customer_is_not_shown_a_link_to_another_customers(cast: Cast, now: datetime) -> None:
    row, theirs = a_request(cast, now), a_request(cast, now, customer=cast.nordwind)
    joining.link(row, theirs, "related", viewer(cast.customer_service), now)
    assert [each.other.id for each in requests.links(row, SYSTEM)] == [theirs.id]
    for user, mine in ((cast.lin, row), (cast.erik, theirs)):
        set_viewer(viewer(user))
        assert requests.links(mine, viewer(user)) == []


@pytest.mark.parametrize("state", sorted(LOCKED))
def test_nobody_hands_on_what_is_locked(state: RequestState, cast: Cast, now: datetime) -> None:
    row, open_one = moved_to(cast, now, state), a_request(cast, now)
    before = fresh(row).version
    for verb in (
        lambda: handing.assign(row, cast.customer_service.id, SYSTEM, now),
        lambda: handing.share_with(row, [cast.sales.id], SYSTEM, now),
        lambda: handing.escalate(row, "经理", SYSTEM, now),
        lambda: joining.link(row, open_one, "related", SYSTEM, now),
        lambda: joining.merge(row, open_one, "同一件事", SYSTEM, now),
    ):
        with pytest.raises(NotAllowedNow):
            verb()
    assert fresh(row).version == before


def test_what_was_asked_before_and_about_the_same_stands_beside(cast: Cast, now: datetime) -> None:
    first, second = a_request(cast, now), a_request(cast, now + timedelta(hours=1))
    a_request(cast, now, customer=cast.nordwind)
    assert [row.id for row in beside.earlier(first, SYSTEM)] == [second.id]
    assert [row.id for row in beside.about("customer", cast.harbour.id, SYSTEM)] == [second.id, first.id]  # fmt: skip
    assert beside.count_about("customer", cast.harbour.id, SYSTEM) == (2, 2)
    assert beside.open_of_customer(cast.harbour.id, viewer(cast.erik)) == 0
