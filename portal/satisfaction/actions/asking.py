"""Asking a person by a secret link, once for each request or year, never twice in thirty days (DOMAIN K10).

Each ask is a transaction of its own; a job may run as often as it likes, and twice at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.customers.models import Customer, Membership
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.clock import business_day
from portal.satisfaction.actions import editing
from portal.satisfaction.models import Survey, SurveyInvitation
from portal.satisfaction.queries import due
from portal.satisfaction.queries.surveys import current
from portal.satisfaction.rules.asking import (
    ASKED_AFTER,
    close_key,
    is_due_again,
    may_ask,
    reachable,
    yearly_key,
)
from portal.satisfaction.rules.kinds import Occasion
from portal.service_requests.models import ServiceRequest


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked, and in which language."""

    name: str
    email: str
    locale: str
    user_id: int | None = None


def ask_about(request_id: int, now: datetime) -> bool:
    """Ask the requester of a resolved request; False when that was done, may not be, or cannot be."""
    request = load(ServiceRequest, request_id, SYSTEM, P.REQUEST_SEE, lock=True)
    person = _requester(request)
    key = close_key(request.id)
    if request.state not in ASKED_AFTER or not _may_be_asked(person, key, now):
        return False
    about = {"number": request.number, "title": request.title}
    _invite(Occasion.CLOSE, key, person, request.customer_id, request, about, now)
    return True


def ask_member(membership_id: int, now: datetime) -> bool:
    """Ask a customer's user the yearly questions; False when that was done within a year."""
    member = load(Membership, membership_id, SYSTEM, P.MEMBER_SEE)
    user = db.session.scalars(select(User).where(User.id == member.user_id).with_for_update()).one()
    person = Person(user.name, user.email, user.locale, user.id)
    key = yearly_key(user.email, business_day(now).year)
    if not is_due_again(due.last_yearly(user.email), now) or not _may_be_asked(person, key, now):
        return False
    _invite(Occasion.YEARLY, key, person, member.customer_id, None, {}, now)
    return True


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _requester(request: ServiceRequest) -> Person:
    user = request.requester
    email = (request.requester_email or (user.email if user else "")).strip().lower()
    locale = user.locale if user else _language(request.customer)
    return Person(request.requester_name, email, locale, request.requester_id)


def _language(customer: Customer) -> str:
    return "en" if customer.document_language == "en" else "zh_CN"


def _may_be_asked(person: Person, key: str, now: datetime) -> bool:
    return (
        reachable(person.email)
        and not due.is_asked(key)
        and may_ask(due.last_asked(person.email), now)
    )


def _form(occasion: Occasion, now: datetime) -> Survey:
    """The form in force; a firm that never set one asks the usual questions."""
    return current(occasion) or editing.make_first(occasion, SYSTEM, now)


def _invite(
    occasion: Occasion, key: str, person: Person, customer_id: int,
    request: ServiceRequest | None, about: dict[str, str], now: datetime,
) -> None:  # fmt: skip
    survey, token = _form(occasion, now), secrets.token_urlsafe(32)
    row = SurveyInvitation(
        customer_id=customer_id,
        survey_id=survey.id,
        key=key,
        request_id=request.id if request else None,
        user_id=person.user_id,
        name=person.name[:80],
        email=person.email,
        token_hash=token_hash(token),
        asked_at=now,
        expires_at=now + timedelta(days=survey.valid_days),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(SYSTEM, "survey.asked", request or row, now, after={"to": row.email})
    facts = {
        **about,
        "name": row.name,
        "asked": _said(survey, person.locale),
        "low": survey.low_en if person.locale == "en" else survey.low_zh,
        "high": survey.high_en if person.locale == "en" else survey.high_zh,
        "steps": survey.steps,
        "ends_on": business_day(row.expires_at).isoformat(),
        "path": f"/s/{token}",
    }
    template = f"survey_{occasion.value}"
    post_mail(row.email, template, facts, locale=person.locale, key=f"survey-{row.id}", now=now)


def _said(survey: Survey, locale: str) -> str:
    return (survey.title_en if locale == "en" else "") or survey.title_zh
