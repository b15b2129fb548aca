"""Revenue on its page: for each currency the months as a picture and a table, then what it was made with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.billing.queries.sums import Named
from portal.billing.rules.kinds import LINE_KIND_WORDS, LineKind
from portal.catalogue.labels import CATEGORIES
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.contracts.actions.carrying import full_name
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.receivables.queries import report_revenue as queries
from portal.receivables.queries.report_lines import BETWEEN, KIND, By
from portal.receivables.queries.report_revenue import Figures, RevenueRow
from portal.receivables.rules.report_figures import change
from portal.receivables.rules.report_months import Months
from portal.receivables.views.report_files import files
from portal.receivables.views.report_question import BY_WORDS, Question, context
from portal.web.bars import Chart, chart_of
from portal.web.filters import quantity
from portal.web.report_tables import (
    DASH,
    Head,
    Kind,
    Line,
    ReportTable,
    Where,
    stacked,
)
from portal.web.words import name_of, say

YEAR = 12
MONTH_HEADS = (
    Head(t("Month")),
    Head(t("Currency"), where=Where.FILE),
    Head(t("Lines"), Kind.COUNT, total=True),
    Head(t("Net"), Kind.AMOUNT, total=True),
)
CURRENCY_AT, LINES_AT, NET_AT, BEFORE_AT = 2, 3, 4, 5
Namer = Callable[[str], tuple[str, str]]
"""Key of a row → (code, name)."""


@dataclass(frozen=True, slots=True)
class Section:
    """One currency."""

    currency: str
    total: RevenueRow
    change: Decimal | None
    chart: Chart | None
    months: ReportTable
    table: ReportTable


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    rows = _rows(question)
    table, months = _table(question, rows), months_table(question)
    return {
        "sections": [
            _section(question, total, months.only(code), table.only(code))
            for code, total in queries.totals(rows).items()
        ],
        "file_urls": files(question, (table, months)),
        **context(question, "revenue"),
    }


def tables(question: Question) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    return {
        "revenue": lambda: _table(question, _rows(question)),
        "months": lambda: months_table(question),
    }


def _rows(question: Question) -> list[RevenueRow]:
    return queries.revenue(
        question.by, question.months, question.basis, g.viewer, question.currency
    )


def _table(question: Question, rows: list[RevenueRow]) -> ReportTable:
    """Every row of every currency; a column for each measuring unit in files."""
    units = sorted({unit for row in rows for unit in row.now.measured})
    name = namer(question.by, {row.key for row in rows})
    totals = queries.totals(rows).values()
    return ReportTable(
        key="revenue",
        title=_("Revenue by %(what)s", what=say(BY_WORDS[question.by]).lower()),
        heads=_heads(question.by, units),
        lines=[_line(row, name(row.key), units, question) for row in rows],
        currency_at=CURRENCY_AT,
        foot=[_line(row, ("", _("Total")), units, question) for row in totals],
    )


def months_table(question: Question) -> ReportTable:
    """Net of each of the last twelve months (or more, where more were asked for)."""
    span = question.months.back(max(YEAR, question.months.count))
    found = queries.by_month(span, question.basis, g.viewer, question.currency)
    lines = [
        _month_line(question, currency, month, figures)
        for currency, by_month in found.items()
        for month, figures in by_month.items()
    ]
    return ReportTable("months", _("Month by month"), MONTH_HEADS, lines, currency_at=1)


def _month_line(question: Question, currency: str, month: date, figures: Figures) -> Line:
    url = question.lines_url(currency, months=Months(month, month)) if figures.lines else None
    return Line([f"{month:%Y-%m}", currency, figures.lines, figures.net], {3: url})


def measured_words(figures: Figures) -> list[str]:
    """`12 TEU`, `6 boxes`, `33.5 m³·day`."""
    words = [
        f"{quantity(value)} {say(unit_word(unit))}"
        for unit, value in sorted(figures.measured.items())
        if value
    ]
    if figures.boxes:
        words.insert(0, _("%(count)s boxes", count=quantity(figures.boxes)))
    return words


def namer(by: By, keys: Iterable[str]) -> Namer:
    """How the rows of a report are called."""
    if by is By.CATEGORY:
        return lambda key: ("", say(_kind(key) or CATEGORIES.get(key, key)))
    if by is By.LANE:
        known = all_places()
        return lambda key: ("", lane_words(key, known))
    if by is By.SERVICE:
        items, places = queries.item_names(keys), all_places()
        return lambda key: _of_item(key, items, places)
    if by is By.OWNER:
        owners = queries.owner_names(keys)
        return lambda key: ("", owners[key][0] if key in owners else _("Nobody"))
    customers = queries.customer_names(keys)
    return lambda key: _of_customer(key, customers)


def lane_words(key: str, known: Gazetteer) -> str:
    """上海 → 纽约 in the reader's words; a dash for what goes nowhere."""
    ends = ((code, known.get(code)) for code in key.split(BETWEEN) if code)
    return " → ".join(name_of(place) if place else code for code, place in ends) or _("No lane")


