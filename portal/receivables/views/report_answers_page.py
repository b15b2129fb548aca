"""Disputes on their page: by reason, result and customer; days to decide, billing accuracy, credits granted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.billing.labels import CREDIT_SOURCES, DISPUTES
from portal.billing.rules.kinds import REASON_WORDS, DisputeReason
from portal.billing.rules.states import DisputeState
from portal.kernel.text import Text, t
from portal.receivables.queries import report_answers as queries
from portal.receivables.queries.report_answers import Accuracy, Disputed
from portal.receivables.queries.report_lines import By
from portal.receivables.rules.report_figures import percent
from portal.receivables.views.report_question import Question, context
from portal.receivables.views.report_revenue_page import namer
from portal.receivables.views.report_tables import Head, Kind, Line, ReportTable, files
from portal.web.words import say

ZERO = Decimal(0)
COUNT, AMOUNT = Kind.COUNT, Kind.AMOUNT


@dataclass(slots=True)
class Sums:
    """Disputes alike: how many, how many of them decided, disputed and granted amounts with tax."""

    count: int = 0
    decided: int = 0
    disputed: Decimal = ZERO
    granted: Decimal = ZERO

    def include(self, row: Disputed) -> None:
        """Some more."""
        self.count += row.number
        self.decided += row.number if row.state in queries.DECIDED else 0
        self.disputed += row.disputed
        self.granted += row.granted


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    rows = queries.disputes(question.months, g.viewer)
    found = queries.accuracy(question.months, g.viewer)
    shown = (*_three(rows), _accuracy(question, found), _credits(question))
    return {
        "tables": shown,
        "accuracy": queries.all_of(found.values()),
        "deciding": queries.deciding(question.months, g.viewer),
        "count": sum(row.number for row in rows),
        "open_count": sum(row.number for row in rows if row.state not in _ENDED),
        "withdrawn": sum(row.number for row in rows if row.state == DisputeState.WITHDRAWN),
        "file_urls": files(question, shown),
        **context(question, "disputes"),
    }


def tables(question: Question) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    asked = lambda: queries.disputes(question.months, g.viewer)  # noqa: E731
    return {
        "reason": lambda: _by_reason(asked()),
        "result": lambda: _by_result(asked()),
        "customer": lambda: _by_customer(asked()),
        "accuracy": lambda: _accuracy(question, queries.accuracy(question.months, g.viewer)),
        "credits": lambda: _credits(question),
    }


_ENDED = (*queries.DECIDED, DisputeState.WITHDRAWN.value)


def _three(rows: list[Disputed]) -> tuple[ReportTable, ReportTable, ReportTable]:
    return _by_reason(rows), _by_result(rows), _by_customer(rows)


def _by_reason(rows: list[Disputed]) -> ReportTable:
    name = lambda key: say(REASON_WORDS[DisputeReason(key)])  # noqa: E731
    url = lambda key: url_for("desk_disputes.index", reason=key)  # noqa: E731
    return _table("reason", _("By reason"), t("Reason"), rows, lambda row: row.reason, name, url)


def _by_result(rows: list[Disputed]) -> ReportTable:
    name = lambda key: say(DISPUTES[key].text)  # noqa: E731
    url = lambda key: url_for("desk_disputes.index", state=key)  # noqa: E731
    return _table("result", _("By result"), t("Result"), rows, lambda row: row.state, name, url)


def _by_customer(rows: list[Disputed]) -> ReportTable:
    names = namer(By.PAYER, {str(row.customer_id) for row in rows})
    return _table(
        "customer", _("By customer"), t("Customer"), rows, lambda row: str(row.customer_id),
        lambda key: names(key)[1], lambda _key: None,
    )  # fmt: skip


def _table(
    key: str, title: str, first: Text, rows: Iterable[Disputed], by: Callable[[Disputed], str],
    name: Callable[[str], str], url: Callable[[str], str | None],
) -> ReportTable:  # fmt: skip
    found: dict[tuple[str, str], Sums] = {}
    for row in rows:
        found.setdefault((row.currency, by(row)), Sums()).include(row)
    ranked = sorted(found.items(), key=lambda each: (each[0][0], -each[1].disputed, each[0][1]))
    lines = [
        Line(
            [name(value), currency, sums.count, sums.decided, sums.disputed, sums.granted,
             percent(sums.granted, sums.disputed)],
            {2: url(value)},
        )
        for (currency, value), sums in ranked
    ]  # fmt: skip
    heads = [
        Head(first),
        Head(t("Currency")),
        Head(t("Disputes"), COUNT, total=True),
        Head(t("Decided"), COUNT, total=True),
        Head(t("Disputed"), AMOUNT, total=True),
        Head(t("Granted"), AMOUNT, total=True),
        Head(t("Granted of disputed"), Kind.PERCENT),
    ]
    return ReportTable(
        key,
        title,
        heads,
        lines,
        currency_at=1,
        empty=_("Nobody disputed anything in these months."),
    )


def _accuracy(question: Question, found: dict[Any, Accuracy]) -> ReportTable:
    lines = [
        Line(
            [f"{month:%Y-%m}", each.lines, each.disputed, each.lines - each.disputed, each.percent]
        )
        for month, each in found.items()
    ]
    heads = [
        Head(t("Month")),
        Head(t("Lines published"), COUNT, total=True),
        Head(t("Disputed"), COUNT, total=True),
        Head(t("Not disputed"), COUNT, total=True),
        Head(t("Billing accuracy"), Kind.PERCENT),
    ]
    whole = queries.all_of(found.values())
    foot = Line(
        [_("Total"), whole.lines, whole.disputed, whole.lines - whole.disputed, whole.percent]
    )
    return ReportTable(
        "accuracy", _("Billing accuracy"), heads, lines, foot=[foot],
        note=_(
            "Lines not disputed of all lines that were ever published on statements whose period ends in the "
            "month; a line that a correction replaced counts beside the new one. Left out: credits, and disputes "
            "that were withdrawn."
        ),
    )  # fmt: skip


def _credits(question: Question) -> ReportTable:
    lines = [
        Line([_why(row.source, row.reason), row.currency, row.number, row.net, row.tax, row.gross])
        for row in queries.credits_given(question.months, g.viewer)
    ]
    heads = [
        Head(t("Reason")),
        Head(t("Currency")),
        Head(t("Credits"), COUNT, total=True),
        Head(t("Net"), AMOUNT, total=True),
        Head(t("Tax"), AMOUNT, total=True),
        Head(t("Amount with tax"), AMOUNT, total=True),
    ]
    return ReportTable(
        "credits", _("Credits granted"), heads, lines, currency_at=1,
        note=_("By the day on which they were granted, whether they stand on a statement yet or not."),
        empty=_("No credit was granted in these months."),
    )  # fmt: skip


def _why(source: str, reason: str) -> str:
    told = say(CREDIT_SOURCES[source])
    return f"{told}: {say(REASON_WORDS[DisputeReason(reason)])}" if reason else told
