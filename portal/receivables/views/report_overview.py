"""The first page of the reports: how the months went in a few figures, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import g, url_for

from portal.kernel import clock
from portal.receivables.queries import report_answers, report_owed, report_revenue, report_unbilled
from portal.receivables.queries.report_lines import Basis
from portal.receivables.rules.report_figures import change
from portal.receivables.views.report_question import Question, context
from portal.web.bars import Chart, chart_of

YEAR = 12
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class InCurrency:
    """One currency: net of the months and of as many before, the year as a picture, days sales outstanding."""

    currency: str
    net: Decimal
    before: Decimal
    change: Decimal | None
    chart: Chart | None
    outstanding: Decimal | None
    url: str


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    accuracy = report_answers.accuracy(question.months, g.viewer)
    waiting = report_unbilled.by_customer(clock.today(), g.viewer)
    return {
        "currencies_found": _in_currencies(question),
        "accuracy": report_answers.all_of(accuracy.values()),
        "deciding": report_answers.deciding(question.months, g.viewer),
        "unbilled_count": sum(row.records for row in waiting),
        "unmatched_count": sum(row.records for row in waiting if row.mismatch),
        "unbilled_customers": len({row.key for row in waiting}),
        **context(question, "index"),
    }


def _in_currencies(question: Question) -> list[InCurrency]:
    months = question.months
    span = months.back(max(YEAR, 2 * months.count))
    found = report_revenue.by_month(span, Basis.STATEMENT, g.viewer)
    owed = {
        each.currency: each.outstanding
        for each in report_owed.over(report_owed.owed_and_sold(g.viewer), months, clock.today())
    }
    return [
        _in_currency(question, currency, by_month, owed.get(currency))
        for currency, by_month in found.items()
    ]


def _in_currency(
    question: Question, currency: str, by_month: Any, outstanding: Decimal | None
) -> InCurrency:
    months = question.months
    net = sum((by_month[month].net for month in months), ZERO)
    before = sum((by_month[month].net for month in months.before), ZERO)
    drawn = [
        (f"{month:%m}", figures.net, months.contains(month))
        for month, figures in list(by_month.items())[-YEAR:]
    ]
    asked = replace(question, currency=currency).asked()
    url = url_for("desk_reports.revenue", **asked)
    return InCurrency(currency, net, before, change(net, before), chart_of(drawn), outstanding, url)
