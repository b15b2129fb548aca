"""The statement lines behind a figure of a report, as a list with its control totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer

from portal.access.permissions import Permission as P
from portal.billing.labels import LINE_KINDS, LINES
from portal.billing.models import Statement, StatementLine
from portal.billing.queries.sums import Named
from portal.customers.models import Customer
from portal.db import whole
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.receivables.queries import report_revenue as queries
from portal.receivables.queries.report_lines import Basis, in_months, of_published, with_key
from portal.receivables.views.list_parts import ANY, currencies
from portal.receivables.views.list_parts import whole as unbroken
from portal.receivables.views.report_question import (
    BASIS_WORDS,
    BY_WORDS,
    Question,
    month_choices,
    tabs,
)
from portal.receivables.views.report_revenue_page import measured_words, namer
from portal.web.filters import day, money, quantity
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

L, S = StatementLine, Statement
LONGEST_KEY = 130


def key_here() -> str:
    """Which row of the report; "" for all of them."""
    return request.args.get("key", "")[:LONGEST_KEY]


def lines_of(question: Question, key: str) -> Select[Any]:
    """(line, Chinese, English and short name of who was served); without the workings, which no list shows."""
    names = (
        whole.looked_up(Customer, name, L.served_id)
        for name in ("name_zh", "name_en", "short_name")
    )
    statement = of_published(select(L, *names), g.viewer).options(
        contains_eager(L.statement), defer(L.working)
    )
    statement = statement.where(in_months(question.months, question.basis))
    if question.currency:
        statement = statement.where(S.currency == question.currency)
    return statement.where(with_key(question.by, key)) if key else statement


def spec_of(question: Question, key: str) -> ListSpec:
    """The list, with what it was narrowed by to choose from; the statement itself is narrowed already."""
    months = [(each, each) for each in month_choices(question.months)]
    filters = [
        _choice("from", t("First month"), months),
        _choice("to", t("Last month"), months),
        _choice("currency", t("Currency"), currencies()),
    ]
    if question.basis is not Basis.STATEMENT:
        ways = [(each.value, words) for each, words in BASIS_WORDS.items()]
        filters.append(_choice("basis", t("Month taken from"), ways))
    if key:
        words = BY_WORDS[question.by]
        filters.append(_choice("by", t("Grouped by"), [(question.by.value, words)]))
        filters.append(_choice("key", words, [ANY, (key, namer(question.by, {key})(key)[1])]))
    return replace(LINES_LIST, filters=tuple(filters))


def sums_context(question: Question, key: str) -> dict[str, Any]:
    """What the lines come to in each currency: the figure that led here."""
    found = queries.summed(
        question.months, question.basis, g.viewer, question.currency, question.by, key
    )
    sums = [(code, each, ", ".join(measured_words(each))) for code, each in found.items()]
    back = {**question.asked(), "currency": None}
    return {"sums": sums, "back": url_for("desk_reports.revenue", **back), "tabs": tabs("revenue")}


def _choice(key: str, words: Text, options: Sequence[tuple[str, Any]]) -> Filter:
    return Filter(key, words, lambda: options, lambda statement, _value: statement)


def _url(row: Any) -> str | None:
    may = g.viewer.may(P.STATEMENT_SEE)
    return url_for("desk_statements.line", line_id=row[0].id) if may else None


def _measured(row: Any) -> str:
    line = row[0]
    if not line.main_unit or not line.stat_quantity:
        return ""
    return f"{quantity(line.stat_quantity)} {say(unit_word(line.main_unit))}"


LINES_LIST = ListSpec(
    key="report_lines",
    columns=(
        Column("day", t("Day"), lambda r: unbroken(day(r[0].ends_on)), sort=L.ends_on, value=lambda r: r[0].ends_on),
        Column("customer", t("Customer"), lambda r: r[3] or name_of(Named(*r[1:3])),
               value=lambda r: name_of(Named(*r[1:3]))),
        Column("service", t("Service"), lambda r: name_of(r[0])),
        Column("kind", t("Kind"), lambda r: say(LINE_KINDS[r[0].kind]), only_in_files=True),
        Column("reference", t("Reference"), lambda r: r[0].reference),
        Column("statement", t("Statement"), lambda r: unbroken(r[0].statement.number),
               value=lambda r: r[0].statement.number),
        Column("late", t("Belongs to an earlier period"), lambda r: say(t("yes")) if r[0].is_late else "",
               only_in_files=True),
        Column("quantity", t("Quantity"), lambda r: unbroken(f"{quantity(r[0].quantity)} {say(unit_word(r[0].unit))}"),
               align="num", value=lambda r: r[0].quantity),
        Column("unit", t("Unit"), lambda r: say(unit_word(r[0].unit)), only_in_files=True),
        Column("done", t("Statistical quantity"), _measured, align="num",
               value=lambda r: r[0].stat_quantity, total=True, total_by="main_unit"),
        Column("main_unit", t("Measuring unit"), lambda r: say(unit_word(r[0].main_unit)) if r[0].main_unit else "",
               only_in_files=True),
        Column("net", t("Net"), lambda r: money(r[0].net_amount, r[0].statement.currency), align="num",
               value=lambda r: r[0].net_amount, total=True, total_by="currency"),
        Column("tax", t("Tax"), lambda r: r[0].tax_amount, only_in_files=True, total=True, total_by="currency"),
        Column("gross", t("Amount with tax"), lambda r: r[0].gross_amount, value=lambda r: r[0].gross_amount,
               only_in_files=True, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda r: r[0].statement.currency, only_in_files=True),
        Column("state", t("State"), lambda r: say(LINES[r[0].state].text), only_in_files=True),
    ),
    row_id=L.id,
    sort="-day",
    url=_url,
    row_classes=lambda r: "row-muted" if r[0].net_amount < 0 else "",
    empty=Empty(t("No line"), t("Nothing was billed for these months.")),
)  # fmt: skip
