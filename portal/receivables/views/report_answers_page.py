"""Disputes on their page: by reason, result and customer; days to decide, billing accuracy, credits granted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from portal.receivables.views.report_files import files
from portal.receivables.views.report_question import Question, context
from portal.receivables.views.report_revenue_page import namer
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.words import say

ZERO = Decimal(0)
COUNT, AMOUNT = Kind.COUNT, Kind.AMOUNT
HEADS = (
    Head(t("Currency")),
    Head(t("Disputes"), COUNT, total=True),
    Head(t("Decided"), COUNT, total=True),
    Head(t("Disputed"), AMOUNT, total=True),
    Head(t("Amount granted"), AMOUNT, total=True),
    Head(t("Granted of disputed"), Kind.PERCENT),
)
ACCURACY_HEADS = (
    Head(t("Month")),
    Head(t("Lines published"), COUNT, total=True),
    Head(t("Disputed"), COUNT, total=True),
    Head(t("Not disputed"), COUNT, total=True),
    Head(t("Billing accuracy"), Kind.PERCENT),
)
CREDIT_HEADS = (
    Head(t("Reason")),
    Head(t("Currency")),
    Head(t("Credits"), COUNT, total=True),
    Head(t("Net"), AMOUNT, total=True),
    Head(t("Tax"), AMOUNT, total=True),
    Head(t("Amount with tax"), AMOUNT, total=True),
)
ACCURACY_NOTE = t(
    "Lines not disputed of all lines that were ever published on statements whose period ends in the month; a line "
    "that a correction replaced counts beside the new one. Left out: credits, and disputes that were withdrawn."
)
CREDIT_NOTE = t(
    "By the day on which they were granted, whether they stand on a statement yet or not."
)


@dataclass(slots=True)
class Sums:
    """Disputes alike: how many, how many of them decided, disputed and granted amounts with tax."""

    count: int = 0
    decided: int = 0
    disputed: Decimal = ZERO
    granted: Decimal = ZERO

    @property
    def values(self) -> list[Any]:
        """As the columns have them."""
        part = percent(self.granted, self.disputed)
        return [self.count, self.decided, self.disputed, self.granted, part]

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
    shown = (*_three(rows), _accuracy(found), _credits(question))
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
        "accuracy": lambda: _accuracy(queries.accuracy(question.months, g.viewer)),
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
    """Disputes added up by `by`: the most disputed first, each currency for itself."""
    found: dict[tuple[str, str], Sums] = {}
    for row in rows:
        found.setdefault((row.currency, by(row)), Sums()).include(row)
    ranked = sorted(found.items(), key=lambda each: (each[0][0], -each[1].disputed, each[0][1]))
    lines = [
        Line([name(value), currency, *sums.values], {2: url(value)})
        for (currency, value), sums in ranked
    ]
    nothing = _("Nobody disputed anything in these months.")
    return ReportTable(key, title, [Head(first), *HEADS], lines, currency_at=1, empty=nothing)


def _accuracy(found: Mapping[Any, Accuracy]) -> ReportTable:
    lines = [Line([f"{month:%Y-%m}", *_values(each)]) for month, each in found.items()]
    foot = Line([_("Total"), *_values(queries.all_of(found.values()))])
    title, note = _("Billing accuracy"), say(ACCURACY_NOTE)
    return ReportTable("accuracy", title, ACCURACY_HEADS, lines, foot=[foot], note=note)


def _values(each: Accuracy) -> list[Any]:
    return [each.lines, each.disputed, each.lines - each.disputed, each.percent]


def _credits(question: Question) -> ReportTable:
    lines = [
        Line([_why(row.source, row.reason), row.currency, row.number, row.net, row.tax, row.gross])
        for row in queries.credits_given(question.months, g.viewer)
    ]
    nothing, note = _("No credit was granted in these months."), say(CREDIT_NOTE)
    title = _("Credits granted")
    return ReportTable("credits", title, CREDIT_HEADS, lines, 1, note=note, empty=nothing)


def _why(source: str, reason: str) -> str:
    told = say(CREDIT_SOURCES[source])
    return f"{told}: {say(REASON_WORDS[DisputeReason(reason)])}" if reason else told
