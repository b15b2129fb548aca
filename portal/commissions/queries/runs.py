"""Runs, persons of a run and their lines; a salesperson has their own only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.commissions.models import CommissionLine, CommissionPlan, CommissionRun
from portal.db.base import db
from portal.db.together import Question, Rows, rows
from portal.db.types import Amount

L, R = CommissionLine, CommissionRun


@dataclass(frozen=True, slots=True)
class Person:
    """One sales owner's month. `id` None: what nobody is in charge of.

    `percent` is that of the month's own lines; what is taken back keeps an earlier one. None: there is nothing else.
    """

    id: int | None
    name: str
    lines: int
    base: Decimal
    percent: Decimal | None
    commission: Decimal


def sees_all(viewer: Viewer) -> bool:
    """Whether somebody may look at the commission of others: only who may see costs (DOMAIN M5)."""
    return viewer.may(Permission.COST_SEE)


def lines(viewer: Viewer) -> Select[Any]:
    """The lines that this viewer may see."""
    statement = visible(select(L), L, viewer)
    return statement if sees_all(viewer) else statement.where(L.owner_id == viewer.user_id)


def runs(viewer: Viewer) -> Select[Any]:
    """(run, its commission as far as the viewer may see it, how many lines that is)."""
    if sees_all(viewer):
        columns: Any = (R, R.commission_amount, R.line_count)
        return select(*columns)
    mine = (
        lines(viewer)
        .with_only_columns(
            L.run_id, func.sum(L.commission_amount).label("amount"), func.count().label("number")
        )
        .group_by(L.run_id)
        .subquery()
    )
    nothing = literal(Decimal(0), Amount())
    return select(R, func.coalesce(mine.c.amount, nothing), mine.c.number).join(
        mine, mine.c.run_id == R.id
    )


def persons(run: CommissionRun, viewer: Viewer) -> list[Person]:
    """Who earned what in a run, the most first."""
    own = case((L.reverses_id.is_(None), L.percent))
    sums = (
        func.count(), func.sum(L.base_amount), func.max(own), func.sum(L.commission_amount)
    )  # fmt: skip
    statement = lines(viewer).with_only_columns(L.owner_id, User.name, *sums)
    statement = statement.outerjoin(User, User.id == L.owner_id).where(L.run_id == run.id)
    rows = db.session.execute(statement.group_by(L.owner_id, User.name))
    found = [Person(row[0], row[1] or "", *row[2:]) for row in rows]
    return sorted(found, key=lambda each: (-each.commission, each.name))


def of_person(run: CommissionRun, user_id: int) -> ColumnElement[bool]:
    """The lines of one sales owner in a run; 0: nobody's."""
    whose = L.owner_id == user_id if user_id else L.owner_id.is_(None)
    return (L.run_id == run.id) & whose


def plans() -> list[CommissionPlan]:
    """Every plan, the latest to begin first."""
    order = (CommissionPlan.starts_on.desc(), CommissionPlan.id.desc())
    return list(db.session.scalars(select(CommissionPlan).order_by(*order)))


def used_plans() -> set[int]:
    """The ids of the plans that a run has used."""
    used = select(L.plan_id).where(L.plan_id.is_not(None)).distinct()
    return {each for each in db.session.scalars(used) if each is not None}


def own_months(viewer: Viewer, limit: int = 12) -> Question[Rows]:
    """(run id, month, currency, what the viewer earned) of the last runs: for their own dashboard."""
    columns: Any = (R.id, R.month, R.currency, func.sum(L.commission_amount))
    mine = visible(select(*columns), L, viewer).join(R, R.id == L.run_id)
    mine = mine.where(L.owner_id == viewer.user_id).group_by(R.id, R.month, R.currency)
    return rows(mine.order_by(R.month.desc()).limit(limit))
