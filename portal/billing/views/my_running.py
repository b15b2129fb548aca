"""The charges of the month that is not over yet: what stands today, and what it may come to by its end.

They come by the same path as a statement, with nothing saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, request, url_for
from sqlalchemy import select

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.actions.gathering import gather_running
from portal.billing.labels import LINE_KINDS, PLAIN_KINDS
from portal.billing.models import Statement
from portal.billing.queries import statements as queries
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.running import BASIS_WORDS, Basis, Running, RunningRow, project
from portal.billing.views.months import days_of
from portal.billing.views.my_door import statement_door as bp
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.money import format_amount, minor_units
from portal.kernel.period import Period
from portal.kernel.text import Text, t
from portal.web.pages import page
from portal.web.words import name_of

MONTHS_SHOWN = 5
MISSING = t(
    "A price or a rate of exchange is not there yet: this month cannot be worked out today."
)


@dataclass(frozen=True, slots=True)
class RunningLine:
    """One service of the running month in words."""

    name: str
    note: Text | None
    basis: Text
    is_projected: bool
    row: RunningRow


@dataclass(frozen=True, slots=True)
class Month:
    """The month in one currency as the page shows it; `bars` are those of the picture."""

    running: Running
    lines: list[RunningLine]
    bars: list[tuple[str, Decimal, str, bool]]


@bp.get("/statements/running")
@requires(P.STATEMENT_SEE)
def running() -> Any:
    """This month so far, service by service, and its projected end."""
    today = clock.today()
    party, known = _party(), _parties()
    months, problem = _worked_out(party, today)
    return page(
        "billing/my_running.html",
        party=party,
        tabs=[_tab(each, party) for each in known] if len(known) > 1 else [],
        is_with_group=_is_billed_with_group(party),
        months=months,
        problem=problem,
        period=this_month(today),
        today=today,
    )


@bp.get("/statements/running/sum")
@requires(P.STATEMENT_SEE)
def running_sum() -> Any:
    """Its sums alone, for the first page."""
    try:
        found = month_of(_party().id, clock.today())
    except Invalid:
        found = []
    return page("billing/_my_running_sums.html", found=[each for each in found if each.rows])


def this_month(today: date) -> Period:
    """The month that `today` is in."""
    found = days_of(f"{today:%Y-%m}")
    assert found is not None
    return Period(*found)


def month_of(party_id: int, today: date) -> list[Running]:
    """The running month of a party that was fetched, one for each currency; Invalid where a price is missing."""
    period = this_month(today)
    return [
        project(now, then, period, today.day, currency)
        for currency, now, then in gather_running(party_id, period, today)
    ]


def _worked_out(party: Customer, today: date) -> tuple[list[Month], Text | None]:
    """The months by currency; or why they cannot be worked out today."""
    try:
        found = month_of(party.id, today)
    except Invalid:
        return [], MISSING
    return [_month(each, party, today) for each in found if each.rows], None


def _month(found: Running, party: Customer, today: date) -> Month:
    return Month(found, [_line(row) for row in found.rows], _bars(found, party, today))


def _line(row: RunningRow) -> RunningLine:
    kind = LineKind(row.kind)
    return RunningLine(
        name=name_of(row),
        note=None if kind in PLAIN_KINDS else LINE_KINDS[kind],
        basis=BASIS_WORDS[row.basis],
        is_projected=row.basis in (Basis.PACE, Basis.STOCK),
        row=row,
    )


def _bars(found: Running, party: Customer, today: date) -> list[tuple[str, Decimal, str, bool]]:
    """The statements of the months before, this month so far, its projected end."""
    wanted = queries.statements(g.viewer).where(
        Statement.customer_id == party.id, Statement.currency == found.currency
    )
    latest = db.session.scalars(wanted.order_by(Statement.ends_on.desc()).limit(MONTHS_SHOWN))
    before = [(f"{row.ends_on:%m}", row.gross_amount, False) for row in reversed(latest.all())]
    ends = [(f"{today:%m}…", found.so_far, True), (f"{today:%m}", found.by_end, False)]
    return [
        (name, value, _short(value, found.currency), now) for name, value, now in (*before, *ends)
    ]


def _short(value: Decimal, currency: str) -> str:
    """A figure short enough for a column: thousands as k."""
    if abs(value) >= 1000:
        return f"{(value / 1000).quantize(Decimal('0.1'))}k"
    return format_amount(value.quantize(Decimal(1)) if minor_units(currency) else value, "JPY")


def _party() -> Customer:
    """Whose month: the customer's that this person acts for, or another's within its reach."""
    wanted = request.args.get("customer", type=int) or g.viewer.customer_id
    if not wanted or wanted > 10**9:
        raise NotFound()
    return load(Customer, wanted, g.viewer, P.STATEMENT_SEE)


def _parties() -> list[Customer]:
    """The customers within reach, to choose from."""
    if len(g.viewer.customer_ids or ()) < 2:
        return []
    rows = visible(select(Customer), Customer, g.viewer).order_by(Customer.id).limit(20)
    return list(db.session.scalars(rows))


def _tab(each: Customer, party: Customer) -> tuple[str, str, bool, None]:
    return name_of(each), url_for(".running", customer=each.id), each.id == party.id, None


def _is_billed_with_group(party: Customer) -> bool:
    return party.parent_id is not None and party.billing == "group"
