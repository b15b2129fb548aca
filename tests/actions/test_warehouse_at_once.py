"""Ten processes take from one lot at the same moment: what is there leaves, nobody takes what is not there."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.warehouse.actions import posting
from portal.warehouse.models import StockDay, StockLot
from portal.warehouse.queries.verifying import differences
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.stock import goods, warehouse

pytestmark = pytest.mark.both_databases

D = Decimal
MANY, THERE = 10, 4
FORK = multiprocessing.get_context("fork")


def paper(ids: tuple[int, int], kind: MovementKind, pieces: int, reference: str) -> MovementFact:
    return MovementFact(
        *ids, kind, date(2026, 3, 1), "test", reference, lot="L1", sku="A", pieces=D(pieces)
    )


def take(app: PortalApp, fact: MovementFact, ready: Barrier, told: Queue[str]) -> None:
    """One process: waits for the others, then posts."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            ready.wait(30)
            try:
                with unit_of_work():
                    told_new = posting.post(fact, SYSTEM, clock.now()).is_new
                told.put("posted" if told_new else "known")
            except Invalid as refusal:
                told.put("refused" if "short of 1 piece" in str(refusal.text) else str(refusal))
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def at_once(app: PortalApp, facts: list[MovementFact]) -> Counter[str]:
    """What the processes were told, one for each fact."""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(len(facts)), FORK.Queue()
    processes = [FORK.Process(target=take, args=(app, fact, ready, told)) for fact in facts]
    for process in processes:
        process.start()
    answers = Counter(told.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(30)
    return answers


def prepared(cast: Cast) -> tuple[int, int]:
    goods(cast.harbour, "A", m3="0.5", kg="100")
    return cast.harbour.id, warehouse("SH").id


def test_ten_take_one_of_four(app: PortalApp, cast: Cast, now: datetime) -> None:
    ids = prepared(cast)
    posting.post(paper(ids, MovementKind.IN, THERE, "in"), SYSTEM, now)
    answers = at_once(app, [paper(ids, MovementKind.OUT, 1, f"out{n}") for n in range(MANY)])
    assert answers == {"posted": THERE, "refused": MANY - THERE}
    assert db.session.scalars(select(StockDay.pieces)).one() == 0
    assert list(differences()) == []


def test_one_paper_sent_ten_times_to_a_lot_that_is_not_there_yet_is_one_movement(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    ids = prepared(cast)
    answers = at_once(app, [paper(ids, MovementKind.IN, 5, "in")] * MANY)
    assert answers == {"posted": 1, "known": MANY - 1}
    assert db.session.scalars(select(StockLot.pieces)).one() == 5
