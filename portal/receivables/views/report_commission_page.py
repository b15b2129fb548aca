"""Commission on its page: what was paid to whose customers in which month, and the margin in it (DOMAIN K11, M5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.kernel.text import t
from portal.receivables.queries import report_paid as queries
from portal.receivables.queries.report_lines import By
from portal.receivables.rules.commission import Part
from portal.receivables.rules.report_figures import percent
from portal.receivables.views.report_files import files
from portal.receivables.views.report_question import Question, context
from portal.receivables.views.report_revenue_page import namer
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.words import say

AMOUNT = Kind.AMOUNT
HEADS = (
    Head(t("Sales owner")),
    Head(t("Paid in")),
    Head(t("Currency")),
    Head(t("Paid with tax"), AMOUNT, total=True),
    Head(t("Net of it"), AMOUNT, total=True),
    Head(t("Net with a known cost"), AMOUNT, total=True),
    Head(t("Cost after rebate"), AMOUNT, total=True),
    Head(t("Margin after rebate"), AMOUNT, total=True),
    Head(t("Margin"), Kind.PERCENT),
    Head(t("Net, cost unknown"), AMOUNT, total=True),
)
NOTE = t(
    "A payment counts for every line of its statement in proportion, by the sales owner of who was served, in the "
    "month of the allocation; what was undone counts negative. A cost is known where the contract came from a "
    "quotation line with costs; shortfalls, credits and late fees cost nothing."
)


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    shown = (_owners(question), _old_books(question))
    return {
        "tables": [table for table in shown if table.lines or table.key == "commission"],
        "file_urls": files(question, shown),
        **context(question, "commission"),
    }


def tables(question: Question) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    return {
        "commission": lambda: _owners(question),
        "old_books": lambda: _old_books(question),
    }


def _owners(question: Question) -> ReportTable:
    rows = queries.commission(question.months, g.viewer)
    name = namer(By.OWNER, {str(row.owner_id) for row in rows})
    lines = [
        Line([name(str(row.owner_id))[1], f"{row.month:%Y-%m}", row.currency, *_values(row.part)])
        for row in rows
    ]
    title = _("By sales owner and month of payment")
    nothing = _("Nothing was paid in these months.")
    return ReportTable("commission", title, HEADS, lines, 2, note=say(NOTE), empty=nothing)


def _values(part: Part) -> list[Any]:
    rate = percent(part.margin, part.known_net) if part.known_net > 0 else None
    return [part.gross, part.net, part.known_net, part.cost, part.margin, rate, part.unknown_net]


def _old_books(question: Question) -> ReportTable:
    lines = [
        Line([row.currency, row.amount])
        for row in queries.paid_for_old_books(question.months, g.viewer)
    ]
    heads = [Head(t("Currency")), Head(t("Paid"), AMOUNT, total=True)]
    return ReportTable(
        "old_books", _("Left out: paid for the old books"), heads, lines, currency_at=0,
        note=_("Nobody knows what items brought forward from the old books were for."),
    )  # fmt: skip
