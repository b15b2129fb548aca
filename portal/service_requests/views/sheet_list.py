"""The desk's list of customer feedback sheets, the next due first."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select, or_

from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.service_requests.found_labels import SHEET_ANSWERED, SHEET_LATE, SHEET_WAITS
from portal.service_requests.models import FeedbackSheet
from portal.web.chips import chip
from portal.web.filters import day, instant
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

F = FeedbackSheet
ANY = ("", t("Any"))


def label_of(sheet: FeedbackSheet) -> Label:
    """Whether it was answered, and whether that is late."""
    if sheet.answered_at is not None:
        return SHEET_ANSWERED
    return SHEET_LATE if sheet.due_on < clock.today() else SHEET_WAITS


def _found(statement: Select[Any], words: str) -> Select[Any]:
    joined = statement.join(Customer, Customer.id == F.customer_id)
    for word in normalise(words).lower().split()[:8]:
        like = f"%{word.replace('%', '')}%"
        joined = joined.where(
            or_(
                F.number.ilike(like),
                F.department.ilike(like),
                Customer.search_text.contains(word, autoescape=True),
            )
        )
    return joined


def _by_state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "answered":
        return statement.where(F.answered_at.is_not(None))
    if value == "late":
        return statement.where(F.answered_at.is_(None), F.due_on < clock.today())
    return statement.where(F.answered_at.is_(None)) if value == "open" else statement


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(F.recipient_id == g.viewer.user_id)
    return statement.where(F.sent_by == g.viewer.user_id) if value == "sent" else statement


SHEET_LIST = ListSpec(
    key="feedback_sheets",
    columns=(
        Column("number", t("Number"), lambda f: f.number, sort=F.number),
        Column("customer", t("Customer"), lambda f: name_of(f.customer), value=lambda f: f.customer.name_zh),
        Column("request", t("Request"), lambda f: f.request.number),
        Column("department", t("Department"), lambda f: f.department),
        Column("sent", t("Sent on"), lambda f: instant(f.sent_at), sort=F.sent_at, value=lambda f: f.sent_at),
        Column("due", t("To be answered by"), lambda f: day(f.due_on), sort=F.due_on, value=lambda f: f.due_on),
        Column("state", t("State"), lambda f: chip(label_of(f)), value=lambda f: say(label_of(f).text)),
        Column("text", t("What the customer said"), lambda f: f.text, only_in_files=True),
        Column("answer", t("Answer"), lambda f: f.answer, only_in_files=True),
    ),
    row_id=F.id,
    sort="-sent",
    url=lambda f: url_for("desk_feedback.show", sheet_id=f.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", t("Waits for an answer")), ("late", t("Answer overdue")),
               ("answered", t("Answered"))], _by_state),
        Filter("whose", t("Whose"), lambda: [("", t("Everybody's")), ("mine", t("For me")), ("sent", t("Sent by me"))],
               _whose),
    ),
    search=_found,
    search_hint=t("Number, customer, department …"),
    row_classes=lambda f: "row-muted" if f.answered_at else "",
    empty=Empty(t("No feedback sheets"), t("A sheet is sent from the page of the request that it is about.")),
)  # fmt: skip
