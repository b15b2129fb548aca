"""The registers of complaints over some months: what is asked, the rows, the tables of the page and of its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.scope import visible
from portal.db.base import db
from portal.documents.rules.words import Words
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.satisfaction.models import Survey, SurveyAnswer
from portal.service_requests.queries.registers import complaints, with_satisfaction
from portal.service_requests.rules.registers import Complaint, Group, Name, Statistics, statistics
from portal.web.exports import Total, table_response
from portal.web.words import locale_code, say

LONGEST_SPAN = timedelta(days=3 * 366)
HUNDRED = Decimal(100)
ONE_PLACE = Decimal("0.1")
SUM_HEADS: tuple[Text, ...] = (
    t("Complaints"), t("Share of all"), t("Past its time"), t("Solved"), t("Not solved yet"), t("Days to solve"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days, both included."""

    from_on: date
    until_on: date

    def parts(self) -> dict[str, Any]:
        """It as parts of an address."""
        return {"from": self.from_on.isoformat(), "to": self.until_on.isoformat()}


@dataclass(frozen=True, slots=True)
class Sums:
    """One table of the statistics: its first column's head, its groups, the total below."""

    key: str
    title: Text
    head: Text
    groups: Sequence[Group]
    total: Group

    def cells(self, group: Group) -> list[Any]:
        """The figures of a group in the order of the heads."""
        share = group.count * HUNDRED / self.total.count if self.total.count else Decimal(0)
        return [
            group.count,
            f"{share.quantize(ONE_PLACE)} %",
            group.late,
            group.resolved,
            group.open,
            "—" if group.average_days is None else f"{group.average_days}",
        ]

    def label(self, group: Group) -> str:
        """Its name in the reader's language."""
        return spoken(group.label)


def spoken(name: Name | None) -> str:
    """A name in the reader's language."""
    if isinstance(name, Words):
        return (name.en or name.zh) if locale_code() == "en" else name.zh
    return say(name) if name else ""


def asked() -> Asked:
    """The days of this request; what it does not say, or says wrongly, is this year until today."""
    today = clock.today()
    first = _day("from", date(today.year, 1, 1))
    last = _day("to", today)
    if last < first:
        first, last = last, first
    return Asked(max(first, last - LONGEST_SPAN), last)


def rows_of(question: Asked) -> list[Complaint]:
    """The complaints of these days that this viewer may see, with what their customers said afterwards."""
    rows = complaints(question.from_on, question.until_on, g.viewer, clock.now())
    return with_satisfaction(rows, _satisfied([row.request_id for row in rows]))


def sums_of(rows: Sequence[Complaint]) -> tuple[Statistics, tuple[Sums, ...]]:
    """The statistics, and as tables."""
    found = statistics(rows)
    tables = (
        Sums("kind", t("By kind"), t("Kind"), found.by_kind, found.total),
        Sums("reason", t("By reason"), t("Reason"), found.by_reason, found.total),
        Sums("responsible", t("By responsible party"), t("Responsible"), found.by_responsible, found.total),
        Sums("month", t("By month"), t("Month"), found.by_month, found.total),
    )  # fmt: skip
    return found, tables


def sums_file(kind: str, tables: Sequence[Sums]) -> Response:
    """Every table below each other, each row under the name of its table; each ends in its control totals."""
    heads = [
        _("Table"),
        _("Group of rows"),
        *(say(each) for each in SUM_HEADS if each is not SUM_HEADS[1]),
    ]
    rows = [
        [say(table.title), table.label(group), group.count, group.late, group.resolved, group.open, group.average_days]
        for table in tables
        for group in table.groups
    ]  # fmt: skip
    by_table = Total(0)
    totals = [None, None, by_table, by_table, by_table, by_table, None]
    return table_response(kind, "complaint_statistics", heads, rows, totals)


TRACKING_HEADS: tuple[Text, ...] = (
    t("Number"), t("Received"), t("Customer"), t("Content"), t("Kind"), t("Reason"), t("Root cause"),
    t("Responsible"), t("Who exactly"), t("Measure"), t("To be done by"), t("Done on"), t("Satisfaction"),
    t("Closed on"), t("Past its time"), t("Days to solve"), t("Complaints"),
)  # fmt: skip


def tracking_file(kind: str, rows: Sequence[Complaint]) -> Response:
    """One row a complaint, ending in how many there are and how many of them were late."""
    values = [
        [row.number, row.received_on, spoken(row.customer), row.content, spoken(row.kind), spoken(row.reason),
         row.cause, spoken(row.responsible), row.responsible_name, row.measure, row.due_on, row.done_on,
         row.satisfaction, row.closed_on, int(row.is_late), row.days, 1]
        for row in rows
    ]  # fmt: skip
    totals = [Total() if at in (14, 16) else None for at in range(len(TRACKING_HEADS))]
    return table_response(
        kind, "complaint_tracking", [say(each) for each in TRACKING_HEADS], values, totals
    )


def context(question: Asked, here: str) -> dict[str, Any]:
    """What both registers need: the days, the tabs, the files."""
    endpoint, paper = f"desk_registers.{here}", f"desk_registers.{here}_paper"
    parts = question.parts()
    return {
        "asked": question,
        "here": endpoint,
        "tabs": [
            (_("Complaint statistics"), url_for("desk_registers.complaints", **parts), here == "complaints", None),
            (_("Complaint tracking"), url_for("desk_registers.tracking", **parts), here == "tracking", None),
            (_("Feedback sheets"), url_for("desk_feedback.index"), False, None),
        ],
        "files": {kind: url_for(endpoint, **parts, export=kind) for kind in ("xlsx", "csv")},
        "paper": url_for(paper, **parts),
    }  # fmt: skip


def wanted_file() -> str | None:
    """xlsx or csv; None for the page."""
    kind = request.args.get("export", "")
    return kind if kind in ("xlsx", "csv") else None


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _satisfied(request_ids: list[int]) -> dict[int, str]:
    """Request id → the score that was given, of the steps of its scale: `4/5`."""
    found: dict[int, str] = {}
    A = SurveyAnswer
    for at in range(0, len(request_ids), 500):
        wanted = (
            visible(select(A.request_id, A.score, Survey.steps), A, g.viewer)
            .join(Survey, Survey.id == A.survey_id)
            .where(A.request_id.in_(request_ids[at : at + 500]), A.score.is_not(None))
            .order_by(A.id)
        )
        found |= {row.request_id: f"{row.score}/{row.steps}" for row in db.session.execute(wanted)}
    return found
