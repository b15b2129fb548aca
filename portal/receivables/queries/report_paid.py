"""What was paid in each month of each sales owner's customers: net, and margin after rebate (DOMAIN M2, K11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, Statement, StatementLine
from portal.billing.rules.kinds import LineKind
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.contracts.models import ContractLine
from portal.db.base import db
from portal.quotations.models import QuotationLine, QuotationLineCost
from portal.receivables.models import Allocation
from portal.receivables.queries.report_lines import CUSTOMERS, owner
from portal.receivables.rules.commission import Billed, Part, Quoted, paid_parts, part_of
from portal.receivables.rules.report_months import Months

A, R, S, L, CL, Q = (
    Allocation,
    Receivable,
    Statement,
    StatementLine,
    ContractLine,
    QuotationLineCost,
)
ZERO = Decimal(0)
SERVICES = (LineKind.USAGE.value, LineKind.REVERSAL.value, LineKind.STORAGE.value)
"""Kinds that cost something; fees too where their contract line was quoted with a cost."""
COSTING = (*SERVICES, LineKind.FEE.value)


class Paid(NamedTuple):
    """One sales owner (0: nobody) in one month of payment and one currency."""

    owner_id: int
    month: date
    currency: str
    part: Part


class Apart(NamedTuple):
    """Paid for items of the books before the portal: nobody knows what they were for, so they are left out."""

    currency: str
    amount: Decimal


def commission(months: Months, viewer: Viewer) -> list[Paid]:
    """By owner, month and currency. Payments undone count negative in the month in which they were undone."""
    paid = _payments(months, viewer)
    wanted = _paid_statements(months, viewer)
    parts, wholes = parts_of(wanted, viewer), wholes_of(wanted, viewer)
    found: dict[tuple[int, date, str], Part] = defaultdict(Part)
    for statement_id, moves in paid.items():
        if statement_id not in parts:
            continue
        gross, currency = wholes[statement_id]
        owners = sorted(parts[statement_id].items())
        before = sum((amount for on, amount in moves if on < months.first), ZERO)
        for month, amount in _by_month(moves, months):
            shares = paid_parts(
                [part for _, part in owners], before, before + amount, gross, currency
            )
            for (whose, _part), share in zip(owners, shares, strict=True):
                found[whose, month, currency] += share
            before += amount
    return [Paid(*key, part) for key, part in sorted(found.items())]


def paid_for_old_books(months: Months, viewer: Viewer) -> list[Apart]:
    """What was paid for opening items in these months."""
    statement = visible(select(R.currency, func.sum(A.amount)), A, viewer).join(
        R, R.id == A.receivable_id
    )
    rows = db.session.execute(
        statement.where(R.statement_id.is_(None), _in(months)).group_by(R.currency)
    )
    return [Apart(*row) for row in rows]


def _in(months: Months) -> Any:
    return A.on.between(months.first, months.ends_on)


def _paid_statements(months: Months, viewer: Viewer) -> Select[Any]:
    """The ids of the statements for which something was paid in these months."""
    statement = visible(select(R.statement_id), R, viewer).join(A, A.receivable_id == R.id)
    return statement.where(_in(months), R.statement_id.is_not(None))


def _payments(months: Months, viewer: Viewer) -> dict[int, list[tuple[date, Decimal]]]:
    """Statement → (day, amount) of everything paid for it from the beginning to the end of these months."""
    statement = visible(select(R.statement_id, A.on, func.sum(A.amount)), A, viewer).join(
        R, R.id == A.receivable_id
    )
    wanted = statement.where(
        A.on <= months.ends_on, R.statement_id.in_(_paid_statements(months, viewer))
    )
    found: dict[int, list[tuple[date, Decimal]]] = {}
    grouped = wanted.group_by(R.statement_id, A.on).order_by(R.statement_id, A.on)
    for statement_id, on, amount in db.session.execute(grouped):
        assert statement_id is not None
        found.setdefault(statement_id, []).append((on, amount))
    return found


def _by_month(
    moves: Iterable[tuple[date, Decimal]], months: Months
) -> Iterable[tuple[date, Decimal]]:
    found: dict[date, Decimal] = {}
    for on, amount in moves:
        if on >= months.first:
            month = on.replace(day=1)
            found[month] = found.get(month, ZERO) + amount
    return sorted(found.items())


def wholes_of(wanted: Select[Any], viewer: Viewer) -> dict[int, tuple[Decimal, str]]:
    """Statement (of those whose ids `wanted` selects) → what it comes to as it stands, and its currency."""
    statement = visible(select(S.id, S.gross_amount, S.currency), S, viewer)
    rows = db.session.execute(statement.where(S.id.in_(wanted)))
    return {row.id: (row.gross_amount, row.currency) for row in rows}


def parts_of(wanted: Select[Any], viewer: Viewer) -> dict[int, dict[int, Part]]:
    """Statement → sales owner of who was served (0: nobody) → what the lines of it come to and cost."""
    is_service = case((L.kind.in_(COSTING), 1), else_=0)
    apart = (
        L.statement_id, L.served_id, L.contract_line_id, L.line_currency, L.exchange_rate, L.unit, is_service,
        S.currency,
    )  # fmt: skip
    sums = (L.quantity, L.net_amount, L.gross_amount)
    statement = visible(select(*apart, *map(func.sum, sums)).select_from(S), L, viewer)
    lines = (
        statement.join(L, and_(L.statement_id == S.id, L.until_revision.is_(None)))
        .where(S.id.in_(wanted))
        .group_by(*apart)
    )
    owners, quoted = _owners(), _quoted(wanted, viewer)
    found: dict[int, dict[int, Part]] = {}
    for row in db.session.execute(lines):
        (
            statement_id, served_id, contract_line_id, priced_in, rate, unit, costs, currency, quantity, net, gross,
        ) = row  # fmt: skip
        exchange = None if rate is None else ExchangeRate(priced_in, currency, date.min, rate)
        billed = Billed(currency, priced_in, exchange, quantity, unit, net, gross, bool(costs))
        of_statement = found.setdefault(statement_id, {})
        whose = owners.get(served_id) or 0
        part = part_of(billed, quoted.get(contract_line_id))
        of_statement[whose] = of_statement.get(whose, Part()) + part
    return found


def _owners() -> Mapping[int, int | None]:
    statement = select(CUSTOMERS.c.id, owner())
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _quoted(wanted: Select[Any], viewer: Viewer) -> dict[int, Quoted]:
    """Contract line → what its quotation line said it costs; for the lines of the statements `wanted`."""
    used = visible(select(L.contract_line_id), L, viewer).where(L.statement_id.in_(wanted))
    statement = (
        select(CL.id, CL.unit, QuotationLine.quantity, Q.kind, Q.currency, Q.per_unit, Q.flat, Q.percent)
        .join(QuotationLine, QuotationLine.id == CL.quotation_line_id)
        .join(Q, Q.line_id == QuotationLine.id)
        .where(CL.id.in_(used), QuotationLine.unit.in_(("", CL.unit)))
    )  # fmt: skip
    heads: dict[int, tuple[str, Decimal]] = {}
    parts: dict[int, list[CostComponent]] = {}
    for row in db.session.execute(statement.order_by(CL.id, Q.id)):
        heads[row.id] = row.unit, row.quantity
        component = CostComponent(
            CostKind(row.kind), row.currency, row.per_unit, row.flat, row.percent
        )
        parts.setdefault(row.id, []).append(component)
    return {line: Quoted(*heads[line], tuple(found)) for line, found in parts.items()}
