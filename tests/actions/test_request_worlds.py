"""Random courses: what is locked never changes, the house's notes never reach the customer, merging loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.kernel.errors import PortalError
from portal.service_requests.actions import changing, course, handing, joining, talking
from portal.service_requests.actions.changing import RequestEdit
from portal.service_requests.models import InternalNote, RequestMessage, ServiceRequest
from portal.service_requests.queries import requests
from portal.service_requests.rules.states import LOCKED, OPEN, REQUEST_STEPS, RequestState
from tests.cast import Cast, viewer
from tests.service import a_request, fresh

pytestmark = pytest.mark.both_databases

ROWS = 3
MERGING, REOPENING = "merge", "reopen"
VERBS = (
    "accept", "start", "ask", "ask_third", "resume", "resolve", "close", REOPENING, "withdraw", "reject",
    MERGING, "reply", "write", "note", "show", "severity", "assign", "escalate", "promise",
)  # fmt: skip
WORLD = st.lists(
    st.tuples(
        st.sampled_from(VERBS), st.integers(0, ROWS - 1), st.integers(0, ROWS - 1), st.booleans()
    ),
    max_size=14,
)


class World:
    """Three requests of one customer, what was said on them, and the verbs."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now, self.serial = cast, now, 0
        self.rows = [a_request(cast, now) for _ in range(ROWS)]
        self.secrets: list[InternalNote] = []
        self.lin, self.agent = viewer(cast.lin), viewer(cast.customer_service)

    def word(self, of: str) -> str:
        self.serial += 1
        return f"{of} {self.serial}"

    def do(self, verb: str, row: ServiceRequest, other: ServiceRequest, flag: bool) -> None:
        """Do it; whoever may not, or not now, is told."""
        self.now += timedelta(minutes=1)
        by = self.lin if flag else self.agent
        verbs: dict[str, Callable[[], Any]] = {
            "accept": lambda: course.accept(row, by, self.now),
            "start": lambda: course.start(row, by, self.now),
            "ask": lambda: course.wait_for_customer(row, self.word("said"), self.agent, self.now),
            "ask_third": lambda: course.wait_for_third_party(row, "船公司", self.agent, self.now),
            "resume": lambda: course.resume(row, by, self.now),
            "resolve": lambda: course.resolve(row, "已处理", self.agent, self.now),
            "close": lambda: course.close(row, by, self.now),
            REOPENING: lambda: course.reopen(row, self.word("said"), SYSTEM if flag else self.lin, self.now),
            "withdraw": lambda: course.withdraw(row, "撤回", by, self.now),
            "reject": lambda: course.reject(row, "不受理", self.agent, self.now),
            MERGING: lambda: joining.merge(row, other, "同一件事", self.agent, self.now),
            "reply": lambda: talking.reply(row, self.word("said"), (), by, self.now),
            "write": lambda: talking.write(row, self.word("said"), (), self.lin, self.now),
            "note": lambda: self.secrets.append(talking.note(row, self.word("secret"), (), by, self.now)),
            "show": lambda: [talking.show_note(note, flag, self.agent, self.now) for note in self.secrets[-1:]],
            "severity": lambda: changing.change(row, replace(RequestEdit.of(row), severity=1 + flag), by, self.now),
            "assign": lambda: handing.assign(row, self.agent.user_id, self.agent, self.now),
            "escalate": lambda: handing.escalate(row, "经理", by, self.now),
            "promise": lambda: talking.promise(row, self.now.date(), self.word("said"), by, self.now),
        }  # fmt: skip
        try:
            verbs[verb]()
        except PortalError:
            db.session.expire_all()
        db.session.flush()


def columns(row: ServiceRequest) -> dict[str, Any]:
    return {each.key: getattr(row, each.key) for each in inspect(ServiceRequest).column_attrs}


@pytest.mark.one_database
@settings(max_examples=40)
@given(moves=WORLD)
def test_a_locked_request_never_changes_but_by_reopening(
    cast: Cast, now: datetime, moves: list[tuple[str, int, int, bool]]
) -> None:
    world = World(cast, now)
    for verb, one, other, flag in moves:
        before = [columns(fresh(row)) for row in world.rows]
        world.do(verb, world.rows[one], world.rows[other], flag)
        for no, row in enumerate(world.rows):
            after = columns(fresh(row))
            if RequestState(before[no]["state"]) in LOCKED and not (verb == REOPENING and no == one):  # fmt: skip
                assert after == before[no]
            assert row.is_open is (RequestState(row.state) in OPEN)
            was = RequestState(before[no]["state"])
            reached = {REQUEST_STEPS.next(was, step) for step in REQUEST_STEPS.actions(was)}
            assert row.state in {was, *reached}
    db.session.rollback()


@pytest.mark.one_database
@settings(max_examples=40)
@given(moves=WORLD)
def test_notes_never_reach_the_customer_and_merging_loses_nothing(
    cast: Cast, now: datetime, moves: list[tuple[str, int, int, bool]]
) -> None:
    world = World(cast, now)
    for verb, one, other, flag in moves:
        world.do(verb, world.rows[one], world.rows[other], flag)
    every = list(db.session.scalars(select(ServiceRequest)))
    ends = [row for row in every if row.state != RequestState.MERGED]
    read = [each.id for row in ends for each in requests.messages(row, world.lin)]
    assert sorted(read) == sorted(db.session.scalars(select(RequestMessage.id)))
    noted = [each.id for row in ends for each in requests.notes(row, SYSTEM)]
    assert sorted(noted) == sorted(each.id for each in world.secrets)
    _only_what_was_shown_is_read(world, every)
    db.session.rollback()


def _only_what_was_shown_is_read(world: World, every: list[ServiceRequest]) -> None:
    from_notes = select(RequestMessage.text).where(RequestMessage.from_note_id.is_not(None))
    shown = set(db.session.scalars(from_notes))
    set_viewer(world.lin)
    assert list(db.session.scalars(select(InternalNote))) == []
    read = {each.text for row in every for each in requests.messages(row, world.lin)}
    set_viewer(SYSTEM)
    assert {text for text in read if text.startswith("secret")} == shown
