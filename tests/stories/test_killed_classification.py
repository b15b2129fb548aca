"""A classification of 100 customers is killed again and again: in the end it is as if it had not been."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.audit import first_broken_link
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.insights.actions import class_rows, classifying
from portal.insights.models import Classification, ClassificationRun
from portal.jobs import classes as job
from portal.receivables.rules.report_months import moved
from tests.cast import Cast, customer
from tests.insights import FEBRUARY, a_month
from tests.stories.killing import finished, killed, process

pytestmark = pytest.mark.both_databases

MANY = 100
KILLED_AT = (10, 20, 40, 60)
PATIENCE = 20


def months(cast: Cast) -> None:
    """Customers of every size, with orders now and then."""
    pick = random.Random(20260302)
    for number in range(MANY):
        row = customer(f"K{number:03}", f"客户{number:03}", "")
        shift = pick.randint(0, 3)
        for back in range(pick.randint(1, 5)):
            net = f"{pick.randint(10, 30_000)}.{back}0"
            a_month(row, net, moved(FEBRUARY, -back - shift))


def found() -> tuple[Any, ...]:
    """Every class of every customer, in the rows and on the customers, and what the run counted."""
    db.session.rollback()
    names = [name for name in class_rows.COLUMNS if name != "month"]
    rows = db.session.execute(
        select(*(getattr(Classification, name) for name in names)).order_by(
            Classification.customer_id
        )
    ).all()
    kept = select(Customer.segment, Customer.state, Customer.abc, Customer.structure)
    run = db.session.scalars(select(ClassificationRun)).one()
    return run.state, run.done, rows, db.session.execute(kept.order_by(Customer.id)).all()


def anew(now: datetime) -> int:
    """Everything as before the first run."""
    with unit_of_work():
        db.session.query(Classification).delete()
        db.session.query(ClassificationRun).delete()
        usual = {"segment": "ordinary", "state": "potential", "abc": "", "structure": ""}
        db.session.execute(update(Customer).values(**usual))
    with unit_of_work():
        return classifying.start(FEBRUARY, SYSTEM, now).id


def how_far(run_id: int) -> tuple[int, int]:
    """Customers that the run says it classified, and rows that there are; read in one go."""
    db.session.rollback()
    rows = select(func.count()).select_from(Classification).scalar_subquery()
    found = db.session.execute(
        select(ClassificationRun.counts, rows).where(ClassificationRun.id == run_id)
    ).one()
    db.session.rollback()
    return (found[0] or {}).get("customers", 0), found[1]


def killed_past(child: int, run_id: int, wanted: int) -> int:
    """Kill the process once so many customers are classified; how many were saved."""
    until = time.monotonic() + PATIENCE
    while how_far(run_id)[0] < wanted and time.monotonic() < until:
        time.sleep(0.002)
    killed(child, 0)
    done, rows = how_far(run_id)
    assert done == rows  # what a batch wrote and what it counted are saved together
    return done


@pytest.fixture
def wanted(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """What a run that nobody disturbs comes to, in batches of ten."""
    monkeypatch.setattr(classifying, "BATCH", 10)
    monkeypatch.setattr(
        classifying, "FRESH", 0
    )  # the months are as they were written, not as the books say
    months(cast)
    db.session.commit()
    run_id = anew(now)
    assert finished(process(lambda: job.work(run_id)))
    result = found()
    assert result[0] == "done" and len(result[2]) == MANY
    return result


def test_a_killed_run_comes_to_the_same_classes(wanted: tuple[Any, ...], now: datetime) -> None:
    run_id = anew(now)
    work: Callable[[], object] = lambda: job.work(run_id)  # noqa: E731
    seen = [killed_past(process(work), run_id, each) for each in KILLED_AT]
    assert any(0 < each < MANY for each in seen)  # half-way indeed
    assert finished(process(work))
    assert found() == wanted and first_broken_link() is None


def test_two_workers_at_one_run_do_it_once(wanted: tuple[Any, ...], now: datetime) -> None:
    run_id = anew(now)
    first, second = (process(lambda: job.work(run_id)) for _each in range(2))
    assert finished(first) and finished(second)
    assert found() == wanted and first_broken_link() is None
    counts = db.session.scalars(select(ClassificationRun.counts)).one()
    assert counts["customers"] == counts["written"] == MANY


def test_two_who_ask_for_one_month_at_once_get_one_run(
    wanted: tuple[Any, ...], now: datetime
) -> None:
    with unit_of_work():
        db.session.query(Classification).delete()
        db.session.query(ClassificationRun).delete()

    def asks() -> None:
        with unit_of_work():
            classifying.start(FEBRUARY, SYSTEM, now)

    children = [process(asks) for _each in range(4)]
    ended = [finished(each) for each in children]
    db.session.rollback()
    assert any(ended) and db.session.query(ClassificationRun).count() == 1
    assert all(ended)
