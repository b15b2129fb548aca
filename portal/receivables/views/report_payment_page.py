"""Payment on its page: days sales outstanding of the months, and month by month (DOMAIN I5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.kernel import clock
from portal.kernel.text import t
from portal.receivables.queries import report_owed as queries
from portal.receivables.queries.report_owed import Movements, Owed
from portal.receivables.rules.report_months import Months
from portal.receivables.views.report_files import files
from portal.receivables.views.report_question import Question, context
from portal.web.report_tables import Head, Kind, Line, ReportTable

YEAR = 12


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    found = queries.owed_and_sold(g.viewer)
    shown = (_whole(question, found), _monthly(question, found))
    return {
        "tables": shown,
        "file_urls": files(question, shown),
        **context(question, "payment"),
    }


def tables(question: Question) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    return {
        "dso": lambda: _whole(question, queries.owed_and_sold(g.viewer)),
        "monthly": lambda: _monthly(question, queries.owed_and_sold(g.viewer)),
    }


def outstanding(months: Months, today: date) -> list[Owed]:
    """Each currency over these months: for the overview."""
    return queries.over(queries.owed_and_sold(g.viewer), months, today)


def _whole(question: Question, found: Movements) -> ReportTable:
    lines = [
        Line([each.currency, each.owed, each.sold, each.days, each.outstanding])
        for each in queries.over(found, question.months, clock.today())
    ]
    return ReportTable(
        "dso", _("Days sales outstanding"), [Head(t("Currency")), *_heads()], lines, currency_at=0,
        note=_(
            "What was owed at the end, of what was sold in the months, times their days. Both with tax; what was "
            "brought forward from the old books is owed and was not sold."
        ),
        empty=_("Nobody owed anything."),
    )  # fmt: skip


def _monthly(question: Question, found: Movements) -> ReportTable:
    span, today = question.months.back(max(YEAR, question.months.count)), clock.today()
    lines = [
        Line([f"{month:%Y-%m}", each.currency, each.owed, each.sold, each.days, each.outstanding])
        for month in reversed(list(span))
        for each in queries.over(found, Months(month, month), today)
        if each.owed or each.sold
    ]
    heads = [Head(t("Month")), Head(t("Currency")), *_heads()]
    return ReportTable(
        "monthly", _("Month by month"), heads, lines, currency_at=1, empty=_("Nobody owed anything.")
    )  # fmt: skip


def _heads() -> list[Head]:
    return [
        Head(t("Owed at the end"), Kind.AMOUNT),
        Head(t("Sold"), Kind.AMOUNT),
        Head(t("Days in them"), Kind.COUNT),
        Head(t("Days sales outstanding"), Kind.QUANTITY),
    ]
