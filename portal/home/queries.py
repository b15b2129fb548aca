"""What the first pages ask beyond the rooms' own queries: answers of the last days, the version to be accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.models import PriceScheme, Tariff
from portal.customers.models import Customer
from portal.db.base import db
from portal.quotations.models import Quotation, QuotationQuestion, QuotationVersion
from portal.quotations.rules.states import QuotationState

RECENT = timedelta(days=7)
SHOWN = 6
V = QuotationVersion


@dataclass(frozen=True, slots=True)
class Issued:
    """A quotation as its customer knows it: the version that was issued last."""

    quotation: Quotation
    version: QuotationVersion


def decided_lately(viewer: Viewer, now: datetime) -> list[Issued]:
    """The viewer's own quotations that customers accepted or declined within a week, the latest first."""
    decided = (QuotationState.ACCEPTED.value, QuotationState.DECLINED.value)
    statement = _issued(viewer).where(
        Quotation.owner_id == viewer.user_id,
        QuotationVersion.state.in_(decided),
        QuotationVersion.decided_at >= now - RECENT,
    )
    return _read(statement.order_by(QuotationVersion.decided_at.desc()))


@dataclass(frozen=True, slots=True)
class Offered:
    """What was issued to a customer: versions that wait for a yes, the soonest to expire first; and the latest."""

    to_accept: list[Issued] = field(default_factory=list)
    latest: list[Issued] = field(default_factory=list)


def offered(viewer: Viewer, today: date) -> Offered:
    """Both in one select; nothing waits for who may not accept."""
    if not viewer.may(Permission.QUOTATION_SEE):
        return Offered()
    accepts = viewer.may(Permission.QUOTATION_ACCEPT)
    waits = (V.state == QuotationState.ISSUED.value) & (V.valid_until >= today)
    latest = _issued(viewer).order_by(V.issued_at.desc(), Quotation.id.desc())
    open_ones = _issued(viewer).where(waits).order_by(V.valid_until, Quotation.id)
    shown = [latest, open_ones] if accepts else [latest]
    ids = [each.with_only_columns(V.id).limit(SHOWN) for each in shown]
    wanted = _issued(viewer).where(or_(*(V.id.in_(each) for each in ids)))
    found = [Issued(row[0], row[1]) for row in db.session.execute(wanted)]
    waiting = [each for each in found if accepts and _waits(each.version, today)]
    waiting.sort(key=lambda each: (each.version.valid_until, each.quotation.id))
    found.sort(key=lambda each: (each.version.issued_at, each.quotation.id), reverse=True)
    return Offered(waiting[:SHOWN], found[:SHOWN])


def _waits(version: QuotationVersion, today: date) -> bool:
    until = version.valid_until
    return version.state == QuotationState.ISSUED.value and until is not None and until >= today


def answered_lately(viewer: Viewer, now: datetime) -> list[tuple[QuotationQuestion, Quotation]]:
    """For a customer: questions that were answered within a week, the latest first."""
    if not viewer.may(Permission.QUOTATION_ASK):
        return []
    rows: Any = select(QuotationQuestion, Quotation)
    statement = (
        visible(rows, Quotation, viewer)
        .join(Quotation, Quotation.id == QuotationQuestion.quotation_id)
        .where(QuotationQuestion.answered_at >= now - RECENT)
        .order_by(QuotationQuestion.answered_at.desc())
        .limit(SHOWN)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def recent_customers(viewer: Viewer) -> list[Customer]:
    """The customers touched last, of those the viewer may see."""
    rows: Select[Any] = select(Customer)
    statement = visible(rows, Customer, viewer).where(Customer.active.is_(True))
    return list(db.session.scalars(statement.order_by(Customer.updated_at.desc()).limit(SHOWN)))


def tariffs_to_watch(
    viewer: Viewer, today: date, days: int = 14
) -> list[tuple[Tariff, PriceScheme]]:
    """For whoever puts tariffs in force: drafts, and those in force that end within `days`."""
    if not viewer.may(Permission.TARIFF_ACTIVATE):
        return []
    ends = (Tariff.state == "active") & Tariff.valid_to.between(today, today + timedelta(days=days))
    statement = (
        select(Tariff, PriceScheme)
        .join(PriceScheme, PriceScheme.id == Tariff.scheme_id)
        .where((Tariff.state == "draft") | ends)
        .order_by(Tariff.valid_from, Tariff.id)
        .limit(SHOWN)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def _issued(viewer: Viewer) -> Select[Any]:
    rows: Any = select(Quotation, QuotationVersion)
    same = (QuotationVersion.quotation_id == Quotation.id) & (
        QuotationVersion.version_no == Quotation.issued_no
    )
    return visible(rows, Quotation, viewer).join(QuotationVersion, same)


def _read(statement: Select[Any]) -> list[Issued]:
    return [Issued(row[0], row[1]) for row in db.session.execute(statement.limit(SHOWN))]
