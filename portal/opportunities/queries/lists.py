"""Opportunities for lists: search, filters, what stands beside a row (REQUIREMENTS O19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.opportunities.models import Collaborator, Opportunity, SalesStage
from portal.opportunities.queries.forecast import entering, forecast_settings
from portal.opportunities.rules.states import OpportunityState

Opp = Opportunity
IS_OPEN = Opp.state == OpportunityState.OPEN.value
WITH_PARTIES = (
    joinedload(Opp.customer).load_only(Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name),
    joinedload(Opp.owner).load_only(User.name).lazyload(User.roles),
    joinedload(Opp.stage),
    joinedload(Opp.method),
    joinedload(Opp.category_row),
    joinedload(Opp.outcome_reason),
    defer(Opp.text),
    defer(Opp.search_text),
)  # fmt: skip


def opportunities(viewer: Viewer) -> Select[Any]:
    """Every opportunity that the viewer may see, with what a list shows."""
    statement: Select[Any] = select(Opp).options(*WITH_PARTIES)
    return visible(statement, Opp, viewer)


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Those in which every word occurs: number, title, customer, third parties; Chinese, pinyin, initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(Opp.search_text.contains(word, autoescape=True))
    return statement


def in_hand(statement: Select[Any], user_id: int | None) -> Select[Any]:
    """Those that this person owns or works on with others."""
    parts = select(Collaborator.opportunity_id).where(Collaborator.user_id == user_id)
    return statement.where(or_(Opp.owner_id == user_id, Opp.id.in_(parts)))


def overdue(statement: Select[Any], today: date) -> Select[Any]:
    """Open ones whose day of decision has passed."""
    return statement.where(IS_OPEN, Opp.close_on < today)


def closing(statement: Select[Any], first: date, last: date) -> Select[Any]:
    """Open ones that are decided between two days, both included."""
    return statement.where(IS_OPEN, Opp.close_on.between(first, last))


def closed(statement: Select[Any], first: date, last: date) -> Select[Any]:
    """Those won or lost between two days, both included."""
    return statement.where(Opp.closed_on.between(first, last))


def forecast(statement: Select[Any], today: date) -> Select[Any]:
    """Those that enter the forecast (O3)."""
    return statement.where(*entering(forecast_settings(), today))


def left_out(statement: Select[Any], today: date) -> Select[Any]:
    """Open ones that do not enter it."""
    inside = select(Opp.id).where(*entering(forecast_settings(), today))
    return statement.where(IS_OPEN, Opp.id.not_in(inside))


def stuck(statement: Select[Any], now: datetime) -> Select[Any]:
    """Open ones that stand in their stage for longer than it allows."""
    limits = [
        and_(Opp.stage_id == stage_id, Opp.entered_stage_at < now - timedelta(days=days))
        for stage_id, days in db.session.execute(
            select(SalesStage.id, SalesStage.stuck_days).where(SalesStage.stuck_days > 0)
        )
    ]
    too_long: ColumnElement[bool] = or_(*limits) if limits else Opp.id.is_(None)
    return statement.where(IS_OPEN, too_long)


def is_stuck(row: Opportunity, now: datetime) -> bool:
    """Whether one stands in its stage for longer than that allows: computed, never set."""
    days = row.stage.stuck_days
    is_open = row.state == OpportunityState.OPEN.value
    return is_open and days > 0 and row.entered_stage_at < now - timedelta(days=days)


def is_overdue(row: Opportunity, today: date) -> bool:
    """Whether its day of decision has passed while it is open."""
    is_open = row.state == OpportunityState.OPEN.value
    return is_open and row.close_on is not None and row.close_on < today


def of_customer(customer_id: int, viewer: Viewer, *, limit: int = 10) -> list[Opportunity]:
    """The latest of one customer, open ones first."""
    wanted = opportunities(viewer).where(Opp.customer_id == customer_id)
    wanted = wanted.order_by((~IS_OPEN).asc(), Opp.updated_at.desc(), Opp.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def from_source(source_type: str, source_id: int, viewer: Viewer) -> list[Opportunity]:
    """Those that came from one record: a request, a lead, a campaign."""
    wanted = opportunities(viewer).where(Opp.source_type == source_type, Opp.source_id == source_id)
    return list(db.session.scalars(wanted.order_by(Opp.id)))
