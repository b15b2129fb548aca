"""The registers and the feedback sheet as A4 papers, printed when they are asked for: they are kept by nobody."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, g

from portal.documents import render
from portal.documents.queries import firm_on_paper
from portal.documents.rules.words import Words
from portal.kernel import clock
from portal.kernel.clock import business_day
from portal.service_requests.models import FeedbackSheet
from portal.service_requests.queries.people import names
from portal.service_requests.rules.found_papers import (
    STATISTICS_TITLE,
    TRACKING_TITLE,
    RegisterPaper,
    SheetPaper,
)
from portal.service_requests.rules.registers import Complaint, Statistics
from portal.service_requests.views.register_page import Asked
from portal.web.exports import download

STATISTICS, TRACKING, SHEET = (
    "complaint_statistics.html",
    "complaint_tracking.html",
    "feedback_sheet.html",
)


def print_statistics(question: Asked, sums: Statistics) -> Response:
    """客户投诉案件统计表."""
    return _printed(
        STATISTICS, _register(question, STATISTICS_TITLE, sums, ()), "complaint_statistics"
    )


def print_tracking(question: Asked, rows: Sequence[Complaint]) -> Response:
    """客户投诉登记追踪表."""
    return _printed(TRACKING, _register(question, TRACKING_TITLE, None, rows), "complaint_tracking")


def print_sheet(sheet: FeedbackSheet) -> Response:
    """客户信息反馈单, with its answer once there is one."""
    row, known = sheet.request, names((sheet.recipient_id, sheet.sent_by, sheet.answered_by))
    paper = SheetPaper(
        number=sheet.number, firm=firm_on_paper(), department=sheet.department,
        recipient=known.get(sheet.recipient_id or 0, ""), sender=known.get(sheet.sent_by or 0, ""),
        sent_on=business_day(sheet.sent_at), due_on=sheet.due_on, created_at=sheet.updated_at,
        customer=Words(sheet.customer.name_zh, sheet.customer.name_en), requester=row.requester_name,
        request_number=row.number, request_title=row.title, received_on=business_day(row.received_at),
        text=sheet.text, answer=sheet.answer, answered_by=known.get(sheet.answered_by or 0, ""),
        answered_on=business_day(sheet.answered_at) if sheet.answered_at else None,
    )  # fmt: skip
    return _printed(SHEET, paper, sheet.number)


def _register(
    question: Asked, title: Words, sums: Statistics | None, rows: Sequence[Complaint]
) -> RegisterPaper:
    return RegisterPaper(
        title=title,
        firm=firm_on_paper(),
        from_on=question.from_on,
        until_on=question.until_on,
        printed_on=clock.today(),
        prepared_by=g.viewer.name,
        created_at=clock.now(),
        sums=sums,
        rows=tuple(rows),
    )


def _printed(template: str, paper: RegisterPaper | SheetPaper, name: str) -> Response:
    printed = render.render(template, paper, paper.language)
    return download(bytes(printed), f"{name}.pdf", "application/pdf", inline=True)
