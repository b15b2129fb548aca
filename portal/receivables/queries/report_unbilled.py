"""What was used and is on no published statement yet: by customer, age and reason; drafts beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementRun
from portal.billing.queries.unbilled import STORAGE_SOURCE
from portal.billing.rules.states import RunState, StatementState
from portal.customers.models import CreditStanding, Customer
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

U = UsageRecord
ORIGINAL = UsageRecord.__table__.alias("original")
BOUNDS = (30, 60, 90)
"""Ends of the ages in days since the day of use."""
AGES = len(BOUNDS) + 1
WAITING = (UsageState.MATCHED.value, UsageState.UNMATCHED.value)
NOT_PUBLISHED = (StatementState.DRAFT.value, StatementState.UNDER_REVIEW.value)


class Unbilled(NamedTuple):
    """Usage records of one customer (or unit), reason and age; `mismatch` "" for what only waits for its run."""

    key: Any
    mismatch: str
    age: int
    records: int
    quantity: Decimal


class Drafted(NamedTuple):
    """Statements that are not published yet."""

    state: str
    currency: str
    statements: int
    lines: int
    net: Decimal
    gross: Decimal


def by_customer(today: date, viewer: Viewer) -> list[Unbilled]:
    """Usage without a statement, by who used it. Quantities of different units are added here: look at the counts."""
    return _found(U.customer_id, today, viewer)


def by_unit(today: date, viewer: Viewer) -> list[Unbilled]:
    """The same by the unit it was measured in."""
    return _found(U.unit, today, viewer)


def of_customer(customer_id: int, today: date, viewer: Viewer) -> list[Unbilled]:
    """One customer's, by unit."""
    return _found(U.unit, today, viewer, U.customer_id == customer_id)


def drafts(viewer: Viewer) -> list[Drafted]:
    """What stands on drafts and on statements under review."""
    apart = (Statement.state, Statement.currency)
    sums = (Statement.line_count, Statement.net_amount, Statement.gross_amount)
    statement = visible(select(*apart, func.count(), *map(func.sum, sums)), Statement, viewer)
    wanted = statement.where(Statement.state.in_(NOT_PUBLISHED)).group_by(*apart)
    return [Drafted._make(row) for row in db.session.execute(wanted.order_by(*apart))]


def standings(viewer: Viewer) -> dict[int, CreditStanding]:
    """Customer → its standing, which knows what the unbilled came to when it was worked out last."""
    statement = visible(select(CreditStanding), CreditStanding, viewer)
    rows = db.session.scalars(statement.where(CreditStanding.worked_out_at.is_not(None)))
    return {row.customer_id: row for row in rows}


def last_problems() -> tuple[int, dict[int, Any]]:
    """The run that ended last, and party → why it could not be billed; it names customers: show those of `seen`."""
    statement = select(StatementRun).where(StatementRun.state == RunState.DONE.value)
    run = db.session.scalar(statement.order_by(StatementRun.id.desc()).limit(1))
    return (0, {}) if run is None else (run.id, dict(run.problems or ()))


def age_of(used_on: date, today: date) -> int:
    """The place of an age, as in the sums."""
    return sum((today - used_on).days > bound for bound in BOUNDS)


def age_words() -> list[Text]:
    """The ages in words: up to 30 days, 31 to 60, and so on."""
    words = [t("Up to %(days)s days", days=BOUNDS[0])]
    words += [t("%(first)s to %(last)s days", first=a + 1, last=b) for a, b in pairwise(BOUNDS)]
    return [*words, t("Over %(days)s days", days=BOUNDS[-1])]


def seen(customer_ids: Iterable[int], viewer: Viewer) -> list[int]:
    """Those of the customers that the viewer may see, in their order."""
    statement = visible(select(Customer.id), Customer, viewer)
    return list(
        db.session.scalars(
            statement.where(Customer.id.in_(sorted(customer_ids))).order_by(Customer.id)
        )
    )


def _found(key: Any, today: date, viewer: Viewer, *narrowed: ColumnElement[bool]) -> list[Unbilled]:
    age = _age(today)
    statement = _waiting(select(key, U.mismatch, age, func.count(), func.sum(U.quantity)), viewer)
    rows = db.session.execute(statement.where(*narrowed).group_by(key, U.mismatch, age))
    return [Unbilled(*row) for row in rows]


def _waiting(statement: Select[Any], viewer: Viewer) -> Select[Any]:
    """Without a statement and worth one. What was taken back counts where the original was billed: it comes off."""
    joined = statement.select_from(U).outerjoin(ORIGINAL, ORIGINAL.c.id == U.reverses_id)
    return visible(joined, U, viewer).where(
        U.statement_id.is_(None),
        U.state.in_(WAITING),
        U.source != STORAGE_SOURCE,
        or_(U.reverses_id.is_(None), ORIGINAL.c.statement_id.is_not(None)),
    )


def _age(today: date) -> ColumnElement[int]:
    """0 up to 30 days after the day of use, 1 up to 60, and so on."""
    ends = [(U.used_on >= today - timedelta(days=bound), at) for at, bound in enumerate(BOUNDS)]
    return case(*ends, else_=len(BOUNDS))