def _of_item(key: str, items: Mapping[str, Any], places: Gazetteer) -> tuple[str, str]:
    kind = _kind(key)
    if kind is not None or key not in items:
        return "", say(kind or DASH)
    code, name_zh, name_en, packaging, *ends = items[key]
    name = full_name(name_of(Named(name_zh, name_en)), packaging)
    return code, f"{name}, {lane_words(BETWEEN.join(ends), places)}" if any(ends) else name


def _of_customer(key: str, customers: Mapping[str, Any]) -> tuple[str, str]:
    if key not in customers:
        return "", DASH
    code, name_zh, name_en, short = customers[key]
    return code, short or name_of(Named(name_zh, name_en))


def _kind(key: str) -> Text | None:
    kind = key.removeprefix(KIND)
    known = key.startswith(KIND) and kind in tuple(LineKind)
    return LINE_KIND_WORDS[LineKind(kind)] if known else None


def _section(
    question: Question, total: RevenueRow, months: ReportTable, table: ReportTable
) -> Section:
    drawn = [
        (line.values[0][2:], line.values[3], _is_asked(line.values[0], question))
        for line in months.lines
    ]
    return Section(
        total.currency,
        total,
        change(total.now.net, total.before.net),
        chart_of(drawn),
        months,
        table,
    )


def _is_asked(month: str, question: Question) -> bool:
    return f"{question.months.first:%Y-%m}" <= month <= f"{question.months.last:%Y-%m}"


def _heads(by: By, units: list[str]) -> list[Head]:
    return [
        Head(BY_WORDS[by]),
        Head(t("Code"), where=Where.FILE),
        Head(t("Currency"), where=Where.FILE),
        Head(t("Lines"), Kind.COUNT, total=True),
        Head(t("Net"), Kind.AMOUNT, total=True),
        Head(t("Net in the months before"), Kind.AMOUNT, total=True),
        Head(t("Difference"), Kind.CHANGE),
        Head(t("Quantities"), where=Where.PAGE),
        Head(t("Boxes"), Kind.QUANTITY, total=True, where=Where.FILE),
        *(Head(unit_word(unit), Kind.QUANTITY, total=True, where=Where.FILE) for unit in units),
    ]


def _line(row: RevenueRow, names: tuple[str, str], units: list[str], question: Question) -> Line:
    code, name = names
    values = [
        name, code, row.currency, row.now.lines, row.now.net, row.before.net, change(row.now.net, row.before.net),
        stacked(measured_words(row.now)), row.now.boxes, *(row.now.measured.get(unit, Decimal(0)) for unit in units),
    ]  # fmt: skip
    urls = {
        at: question.lines_url(row.currency, row.key, months) if figures.lines else None
        for at, figures, months in (
            (LINES_AT, row.now, question.months),
            (NET_AT, row.now, question.months),
            (BEFORE_AT, row.before, question.months.before),
        )
    }
    return Line(values, urls)
