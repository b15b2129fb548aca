"""Mails about requests: to who asked, to the customer's owner and the request's, to colleagues (S4, DESIGN rule 7).

A third party hears what we answer only once its right to speak for the customer is proven; before that the customer's
own people do. Internal notes never leave the house, and nothing of an internal request goes to a customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.permissions import Permission, of_powers
from portal.access.scope import past_the_walls
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.clock import business_day
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import people
from portal.service_requests.queries.work_calendar import service_settings
from portal.service_requests.rules.kinds import Authority, RequesterKind

PROVEN = frozenset({Authority.NOT_NEEDED.value, Authority.PROVEN.value})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on the customer's side; `signs_in`: may open the request's page."""

    mark: str
    name: str
    email: str
    locale: str
    signs_in: bool


def opened(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """It is received: who asked has it in writing; the customer's owner and who is to do it know."""
    with past_the_walls():
        to_customer(request, "request_received", "opened", actor, now, trusted=False)
        to_staff(request, "opened", [_user(request.owner_id), _owner(request)], actor, now)


def to_customer(
    request: ServiceRequest, template: str, mark: str, actor: Viewer, now: datetime, *, text: str = "",
    step: str = "", trusted: bool = True,
) -> None:  # fmt: skip
    """A letter to who asked; `mark` tells it from others of the request. `trusted`: it says what is the customer's."""
    if request.is_internal:
        return
    with past_the_walls():
        days = service_settings().reopen_days
        facts = {**_facts(request), "text": text, "sender": actor.name, "step": step, "days": days}
        for each in _readers(request, now, trusted):
            whole = {**facts, "contact": each.name, "signs_in": each.signs_in}
            key = f"request-{request.id}-{mark}-{each.mark}"
            post_mail(each.email, template, whole, locale=each.locale, key=key, now=now)


def to_staff(
    request: ServiceRequest, step: str, readers: Iterable[User | None], actor: Viewer, now: datetime,
    mark: int | str = "", text: str = "",
) -> None:  # fmt: skip
    """A letter to our own people, each once, never to who did it: opened, assigned, handed_over, shared,
    customer_wrote, escalated, reopened, resolved, rejected, withdrawn, merged."""
    with past_the_walls():
        facts = {**_facts(request), "step": step, "sender": actor.name, "text": text}
        for user_id, user in {each.id: each for each in readers if each and each.active}.items():
            if user_id != actor.user_id:
                key = f"request-{request.id}-{step}-{mark}-{user_id}"
                post_mail(user.email, "request_staff", facts, locale=user.locale, key=key, now=now)


def tell_working(
    request: ServiceRequest, step: str, actor: Viewer, now: datetime, mark: int | str, text: str = ""
) -> None:  # fmt: skip
    """Who works on it: its owner and whom it is shared with; the customer's owner where nobody does yet."""
    with past_the_walls():
        readers = [_user(request.owner_id), *people.sharers(request)]
        at_work = [each for each in readers if each is not None]
        to_staff(request, step, at_work or [_owner(request)], actor, now, mark, text)


def tell_asker(
    request: ServiceRequest, step: str, actor: Viewer, now: datetime, mark: int | str, text: str
) -> None:
    """The colleague who asked hears of an internal request: resolved, rejected, withdrawn, reopened."""
    if request.is_internal:
        to_staff(request, step, [_user(request.requester_id)], actor, now, mark, text)


def tell_managers(
    request: ServiceRequest, step: str, actor: Viewer, now: datetime, mark: int | str, text: str
) -> None:
    """Those who may give requests to anybody hear of it."""
    to_staff(request, step, people.holders(Permission.REQUEST_ASSIGN), actor, now, mark, text)


def _readers(request: ServiceRequest, now: datetime, trusted: bool) -> list[Reader]:
    """The requester; in place of one whose right is not proven (where that matters) the customer's own people."""
    today = business_day(now)
    members = people.members_of(request.customer, today)
    asked, proven = _asked(request), not trusted or request.authority in PROVEN
    found = [
        _person(each.user, signs_in=Permission.REQUEST_SEE in of_powers(each.power_set))
        for each in members
        if each.user_id in asked
    ]
    found += _stranger(request) if proven else []
    if not found and trusted:
        raisers = people.readers(request.customer, Permission.REQUEST_RAISE, today)
        found = [_person(each, signs_in=True) for each in raisers]
    return list({each.email.lower(): each for each in reversed(found)}.values())


def _asked(request: ServiceRequest) -> set[int | None]:
    """Who asked, and the customer's user who wrote it down for a third party."""
    third = request.requester_kind == RequesterKind.THIRD_PARTY
    return {request.requester_id, request.opened_by if third else None}


def _person(user: User, *, signs_in: bool) -> Reader:
    return Reader(str(user.id), user.name, user.email, user.locale, signs_in)


def _stranger(request: ServiceRequest) -> list[Reader]:
    """Somebody without a sign-in whose address is known."""
    if not request.requester_email or request.requester_id is not None:
        return []
    locale = "en" if request.customer.document_language == "en" else "zh_CN"
    return [Reader("r", request.requester_name, request.requester_email, locale, signs_in=False)]


def _owner(request: ServiceRequest) -> User | None:
    return people.owner_of(request.customer_id)


def _user(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id else None


def _facts(request: ServiceRequest) -> dict[str, Any]:
    customer = db.session.get_one(Customer, request.customer_id)
    return {
        "id": request.id, "number": request.number, "title": request.title, "kind": request.kind,
        "severity": request.severity, "customer": customer.label, "requester": request.requester_name,
    }  # fmt: skip
