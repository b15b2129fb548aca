"""Reading what the runs found: lists of a run, one customer's months, overrides."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.rules.states import RunState
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.models import (
    Classification,
    ClassificationRun,
    ClassOverride,
    CustomerMonth,
)


def latest_run(*, before: date | None = None) -> ClassificationRun | None:
    """The newest run that is done."""
    statement = select(ClassificationRun).where(ClassificationRun.state == RunState.DONE.value)
    if before is not None:
        statement = statement.where(ClassificationRun.month < before)
    return db.session.scalar(statement.order_by(ClassificationRun.month.desc()).limit(1))


def run_of(month: date) -> ClassificationRun | None:
    """The run of a month."""
    return db.session.scalar(select(ClassificationRun).where(ClassificationRun.month == month))


def runs() -> Select[ClassificationRun]:
    """Every run."""
    return select(ClassificationRun)


def of_run(run: ClassificationRun, viewer: Viewer) -> Select[Classification, Customer]:
    """(Classification, Customer) of the customers that the viewer may see."""
    statement = select(Classification, Customer).join(
        Customer, Customer.id == Classification.customer_id
    )
    return visible(statement, Classification, viewer).where(Classification.run_id == run.id)


def latest_of(customer_id: int) -> Classification | None:
    """What the newest run found for one customer."""
    statement = select(Classification).where(Classification.customer_id == customer_id)
    return db.session.scalar(statement.order_by(Classification.month.desc()).limit(1))


def history_of(customer_id: int, viewer: Viewer, months: int = 24) -> list[Classification]:
    """What the runs found for one customer, the newest first."""
    statement = visible(select(Classification), Classification, viewer).where(
        Classification.customer_id == customer_id
    )
    newest = statement.order_by(Classification.month.desc()).limit(months)
    return list(db.session.scalars(newest.options(joinedload(Classification.run))))


def months_of(customer_id: int, viewer: Viewer, months: int = 24) -> list[CustomerMonth]:
    """The facts of one customer's months, the newest first."""
    statement = visible(select(CustomerMonth), CustomerMonth, viewer).where(
        CustomerMonth.customer_id == customer_id
    )
    return list(db.session.scalars(statement.order_by(CustomerMonth.month.desc()).limit(months)))


def overrides_of(customer_id: int, viewer: Viewer) -> list[ClassOverride]:
    """What was set by hand for one customer, the newest first."""
    statement = visible(select(ClassOverride), ClassOverride, viewer).where(
        ClassOverride.customer_id == customer_id
    )
    newest = statement.order_by(ClassOverride.id.desc()).limit(50)
    return list(db.session.scalars(newest.options(joinedload(ClassOverride.setter))))


def classes_of(run: ClassificationRun, column: Any, viewer: Viewer) -> dict[str, int]:
    """Value of a column of the run's rows → how many customers."""
    statement = visible(select(column, func.count()), Classification, viewer).where(
        Classification.run_id == run.id
    )
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(column))}
