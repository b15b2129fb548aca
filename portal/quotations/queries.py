"""Reading quotations, each select limited to what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.permissions import Permission
from portal.access.scope import one_of, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.queries.costs import costs_of_prices
from portal.catalogue.queries.prices import LanePrice
from portal.catalogue.queries.rates import exchange_rate, tax_of
from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.exchange import ExchangeRate
from portal.customers.models import Contact, Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.kernel.errors import Invalid
from portal.kernel.pinyin import normalise
from portal.quotations.models import (
    AcceptanceLink,
    Quotation,
    QuotationMargin,
    QuotationQuestion,
    QuotationVersion,
)
from portal.quotations.rules.offers import OfferMargin, offer_margin
from portal.quotations.rules.states import CUSTOMER_SEES, QuotationState

_SEEN = tuple(state.value for state in CUSTOMER_SEES)
WITH_PARTIES = (
    joinedload(Quotation.customer),
    joinedload(Quotation.contact),
    joinedload(Quotation.owner).lazyload(User.roles),
)
"""A quotation's page names all three: one join instead of three selects."""


def quotations(viewer: Viewer) -> Select[Quotation]:
    """Every quotation the viewer may see; for customers only those of which a version was issued."""
    statement = visible(select(Quotation), Quotation, viewer).options(
        joinedload(Quotation.customer).load_only(
            Customer.name_zh, Customer.name_en, Customer.short_name
        ),
        joinedload(Quotation.owner).load_only(User.name).lazyload(User.roles),
        defer(Quotation.search_text),
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
        statement = _seen_by_customers(statement)
    return db.session.scalars(statement).unique().one_or_none()


def versions(quotation: Quotation, viewer: Viewer) -> list[QuotationVersion]:
    """Every version that the viewer may see, newest first, without lines."""
    statement = visible(select(QuotationVersion), QuotationVersion, viewer).where(
        QuotationVersion.quotation_id == quotation.id
    )
    if not viewer.is_staff:
        statement = _seen_by_customers(statement)
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


def matches(statement: Select[Quotation], text: str) -> Select[Quotation]:
    """Quotations whose number starts with `text` or whose words contain it: for the global search."""
    return statement.where(
        or_(Quotation.number.startswith(text.upper()), Quotation.search_text.contains(text.lower()))
    )


def in_state(statement: Select[Quotation], state: str, today: date) -> Select[Quotation]:
    """Narrow by the state as read today: an issued one past its validity is expired, not issued."""
    past = Quotation.valid_until < today
    if state == QuotationState.EXPIRED.value:
        return statement.where(Quotation.state == QuotationState.ISSUED.value, past)
    statement = statement.where(Quotation.state == state)
    return statement.where(~past) if state == QuotationState.ISSUED.value else statement


def owners(viewer: Viewer) -> list[tuple[int, str]]:
    """(user id, name) of those whose quotations the viewer may see, by name."""
    is_owner = one_of(User.id, Quotation.owner_id, Quotation, viewer)
    rows = db.session.execute(select(User.id, User.name).where(is_owner))
    return sorted(((row.id, row.name) for row in rows), key=lambda each: each[1])


def recent_customers(viewer: Viewer, limit: int = 6) -> list[Customer]:
    """The customers that the viewer quoted last."""
    latest = (
        visible(
            select(Quotation.customer_id, func.max(Quotation.id).label("at")), Quotation, viewer
        )
        .where(Quotation.owner_id == viewer.user_id)
        .group_by(Quotation.customer_id)
        .order_by(func.max(Quotation.id).desc())
        .limit(limit)
        .subquery()
    )
    statement = select(Customer).join(latest, latest.c.customer_id == Customer.id)
    statement = visible(statement, Customer, viewer).where(Customer.active.is_(True))
    return list(db.session.scalars(statement.order_by(latest.c.at.desc())))


def contacts(quotation: Quotation, viewer: Viewer) -> list[Contact]:
    """The people at a quotation's customer, the main one first."""
    statement = visible(select(Contact), Contact, viewer).where(
        Contact.customer_id == quotation.customer_id
    )
    return list(db.session.scalars(statement.order_by(Contact.is_main.desc(), Contact.id)))


def main_contact(customer: Customer, viewer: Viewer) -> Contact | None:
    """The customer's main contact, else the first."""
    statement = visible(select(Contact), Contact, viewer).where(Contact.customer_id == customer.id)
    return db.session.scalar(statement.order_by(Contact.is_main.desc(), Contact.id).limit(1))


def entries(quotation: Quotation) -> Select[AuditEntry]:
    """The history of a quotation that was fetched for the viewer."""
    return select(AuditEntry).where(
        AuditEntry.subject_type == quotation.__tablename__, AuditEntry.subject_id == quotation.id
    )


def history(quotation: Quotation, limit: int) -> list[AuditEntry]:
    """The latest entries, newest first."""
    statement = entries(quotation).order_by(AuditEntry.id.desc())
    return list(db.session.scalars(statement.limit(limit)))


def functional_currency() -> str:
    """The firm's own currency."""
    firm = db.session.get(FirmProfile, 1)
    return firm.currency if firm else "CNY"


def offer_margins(
    prices: Sequence[LanePrice], cargo: Cargo, viewer: Viewer, on: date
) -> dict[int, OfferMargin]:
    """Price id → its margin on this shipment. Who may not see costs learns only whether it is under the floor (M5)."""
    costs = costs_of_prices(price.price_id for price in prices)
    functional = functional_currency()
    spoken = {price.currency for price in prices}
    spoken |= {part.currency for parts in costs.values() for part in parts}
    rates = _rates(spoken - {functional}, functional, on)
    taxes = {each: tax_of(each[0], on).terms(each[1]) for each in {_tax_key(p) for p in prices}}
    found: dict[int, OfferMargin] = {}
    for price in prices:
        parts, tax = costs.get(price.price_id, ()), taxes[_tax_key(price)]
        margin = offer_margin(price, cargo, parts, tax, functional, rates)
        if margin is not None:
            found[price.price_id] = margin
    if viewer.may(Permission.COST_SEE):
        return found
    return {k: replace(m, before_rebate=None, after_rebate=None) for k, m in found.items()}


def _tax_key(price: LanePrice) -> tuple[str, bool]:
    return price.tax_class, price.tax_inclusive


def _rates(codes: Iterable[str], into: str, on: date) -> dict[str, ExchangeRate]:
    """The rates of the day; a currency without one is left out."""
    found: dict[str, ExchangeRate] = {}
    for code in sorted(codes):
        with suppress(Invalid):
            found[code] = exchange_rate(code, into, on)
    return found


def _seen_by_customers(statement: Select[QuotationVersion]) -> Select[QuotationVersion]:
    """Only what was issued: a draft that was withdrawn never existed for the customer."""
    return statement.where(
        QuotationVersion.state.in_(_SEEN), QuotationVersion.issued_at.is_not(None)
    )
