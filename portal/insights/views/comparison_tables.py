"""The table of each comparison: rows now and before, their difference, and where each figure leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.rules import kinds
from portal.documents.queries import firm_currency
from portal.insights.queries import comparison as queries
from portal.insights.queries.comparison import ACTIVE, Measure, Region
from portal.insights.rules.comparison import Course, Pair, gone_or_down, grown, largest, pairs
from portal.insights.views.comparison_question import REGION_WORDS, Question, Report, rows_url
from portal.kernel.text import Text, t
from portal.receivables.rules.report_months import Months, moved
from portal.satisfaction.queries import results
from portal.satisfaction.queries.results import By
from portal.satisfaction.rules.scores import satisfied
from portal.service_requests.rules.kinds import KIND_WORDS, RequestKind
from portal.web.filters import amount, quantity
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.words import say

ZERO = Decimal(0)
COURSE_WORDS: Mapping[Course, Text] = {
    Course.NEW: t("Newly come"),
    Course.UP: t("Risen"),
    Course.SAME: t("Much the same"),
    Course.DOWN: t("Fallen"),
    Course.GONE: t("Gone"),
}
WORDS_OF: Mapping[Region, Mapping[Any, Text]] = {
    Region.AREA: kinds.AREAS,
    Region.MARKET: kinds.MARKETS,
    Region.REACH: kinds.REACHES,
    Region.NATURE: kinds.NATURES,
    Region.SOURCE: kinds.SOURCES,
    Region.TIER: kinds.SEGMENTS,
    Region.INDUSTRY: {},
}
LINES: tuple[tuple[str, Text, Kind], ...] = (
    (Measure.NET, t("Net revenue"), Kind.AMOUNT),
    (Measure.BILLED, t("Billed, with tax"), Kind.AMOUNT),
    (Measure.PAID, t("Paid, with tax"), Kind.AMOUNT),
    (ACTIVE, t("Customers with an order"), Kind.COUNT),
    (Measure.ORDERS, t("Orders"), Kind.COUNT),
    (Measure.REQUESTS, t("Service requests"), Kind.COUNT),
    (Measure.COMPLAINTS, t("Complaints"), Kind.COUNT),
    (Measure.CLAIMS, t("Claims"), Kind.COUNT),
    (Measure.DISPUTES, t("Disputes of bills"), Kind.COUNT),
)
ORDER_HEADS = (
    Head(t("Orders now"), Kind.COUNT, total=True),
    Head(t("Orders before"), Kind.COUNT, total=True),
)
MARGIN = t("Margin after rebate, of what has a known cost")
Reader = Callable[[Decimal], str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row of the picture."""

    name: str
    pair: Pair[Any]
    url: str | None
    read: Reader


@dataclass(frozen=True, slots=True)
class Made:
    """A comparison: its table, what is drawn of it, what it is in a sentence."""

    shown: ReportTable
    drawn: Sequence[Drawn] = field(default_factory=tuple)
    lead: str = ""


def plain(value: Decimal) -> str:
    return f"{value:,.0f}"


def _money(value: Decimal) -> str:
    return amount(value, firm_currency())


def heads_of(first: Text, kind: Kind, *more: Head) -> list[Head]:
    return [
        Head(first), Head(t("Now"), kind, total=True), Head(t("The time before"), kind, total=True),
        Head(t("Difference"), kind, total=True), Head(t("In percent"), Kind.CHANGE), *more,
    ]  # fmt: skip


def line_of(name: str, pair: Pair[Any], urls: tuple[str | None, str | None], *more: Any) -> Line:
    found = {1: urls[0] if pair.now else None, 2: urls[1] if pair.before else None}
    return Line([name, pair.now, pair.before, pair.difference, pair.percent, *more], found)


def business(question: Question) -> Made:
    """What came in, went out and was said, each measure for itself; never added up."""
    now, before = (_summed(span) for span in (question.months, question.before))
    heads = [
        Head(t("What is compared")),
        Head(t("Now"), Kind.FIGURE),
        Head(t("The time before"), Kind.FIGURE),
        Head(t("In percent"), Kind.CHANGE),
    ]
    lines = [
        Line([name, _read(kind)(pair.now), _read(kind)(pair.before), pair.percent],
             _business_urls(question, pair))
        for name, kind, pair in _measured(now, before)
    ]  # fmt: skip
    lines.append(_satisfied(now, before))
    rates = _("Amounts in the firm's currency; what has no rate of exchange is left out.")
    note = f"{rates} {_('Fewer than ten answers give no percentage.')}"
    table = ReportTable(Report.BUSINESS.value, _("Business"), heads, lines, note=note)
    return Made(table, lead=_("How the months went, measure by measure."))


