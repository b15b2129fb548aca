"""What is billed, for a customer's first page: statements that wait, what is due and overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, Statement, StatementLine
from portal.billing.queries import statements as queries
from portal.billing.rules.states import LineState
from portal.db.together import Question, Rows
from portal.home.links import address
from portal.home.queries import SHOWN, Part, part
from portal.home.rules import Waiting
from portal.kernel.money import format_money
from portal.kernel.text import t

P = Permission
NOTHING = Decimal(0)
R, S, L = Receivable, Statement, StatementLine


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open in one currency: all of it, and the part that is overdue and undisputed."""

    currency: str
    open: Decimal
    overdue: Decimal
    next_due_on: date | None


def to_answer(viewer: Viewer) -> list[Part]:
    """Statements with lines that wait for an answer, for who may give one; the oldest first."""
    if not (viewer.may(P.STATEMENT_CONFIRM) or viewer.may(P.DISPUTE_RAISE)):
        return []
    open_lines = select(L.id).where(
        L.statement_id == S.id, L.until_revision.is_(None), L.state == LineState.OPEN.value
    )
    wanted = queries.statements(viewer).where(S.state.in_(queries.TO_ANSWER), open_lines.exists())
    columns = (S.id, S.number, S.starts_on, S.ends_on, S.gross_amount, S.currency)
    oldest = wanted.with_only_columns(*columns).order_by(S.ends_on, S.id).limit(SHOWN)
    return [part(oldest, _to_answer)]


def _to_answer(rows: Rows) -> Iterator[Waiting]:
    for statement_id, number, first, last, gross, currency in rows:
        title = t("Statement %(number)s waits for your answer", number=number)
        amount = format_money(gross, currency)
        note = t("%(first)s to %(last)s · %(amount)s", first=first, last=last, amount=amount)
        url = address("my_statements.show", statement_id=statement_id)
        yield Waiting("receipt", "warn", title, note, url, t("Check it"))


def owed(viewer: Viewer, today: date) -> Question[list[Owed]]:
    """What is open by currency."""
    is_late = R.due_on < today
    late, disputed = (
        func.sum(case((is_late, column))) for column in (R.open_amount, R.disputed_amount)
    )
    due = func.min(case((R.due_on >= today, R.due_on)))
    figures: Any = select(R.currency, func.sum(R.open_amount), late, disputed, due)
    rows = visible(figures, R, viewer).where(R.open_amount > 0).group_by(R.currency)
    return Question(rows.order_by(R.currency), _owed)


def _owed(rows: Rows) -> list[Owed]:
    return [
        Owed(currency, whole, (overdue or NOTHING) - (apart or NOTHING), day)
        for currency, whole, overdue, apart, day in rows
    ]
