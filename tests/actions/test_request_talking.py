"""What is said to the customer, by the customer and inside the house, and that the three never mix (S9, S11, T11)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.db.audit import timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.attached import attached_to, attachment
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.service_requests.actions import changing, talking
from portal.service_requests.actions.talking import NeedsConfirmation, NewerMessage
from portal.service_requests.models import (
    InternalNote,
    RequestClock,
    RequestLink,
    RequestMessage,
    ServiceRequest,
)
from portal.service_requests.queries import requests
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.service import File, a_request, an_agent, fresh, moved_to

SECRET = "客户可能在压价，勿外传"


def clock(row: ServiceRequest, kind: str) -> str:
    db.session.flush()
    wanted = select(RequestClock.state).where(RequestClock.request_id == row.id, RequestClock.kind == kind)  # fmt: skip
    return db.session.scalars(wanted).one()


def letters() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_the_first_answer_meets_its_clock_and_goes_out(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    talking.reply(row, "货物已到港", [File()], viewer(cast.customer_service), now)
    assert (clock(row, "first_reply"), fresh(row).first_reply_at) == ("met", now)
    assert not row.customer_waits
    last = letters()[-1]
    assert (last.recipient, last.template) == (cast.lin.email, "request_answered")
    assert last.facts["text"] == "货物已到港"


def test_who_answers_first_has_accepted_it(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    talking.reply(row, "货物已到港", (), viewer(cast.customer_service), now)
    assert (fresh(row).state, row.owner_id) == ("accepted", cast.customer_service.id)
    assert clock(row, "accept") == "met"


def test_a_later_answer_leaves_the_first_answers_time(cast: Cast, now: datetime) -> None:
    row, later = a_request(cast, now), now + timedelta(hours=2)
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    talking.reply(row, "货物已提货", (), SYSTEM, later)
    assert (fresh(row).first_reply_at, row.last_message_at) == (now, later)


def test_who_has_not_read_the_newest_message_is_told(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    seen = requests.last_message_id(row)
    talking.reply(row, "货物已到港", (), viewer(cast.customer_service), now, seen=seen)
    with pytest.raises(NewerMessage) as error:
        talking.reply(row, "货物未到港", (), viewer(an_agent()), now, seen=seen)
    assert error.value.message_id == requests.last_message_id(row)


def test_a_promise_names_a_day_and_tells_the_plan(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    talking.promise(row, date(2026, 3, 6), "周五前派送", SYSTEM, now)
    assert fresh(row).promised_on == date(2026, 3, 6)
    assert (clock(row, "plan"), clock(row, "first_reply")) == ("met", "met")
    with pytest.raises(Invalid) as error:
        talking.promise(row, date(2026, 3, 1), "昨天", SYSTEM, now)
    assert error.value.field == "on"


def test_the_customer_writes_and_waits_for_us(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    talking.reply(row, "货物已到港", (), viewer(cast.customer_service), now)
    assert talking.write(row, "何时送到？", [File()], viewer(cast.lin), now) is row
    assert fresh(row).customer_waits
    said = requests.messages(row, viewer(cast.lin))
    assert [each.side for each in said] == ["staff", "customer"]
    assert [len(each) for each in requests.files_of(said, viewer(cast.lin)).values()] == [0, 1]


def test_the_owner_hears_what_the_customer_wrote(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, owner_id=cast.customer_service.id)
    talking.write(row, "何时送到？", (), viewer(cast.lin), now)
    last = letters()[-1]
    assert (last.recipient, last.facts["step"]) == (cast.customer_service.email, "customer_wrote")


def test_staff_do_not_write_in_the_customers_name(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        talking.write(a_request(cast, now), "何时送到？", (), viewer(cast.customer_service), now)


def test_a_message_after_the_end_opens_a_request_that_follows(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    row = moved_to(cast, now, RequestState.CLOSED, entitlement_id=bought.id)
    before = (fresh(row).version, row.updated_at)
    new = talking.write(row, "又少了一件", [File()], viewer(cast.lin), now)
    assert (new.state, new.text, new.entitlement_id) == ("new", "又少了一件", bought.id)
    link = db.session.scalars(select(RequestLink)).one()
    assert (link.request_id, link.other_id, link.kind) == (new.id, row.id, "follow_up")
    assert (fresh(row).state, row.version, row.updated_at) == ("closed", *before)
    assert len(requests.files(new, viewer(cast.lin))) == 1


def test_what_follows_goes_to_who_had_the_first(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.CLOSED, owner_id=cast.customer_service.id)
    new = talking.write(row, "又少了一件", (), viewer(cast.lin), now)
    assert fresh(new).owner_id == cast.customer_service.id


def test_what_follows_says_why_its_entitlement_is_gone(cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    row = moved_to(cast, now, RequestState.CLOSED, entitlement_id=bought.id)
    new = talking.write(row, "又少了一件", (), viewer(cast.lin), now + timedelta(days=310))
    assert (new.entitlement_id, new.no_match) == (None, "expired")


def test_a_message_on_a_merged_request_goes_on_in_the_other(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.MERGED)
    into = talking.write(row, "还有一件事", (), viewer(cast.lin), now)
    assert into.id == row.merged_into_id
    assert [each.text for each in requests.messages(into, viewer(cast.lin))] == ["还有一件事"]


def test_nothing_is_said_on_what_is_locked(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.CLOSED)
    for verb in (talking.reply, talking.note):
        with pytest.raises(NotAllowedNow):
            verb(row, "再说一句", (), SYSTEM, now)


def test_nothing_is_nothing(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    for verb in (talking.reply, talking.write, talking.note):
        with pytest.raises(Invalid) as error:
            verb(row, " \r\n ", (), SYSTEM, now)
        assert error.value.field == "text"


def test_a_note_stays_in_the_house(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    sent = len(letters())
    note = talking.note(row, SECRET, [File()], viewer(cast.sales), now)
    set_viewer(viewer(cast.lin))
    assert db.session.scalars(select(InternalNote)).all() == []
    assert requests.messages(row, viewer(cast.lin)) == []
    assert attached_to(note, viewer(cast.lin)) == []
    assert SECRET not in str([entry.after for entry in timeline(row, public_only=True)])
    assert len(letters()) == sent
    with pytest.raises(Forbidden):
        requests.notes(row, viewer(cast.lin))


def test_a_notes_file_is_not_handed_to_the_customer(cast: Cast, now: datetime) -> None:
    note = talking.note(a_request(cast, now), SECRET, [File()], viewer(cast.sales), now)
    kept = attached_to(note, viewer(cast.sales))[0]
    with pytest.raises(NotFound):
        attachment(kept.id, viewer(cast.lin))


def test_a_customer_writes_no_notes(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        talking.note(a_request(cast, now), "说明", (), viewer(cast.lin), now)


def test_a_note_is_shown_to_the_customer_only_when_confirmed_and_once(
    cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now)
    note = talking.note(row, "货物在二号库", [File()], viewer(cast.sales), now)
    agent = viewer(cast.customer_service)
    with pytest.raises(NeedsConfirmation) as error:
        talking.show_note(note, False, agent, now)
    assert error.value.field == "confirmed"
    assert requests.messages(row, viewer(cast.lin)) == []
    message = talking.show_note(note, True, agent, now)
    assert (message.text, message.from_note_id, message.author_name) == (note.text, note.id, "Zhao Min")  # fmt: skip
    assert attached_to(message, viewer(cast.lin)) == []
    with pytest.raises(NotAllowedNow):
        talking.show_note(note, True, agent, now)
    assert requests.shared_ids([note]) == {note.id: message.id}
    assert [entry.event for entry in timeline(row, public_only=False)].count("request.note_shared") == 1  # fmt: skip


def test_a_note_of_an_internal_request_is_shown_to_nobody(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    note = talking.note(row, SECRET, (), viewer(cast.sales), now)
    with pytest.raises(NotAllowedNow):
        talking.show_note(note, True, viewer(cast.customer_service), now)
    with pytest.raises(NotAllowedNow):
        talking.reply(row, "答复", (), viewer(cast.customer_service), now)


def test_an_internal_request_does_not_exist_for_the_customer(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    row_id = row.id
    set_viewer(viewer(cast.lin))
    db.session.expire_all()
    assert db.session.scalars(select(ServiceRequest)).all() == []
    with pytest.raises(NotFound):
        requests.one(row_id, viewer(cast.lin))


def test_a_third_party_hears_nothing_before_its_right_is_proven(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, requester_kind="third_party", requester_name="Driver Gao", third_party="carrier",
                    requester_email="gao@trucks.example")  # fmt: skip
    talking.reply(row, "货值十万", (), SYSTEM, now)
    answered = [each.recipient for each in letters() if each.template == "request_answered"]
    assert answered == [cast.lin.email]
    changing.give_authority(row, [File("letter.pdf", "pdf")], SYSTEM, now)
    changing.check_authority(row, "proven", "委托书已核对", SYSTEM, now)
    talking.reply(row, "已安排提货", (), SYSTEM, now)
    assert letters()[-1].recipient == "gao@trucks.example"


def test_messages_and_notes_are_never_edited(cast: Cast, now: datetime) -> None:
    message = talking.reply(a_request(cast, now), "货物已到港", (), SYSTEM, now)
    message.text = "货物未到港"
    with pytest.raises(TypeError):
        db.session.flush()
    db.session.rollback()


def test_files_that_are_not_kept_are_refused_at_their_field(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    for files in ([File("a.svg", "svg")], [File()] * 11):
        with pytest.raises(Invalid) as error:
            talking.reply(row, "见附件", files, SYSTEM, now)
        assert error.value.field == "files"


def test_a_message_of_another_customer_is_not_there(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    set_viewer(viewer(cast.erik))
    with pytest.raises(NotFound):
        talking.write(row, "我是谁", (), viewer(cast.erik), now)
    assert db.session.scalars(select(RequestMessage)).all() == []


def test_who_may_only_see_writes_nothing(cast: Cast, now: datetime) -> None:
    assert not viewer(cast.auditor).may(Permission.REQUEST_NOTE)
    with pytest.raises(Forbidden):
        talking.note(a_request(cast, now), "说明", (), viewer(cast.auditor), now)


def test_who_asked_without_the_power_to_see_requests_hears_by_mail(
    cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now, requester_id=cast.clerk.id)
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    last = letters()[-1]
    assert (last.recipient, last.facts["signs_in"]) == (cast.clerk.email, False)


def test_who_has_left_the_customer_hears_nothing_more(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, requester_id=cast.clerk.id)
    cast.clerk.active = False
    db.session.flush()
    talking.reply(row, "货物已到港", (), SYSTEM, now)
    assert letters()[-1].recipient == cast.lin.email
