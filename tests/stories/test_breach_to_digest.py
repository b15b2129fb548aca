"""A complaint on the last afternoon before a holiday that nobody takes on: warned, run out, escalated, told next day.

National Day 2026: from Thursday, 1 October, to Wednesday, 7 October; Saturday, 10 October is worked.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import service_clocks
from portal.jobs.letters import Letter, written
from portal.service_requests.actions import course, talking, targets
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.clocks import clocks_of
from portal.service_requests.rules.work_hours import ZONE
from tests.cast import Cast, viewer
from tests.service import a_request, a_service_manager

OPENED = "2026-09-30 16:40"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def told(since: int = 0) -> list[tuple[str, str, list[str]]]:
    """What went out about clocks: the step, to whom, which clocks."""
    wanted = select(OutboxMessage).where(OutboxMessage.template == "request_clocks")
    rows = db.session.scalars(wanted.order_by(OutboxMessage.id)).all()
    return [
        (row.facts["step"], row.recipient, [each["clock"] for each in row.facts["rows"]])
        for row in rows[since:]
    ]


def every_minute_of(*instants: str) -> None:
    """The jobs at these moments, each twice: a second worker changes nothing."""
    for text in instants:
        for _worker in range(2):
            service_clocks.sweep(at(text))
            service_clocks.digest(at(text))


@pytest.fixture
def luo(cast: Cast, now: datetime) -> User:
    targets.seed(SYSTEM, now)
    return a_service_manager()


@pytest.fixture
def complaint(cast: Cast, luo: User) -> ServiceRequest:
    row = a_request(
        cast, at(OPENED), kind="complaint", severity=2, title="货物破损",
        details={"mode": "express"}, owner_id=cast.customer_service.id,
    )  # fmt: skip
    db.session.commit()
    return row


def test_a_missed_complaint_is_told_step_by_step_and_in_the_letter_of_the_next_day(
    cast: Cast, luo: User, complaint: ServiceRequest
) -> None:
    agent, manager = cast.customer_service.email, luo.email
    every_minute_of("2026-09-30 17:24", "2026-09-30 17:26", "2026-09-30 17:41", "2026-10-01 09:30")
    assert told() == [("warned", agent, ["accept"]), ("breached", agent, ["accept"])]
    every_minute_of("2026-10-03 12:00", "2026-10-08 08:59")  # natural days go on in the holiday
    assert told(2) == [("warned", agent, ["resolve"]), ("breached", agent, ["resolve", "legal"])]
    every_minute_of("2026-10-08 09:01", "2026-10-08 10:00")
    assert told(4) == [
        ("digest", manager, ["accept", "resolve", "legal"]),
        ("breached", agent, ["first_reply"]),
    ]
    every_minute_of("2026-10-08 12:41", "2026-10-08 13:01")  # four hours of work after 17:40
    assert told(6) == [
        ("escalated", manager, ["accept"]),
        ("escalated", manager, ["resolve", "legal"]),
    ]
    every_minute_of("2026-10-08 15:41", "2026-10-09 09:01")
    assert told(8) == [
        ("breached", agent, ["plan"]),
        ("escalated", manager, ["first_reply"]),
        ("digest", manager, ["first_reply", "plan"]),
    ]
    assert audit.first_broken_link() is None


def test_the_letter_of_the_day_is_readable_and_leaves_the_house_once(
    cast: Cast, luo: User, complaint: ServiceRequest
) -> None:
    service_clocks.sweep(at("2026-10-08 08:59"))
    service_clocks.digest(at("2026-10-08 09:01"))
    wanted = select(OutboxMessage).where(OutboxMessage.recipient == luo.email)
    row = db.session.scalars(wanted).one()
    mail = written(Letter.of(row))
    assert mail["Subject"] == "3 deadlines missed up to 2026-10-08"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert complaint.number in body and "due 2026-09-30 17:40" in body and "快件投诉" not in body
    assert "Express complaint: treat it and tell the user" in body


def test_nothing_missed_is_no_letter_and_a_holiday_has_none(
    cast: Cast, luo: User, complaint: ServiceRequest
) -> None:
    course.accept(complaint, viewer(cast.customer_service), at("2026-09-30 16:45"))
    course.resolve(complaint, "已赔付。", viewer(cast.customer_service), at("2026-09-30 17:00"))
    db.session.commit()
    every_minute_of("2026-10-03 12:00", "2026-10-07 09:01", "2026-10-08 09:01", "2026-10-10 09:01")
    assert told() == []


def test_what_the_customer_is_waited_for_is_in_no_letter(
    cast: Cast, luo: User, complaint: ServiceRequest
) -> None:
    agent, lin = viewer(cast.customer_service), viewer(cast.lin)
    course.accept(complaint, agent, at("2026-09-30 16:45"))
    course.wait_for_customer(complaint, "请补充照片。", agent, at("2026-09-30 16:50"))
    db.session.commit()
    every_minute_of("2026-10-05 10:00")
    assert told() == []
    talking.write(complaint, "照片见附件。", (), lin, at("2026-10-08 09:30"))
    db.session.commit()
    due = {row.kind: row.due_at for row in clocks_of(complaint.id)}
    assert due["plan"] == at("2026-10-08 17:20") and due["resolve"] == at("2026-10-11 09:20")
