"""Whom to ask now: what was resolved lately, and people who were not asked for a year."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import User
from portal.customers.models import Customer, Membership
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.satisfaction.models import SurveyInvitation
from portal.satisfaction.rules.asking import (
    ASKED_AFTER,
    BETWEEN_ASKS,
    KNOWN_FOR,
    LOOKED_BACK,
    NOT_ASKED_ABOUT,
    YEAR,
)
from portal.satisfaction.rules.kinds import Occasion
from portal.service_requests.models import ServiceRequest

MOST = 500
"""How many are asked in one run; the next run goes on."""
Ask, R = SurveyInvitation, ServiceRequest


def requests_to_ask(now: datetime) -> list[int]:
    """Requests resolved in the last two weeks whose requester was asked neither about them nor in thirty days."""
    address = func.lower(func.coalesce(func.nullif(R.requester_email, ""), User.email, ""))
    statement = (
        select(R.id)
        .outerjoin(User, User.id == R.requester_id)
        .where(
            R.state.in_([state.value for state in ASKED_AFTER]),
            R.resolved_at > now - LOOKED_BACK,
            R.resolved_at <= now,
            R.is_internal.is_(False),
            R.kind.not_in([kind.value for kind in NOT_ASKED_ABOUT]),
            address != "",
            ~select(Ask.id).where(Ask.request_id == R.id).exists(),
            ~_asked_since(address, now),
        )
    )
    return list(db.session.scalars(statement.order_by(R.resolved_at, R.id).limit(MOST)))


def people_to_ask(now: datetime) -> list[int]:
    """Memberships whose person is to be asked the yearly questions: active, known for a while, not asked for a year."""
    yearly = select(Ask.id).where(
        Ask.email == User.email,
        Ask.key.like(f"{Occasion.YEARLY.value}-%"),
        Ask.asked_at > now - YEAR,
    )
    statement: Select[Any] = (
        select(func.min(Membership.id))
        .join(User, User.id == Membership.user_id)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(
            User.active.is_(True),
            User.password.is_not(None),
            Customer.active.is_(True),
            Membership.created_at <= now - KNOWN_FOR,
            or_(Membership.ends_on.is_(None), Membership.ends_on >= business_day(now)),
            ~yearly.exists(),
            ~_asked_since(User.email, now),
        )
        .group_by(User.id)
    )
    return list(db.session.scalars(statement.order_by(func.min(Membership.id)).limit(MOST)))


def _asked_since(address: Any, now: datetime) -> ColumnElement[bool]:
    lately = select(Ask.id).where(Ask.email == address, Ask.asked_at > now - BETWEEN_ASKS)
    return lately.exists()


def last_asked(email: str) -> datetime | None:
    """When this person was asked last, whatever about."""
    return db.session.scalar(select(func.max(Ask.asked_at)).where(Ask.email == email.lower()))


def is_asked(key: str) -> bool:
    """Whether the ask of this key was made."""
    return db.session.scalar(select(Ask.id).where(Ask.key == key)) is not None


def last_yearly(email: str) -> datetime | None:
    """When this person was asked the yearly questions last."""
    yearly = Ask.key.like(f"{Occasion.YEARLY.value}-%")
    return db.session.scalar(
        select(func.max(Ask.asked_at)).where(Ask.email == email.lower(), yearly)
    )
