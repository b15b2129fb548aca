"""Reading quotations, each select limited to what the viewer may see."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.quotations.models import (
    AcceptanceLink,
    Quotation,
    QuotationMargin,
    QuotationQuestion,
    QuotationVersion,
)
from portal.quotations.rules.states import CUSTOMER_SEES, QuotationState

_SEEN = tuple(state.value for state in CUSTOMER_SEES)


def quotations(viewer: Viewer) -> Select[Quotation]:
    """Every quotation the viewer may see; for customers only those of which a version was issued."""
    statement = visible(select(Quotation), Quotation, viewer).options(
        joinedload(Quotation.customer).load_only(
            Customer.name_zh, Customer.name_en, Customer.short_name
        ),
        joinedload(Quotation.owner),
    )
    return statement if viewer.is_staff else statement.where(Quotation.issued_no > 0)


def search(statement: Select[Quotation], words: str) -> Select[Quotation]:
    """Narrow by number, title, customer in Chinese, pinyin or initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(Quotation.search_text.contains(word, autoescape=True))
    return statement


def version(quotation: Quotation, number: int, viewer: Viewer) -> QuotationVersion | None:
    """One version with its lines; a customer finds only issued ones."""
    statement = (
        visible(select(QuotationVersion), QuotationVersion, viewer)
        .where(QuotationVersion.quotation_id == quotation.id, QuotationVersion.version_no == number)
        .options(joinedload(QuotationVersion.lines))
    )
    if not viewer.is_staff:
        statement = statement.where(QuotationVersion.state.in_(_SEEN))
    return db.session.scalars(statement).unique().one_or_none()


def versions(quotation: Quotation, viewer: Viewer) -> list[QuotationVersion]:
    """Every version that the viewer may see, newest first, without lines."""
    statement = visible(select(QuotationVersion), QuotationVersion, viewer).where(
        QuotationVersion.quotation_id == quotation.id
    )
    if not viewer.is_staff:
        statement = statement.where(QuotationVersion.state.in_(_SEEN))
    return list(db.session.scalars(statement.order_by(QuotationVersion.version_no.desc())))


def margin(version: QuotationVersion) -> QuotationMargin | None:
    """What a version earns; ask only for a viewer who may see costs."""
    return db.session.get(QuotationMargin, version.id)


def questions(quotation: Quotation) -> list[QuotationQuestion]:
    """Questions and answers on a quotation, oldest first."""
    statement = select(QuotationQuestion).where(QuotationQuestion.quotation_id == quotation.id)
    return list(db.session.scalars(statement.order_by(QuotationQuestion.id)))


def links(quotation: Quotation) -> list[AcceptanceLink]:
    """The links sent for any version of a quotation, newest first."""
    statement = (
        select(AcceptanceLink)
        .join(QuotationVersion, QuotationVersion.id == AcceptanceLink.version_id)
        .where(QuotationVersion.quotation_id == quotation.id)
    )
    return list(db.session.scalars(statement.order_by(AcceptanceLink.id.desc())))


def awaiting_approval(viewer: Viewer, limit: int = 10) -> list[Quotation]:
    """Quotations that wait for an approver, oldest first; never the viewer's own."""
    statement = quotations(viewer).where(
        Quotation.state == QuotationState.PENDING_APPROVAL.value,
        Quotation.owner_id != viewer.user_id,
    )
    return list(
        db.session.scalars(statement.order_by(Quotation.updated_at, Quotation.id).limit(limit))
    )


def own_drafts(viewer: Viewer, limit: int = 10) -> list[Quotation]:
    """The viewer's own unfinished quotations, last touched first."""
    unfinished = (QuotationState.DRAFT.value, QuotationState.APPROVED.value)
    statement = quotations(viewer).where(
        Quotation.owner_id == viewer.user_id, Quotation.state.in_(unfinished)
    )
    return list(db.session.scalars(statement.order_by(Quotation.updated_at.desc()).limit(limit)))


def expiring(viewer: Viewer, today: date, days: int = 7, limit: int = 10) -> list[Quotation]:
    """Issued quotations whose validity ends within `days`, the soonest first."""
    statement = quotations(viewer).where(
        Quotation.state == QuotationState.ISSUED.value,
        Quotation.valid_until >= today,
        Quotation.valid_until <= today + timedelta(days=days),
    )
    return list(
        db.session.scalars(statement.order_by(Quotation.valid_until, Quotation.id).limit(limit))
    )


def to_answer(viewer: Viewer, today: date, limit: int = 10) -> list[Quotation]:
    """For a customer: issued quotations that may still be accepted, the soonest to expire first."""
    current = QuotationVersion.quotation_id == Quotation.id
    statement = (
        quotations(viewer)
        .join(QuotationVersion, current)
        .where(
            QuotationVersion.state == QuotationState.ISSUED.value,
            QuotationVersion.valid_until >= today,
        )
    )
    return list(
        db.session.scalars(
            statement.order_by(QuotationVersion.valid_until, Quotation.id).limit(limit)
        )
    )


def open_questions(viewer: Viewer, limit: int = 10) -> list[tuple[QuotationQuestion, Quotation]]:
    """Unanswered questions on quotations that the viewer may see, oldest first."""
    statement = (
        visible(select(QuotationQuestion, Quotation), Quotation, viewer)
        .join(Quotation, Quotation.id == QuotationQuestion.quotation_id)
        .where(QuotationQuestion.answer.is_(None))
        .order_by(QuotationQuestion.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def of_customer(customer: Customer, viewer: Viewer, limit: int = 10) -> list[Quotation]:
    """A customer's latest quotations."""
    statement = quotations(viewer).where(Quotation.customer_id == customer.id)
    return list(db.session.scalars(statement.order_by(Quotation.updated_at.desc()).limit(limit)))


def count_by_state(viewer: Viewer) -> dict[str, int]:
    """State → how many quotations, for the head of the list."""
    inner = visible(select(Quotation.state, func.count()), Quotation, viewer).group_by(
        Quotation.state
    )
    return {row[0]: row[1] for row in db.session.execute(inner)}


def matches(statement: Select[Quotation], text: str) -> Select[Quotation]:
    """Quotations whose number starts with `text` or whose words contain it: for the global search."""
    return statement.where(
        or_(Quotation.number.startswith(text.upper()), Quotation.search_text.contains(text.lower()))
    )
