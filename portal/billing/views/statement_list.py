"""The desk's lists: statements, and the billing runs that drafted them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import RUNS, STATEMENTS
from portal.billing.models import Statement, StatementRun
from portal.billing.queries.statements import search
from portal.billing.queries.waiting import statements_for
from portal.billing.rules.states import StatementState
from portal.billing.views.line_words import days
from portal.billing.views.months import in_month, month_options, period_words
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.money import CURRENCIES
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

ANY = ("", t("Any"))
S = StatementState


def whole(words: str) -> Markup:
    """Words that stay on one line."""
    return Markup(f'<span class="nowrap">{escape(words)}</span>')


def narrowed_to(column: Any, known: Sequence[str]) -> Callable[[Select[Any], str], Select[Any]]:
    """A filter's narrowing by one of the known values; anything else narrows nothing."""
    return lambda statement, value: (
        statement.where(column == value) if value in known else statement
    )


def one_customer(spec: ListSpec, column: Any = Statement.customer_id) -> ListSpec:
    """The list, narrowed to the customer whose page led here."""
    if not request.args.get("customer"):
        return spec
    return replace(spec, filters=(*spec.filters, _of_customer(column)))


def _of_customer(column: Any) -> Filter:

    def options() -> list[tuple[str, Any]]:
        chosen = _number(request.args.get("customer", ""))
        row = db.session.scalar(
            visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
        )
        return [ANY, *([(str(chosen), row.label)] if row else [])]

    return Filter(
        "customer", t("Customer"), options, lambda s, value: s.where(column == _number(value))
    )


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _mine(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(statements_for(g.viewer)) if value == "1" else statement


def _period(row: Statement) -> Markup:
    return whole(period_words(row.starts_on, row.ends_on))


def _open(row: Statement) -> Decimal:
    """What the customer has not answered yet or disputes, of what was published."""
    published = row.state in (S.PUBLISHED, S.PARTLY_DISPUTED)
    return row.gross_amount - row.confirmed_amount if published else Decimal(0)


def _amount(key: str, words: Any, read: Callable[[Statement], Decimal], **more: Any) -> Column:
    return Column(
        key, words, lambda s: money(read(s), s.currency) if read(s) else "", align="num",
        value=read, total=True, total_by="currency", **more,
    )  # fmt: skip


def _currencies() -> list[tuple[str, Any]]:
    known = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")
    return [ANY, *((code, code) for code in known if code in CURRENCIES)]


STATEMENTS_LIST = ListSpec(
    key="statements",
    columns=(
        Column("number", t("Number"), lambda s: s.number, sort=Statement.number),
        Column("customer", t("Customer"), lambda s: s.customer.label, value=lambda s: s.customer.name_zh),
        Column("code", t("Customer code"), lambda s: s.customer.code, only_in_files=True),
        Column("period", t("Period"), _period, sort=Statement.ends_on,
               value=lambda s: days(s.starts_on, s.ends_on)),
        Column("state", t("State"), lambda s: chip(STATEMENTS[s.state]),
               value=lambda s: say(STATEMENTS[s.state].text)),
        Column("lines", t("Lines"), lambda s: s.line_count, only_in_files=True),
        _amount("net", t("Net"), lambda s: s.net_amount, only_in_files=True),
        _amount("tax", t("Tax"), lambda s: s.tax_amount, only_in_files=True),
        Column("gross", t("Amount with tax"), lambda s: money(s.gross_amount, s.currency), align="num",
               value=lambda s: s.gross_amount, total=True, total_by="currency"),
        _amount("open", t("Not confirmed"), _open),
        _amount("disputed", t("Disputed"), lambda s: s.disputed_amount),
        _amount("invoiced", t("Invoiced"), lambda s: s.invoiced_amount, only_in_files=True),
        Column("currency", t("Currency"), lambda s: s.currency, only_in_files=True),
        Column("due", t("Due"), lambda s: day(s.due_on) if s.due_on else "", value=lambda s: s.due_on),
        Column("updated", t("Changed"), lambda s: whole(instant(s.updated_at)), sort=Statement.updated_at,
               value=lambda s: s.updated_at, only_in_files=True),
    ),
    row_id=Statement.id,
    sort="-period",
    url=lambda s: url_for("desk_statements.show", statement_id=s.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in STATEMENTS.items())],
               narrowed_to(Statement.state, list(STATEMENTS))),
        Filter("month", t("Period"), lambda: [ANY, *month_options()],
               lambda s, value: in_month(s, Statement.ends_on, value)),
        Filter("currency", t("Currency"), _currencies, narrowed_to(Statement.currency, list(CURRENCIES))),
        Filter("mine", t("Whose"), lambda: [("", t("Everybody's")), ("1", t("Waiting for me"))], _mine),
    ),
    search=search,
    search_hint=t("Number, customer, pinyin, code …"),
    row_classes=lambda s: "row-muted" if s.state == S.VOID else "",
    empty=Empty(
        t("No statements yet"),
        t("Bill a period: what was used, stored and agreed becomes one draft for each customer."),
        t("Bill a period"),
        "desk_statements.new_run",
        P.STATEMENT_RUN,
    ),
)  # fmt: skip


def _figure(name: str) -> Callable[[StatementRun], str]:
    return lambda run: f"{(run.counts or {}).get(name, 0):,}"


def runs() -> Select[Any]:
    """Every billing run; it names no customer's figures, only how many."""
    both: Any = (StatementRun, Customer)
    return select(*both).outerjoin(Customer, Customer.id == StatementRun.only_customer_id)


RUNS_LIST = ListSpec(
    key="statement_runs",
    columns=(
        Column("started", t("Started"), lambda r: whole(instant(r[0].created_at)), sort=StatementRun.id,
               value=lambda r: r[0].created_at),
        Column("period", t("Period"), lambda r: whole(period_words(r[0].starts_on, r[0].ends_on)),
               value=lambda r: days(r[0].starts_on, r[0].ends_on)),
        Column("customer", t("Customers"), lambda r: name_of(r[1]) if r[1] else say(t("All"))),
        Column("state", t("State"), lambda r: chip(RUNS[r[0].state]), value=lambda r: say(RUNS[r[0].state].text)),
        Column("drafted", t("Drafted"), lambda r: _figure("drafted")(r[0]), align="num"),
        Column("refreshed", t("Refreshed"), lambda r: _figure("refreshed")(r[0]), align="num"),
        Column("unchanged", t("Unchanged"), lambda r: _figure("unchanged")(r[0]), align="num"),
        Column("failed", t("With a problem"), lambda r: _figure("failed")(r[0]), align="num"),
    ),
    row_id=StatementRun.id,
    sort="-started",
    url=lambda r: url_for("desk_statements.run", run_id=r[0].id),
    row_classes=lambda r: "row-warn" if (r[0].counts or {}).get("failed") else "",
    empty=Empty(
        t("No billing run yet"),
        t("A run drafts the statements of one period, for all customers or for one."),
        t("Bill a period"),
        "desk_statements.new_run",
        P.STATEMENT_RUN,
    ),
)  # fmt: skip
