"""The customer's list of disputes: those that are not decided first."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import DISPUTES_FOR_CUSTOMERS
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.rules.kinds import REASON_WORDS
from portal.billing.views.dispute_list import OPEN
from portal.billing.views.statement_list import ANY
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

D = Dispute


def mine(viewer: Viewer) -> Select[Any]:
    """The disputes that the customer may see, with their line and statement."""
    return visible(select(D), D, viewer).options(
        joinedload(D.statement).load_only(Statement.number),
        joinedload(D.line).load_only(StatementLine.name_zh, StatementLine.name_en, StatementLine.reference),
        defer(D.text),
        defer(D.decision),
    )  # fmt: skip


def _state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return statement.where(D.state.in_(OPEN))
    return statement.where(D.state == value) if value in DISPUTES_FOR_CUSTOMERS else statement


def _search(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(D.number.contains(words.upper()[:24], autoescape=True))


DISPUTES_LIST = ListSpec(
    key="disputes",
    columns=(
        Column("number", t("Number"), lambda d: d.number, sort=D.number),
        Column("line", t("Line"), lambda d: name_of(d.line)),
        Column("reference", t("Reference"), lambda d: d.line.reference),
        Column("statement", t("Statement"), lambda d: d.statement.number),
        Column("reason", t("Reason"), lambda d: say(REASON_WORDS[d.reason])),
        Column("amount", t("Disputed"), lambda d: money(d.disputed_amount, d.currency), align="num",
               value=lambda d: d.disputed_amount, total=True, total_by="currency"),
        Column("granted", t("Amount granted"),
               lambda d: money(d.granted_amount, d.currency) if d.granted_amount else "", align="num",
               value=lambda d: d.granted_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda d: d.currency, only_in_files=True),
        Column("state", t("State"), lambda d: chip(DISPUTES_FOR_CUSTOMERS[d.state]),
               value=lambda d: say(DISPUTES_FOR_CUSTOMERS[d.state].text)),
        Column("raised", t("Raised"), lambda d: instant(d.raised_at), sort=D.raised_at, value=lambda d: d.raised_at),
    ),
    row_id=D.id,
    sort="-raised",
    url=lambda d: url_for("my_disputes.show", dispute_id=d.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", t("Not decided")),
               *((s, w.text) for s, w in DISPUTES_FOR_CUSTOMERS.items() if s not in OPEN)], _state),
    ),
    search=_search,
    search_hint=t("Number …"),
    empty=Empty(
        t("No disputes"),
        t("Where a line of a statement is not right, say so there: it is followed to its end here."),
        t("Statements"),
        "my_statements.index",
    ),
)  # fmt: skip
