"""The comparisons on their page: figures side by side, a picture with its table, each figure opens its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.documents.queries import firm_currency
from portal.insights.queries import comparison as queries
from portal.insights.views import comparison_tables as made
from portal.insights.views.board import Picture, Point, picture_of
from portal.insights.views.comparison_load import MAKERS
from portal.insights.views.comparison_question import (
    AGAINST_WORDS,
    REGION_WORDS,
    REPORT_WORDS,
    SPAN_WORDS,
    Question,
    Report,
    rows_url,
    words,
)
from portal.insights.views.index_question import month_choices
from portal.receivables.rules.report_months import Months
from portal.web.filters import amount
from portal.web.report_tables import ReportTable
from portal.web.words import say

ZERO, HUNDRED = Decimal(0), Decimal(100)
TENTH = Decimal("0.1")
DRAWN = 10
OF_MONTHS = (Report.BUSINESS, Report.GROWTH, Report.CHURN, Report.REGION)


@dataclass(frozen=True, slots=True)
class Bars:
    """One row of the picture: its name, both figures as they are read, and as parts of a hundred."""

    name: str
    url: str | None
    now: str
    before: str
    wide: str
    wide_before: str


def page_context(question: Question) -> dict[str, Any]:
    """The page."""
    table = MAKERS[question.report](question)
    key = table.shown.key
    return {
        "asked": question,
        "tabs": _tabs(question),
        "table": table.shown,
        "bars": _bars(table.drawn),
        "picture": _year(question),
        "lead": table.lead,
        "now_words": words(question.months),
        "before_words": words(question.before),
        "month_choices": month_choices(question.month),
        "against_words": AGAINST_WORDS,
        "span_words": SPAN_WORDS,
        "gaps": _gaps(question),
        "region_words": REGION_WORDS if question.report is Report.REGION else {},
        "file_urls": {key: {kind: question.url(table=key, export=kind) for kind in ("xlsx", "csv")}},
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """Months of which there are no figures: why, and the step that brings them where somebody may take it."""

    text: str
    label: str = ""
    url: str | None = None


def _gaps(question: Question) -> list[Gap]:
    """Of the reports that stand on the months of customers."""
    if question.report not in OF_MONTHS:
        return []
    found = queries.gaps([*question.months, *question.before])
    gaps = []
    if found.waiting:
        text = _("Not gathered yet: %(months)s. The classification of a month gathers its figures once it is over.",
                 months=_listed(found.waiting))  # fmt: skip
        may = g.viewer.may(P.INSIGHT_RUN)
        gaps.append(
            Gap(text, _("Classify a month"), url_for("desk_tiers.new_run") if may else None)
        )
    if found.empty:
        text = _("Nothing was ordered or billed in %(months)s.", months=_listed(found.empty))
        gaps.append(Gap(text))
    return gaps


def _listed(months: Sequence[date]) -> str:
    return _(", ").join(f"{each:%Y-%m}" for each in months)


def _tabs(question: Question) -> list[tuple[str, str, bool, None]]:
    """The reports, the same months in each."""
    url = lambda report: question.url(report=report.value, region=None)  # noqa: E731
    return [
        (say(text), url(report), report is question.report, None)
        for report, text in REPORT_WORDS.items()
    ]


def tables(question: Question) -> Mapping[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    return {question.report.value: lambda: MAKERS[question.report](question).shown}


def _bars(drawn: Sequence[made.Drawn]) -> list[Bars]:
    """The first rows as bars beside each other, all to one scale."""
    some = drawn[:DRAWN]
    top = max((max(abs(each.pair.now), abs(each.pair.before)) for each in some), default=ZERO)
    if not top:
        return []
    return [
        Bars(each.name, each.url, each.read(each.pair.now), each.read(each.pair.before),
             _wide(each.pair.now, top), _wide(each.pair.before, top))
        for each in some
    ]  # fmt: skip


def _wide(value: Decimal, top: Decimal) -> str:
    return str((abs(value) * HUNDRED / top).quantize(TENTH, ROUND_HALF_UP))


def _year(question: Question) -> Picture | None:
    """Net revenue of twelve months, each month with the way to its customers; for the business report."""
    if question.report is not Report.BUSINESS:
        return None
    year = Months(question.month, question.month).back(12)
    found = queries.totals(year, g.viewer)
    nets = {month: found.get(month, {}).get("net_amount", ZERO) for month in year}
    points = [
        Point(f"{month:%m}", f"{month:%Y-%m}", net, amount(net, firm_currency()),
              rows_url("customers", Months(month, month)))
        for month, net in nets.items()
    ]  # fmt: skip
    asked_for = [at for at, month in enumerate(year) if question.months.contains(month)]
    return picture_of(points, _("Net revenue"), asked_for)
