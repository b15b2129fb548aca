"""Many people on one request at the same moment: the later is told, nothing is lost, nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel import clock
from portal.service_requests.actions import course, handing, joining, opening, talking
from portal.service_requests.models import (
    InternalNote,
    RequestLink,
    RequestMessage,
    ServiceRequest,
)
from portal.service_requests.queries import requests
from portal.service_requests.rules.states import RequestState
from portal.web.flask_app import PortalApp
from tests.actions.test_money_at_once import at_once
from tests.cast import Cast, viewer
from tests.service import a_request, an_agent, moved_to, new_request

pytestmark = pytest.mark.both_databases

MANY = 20
Deed = Callable[[], object]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def on(row_id: int, verb: Callable[[ServiceRequest], object]) -> Deed:
    """`verb` on the request of this id, as one transaction that has read it before it writes."""

    def deed() -> object:
        with unit_of_work():
            return verb(db.session.get_one(ServiceRequest, row_id))

    return deed


def agents() -> list[Viewer]:
    return [viewer(an_agent(f"Agent {no}")) for no in range(MANY)]


def test_one_of_twenty_accepts_and_the_others_are_told(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id, people = a_request(cast, now).id, agents()
    deeds = [on(row_id, lambda row, who=who: course.accept(row, who, clock.now())) for who in people]  # fmt: skip
    assert at_once(app, deeds) == {"None": 1, "not_allowed_now": MANY - 1}
    row = db.session.get_one(ServiceRequest, row_id)
    assert row.owner_id in {who.user_id for who in people}


def test_one_of_twenty_takes_what_nobody_has(app: PortalApp, cast: Cast, now: datetime) -> None:
    row_id, people = a_request(cast, now).id, agents()
    deeds = [
        on(row_id, lambda row, who=who: handing.assign(row, who.user_id, who, clock.now()))
        for who in people
    ]
    assert at_once(app, deeds) == {"None": 1, "not_allowed_now": MANY - 1}


def test_of_two_who_answer_at_once_the_later_reads_the_other_first(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    row_id, seen, people = row.id, requests.last_message_id(row), agents()

    def answer(row: ServiceRequest, who: Viewer) -> str:
        return talking.reply(row, who.name, (), who, clock.now(), seen=seen).side

    told = at_once(app, [on(row_id, lambda row, who=who: answer(row, who)) for who in people])
    assert told == {"staff": 1, "newer_message": MANY - 1}
    assert count(RequestMessage) == 1


def test_twenty_messages_and_notes_at_once_are_all_kept(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id, lin = moved_to(cast, now, RequestState.IN_PROGRESS).id, viewer(cast.lin)
    half = MANY // 2
    write = on(row_id, lambda row: talking.write(row, "请回复", (), lin, clock.now()).id)
    note = on(row_id, lambda row: talking.note(row, "内部", (), SYSTEM, clock.now()).request_id)
    assert at_once(app, [write, note] * half) == {str(row_id): MANY}
    assert (count(RequestMessage), count(InternalNote)) == (half, half)


def test_twenty_opened_at_once_are_numbered_without_gaps(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    new, lin = new_request(cast.harbour), viewer(cast.lin)

    def open_() -> str:
        with unit_of_work():
            return opening.open_(new, lin, clock.now()).number

    told = at_once(app, [open_] * MANY)
    assert sorted(told) == [f"SR-2026-{no:06}" for no in range(1, MANY + 1)]


def test_a_note_is_shown_once_by_five(app: PortalApp, cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    note_id = talking.note(row, "货物在二号库", (), SYSTEM, now).id

    def show() -> str:
        with unit_of_work():
            note = db.session.get_one(InternalNote, note_id)
            return talking.show_note(note, True, SYSTEM, clock.now()).side

    assert at_once(app, [show] * 5) == {"staff": 1, "not_allowed_now": 4}


def test_two_that_are_merged_into_each_other_at_once_become_one(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    one, other = a_request(cast, now).id, a_request(cast, now).id

    def merge(row_id: int, into_id: int) -> Deed:
        return on(row_id, lambda row: joining.merge(
            row, db.session.get_one(ServiceRequest, into_id), "同一件事", SYSTEM, clock.now()))  # fmt: skip

    assert at_once(app, [merge(one, other), merge(other, one)]) == {"None": 1, "not_allowed_now": 1}
    states = sorted(db.session.scalars(select(ServiceRequest.state)))
    assert states == ["merged", "new"]


def test_a_closing_and_a_message_at_once_lose_neither(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id, lin = moved_to(cast, now, RequestState.RESOLVED).id, viewer(cast.lin)
    close = on(row_id, lambda row: course.close(row, SYSTEM, clock.now()))
    write = on(row_id, lambda row: talking.write(row, "还有问题", (), lin, clock.now()).text)
    at_once(app, [close, write])
    said = count(RequestMessage), count(RequestLink)
    assert db.session.get_one(ServiceRequest, row_id).state == "closed"
    assert said in ((1, 0), (0, 1))  # on the request before it closed, or on one that follows it
