"""Calls and calls to be made, each as the viewer may see them.

A call may have no customer: whoever sees calls sees those, and their own; calls of a customer only who sees that one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import owned
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.calls.models import Call, CallPlan
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.service_requests.models import ServiceRequest

NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
ABOUT = (ServiceRequest.number, ServiceRequest.title)


def calls(viewer: Viewer) -> Select[Any]:
    """Every call that the viewer may see, with customer, contact, request and who spoke."""
    return _seen(select(Call), Call, Call.handled_by, viewer).options(
        joinedload(Call.customer).load_only(*NAMES),
        joinedload(Call.contact),
        joinedload(Call.request).load_only(*ABOUT),
        joinedload(Call.handler).load_only(User.name).lazyload(User.roles),
    )


def plans(viewer: Viewer) -> Select[Any]:
    """Every call to be made that the viewer may see."""
    return _seen(select(CallPlan), CallPlan, CallPlan.assignee_id, viewer).options(
        joinedload(CallPlan.customer).load_only(*NAMES),
        joinedload(CallPlan.contact),
        joinedload(CallPlan.request).load_only(*ABOUT),
        joinedload(CallPlan.call),
        joinedload(CallPlan.assignee).load_only(User.name).lazyload(User.roles),
    )


def call_of(call_id: int, viewer: Viewer) -> Call:
    """One call; NotFound when it is absent or not for this viewer."""
    row = db.session.scalar(calls(viewer).where(Call.id == call_id))
    return _found(row)


def plan_of(plan_id: int, viewer: Viewer) -> CallPlan:
    """One call to be made; NotFound when it is absent or not for this viewer."""
    row = db.session.scalar(plans(viewer).where(CallPlan.id == plan_id))
    return _found(row)


def of_customer(customer_id: int, viewer: Viewer, limit: int) -> list[Call]:
    """The last calls with a customer."""
    return _last(calls(viewer).where(Call.customer_id == customer_id), limit)


def of_number(keys: tuple[str, ...], viewer: Viewer, limit: int) -> list[Call]:
    """The last calls from or to a number."""
    return _last(calls(viewer).where(Call.digits.in_(keys)), limit) if keys else []


def of_request(request_id: int, viewer: Viewer) -> tuple[list[Call], list[CallPlan]]:
    """The calls about a request, the last first, and those still to be made, the next first."""
    made = _last(calls(viewer).where(Call.request_id == request_id), 20)
    to_make = plans(viewer).where(CallPlan.request_id == request_id, CallPlan.state == "open")
    return made, list(db.session.scalars(to_make.order_by(CallPlan.due_at, CallPlan.id)))


def open_plans(customer_id: int, viewer: Viewer) -> list[CallPlan]:
    """What is to be called about with a customer, the next first."""
    wanted = plans(viewer).where(CallPlan.customer_id == customer_id, CallPlan.state == "open")
    return list(db.session.scalars(wanted.order_by(CallPlan.due_at, CallPlan.id)))


def _last(statement: Select[Any], limit: int) -> list[Call]:
    ordered = statement.order_by(Call.began_at.desc(), Call.id.desc()).limit(limit)
    return list(db.session.scalars(ordered))


def _seen(statement: Select[Any], model: Any, person: Any, viewer: Viewer) -> Select[Any]:
    if viewer.sees_all:
        return statement
    return statement.where(_reach(model, person, viewer))


def _reach(model: Any, person: Any, viewer: Viewer) -> ColumnElement[bool]:
    nobodys = model.customer_id.is_(None)
    return or_(nobodys, person == viewer.user_id, owned(model.customer_id, viewer))


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound()
    return row
