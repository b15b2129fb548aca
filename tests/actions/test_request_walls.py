"""What only the house reads has no way out: not by a page of the customers' door, a list, a file or history."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.access.scope import set_viewer, visible
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import Forbidden, NotFound
from portal.service_requests.actions import course, talking
from portal.service_requests.models import (
    InternalNote,
    RequestLine,
    RequestMessage,
    RequestShare,
    ServiceRequest,
)
from portal.service_requests.queries import requests
from tests.cast import EVERY_POWER, Cast, member, viewer
from tests.service import a_request

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[2]
MINE = sorted(
    path
    for pattern in ("portal/*/views/my*.py", "portal/*/forms/my*.py", "templates/*/my*.html", "templates/*/_my*.html")
    for path in ROOT.glob(pattern)
)  # fmt: skip
HOUSE_ONLY = re.compile(r"internal_?notes?|InternalNote|queries\.talk\b|\bnotes\(", re.IGNORECASE)
SECRET = "客户可能在压价"


@pytest.mark.parametrize("path", MINE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_of_the_customers_door_names_internal_notes(path: Path) -> None:
    assert not HOUSE_ONLY.search(path.read_text(encoding="utf-8"))


def test_the_customers_doors_are_found() -> None:
    assert any(path.match("portal/service_requests/views/my*.py") for path in MINE)


def test_no_query_of_a_customers_session_brings_a_note(cast: Cast, now: datetime) -> None:
    note_id = talking.note(a_request(cast, now), SECRET, (), viewer(cast.sales), now).id
    db.session.commit()
    lin = viewer(cast.lin)
    set_viewer(lin)
    other = aliased(InternalNote)
    joined = select(InternalNote).join(ServiceRequest, ServiceRequest.id == InternalNote.request_id)
    for statement in (select(InternalNote), select(other), joined, select(InternalNote.text)):
        assert db.session.execute(statement).all() == []
    assert db.session.scalar(select(func.count(InternalNote.id))) == 0
    db.session.expunge_all()
    assert db.session.get(InternalNote, note_id) is None


def test_visible_hides_notes_and_internal_requests_without_the_session_too(
    cast: Cast, now: datetime
) -> None:
    inside = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    talking.note(inside, SECRET, (), viewer(cast.sales), now)
    for model in (ServiceRequest, InternalNote):
        seen = visible(select(model), model, viewer(cast.lin))
        assert db.session.scalars(seen).all() == []
        assert db.session.scalars(visible(select(model), model, viewer(cast.sales))).all() != []


def test_everything_of_an_internal_request_is_hidden(cast: Cast, now: datetime) -> None:
    inside = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    plain = a_request(cast, now)
    talking.reply(plain, "货物已到港", (), SYSTEM, now)
    for row in (inside, plain):
        of_it = {"customer_id": row.customer_id, "request_id": row.id}
        goods = {"position": 1, "name": "纸箱", "unit": "PCS", "asked_quantity": Decimal(1)}
        db.session.add(RequestShare(**of_it, user_id=cast.sales.id, shared_at=now))
        db.session.add(RequestLine(**of_it, **goods))
    db.session.flush()
    set_viewer(viewer(cast.lin))
    for model in (RequestMessage, RequestShare, RequestLine):
        assert {row.request_id for row in db.session.scalars(select(model))} == {plain.id}


def test_the_customers_history_says_nothing_of_the_house(cast: Cast, now: datetime) -> None:
    inside = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    course.accept(inside, viewer(cast.customer_service), now)
    course.resolve(inside, "已完成", viewer(cast.customer_service), now)
    talking.note(a_request(cast, now), SECRET, (), viewer(cast.sales), now)
    public = select(AuditEntry).where(AuditEntry.is_public.is_(True))
    read = list(db.session.scalars(public.where(AuditEntry.customer_id == cast.harbour.id)))
    assert {(entry.event, entry.subject_id) for entry in read if entry.subject_id == inside.id} == set()  # fmt: skip
    assert "request.noted" not in {entry.event for entry in read}


def test_a_branchs_clerk_finds_nothing_of_the_group_or_its_other_branch(
    cast: Cast, now: datetime
) -> None:
    east, west = (
        Customer(code=code, name_zh=code, kind="branch", parent_id=cast.harbour.id)
        for code in ("EAST", "WEST")
    )
    db.session.add_all([east, west])
    db.session.flush()
    clerk = viewer(member("Clerk East", east, EVERY_POWER, now))
    of_group, of_west, mine = (a_request(cast, now, customer=each) for each in (cast.harbour, west, east))  # fmt: skip
    set_viewer(clerk)
    for row in (of_group, of_west):
        with pytest.raises(NotFound):
            requests.one(row.id, clerk)
        with pytest.raises(NotFound):
            talking.write(row, "我看到了吗", (), clerk, now)
    assert list(db.session.scalars(requests.requests(clerk))) == [mine]


def test_who_may_see_bills_only_sees_no_requests(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    with pytest.raises(Forbidden):
        requests.one(row.id, viewer(cast.clerk))
