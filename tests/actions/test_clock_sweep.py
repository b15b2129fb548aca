"""Telling of clocks: once each, to whoever has to know, however often and however badly the sweep runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import current_app
from sqlalchemy import event, func, insert, select

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.db import audit
from portal.db.audit import AuditEntry, first_broken_link
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import service_clocks
from portal.jobs.letters import Letter, written
from portal.service_requests.actions import clock_sweep, clocks
from portal.service_requests.models import ServiceRequest
from portal.service_requests.models.clocks import RequestClock
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.service_requests.rules.work_hours import ZONE
from tests.cast import Cast
from tests.service import a_request, a_service_manager
from tests.stories.killing import finished, process

pytestmark = pytest.mark.both_databases


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def letters(step: str = "") -> list[tuple[str, list[str]]]:
    """Who was told which clocks."""
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.template == "request_clocks")
        .order_by(OutboxMessage.id)
    )
    return [
        (row.recipient, [each["clock"] for each in row.facts["rows"]])
        for row in rows
        if row.facts["step"].startswith(step)
    ]


@pytest.fixture
def luo(cast: Cast) -> User:
    return a_service_manager()


@pytest.fixture
def owned(cast: Cast, now: datetime, luo: User) -> ServiceRequest:
    row = a_request(cast, now, severity=2, owner_id=cast.customer_service.id)
    db.session.commit()
    return row


def test_the_owner_is_warned_once_and_told_once_that_it_ran_out(
    cast: Cast, owned: ServiceRequest
) -> None:
    mail = cast.customer_service.email
    for minutes in (40, 46, 50):
        service_clocks.sweep(at("2026-03-02 10:00") + timedelta(minutes=minutes))
    assert letters() == [(mail, ["accept"])]
    for minute in (1, 2):
        service_clocks.sweep(at(f"2026-03-02 11:0{minute}"))
    assert letters("breached") == [(mail, ["accept"])]
    row = db.session.get_one(RequestClock, clocks.clocks_of(owned.id)[0].id)
    assert row.warned_at == at("2026-03-02 10:46") and row.breached_at == at("2026-03-02 11:01")


def test_managers_hear_of_severity_two_after_four_hours_of_work(
    owned: ServiceRequest, luo: User
) -> None:
    service_clocks.sweep(at("2026-03-02 14:59"))
    assert letters("escalated") == []
    service_clocks.sweep(at("2026-03-02 15:00"))
    service_clocks.sweep(at("2026-03-02 15:30"))
    assert letters("escalated") == [(luo.email, ["accept"])]


def test_what_was_done_in_between_is_not_escalated(owned: ServiceRequest) -> None:
    service_clocks.sweep(at("2026-03-02 11:30"))
    clocks.meet(owned, ClockKind.RESOLVE, at("2026-03-02 11:40"))
    db.session.commit()
    service_clocks.sweep(at("2026-03-09 11:30"))
    assert letters("escalated") == []


@pytest.mark.parametrize(("severity", "managers"), [(1, 1), (4, 0)])
def test_managers_hear_of_the_worst_at_once_and_of_the_least_by_the_digest_only(
    cast: Cast, now: datetime, luo: User, severity: int, managers: int
) -> None:
    a_request(cast, now, severity=severity, owner_id=cast.customer_service.id)
    db.session.commit()
    service_clocks.sweep(at("2026-03-02 17:00"))
    assert len(letters("breached")) == 1
    assert len(letters("escalated")) == managers


def test_what_nobody_owns_is_told_to_the_service_managers(
    cast: Cast, now: datetime, luo: User
) -> None:
    request = a_request(cast, now, severity=2)
    request.owner_id = None
    db.session.commit()
    service_clocks.sweep(at("2026-03-02 10:50"))
    assert letters("warned") == [(luo.email, ["accept"])]


def test_a_clock_that_ran_out_is_told_of_though_it_was_paused_since(owned: ServiceRequest) -> None:
    clocks.pause(owned, at("2026-03-02 11:30"))
    db.session.commit()
    service_clocks.sweep(at("2026-03-04 11:31"))
    assert [found for _who, found in letters("breached")] == [["accept"]]


def test_another_end_is_told_of_anew(owned: ServiceRequest) -> None:
    service_clocks.sweep(at("2026-03-02 11:01"))
    owned.severity = 4
    clocks.retarget(owned, at("2026-03-02 11:05"))
    db.session.commit()
    service_clocks.sweep(at("2026-03-02 13:30"))
    service_clocks.sweep(at("2026-03-02 14:30"))
    assert [step for step, _found in letters("breached")] == 2 * [letters()[0][0]]


def test_letters_are_readable_in_both_languages(cast: Cast, owned: ServiceRequest) -> None:
    cast.customer_service.locale = "zh_CN"
    db.session.commit()
    service_clocks.sweep(at("2026-03-02 12:01"))
    row = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "request_clocks")
    )
    for letter in map(Letter.of, row):
        mail = written(letter)
        assert owned.number in mail.as_string() or owned.number in str(mail.get_body(("plain",)))
        assert "2026-03-02 11:00" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_sweep_killed_at_any_step_tells_everybody_once(
    cast: Cast, owned: ServiceRequest, luo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, later = current_app._get_current_object(), at("2026-03-04 16:30")  # type: ignore[attr-defined]

    def dies_at(step: int) -> None:
        steps = count(1)
        real = audit.record_all

        def record(*args: object, **named: object) -> object:
            if next(steps) == step:
                os._exit(9)
            return real(*args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(audit, "record_all", record)
        with app.app_context():
            service_clocks.sweep(later)

    for step in (1, 2):
        assert not finished(process(lambda step=step: dies_at(step)))  # type: ignore[misc]
    service_clocks.sweep(later)
    service_clocks.sweep(later)
    told = letters()
    assert len(told) == len({(who, tuple(found)) for who, found in told}) == 3
    assert sorted(letters("breached")[0][1]) == ["accept", "first_reply", "plan"]
    assert first_broken_link() is None


@contextmanager
def counted() -> Iterator[list[str]]:
    sent: list[str] = []
    listener = lambda _c, _cur, statement, *_rest: sent.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


def many(cast: Cast, now: datetime, owned: ServiceRequest, how_many: int) -> None:
    """Open requests like this one, each with its four clocks, of five owners."""
    owners = [cast.customer_service.id, cast.sales.id, cast.sales_manager.id, cast.keeper.id, None]
    columns = ServiceRequest.__table__.columns
    like = {
        c.name: getattr(owned, c.name) for c in columns if c.computed is None and c.name != "id"
    }
    first = owned.id + 1
    requests = [
        like | {"id": first + n, "number": f"SR-X-{n:06}", "owner_id": owners[n % 5]}
        for n in range(how_many)
    ]
    db.session.execute(insert(ServiceRequest), requests)
    parts = [c.name for c in RequestClock.__table__.columns if c.name not in ("id", "request_id")]
    theirs = [{name: getattr(row, name) for name in parts} for row in clocks.clocks_of(owned.id)]
    rows = [row | {"request_id": request["id"]} for request in requests for row in theirs]
    db.session.execute(insert(RequestClock), rows)
    db.session.commit()


def test_ten_thousand_open_requests_are_swept_with_few_queries(
    cast: Cast, now: datetime, owned: ServiceRequest
) -> None:
    size = 10_000 if db.engine.dialect.name == "sqlite" else 2_000  # as many on both take minutes
    many(cast, now, owned, size)
    with counted() as sent:
        told = service_clocks.sweep(at("2026-03-02 12:00"))
    out = 2 * size + 2
    assert told == f"0 warned, {out} run out, 0 escalated"
    batches = out // clock_sweep.BATCH + 1
    assert len(sent) <= 30 * batches
    with counted() as sent:
        service_clocks.sweep(at("2026-03-02 12:01"))
    assert sum("SELECT" in each for each in sent) == len(("warn", "breach", "escalate"))
    entries = select(func.count()).where(AuditEntry.event == "clock.breached")
    assert db.session.scalar(entries) == out
    assert SYSTEM.user_id is None and first_broken_link() is None
