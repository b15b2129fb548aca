"""The customer's list of statements: what each comes to, what is due, what is disputed, what waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import Select, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import STATEMENTS_FOR_CUSTOMERS
from portal.billing.models import Receivable, Statement, StatementLine
from portal.billing.queries import statements as queries
from portal.billing.queries.statements import TO_ANSWER, search
from portal.billing.rules.due import overdue_days
from portal.billing.rules.states import CUSTOMER_SEES, LineState, StatementState
from portal.billing.views.line_words import days
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.web.filters import day, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

S, R, L = Statement, Receivable, StatementLine
ANY = ("", t("Any"))
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shown:
    """One statement as the list shows it; amounts in its currency. `open_lines` wait for an answer."""

    row: Statement
    period: str
    label: Label
    owed: Decimal
    overdue: int
    open_lines: int
    answer_by: date | None
    url: str


def mine(viewer: Viewer) -> Select[Any]:
    """(statement, what is owed for it, its terms) of everything that was published for the customer."""
    return queries.statements(viewer).add_columns(R, S.terms).outerjoin(R, R.statement_id == S.id)


def list_spec(viewer: Viewer) -> ListSpec:
    """The list with the filters that have something to choose from."""
    filters = [_years(viewer), _WHAT]
    if len(viewer.customer_ids or ()) > 1:
        filters.append(_branches(viewer))
    return replace(STATEMENTS_LIST, filters=tuple(filters))


def shown(found: Sequence[Any]) -> list[Shown]:
    """The statements of one page, with what waits on each, asked once for all of them."""
    asked = [row.id for row, *_more in found if row.state in TO_ANSWER]
    waiting, today = _waiting(asked), clock.today()
    return [_shown(row, owed, terms, waiting.get(row.id, 0), today) for row, owed, terms in found]


def answer_by(statement: Statement, terms: Any) -> date | None:
    """By when its customer is asked to answer, as its terms say, while it waits for an answer."""
    told = (terms or {}).get("answer_by")
    return date.fromisoformat(told) if told and statement.state in TO_ANSWER else None


def overdue_of(owed: Receivable | None, today: date) -> int:
    """Days since it was due, of what is open and undisputed; 0: nothing is overdue."""
    if owed is None or owed.open_amount <= owed.disputed_amount:
        return 0
    return overdue_days(owed.due_on, today)


def _shown(row: Statement, owed: Receivable | None, terms: Any, waiting: int, today: date) -> Shown:
    return Shown(
        row=row,
        period=days(row.starts_on, row.ends_on),
        label=STATEMENTS_FOR_CUSTOMERS[row.state],
        owed=owed.open_amount if owed is not None else NOTHING,
        overdue=overdue_of(owed, today),
        open_lines=waiting,
        answer_by=answer_by(row, terms),
        url=url_for("my_statements.show", statement_id=row.id),
    )


def _waiting(ids: list[int]) -> dict[int, int]:
    """Statement → how many of its lines wait for an answer."""
    if not ids:
        return {}
    wanted = visible(select(L.statement_id, func.count()), L, g.viewer).where(
        L.statement_id.in_(ids), L.until_revision.is_(None), L.state == LineState.OPEN.value
    )
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(L.statement_id))}


def _years(viewer: Viewer) -> Filter:
    """The archive: every year that has a statement."""

    def options() -> list[tuple[str, Any]]:
        asked = visible(select(func.min(S.ends_on), func.max(S.ends_on)), S, viewer)
        first, last = db.session.execute(asked.where(S.state.in_(sorted(CUSTOMER_SEES)))).one()
        years = range(last.year, first.year - 1, -1) if first else ()
        return [ANY, *((str(year), str(year)) for year in years)]

    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        if not value.isdecimal() or len(value) != 4 or value == "0000":
            return statement
        year = int(value)
        return statement.where(S.ends_on.between(date(year, 1, 1), date(year, 12, 31)))

    return Filter("year", t("Year"), options, narrowed)


def _branches(viewer: Viewer) -> Filter:
    """The customers whose statements this person sees, of several."""

    def options() -> list[tuple[str, Any]]:
        rows = db.session.scalars(visible(select(Customer), Customer, viewer).order_by(Customer.id))
        return [ANY, *((str(row.id), row.label) for row in rows)]

    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        known = value.isdecimal() and int(value) in (viewer.customer_ids or ())
        return statement.where(S.customer_id == int(value)) if known else statement

    return Filter("customer", t("Whose"), options, narrowed)


WHAT: tuple[tuple[str, Text], ...] = (
    ("waiting", t("Waits for your answer")),
    ("disputed", t("With a dispute")),
    ("overdue", t("Overdue")),
    ("unpaid", t("Not paid yet")),
    ("confirmed", t("Confirmed")),
)


def _what(statement: Select[Any], value: str) -> Select[Any]:
    if value == "waiting":
        open_lines = select(L.id).where(
            L.statement_id == S.id, L.until_revision.is_(None), L.state == LineState.OPEN.value
        )
        return statement.where(S.state.in_(TO_ANSWER), open_lines.exists())
    narrow = {
        "disputed": S.state == StatementState.PARTLY_DISPUTED.value,
        "overdue": (R.open_amount > R.disputed_amount) & (R.due_on < clock.today()),
        "unpaid": R.open_amount > 0,
        "confirmed": or_(
            S.state == StatementState.CONFIRMED.value, S.state == StatementState.BILLED.value
        ),
    }.get(value)
    return statement if narrow is None else statement.where(narrow)


_WHAT = Filter("what", t("Which"), lambda: [("", t("All")), *WHAT], _what)


def _file(key: str, words: Text, read: Any, **more: Any) -> Column:
    """A column of the file; the page draws its own."""
    return Column(key, words, read, value=read, only_in_files=True, **more)


def _sum(key: str, words: Text, read: Any) -> Column:
    return _file(key, words, read, total=True, total_by="currency")


STATEMENTS_LIST = ListSpec(
    key="statements",
    columns=(
        Column("number", t("Number"), lambda p: p[0].number, sort=S.number),
        Column("period", t("Period"), lambda p: days(p[0].starts_on, p[0].ends_on), sort=S.ends_on),
        _file("customer", t("Whose"), lambda p: name_of(p[0].customer)),
        _file("revision", t("Revision"), lambda p: p[0].revision_no),
        _file("state", t("State"), lambda p: say(STATEMENTS_FOR_CUSTOMERS[p[0].state].text)),
        _file("lines", t("Lines"), lambda p: p[0].line_count),
        _file("currency", t("Currency"), lambda p: p[0].currency),
        _sum("net", t("Net"), lambda p: p[0].net_amount),
        _sum("tax", t("Tax"), lambda p: p[0].tax_amount),
        Column("gross", t("Amount with tax"), lambda p: money(p[0].gross_amount, p[0].currency),
               value=lambda p: p[0].gross_amount, total=True, total_by="currency"),
        _sum("confirmed", t("Confirmed"), lambda p: p[0].confirmed_amount),
        _sum("disputed", t("Disputed"), lambda p: p[0].disputed_amount),
        _sum("owed", t("Still owed"), lambda p: p[1].open_amount if p[1] else NOTHING),
        Column("due", t("Due"), lambda p: day(p[0].due_on), value=lambda p: p[0].due_on),
    ),
    row_id=S.id,
    sort="-period",
    url=lambda p: url_for("my_statements.show", statement_id=p[0].id),
    search=search,
    search_hint=t("Number or month …"),
    empty=Empty(
        t("No statements yet"),
        t("When a month is billed, its statement is here: you check it line by line and answer."),
    ),
)  # fmt: skip
