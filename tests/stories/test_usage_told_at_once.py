"""Several processes tell the same usage at the same moment: it is one record and one draw, on both databases."""

from __future__ import annotations

import multiprocessing
import os
from datetime import date, datetime
from decimal import Decimal
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import EntryKind
from portal.db import audit
from portal.db.base import db
from portal.db.engine import begin_reading_first
from portal.kernel import clock
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.rules.facts import UsageFact
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.chain import entitled

pytestmark = pytest.mark.both_databases

TELLERS, REFERENCES = 8, 3
FORK = multiprocessing.get_context("fork")


def tell(app: PortalApp, fact: UsageFact, ready: Barrier, told: Queue[str]) -> None:
    """One process: waits for the others, then tells each reference, each in a transaction of its own."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            ready.wait(30)
            for number in range(REFERENCES):
                begin_reading_first(db.session())
                same = UsageFact(
                    fact.customer_id, fact.quantity, fact.unit, fact.used_on, "api", f"R-{number}",
                    item_code=fact.item_code,
                )  # fmt: skip
                recording.record(same, SYSTEM, clock.now())
                db.session.commit()
            db.session.remove()
        told.put("told")
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def test_the_same_usage_told_by_eight_processes_counts_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now, quantity=Decimal(50))
    db.session.commit()
    fact = UsageFact(
        cast.harbour.id, Decimal(2), "XPX", date(2026, 3, 1), "api", "-", item_code=bought.item.code
    )
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(TELLERS), FORK.Queue()
    processes = [FORK.Process(target=tell, args=(app, fact, ready, told)) for _ in range(TELLERS)]
    for each in processes:
        each.start()
    answers = [told.get(timeout=60) for _ in processes]
    for each in processes:
        each.join()
    assert answers == ["told"] * TELLERS
    consumed = select(func.count(LedgerEntry.id)).where(LedgerEntry.kind == EntryKind.CONSUME)
    assert db.session.scalar(select(func.count(UsageRecord.id))) == REFERENCES
    assert db.session.scalar(consumed) == REFERENCES
    assert db.session.scalar(select(Entitlement.used)) == Decimal(2 * REFERENCES)
    assert audit.first_broken_link() is None