def _business_urls(question: Question, pair: Pair[str]) -> dict[int, str | None]:
    """Where both figures lead: to the months of customers, or to those with an order, one for each."""
    part = {"ordered": "yes"} if pair.key == ACTIVE else {}
    spans = (1, pair.now, question.months), (2, pair.before, question.before)
    return {at: rows_url("customers", span, **part) if value else None for at, value, span in spans}


def _satisfied(*sums: Mapping[str, Decimal]) -> Line:
    """The share of both times; a dash where too few answered to say one (K10)."""
    good = (
        satisfied(int(each.get(Measure.GOOD, ZERO)), int(each.get(Measure.ANSWERS, ZERO)))
        for each in sums
    )
    return Line([_("Satisfied answers"), *(_share(each.percent) for each in good), None])


def _measured(
    now: Mapping[str, Decimal], before: Mapping[str, Decimal]
) -> list[tuple[str, Kind, Pair[str]]]:
    """Each measure by name; the margin only for who may see costs (DOMAIN M5)."""
    found = [
        (say(words), kind, Pair(name, now.get(name, ZERO), before.get(name, ZERO)))
        for name, words, kind in LINES
    ]
    if g.viewer.may(P.COST_SEE):
        margins = (
            each.get(Measure.KNOWN, ZERO) - each.get(Measure.COST, ZERO) for each in (now, before)
        )
        found.insert(1, (say(MARGIN), Kind.AMOUNT, Pair("margin", *margins)))
    return found


def growth(question: Question) -> Made:
    """Customers that are new or grew."""
    found = grown(_by_customer(question))
    return _customers(question, Report.GROWTH, found, _("Customers that are new, or bought more."))


def churn(question: Question) -> Made:
    """Customers that went, or went down by more than 30 %."""
    found = gone_or_down(_by_customer(question))
    lead = _("Customers that bought nothing more, or less by over 30 %.")
    return _customers(question, Report.CHURN, found, lead)


def region(question: Question) -> Made:
    """Net revenue and orders by what customers are."""
    by = question.region
    now, before = (
        queries.by_region(span, by, g.viewer) for span in (question.months, question.before)
    )
    net = largest(pairs(now[Measure.NET], before[Measure.NET]), lambda each: each.now)
    heads = heads_of(REGION_WORDS[by], Kind.AMOUNT, *ORDER_HEADS)
    lines = [
        line_of(_region_name(by, each.key), each, _region_urls(question, each.key),
              now[Measure.ORDERS].get(each.key, ZERO), before[Measure.ORDERS].get(each.key, ZERO))
        for each in net
    ]  # fmt: skip
    drawn = [
        Drawn(_region_name(by, each.key), each, _region_urls(question, each.key)[0], _money)
        for each in net
    ]
    title = _("Net revenue by %(what)s", what=say(REGION_WORDS[by]).lower())
    lead = _("Customers as they are put together now.")
    return Made(ReportTable(Report.REGION.value, title, heads, lines), drawn, lead)


def _region_name(by: Region, key: str) -> str:
    return say(WORDS_OF[by].get(key, Text(key) if key else t("Not said")))


def _region_urls(question: Question, key: str) -> tuple[str, str]:
    part = {"region": question.region.value, "key": key or "-"}
    spans = question.months, question.before
    now, before = (rows_url("customers", span, **part) for span in spans)
    return now, before


def requests(question: Question) -> Made:
    """What customers asked for."""
    found = compared(queries.by_kind, question)
    name = lambda key: say(KIND_WORDS[RequestKind(key)])  # noqa: E731
    return _counted(
        question, Report.REQUESTS, found, name, "kind", t("Kind"), _("Received in the months.")
    )


