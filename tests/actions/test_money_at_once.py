"""Ten people allocate one receipt at the same moment; one file of the bank is applied by two processes."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, ReceivablePosting
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as job
from portal.kernel import clock
from portal.kernel.errors import PortalError
from portal.receivables.actions import allocating, dunning
from portal.receivables.models import Allocation, BankEntry, DunningNotice, Receipt
from portal.receivables.rules.allocation import Wish
from portal.usage.actions import batches
from portal.web.flask_app import PortalApp
from tests.actions.test_bank_files import row, sent
from tests.cast import Cast
from tests.money import owed, received

pytestmark = pytest.mark.both_databases

D = Decimal
MANY = 10
FEB, TODAY = date(2026, 2, 1), date(2026, 3, 2)
FORK = multiprocessing.get_context("fork")
Deed = Callable[[], object]


def work(app: PortalApp, deed: Deed, ready: Barrier, told: Queue[str]) -> None:
    """One process: waits for the others, then does it."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            ready.wait(30)
            try:
                told.put(str(deed()))
            except PortalError as refusal:
                told.put(refusal.code)
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def at_once(app: PortalApp, deeds: Sequence[Deed]) -> Counter[str]:
    """What the processes were told, one for each deed."""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(len(deeds)), FORK.Queue()
    processes = [FORK.Process(target=work, args=(app, deed, ready, told)) for deed in deeds]
    for process in processes:
        process.start()
    answers = Counter(told.get(timeout=90) for _ in processes)
    for process in processes:
        process.join(30)
    return answers


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_ten_who_allocate_one_receipt_never_take_more_than_it_has(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    due = [owed(cast.harbour, "100", FEB, now).id for _ in range(MANY)]
    receipt_id = received(cast.harbour, "450", now).id

    def deed(receivable_id: int) -> Deed:
        def allocate() -> int:
            with unit_of_work():
                receipt = db.session.get_one(Receipt, receipt_id)
                wish = Wish(receivable_id, D(100))
                return len(allocating.allocate(receipt, [wish], TODAY, SYSTEM, clock.now()))

        return allocate

    assert at_once(app, [deed(each) for each in due]) == {"1": 4, "invalid": 6}
    assert db.session.get_one(Receipt, receipt_id).open_amount == 50
    assert db.session.scalar(select(func.sum(Receivable.open_amount))) == 600
    assert count(Allocation) == 4


def test_ten_receipts_that_pay_one_receivable_never_pay_it_twice(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "450", FEB, now)
    ids = [received(cast.harbour, "100", now).id for _ in range(MANY)]

    def deed(receipt_id: int) -> Deed:
        def allocate() -> Decimal:
            with unit_of_work():
                receipt = db.session.get_one(Receipt, receipt_id)
                made = allocating.allocate(receipt, None, TODAY, SYSTEM, clock.now())
                return sum((each.amount for each in made), D(0)).normalize()

        return allocate

    told = at_once(app, [deed(each) for each in ids])
    assert (told["1E+2"], told["5E+1"], told["0"]) == (4, 1, 5)
    assert db.session.scalar(select(func.sum(ReceivablePosting.change))) == 0
    assert db.session.scalar(select(func.sum(Receipt.open_amount))) == 550


def test_one_bank_file_applied_by_two_at_once_brings_everything_once(
    app: PortalApp, cast: Cast, now: datetime, tmp_path: Path
) -> None:
    owed(cast.harbour, "15", FEB, now)
    db.session.commit()
    rows = [row("10", reference=f"R{n}") for n in range(5)]
    ids = [sent(tmp_path, now, rows).id for _ in range(2)]
    with unit_of_work():
        for each in db.session.scalars(select(batches.ImportBatch)):
            batches.ask_to_apply(each, now)
    told = at_once(app, [lambda each=each: job.work(each) for each in ids])
    assert told == {"apply": 2}
    assert (count(BankEntry), count(Receipt)) == (5, 5)
    assert db.session.scalar(select(func.sum(Receipt.open_amount))) == 35


def test_dunning_that_runs_twice_at_once_reminds_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    owed(cast.harbour, "100", date(2026, 2, 28), now)
    harbour = cast.harbour.id

    def remind() -> int:
        with unit_of_work():
            return len(dunning.remind(harbour, "CNY", clock.now()))

    assert at_once(app, [remind] * 4) == {"1": 1, "0": 3}
    assert count(DunningNotice) == 1
