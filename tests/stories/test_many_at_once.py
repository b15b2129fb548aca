"""Twenty draws of 1 at the same moment on 5 left: five are served, fifteen are told, nothing is left.

With real processes, on both databases: draws that read the balance before anybody drew, and requests to gunicorn.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from http.client import HTTPConnection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from threading import Barrier as ThreadBarrier
from threading import Thread
from typing import Any

import pytest

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Exhausted, Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import EntryKind
from portal.db.base import db
from portal.db.engine import begin_reading_first
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.bench.load import served
from tests.cast import Cast
from tests.chain import entitled

pytestmark = pytest.mark.both_databases

D = Decimal
MANY, LEFT = 20, 5
DAY = date(2026, 3, 2)
FORK = multiprocessing.get_context("fork")
Verb = Callable[[Entitlement, int], object]


def consume(entitlement: Entitlement, number: int) -> object:
    source = Source("usage", number)
    return ledger.consume(entitlement, D(1), source, f"draw:{number}", SYSTEM, clock.now(), DAY)


def reserve(entitlement: Entitlement, number: int) -> object:
    source = Source("booking", number)
    return ledger.reserve(entitlement, D(1), source, f"hold:{number}", SYSTEM, clock.now(), DAY)


def draw(
    app: PortalApp, verb: Verb, row_id: int, number: int, ready: Barrier, told: Queue[str]
) -> None:
    """One process: reads that 5 are left, waits for the others, then draws."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            begin_reading_first(db.session())
            entitlement = db.session.get_one(Entitlement, row_id)
            before = entitlement.remaining
            ready.wait(30)
            try:
                verb(entitlement, number)
                db.session.commit()
                told.put(f"served, {before} seen")
            except Exhausted as refused:
                db.session.rollback()
                told.put(f"{refused.status} {refused.left}: {refused.text}")
            db.session.remove()
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def at_once(app: PortalApp, verb: Verb, row_id: int) -> Counter[str]:
    """What MANY processes were told."""
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(MANY), FORK.Queue()
    processes = [
        FORK.Process(target=draw, args=(app, verb, row_id, number, ready, told))
        for number in range(1, MANY + 1)
    ]
    for process in processes:
        process.start()
    answers = Counter(told.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(30)
    return answers


def committed(entitlement: Entitlement) -> int:
    """The id of a row that other processes can read."""
    row_id = entitlement.id
    db.session.commit()
    return row_id


def standing(row_id: int, kind: EntryKind) -> tuple[Entitlement, list[LedgerEntry]]:
    """The row as it is now, with its entries of one kind."""
    db.session.rollback()
    row = db.session.get_one(Entitlement, row_id, populate_existing=True)
    entries = db.session.query(LedgerEntry).filter_by(entitlement_id=row_id, kind=kind.value)
    return row, entries.order_by(LedgerEntry.id).all()


def test_twenty_processes_draw_from_five(app: PortalApp, cast: Cast, now: datetime) -> None:
    row_id = committed(entitled(cast, now, quantity=D(LEFT)))
    answers = at_once(app, consume, row_id)
    assert answers == {
        "served, 5.000000 seen": LEFT,
        "409 0.000000: Nothing is left of this entitlement.": MANY - LEFT,
    }
    row, entries = standing(row_id, EntryKind.CONSUME)
    assert (row.used, row.remaining, row.over_used) == (5, 0, 0)
    assert [entry.remaining_after for entry in entries] == [4, 3, 2, 1, 0]


def test_twenty_processes_reserve_from_five(app: PortalApp, cast: Cast, now: datetime) -> None:
    row_id = committed(entitled(cast, now, quantity=D(LEFT)))
    answers = at_once(app, reserve, row_id)
    assert sorted(answers.values()) == [LEFT, MANY - LEFT]
    row, entries = standing(row_id, EntryKind.RESERVE)
    assert (row.reserved, row.remaining, len(entries)) == (5, 0, 5)


def test_one_draw_sent_by_twenty_processes_is_made_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = committed(entitled(cast, now, quantity=D(LEFT)))
    assert at_once(app, lambda row, _number: consume(row, 1), row_id).total() == MANY
    row, entries = standing(row_id, EntryKind.CONSUME)
    assert (row.used, row.remaining, len(entries)) == (1, 4, 1)


def test_twenty_requests_to_four_workers_draw_from_five(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    row_id = committed(entitled(cast, now, quantity=D(LEFT)))
    environment = {
        "PORTAL_INSTANCE": str(app.config["INSTANCE"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "WEB_WORKERS": "4",
        "WEB_THREADS": "3",
    }
    with served("tests.stories.drawing:app", environment) as (port, _process, _seconds):
        answers = asked(port, row_id)
    assert Counter(status for status, _text in answers) == {200: LEFT, 409: MANY - LEFT}
    refused = [text for status, text in answers if status == 409]
    assert all("Nothing is left of this entitlement." in text for text in refused)
    row, entries = standing(row_id, EntryKind.CONSUME)
    assert (row.used, row.remaining, len(entries)) == (5, 0, 5)


def asked(port: int, row_id: int) -> list[tuple[int, str]]:
    """(status, page) of MANY requests at the same moment."""
    ready, answers = ThreadBarrier(MANY), []

    def one(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        ready.wait(30)
        connection.request(
            "POST", f"/draw/{row_id}?key=draw:{number}", headers={"Cookie": "lang=en"}
        )
        response: Any = connection.getresponse()
        answers.append((response.status, response.read().decode()))
        connection.close()

    threads = [Thread(target=one, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
