"""What the first pages ask beyond the rooms' own queries: selects of the few columns that a row of the list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, and_, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import PriceScheme, Tariff
from portal.customers.models import Customer
from portal.db.together import Columns, Inquiry, Question, Rows
from portal.home.rules import Waiting
from portal.quotations.models import Quotation, QuotationQuestion, QuotationVersion
from portal.quotations.rules.states import QuotationState

N = TypeVar("N")
RECENT = timedelta(days=7)
AHEAD = timedelta(days=7)
SHOWN = 6
MANY = 10
C, Q, V = Customer, Quotation, QuotationVersion
CALLED = func.coalesce(func.nullif(C.short_name, ""), func.nullif(C.name_zh, ""), C.name_en)
"""How a customer is called in a sentence: `Customer.label` as a column."""


class Draft(NamedTuple):
    """A quotation that is being written."""

    id: int
    number: str
    title: str
    customer: str
    state: str
    valid_until: date | None


class Touched(NamedTuple):
    """A quotation touched last, with its customer's names."""

    id: int
    number: str
    title: str
    name_zh: str
    name_en: str
    owner: str
    state: str
    valid_until: date | None
    total_amount: Decimal | None
    total_currency: str | None


class Issued(NamedTuple):
    """A quotation as its customer knows it: the version that was issued last."""

    id: int
    number: str
    title: str
    version_no: int
    valid_until: date | None
    state: str
    total_amount: Decimal | None
    total_currency: str | None


class Known(NamedTuple):
    """A customer touched last."""

    id: int
    code: str
    name_zh: str
    name_en: str


Part = Inquiry[Iterator[Waiting]]
"""One kind of thing that may wait: what is asked, and the rows of the list that the answers become."""


def part(statement: Columns, draw: Callable[[Rows], Iterator[Waiting]]) -> Part:
    """A part that asks one question."""
    return Inquiry((Question(statement, draw),), lambda drawn: drawn)


def as_rows(kind: Callable[..., N], statement: Select[Any]) -> Question[list[N]]:
    """Rows under names."""
    return Question(statement, lambda found: [kind(*row) for row in found])


def of(model: Any, viewer: Viewer, *columns: Any) -> Select[Any]:
    """These columns of the rows that the viewer may see, each with its customer beside it."""
    statement: Any = select(*columns).select_from(model).outerjoin(C, C.id == model.customer_id)
    found: Select[Any] = visible(statement, model, viewer)
    return found


def pending_approval(viewer: Viewer) -> Select[Any]:
    """(id, number, customer, title, owner) of quotations that wait for an approver, never the viewer's own."""
    wanted = of(Q, viewer, Q.id, Q.number, CALLED, Q.title, User.name)
    wanted = wanted.join(User, User.id == Q.owner_id).where(
        Q.state == QuotationState.PENDING_APPROVAL.value, Q.owner_id != viewer.user_id
    )
    return wanted.order_by(Q.updated_at, Q.id).limit(MANY)


def open_questions(viewer: Viewer) -> Select[Any]:
    """(quotation id, number, who asks, question) of unanswered questions about the viewer's own quotations."""
    asked = QuotationQuestion
    wanted = of(Q, viewer, Q.id, Q.number, asked.asked_by, asked.question)
    wanted = wanted.join(asked, asked.quotation_id == Q.id).where(
        asked.answer.is_(None), Q.owner_id == viewer.user_id
    )
    return wanted.order_by(asked.id).limit(MANY)


def decided_lately(viewer: Viewer, now: datetime) -> Select[Any]:
    """(id, number, title, state, reason) of the viewer's quotations accepted or declined within a week."""
    decided = (QuotationState.ACCEPTED.value, QuotationState.DECLINED.value)
    wanted = _issued(viewer, Q.id, Q.number, Q.title, V.state, V.decline_reason).where(
        Q.owner_id == viewer.user_id, V.state.in_(decided), V.decided_at >= now - RECENT
    )
    return wanted.order_by(V.decided_at.desc()).limit(SHOWN)


