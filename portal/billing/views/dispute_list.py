"""The desk's queue of disputes, the oldest first, and its list of credits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import g, url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import CREDIT_SOURCES, CREDITS, DISPUTES, SECOND_LEVEL
from portal.billing.models import Credit, Dispute, Statement, StatementLine
from portal.billing.queries.waiting import credits_for, disputes_for
from portal.billing.rules.kinds import REASON_WORDS
from portal.billing.rules.states import CreditState, DisputeState
from portal.billing.views.statement_list import ANY, narrowed_to
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

D, C = Dispute, Credit
OPEN = (DisputeState.OPEN.value, DisputeState.PENDING_APPROVAL.value)
AGES = (3, 7, 14, 30)
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)


def disputes(viewer: Viewer) -> Select[Any]:
    """Every dispute that one may see, with its customer, statement and line."""
    return visible(select(D), D, viewer).options(
        joinedload(D.customer).load_only(*NAMES),
        joinedload(D.statement).load_only(Statement.number),
        joinedload(D.line).load_only(StatementLine.name_zh, StatementLine.name_en, StatementLine.reference),
        defer(D.text),
        defer(D.decision),
    )  # fmt: skip


def credits_of(viewer: Viewer) -> Select[Any]:
    """Every credit that one may see."""
    return visible(select(C), C, viewer).options(joinedload(C.customer).load_only(*NAMES))


def _found(model: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """A search by number and customer: each word in one of them."""

    def found(statement: Select[Any], words: str) -> Select[Any]:
        joined = statement.join(Customer, Customer.id == model.customer_id)
        for word in normalise(words).lower().split()[:8]:
            joined = joined.where(
                or_(
                    model.number.ilike(f"%{word.replace('%', '')}%"),
                    Customer.search_text.contains(word, autoescape=True),
                )
            )
        return joined

    return found


def _by_state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return statement.where(D.state.in_(OPEN))
    return statement.where(D.state == value) if value in DISPUTES else statement


def _by_age(statement: Select[Any], value: str) -> Select[Any]:
    if value not in map(str, AGES):
        return statement
    return statement.where(D.raised_at <= clock.now() - timedelta(days=int(value)))


def _by_owner(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(D.owner_id == g.viewer.user_id)
    if value == "nobody":
        return statement.where(D.owner_id.is_(None))
    return statement.where(disputes_for(g.viewer)) if value == "waiting" else statement


def _by_level(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(D.level == int(value)) if value in ("1", "2") else statement


def _age(row: Dispute) -> str:
    if row.state not in OPEN:
        return ""
    return say(t("%(days)s days", days=(clock.now() - row.raised_at).days))


def _state(row: Dispute) -> Any:
    drawn = chip(DISPUTES[row.state])
    return drawn + chip(SECOND_LEVEL) if row.level > 1 and row.state in OPEN else drawn


DISPUTES_LIST = ListSpec(
    key="disputes",
    columns=(
        Column("number", t("Number"), lambda d: d.number, sort=D.number),
        Column("customer", t("Customer"), lambda d: d.customer.label, value=lambda d: d.customer.name_zh),
        Column("line", t("Line"), lambda d: name_of(d.line)),
        Column("reference", t("Reference"), lambda d: d.line.reference, only_in_files=True),
        Column("statement", t("Statement"), lambda d: d.statement.number),
        Column("reason", t("Reason"), lambda d: say(REASON_WORDS[d.reason])),
        Column("amount", t("Disputed"), lambda d: money(d.disputed_amount, d.currency), align="num",
               sort=D.disputed_amount, value=lambda d: d.disputed_amount, total=True, total_by="currency"),
        Column("granted", t("Amount granted"),
               lambda d: money(d.granted_amount, d.currency) if d.granted_amount else "", align="num",
               value=lambda d: d.granted_amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda d: d.currency, only_in_files=True),
        Column("state", t("State"), _state, value=lambda d: say(DISPUTES[d.state].text)),
        Column("age", t("Age"), _age, align="num"),
        Column("raised", t("Raised"), lambda d: instant(d.raised_at), sort=D.raised_at,
               value=lambda d: d.raised_at, only_in_files=True),
    ),
    row_id=D.id,
    sort="raised",
    url=lambda d: url_for("desk_disputes.show", dispute_id=d.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, ("open", t("Not decided")),
               *((s, w.text) for s, w in DISPUTES.items())], _by_state),
        Filter("reason", t("Reason"), lambda: [ANY, *REASON_WORDS.items()],
               narrowed_to(D.reason, list(REASON_WORDS))),
        Filter("age", t("Older than"), lambda: [ANY, *((str(n), t("%(days)s days", days=n)) for n in AGES)], _by_age),
        Filter("level", t("Level"), lambda: [ANY, ("1", t("First")), ("2", t("Before a manager"))], _by_level),
        Filter("whose", t("Whose"), lambda: [("", t("Everybody's")), ("waiting", t("Waiting for me")),
               ("mine", t("Mine")), ("nobody", t("Nobody's"))], _by_owner),
    ),
    search=_found(D),
    search_hint=t("Number, customer, pinyin, code …"),
    row_classes=lambda d: "row-warn" if d.level > 1 and d.state in OPEN else ("" if d.state in OPEN else "row-muted"),
    empty=Empty(t("No disputes"), t("When a customer does not agree with a line, it is decided here.")),
)  # fmt: skip

CREDITS_LIST = ListSpec(
    key="credits",
    columns=(
        Column("number", t("Number"), lambda c: c.number, sort=C.number),
        Column("customer", t("Customer"), lambda c: c.customer.label, value=lambda c: c.customer.name_zh),
        Column("what", t("What for"), name_of),
        Column("source", t("Comes from"), lambda c: say(CREDIT_SOURCES[c.source_type])),
        Column("gross", t("Amount with tax"), lambda c: money(c.gross_amount, c.currency), align="num",
               value=lambda c: c.gross_amount, total=True, total_by="currency"),
        Column("net", t("Net"), lambda c: c.net_amount, only_in_files=True, total=True, total_by="currency"),
        Column("tax", t("Tax"), lambda c: c.tax_amount, only_in_files=True, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda c: c.currency, only_in_files=True),
        Column("state", t("State"), lambda c: chip(CREDITS[c.state]), value=lambda c: say(CREDITS[c.state].text)),
        Column("granted", t("Granted on"), lambda c: day(c.granted_on) if c.granted_on else "",
               value=lambda c: c.granted_on),
        Column("reason", t("Reason"), lambda c: c.reason, only_in_files=True),
        Column("made", t("Made"), lambda c: instant(c.created_at), sort=C.created_at, value=lambda c: c.created_at,
               only_in_files=True),
    ),
    row_id=C.id,
    sort="-made",
    url=lambda c: url_for("desk_credits.show", credit_id=c.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in CREDITS.items())],
               narrowed_to(C.state, list(CREDITS))),
        Filter("source", t("Comes from"), lambda: [ANY, *CREDIT_SOURCES.items()],
               narrowed_to(C.source_type, list(CREDIT_SOURCES))),
        Filter("whose", t("Whose"), lambda: [("", t("Everybody's")), ("waiting", t("Waiting for me"))],
               lambda s, value: s.where(credits_for(g.viewer)) if value == "waiting" else s),
    ),
    search=_found(C),
    search_hint=t("Number, customer, pinyin, code …"),
    row_classes=lambda c: "row-muted" if c.state == CreditState.REFUSED else "",
    empty=Empty(
        t("No credits yet"),
        t("A granted dispute or claim makes one; goodwill is proposed here."),
        t("Propose a credit"),
        "desk_credits.new",
        P.CREDIT_GRANT,
    ),
)  # fmt: skip
