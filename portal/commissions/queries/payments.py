"""Payments that no run has counted yet, and what is needed to work out what they earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.accounts.models import StaffRole
from portal.billing.models import Receivable
from portal.commissions.models import CommissionLine, CommissionPlan, CommissionTake
from portal.commissions.rules.lines import Given, Payment, Whole
from portal.commissions.rules.plans import Plan, bands_from
from portal.db.base import db
from portal.receivables.models import Allocation
from portal.receivables.queries import report_paid
from portal.receivables.rules.commission import Part

A, R, T, L = Allocation, Receivable, CommissionTake, CommissionLine
ZERO = Decimal(0)


def plans() -> list[Plan]:
    """Every plan there is, as the rules read them."""
    rows = db.session.scalars(select(CommissionPlan).order_by(CommissionPlan.id))
    return [
        Plan(row.id, row.user_id, row.role, row.starts_on, bands_from(row.bands)) for row in rows
    ]


def roles_of(user_ids: Collection[int]) -> dict[int, set[str]]:
    """User id → the roles that this person has now."""
    found: dict[int, set[str]] = defaultdict(set)
    wanted = select(StaffRole.user_id, StaffRole.role).where(
        StaffRole.user_id.in_(sorted(user_ids))
    )
    for user_id, role in db.session.execute(wanted):
        found[user_id].add(role)
    return found


def uncounted(since: date, until: date) -> list[Payment]:
    """Allocations to statements of these days that no run has counted, in their order."""
    columns: Any = (A.id, R.statement_id, R.customer_id, A.on, A.amount, A.reverses_id)
    statement = _uncounted(select(*columns), since, until).order_by(A.on, A.id)
    return [Payment(*row) for row in db.session.execute(statement)]


def statements_of(since: date, until: date) -> Select[Any]:
    """The ids of the statements that they pay."""
    return _uncounted(select(R.statement_id), since, until)


def wholes(since: date, until: date) -> dict[int, Whole]:
    """Statement → what it comes to, and what each sales owner has in it."""
    wanted = statements_of(since, until)
    parts = report_paid.parts_of(wanted, SYSTEM)
    return {
        statement_id: Whole(gross, currency, parts.get(statement_id) or {0: Part()})
        for statement_id, (gross, currency) in report_paid.wholes_of(wanted, SYSTEM).items()
    }


def counted_before(since: date, until: date) -> dict[int, Decimal]:
    """Statement → what was paid of it before the first plan began, or is counted in a run."""
    earlier = visible(select(R.statement_id, func.sum(A.amount)), A, SYSTEM)
    earlier = (
        earlier.join(R, R.id == A.receivable_id)
        .outerjoin(T, T.allocation_id == A.id)
        .where(
            R.statement_id.in_(statements_of(since, until)), or_(A.on < since, T.id.is_not(None))
        )
    )
    rows = db.session.execute(earlier.group_by(R.statement_id))
    return {statement_id: amount for statement_id, amount in rows if statement_id is not None}


def given_for(payments: Sequence[Payment]) -> dict[int, list[Given]]:
    """Allocation → the lines that an earlier run made of it, for payments that undo it."""
    undone = sorted({each.reverses_id for each in payments if each.reverses_id is not None})
    statement = visible(select(T.allocation_id, L), L, SYSTEM).join(T, T.id == L.take_id)
    found: dict[int, list[Given]] = defaultdict(list)
    if undone:
        wanted = statement.where(T.allocation_id.in_(undone)).order_by(L.id)
        for allocation_id, line in db.session.execute(wanted):
            found[allocation_id].append(_given(line))
    return found


def _given(line: CommissionLine) -> Given:
    part = Part(line.paid_amount, line.net_amount, line.known_net, line.cost_amount)
    return Given(
        line.id, line.owner_id or 0, part, line.base_amount, line.rate, line.percent, line.commission_amount,
        line.plan_id,
    )  # fmt: skip


def _uncounted(statement: Select[Any], since: date, until: date) -> Select[Any]:
    joined = visible(statement.select_from(A), A, SYSTEM).join(R, R.id == A.receivable_id)
    counted = select(T.allocation_id).where(T.allocation_id == A.id).exists()
    return joined.where(A.on.between(since, until), R.statement_id.is_not(None), ~counted)