def expiring(viewer: Viewer, today: date) -> Select[Any]:
    """(id, number, valid until, customer, title) of the viewer's issued quotations that end within a week."""
    wanted = of(Q, viewer, Q.id, Q.number, Q.valid_until, CALLED, Q.title).where(
        Q.owner_id == viewer.user_id,
        Q.state == QuotationState.ISSUED.value,
        Q.valid_until.between(today, today + AHEAD),
    )
    return wanted.order_by(Q.valid_until, Q.id).limit(MANY)


def tariffs_to_watch(today: date, days: int = 14) -> Select[Any]:
    """(id, code, state, valid to, prices, name) of drafts, and of those in force that end within `days`."""
    T = Tariff
    ends = (T.state == "active") & T.valid_to.between(today, today + timedelta(days=days))
    columns: Any = (T.id, T.code, T.state, T.valid_to, T.price_count, PriceScheme.name_zh)
    wanted = select(*columns).join(PriceScheme, PriceScheme.id == T.scheme_id)
    found: Select[Any] = wanted.where((T.state == "draft") | ends)
    return found.order_by(T.valid_from, T.id).limit(SHOWN)


def answered_lately(viewer: Viewer, now: datetime) -> Select[Any]:
    """(quotation id, number, answer) of a customer's questions that were answered within a week."""
    asked = QuotationQuestion
    wanted = of(Q, viewer, Q.id, Q.number, asked.answer)
    wanted = wanted.join(asked, asked.quotation_id == Q.id).where(asked.answered_at >= now - RECENT)
    return wanted.order_by(asked.answered_at.desc()).limit(SHOWN)


def to_accept(viewer: Viewer, today: date) -> Select[Any]:
    """(id, number, title, version, valid until) of versions that wait for a yes, the soonest to expire first."""
    wanted = _issued(viewer, Q.id, Q.number, Q.title, V.version_no, V.valid_until).where(
        V.state == QuotationState.ISSUED.value, V.valid_until >= today
    )
    return wanted.order_by(V.valid_until, Q.id).limit(SHOWN)


def issued_lately(viewer: Viewer) -> Question[list[Issued]]:
    """A customer's latest versions."""
    columns = (
        Q.id, Q.number, Q.title, V.version_no, V.valid_until, V.state, V.total_amount, V.total_currency,
    )  # fmt: skip
    newest = (V.issued_at.desc(), Q.id.desc())
    return as_rows(Issued, _issued(viewer, *columns).order_by(*newest).limit(SHOWN))


def own_drafts(viewer: Viewer) -> Question[list[Draft]]:
    """The viewer's unfinished quotations, last touched first."""
    unfinished = (QuotationState.DRAFT.value, QuotationState.APPROVED.value)
    wanted = of(Q, viewer, Q.id, Q.number, Q.title, CALLED, Q.state, Q.valid_until)
    wanted = wanted.where(Q.owner_id == viewer.user_id, Q.state.in_(unfinished))
    return as_rows(Draft, wanted.order_by(Q.updated_at.desc()).limit(MANY))


def touched_last(viewer: Viewer) -> Question[list[Touched]]:
    """The quotations touched last, of those the viewer may see."""
    columns = (
        Q.id, Q.number, Q.title, C.name_zh, C.name_en, User.name, Q.state, Q.valid_until, Q.total_amount,
        Q.total_currency,
    )  # fmt: skip
    wanted = of(Q, viewer, *columns).outerjoin(User, User.id == Q.owner_id)
    return as_rows(Touched, wanted.order_by(Q.updated_at.desc(), Q.id.desc()).limit(SHOWN))


def recent_customers(viewer: Viewer) -> Question[list[Known]]:
    """The customers touched last, of those the viewer may see."""
    columns: Any = (C.id, C.code, C.name_zh, C.name_en)
    wanted = visible(select(*columns), C, viewer).where(C.active.is_(True))
    return as_rows(Known, wanted.order_by(C.updated_at.desc()).limit(SHOWN))


def _issued(viewer: Viewer, *columns: Any) -> Select[Any]:
    """Columns of quotations with the version that was issued last; a customer has no others."""
    same = and_(V.quotation_id == Q.id, V.version_no == Q.issued_no)
    return of(Q, viewer, *columns).join(V, same)
