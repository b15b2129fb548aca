"""A classification of 100 customers is killed again and again: in the end it is as if it had not been."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

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

MANY = 100
KILLS = 4


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


def test_a_killed_run_comes_to_the_same_classes(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "BATCH", 10)
    monkeypatch.setattr(
        classifying, "FRESH", 0
    )  # the months are as they were written, not as the books say
    months(cast)
    db.session.commit()
    run_id = anew(now)
    work: Callable[[], object] = lambda: job.work(run_id)  # noqa: E731
    assert finished(process(work))
    wanted = found()
    assert wanted[0] == "done" and len(wanted[2]) == MANY
    run_id, pick, dead = anew(now), random.Random(7), 0
    for _round in range(KILLS):
        dead += killed(process(work), pick.uniform(0.02, 0.25))
    assert dead
    assert finished(process(work))
    assert found() == wanted and first_broken_link() is None
