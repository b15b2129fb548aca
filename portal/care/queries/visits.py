"""Visits as the viewer may see them; all of it is the house's own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.care.models import Visit, VisitPromise
from portal.care.rules.states import VisitState
from portal.customers.models import Contact, Customer, Site
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise
from portal.opportunities.models import Competitor, Opportunity
from portal.service_requests.models import RequestTask

V = Visit
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
LONGEST_VISIT = timedelta(days=1)


def visits(viewer: Viewer) -> Select[Any]:
    """Every visit that the viewer may see, with customer, visitor and contact."""
    return visible(select(V), V, viewer).options(
        joinedload(V.customer).load_only(*NAMES),
        joinedload(V.visitor).load_only(User.name).lazyload(User.roles),
        joinedload(V.contact).load_only(Contact.name, Contact.phone, Contact.position),
    )


def planned(viewer: Viewer, user_id: int | None = None) -> Select[Any]:
    """Visits still to be made; of one person where one is named."""
    wanted = visits(viewer).where(V.state == VisitState.PLANNED.value)
    return wanted if user_id is None else wanted.where(V.visitor_id == user_id)


def made(viewer: Viewer) -> Select[Any]:
    """Visits that were made."""
    return visits(viewer).where(V.state == VisitState.DONE.value)


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over visits narrowed by customer (as customers are found), number or purpose."""
    plain = normalise(words[:80]).lower()
    found = (Customer.search_text.contains(word, autoescape=True) for word in plain.split())
    theirs = V.customer_id.in_(select(Customer.id).where(*found))
    mine = V.purpose.icontains(plain, autoescape=True), V.number.icontains(plain, autoescape=True)
    return statement.where(or_(theirs, *mine)) if plain else statement


def visit_of(visit_id: int, viewer: Viewer) -> Visit:
    """One visit with everything that its page shows; NotFound when it is absent or not for this viewer."""
    wanted = visits(viewer).where(V.id == visit_id)
    row = db.session.scalar(
        wanted.options(
            joinedload(V.site).load_only(Site.name, Site.address),
            joinedload(V.opportunity).load_only(Opportunity.number, Opportunity.title),
            joinedload(V.competitor).load_only(Competitor.name_zh, Competitor.name_en),
            selectinload(V.promises)
            .joinedload(VisitPromise.task)
            .load_only(RequestTask.state, RequestTask.due_at),
        )
    )
    if row is None:
        raise NotFound()
    return row


def held(visit: Visit) -> Visit:
    """The visit as it stands now, held until the transaction ends."""
    wanted = select(V).where(V.id == visit.id).with_for_update(of=V)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def of_customer(customer_id: int, viewer: Viewer, limit: int) -> list[Visit]:
    """What is planned with a customer, the next first, then what was done, the last first."""
    wanted = visits(viewer).where(
        V.customer_id == customer_id, V.state != VisitState.CANCELLED.value
    )
    open_first = (V.state == VisitState.PLANNED.value).desc()
    order = open_first, V.done_on.desc(), V.planned_on, V.id.desc()
    return list(db.session.scalars(wanted.order_by(*order).limit(limit)))


def earlier(visit: Visit, viewer: Viewer, limit: int) -> list[Visit]:
    """The last visits to the same customer that were made."""
    wanted = made(viewer).where(V.customer_id == visit.customer_id, V.id != visit.id)
    return list(db.session.scalars(wanted.order_by(V.done_on.desc(), V.id.desc()).limit(limit)))


def in_span(
    viewer: Viewer, person_id: int | None, starts: datetime, ends: datetime, days: tuple[date, date]
) -> list[Visit]:
    """Visits for a calendar: with a time that touches the span, or of one of its days without one.

    One that was made on another day than planned is of the day on which it was made.
    """
    as_planned = V.done_on.is_(None) | (V.done_on == V.planned_on)
    timed = as_planned & (V.starts_at < ends) & (V.starts_at > starts - LONGEST_VISIT)
    dayly = as_planned & V.starts_at.is_(None) & V.planned_on.between(*days)
    made = V.done_on.between(*days) & (V.done_on != V.planned_on)
    wanted = visits(viewer).where(V.state != VisitState.CANCELLED.value, or_(timed, dayly, made))
    if person_id is not None:
        wanted = wanted.where(V.visitor_id == person_id)
    return list(db.session.scalars(wanted.order_by(V.planned_on, V.starts_at, V.id).limit(300)))


def is_planned(key: str) -> bool:
    """Whether the visit of this cause was planned."""
    return db.session.scalar(select(V.id).where(V.plan_key == key)) is not None


def clashing(visit: Visit) -> list[Visit]:
    """The visitor's other planned visits at the same time, whoever's customer it is: for the times alone."""
    if visit.starts_at is None:
        return []
    ends = visit.starts_at + timedelta(minutes=visit.minutes)
    near = select(V).where(
        V.visitor_id == visit.visitor_id, V.state == VisitState.PLANNED.value, V.id != visit.id,
        V.starts_at < ends, V.starts_at > visit.starts_at - LONGEST_VISIT,
    )  # fmt: skip
    with past_the_walls():
        rows = list(db.session.scalars(near.order_by(V.starts_at)))
    return [
        row for row in rows
        if row.starts_at and row.starts_at + timedelta(minutes=row.minutes) > visit.starts_at
    ]  # fmt: skip
