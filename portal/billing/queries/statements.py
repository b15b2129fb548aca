"""Statements in lists and on their page, their revisions and lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload, load_only

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, Statement, StatementLine, StatementRevision
from portal.billing.queries.sums import in_revision
from portal.billing.rules.states import CUSTOMER_SEES, LineState, StatementState
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise

L, S = StatementLine, Statement
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
BULKY = (defer(S.terms), defer(S.note), defer(S.search_text), defer(S.void_reason))
DRAWN = load_only(
    L.statement_id, L.serial, L.served_id, L.kind, L.state, L.part, L.is_late, L.note, L.name_zh, L.name_en,
    L.reference, L.starts_on, L.ends_on, L.quantity, L.unit, L.rate, L.line_currency, L.amount, L.tax_kind,
    L.tax_percent, L.gross_amount,
)  # fmt: skip
TO_ANSWER = (StatementState.PUBLISHED.value, StatementState.PARTLY_DISPUTED.value)


def statements(viewer: Viewer) -> Select[Any]:
    """The statements that the viewer may see, with their customer's name; a customer sees published ones."""
    return _seen(viewer).options(*BULKY)


def statement(statement_id: int, viewer: Viewer) -> Statement:
    """One statement that the viewer may see, whole; NotFound for others, and for a customer before it is published."""
    found: Statement | None = db.session.scalar(_seen(viewer).where(S.id == statement_id))
    if found is None:
        raise NotFound()
    return found


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Statements in which every word occurs: number, period, customer in Chinese, pinyin, initials or code."""
    for word in normalise(words).lower().split():
        statement = statement.where(S.search_text.contains(word, autoescape=True))
    return statement


def lines(statement: Statement, revision: int | None = None) -> Select[Any]:
    """The lines of a statement that was fetched, in order, without their workings; of `revision`, or as it is now.

    A revision's lines say what they said then; their `state` is that of today.
    """
    return _lines(statement, revision).options(
        joinedload(L.item).load_only(ServiceItem.code, ServiceItem.name_zh, ServiceItem.name_en),
        joinedload(L.contract).load_only(Contract.number, Contract.title),
        joinedload(L.served).load_only(*NAMES),
        defer(L.working),
    )


def drawn_lines(statement: Statement, revision: int | None = None) -> Select[Any]:
    """The same with no more of each line than a page draws of it: a page of a hundred lines is mostly their reading."""
    return _lines(statement, revision).options(DRAWN)


def _lines(statement: Statement, revision: int | None) -> Select[Any]:
    wanted: Select[Any] = select(L).where(L.statement_id == statement.id, in_revision(revision))
    return wanted.order_by(L.served_id, L.serial)


def lines_of(statement: Statement, revision: int | None = None) -> list[StatementLine]:
    """All lines of a statement that was fetched, of `revision` or as it is now, with their workings."""
    wanted = select(L).where(L.statement_id == statement.id, in_revision(revision))
    wanted = wanted.options(joinedload(L.item), joinedload(L.contract), joinedload(L.served))
    return list(db.session.scalars(wanted.order_by(L.served_id, L.serial)))


def line(line_id: int, viewer: Viewer) -> StatementLine:
    """One line of a statement that the viewer may see, with all that it names; NotFound otherwise."""
    wanted: Select[Any] = visible(select(L), L, viewer).where(L.id == line_id)
    found: StatementLine | None = db.session.scalar(
        wanted.options(
            joinedload(L.statement),
            joinedload(L.item),
            joinedload(L.contract),
            joinedload(L.contract_line),
            joinedload(L.served),
        )
    )
    if found is None:
        raise NotFound()
    if viewer.kind == "customer" and found.statement.state not in CUSTOMER_SEES:
        raise NotFound()
    return found


def revision(statement: Statement, number: int) -> StatementRevision:
    """One published revision of a statement that was fetched; NotFound for a number that was never published."""
    wanted = select(StatementRevision).where(
        StatementRevision.statement_id == statement.id, StatementRevision.number == number
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound()
    return found


def revisions(statement: Statement) -> list[StatementRevision]:
    """All published revisions of a statement that was fetched, newest first."""
    wanted = select(StatementRevision).where(StatementRevision.statement_id == statement.id)
    return list(db.session.scalars(wanted.order_by(StatementRevision.number.desc())))


def receivable_of(statement: Statement) -> Receivable | None:
    """What is owed for a statement that was fetched; None before it is published."""
    return db.session.scalar(select(Receivable).where(Receivable.statement_id == statement.id))


def open_line_ids(statement: Statement) -> list[int]:
    """The lines of a statement that was fetched that are still to be confirmed."""
    wanted = select(L.id).where(
        L.statement_id == statement.id, in_revision(None), L.state == LineState.OPEN.value
    )
    return list(db.session.scalars(wanted.order_by(L.serial)))


def served_names(lines: Iterable[StatementLine]) -> dict[int, tuple[str, str]]:
    """Customer id → (Chinese, English) name of whom the lines of a fetched statement were served to.

    A third party that pays reads these names on its bill, though the customer's own record is none of its business.
    """
    ids = {each.served_id for each in lines}
    found = whole.columns_of(Customer, ids, ("name_zh", "name_en"))
    return {row_id: (zh, en) for row_id, (zh, en) in found.items()}


def _seen(viewer: Viewer) -> Select[Any]:
    statement: Select[Any] = visible(select(S), S, viewer)
    if viewer.kind == "customer":
        statement = statement.where(S.state.in_(sorted(CUSTOMER_SEES)))
    return statement.options(joinedload(S.customer).load_only(*NAMES))