def satisfaction(question: Question) -> Made:
    """Month by month: how many were satisfied; a dash where too few answered (K10)."""
    months, before = list(question.months), list(question.before)
    found = [_answers(span) for span in (question.months, question.before)]
    heads = [
        Head(t("Month")), Head(t("Answers"), Kind.COUNT, total=True), Head(t("Satisfied"), Kind.PERCENT),
        Head(t("Compared month")), Head(t("Answers before"), Kind.COUNT, total=True),
        Head(t("Satisfied before"), Kind.PERCENT),
    ]  # fmt: skip
    lines = []
    for at, (month, other) in enumerate(zip(months, before, strict=True)):
        now, then = found[0].get(at), found[1].get(at)
        values = [f"{month:%Y-%m}", *_tally(now), f"{other:%Y-%m}", *_tally(then)]
        urls = {1: _answers_url(month) if now else None, 4: _answers_url(other) if then else None}
        lines.append(Line(values, urls))
    note = _("Fewer than ten answers give no percentage.")
    title, lead = _("Satisfied answers"), _("How many of those who answered were satisfied.")
    return Made(ReportTable(Report.SATISFACTION.value, title, heads, lines, note=note), lead=lead)


def _summed(months: Months) -> dict[str, Decimal]:
    """Sums over months; a customer that ordered in several of them is counted once."""
    whole: dict[str, Decimal] = {}
    for measures in queries.totals(months, g.viewer).values():
        for name, value in measures.items():
            whole[name] = whole.get(name, ZERO) + value
    whole[ACTIVE] = Decimal(queries.ordering(months, g.viewer))
    return whole


def _by_customer(question: Question) -> list[Pair[int]]:
    spans = (question.months, question.before)
    return pairs(*(queries.by_customer(span, Measure.NET, g.viewer) for span in spans))


def _customers(question: Question, report: Report, found: list[Pair[int]], lead: str) -> Made:
    names = queries.customer_names({each.key for each in found}, g.viewer)
    heads = heads_of(t("Customer"), Kind.AMOUNT, Head(t("How it went")))
    url = lambda span, key: rows_url("customers", span, customer=key)  # noqa: E731
    lines = []
    for each in found:
        name = names.get(each.key, "—")
        urls = url(question.months, each.key), url(question.before, each.key)
        line = line_of(name, each, urls, say(COURSE_WORDS[each.course]))
        page = url_for("desk_customers.show", customer_id=each.key)
        lines.append(Line(line.values, {**line.urls, 0: page}))
    drawn = [
        Drawn(names.get(each.key, "—"), each, url(question.months, each.key), _money) for each in found
    ]  # fmt: skip
    empty = _("No customer of this kind in these months.")
    table = ReportTable(report.value, _("Net revenue by customer"), heads, lines, empty=empty)
    return Made(table, drawn, lead)


def _counted(
    question: Question, report: Report, found: list[Pair[Any]], name: Callable[[Any], str], part: str,
    head: Text, lead: str,
) -> Made:  # fmt: skip
    url = lambda span, key: rows_url("requests", span, **{part: key})  # noqa: E731
    lines = [
        line_of(name(each.key), each, (url(question.months, each.key), url(question.before, each.key)))
        for each in found
    ]  # fmt: skip
    drawn = [Drawn(name(each.key), each, url(question.months, each.key), plain) for each in found]
    table = ReportTable(report.value, _("Service requests"), heads_of(head, Kind.COUNT), lines)
    return Made(table, drawn, lead)


def compared(sums: Callable[..., dict[Any, Decimal]], question: Question) -> list[Pair[Any]]:
    found = pairs(sums(question.months, g.viewer), sums(question.before, g.viewer))
    return largest(found, lambda each: each.now)


def _answers(months: Months) -> dict[int, Any]:
    within = results.span(months.first, moved(months.last, 1))
    return {each.key: each for each in results.tallied(g.viewer, within, By.MONTH, list(months))}


def _answers_url(month: Any) -> str | None:
    may = g.viewer.may(P.SURVEY_SEE)
    return url_for("desk_surveys.answers", month=f"{month:%Y-%m}") if may else None


def _tally(found: Any) -> Iterable[Any]:
    return (found.count, found.satisfied.percent) if found else (0, None)


def _read(kind: Kind) -> Reader:
    return _money if kind is Kind.AMOUNT else plain


def _share(value: Decimal | None) -> str:
    return "—" if value is None else f"{quantity(value)} %"
