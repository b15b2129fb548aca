"""Whom the plan of visits wants to be visited: for the lists at the desk, and for the job that plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.care.models import Visit, VisitTarget
from portal.care.rules.kinds import VisitKind
from portal.care.rules.plans import COUNTS, KEY_CUSTOMERS, within
from portal.care.rules.settings import CareSettings
from portal.care.rules.states import VisitState
from portal.customers.models import Customer
from portal.customers.rules.kinds import CustomerState, Part, Structure
from portal.db.base import db
from portal.db.kept import Kept
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile

ZONE = ZoneInfo("Asia/Shanghai")
NEVER = date(1, 1, 1)
"""Stands for "never visited" where a list is sorted by the last visit."""
ENDED = (VisitState.DONE.value, VisitState.CANCELLED.value)


def care_settings() -> CareSettings:
    """The firm's values of customer care, seldom by a query."""
    return _SETTINGS.get()


def targets() -> list[VisitTarget]:
    """Every row of the plan, the tiers first."""
    return list(db.session.scalars(select(VisitTarget).order_by(VisitTarget.id)))


def wanted_now(rows: Sequence[VisitTarget]) -> list[VisitTarget]:
    """Those by which somebody is visited at all."""
    return [row for row in rows if row.every_days]


def in_care() -> tuple[ColumnElement[bool], ...]:
    """The customers that are visited: at work, not lost, no duplicate of another."""
    return (
        Customer.active.is_(True),
        Customer.merged_into_id.is_(None),
        Customer.state != CustomerState.LOST.value,
    )


def of_target(row: VisitTarget) -> ColumnElement[bool]:
    """The customers that a row of the plan is about."""
    if row.segment == KEY_CUSTOMERS:
        return Customer.structure == Structure.KEY.value
    return Customer.segment == row.segment


def last_visit(row: VisitTarget) -> Any:
    """The day of the last visit that counts for a row of the plan, as a part of a select over customers."""
    kinds = _kinds(row)
    return (
        select(func.max(Visit.done_on))
        .where(
            Visit.customer_id == Customer.id,
            Visit.state == VisitState.DONE.value,
            Visit.kind.in_(kinds),
        )
        .correlate(Customer)
        .scalar_subquery()
    )


def overdue(viewer: Viewer, rows: Sequence[VisitTarget], today: date) -> Select[Any]:
    """Customers whose next visit by the plan should have been: (customer, last visit or NEVER, planned day, owner)."""
    late = [and_(of_target(row), _late(row, today)) for row in wanted_now(rows)]
    return _standing(viewer, rows).where(or_(false(), *late))


def never(viewer: Viewer) -> Select[Any]:
    """Customers whom nobody ever visited, in any way."""
    was = select(Visit.id).where(
        Visit.customer_id == Customer.id, Visit.state == VisitState.DONE.value
    )
    return _standing(viewer, ()).where(~was.exists())


def _standing(viewer: Viewer, rows: Sequence[VisitTarget]) -> Select[Any]:
    planned = select(func.min(Visit.planned_on)).where(
        Visit.customer_id == Customer.id, Visit.state == VisitState.PLANNED.value
    )
    owner = (
        select(User.name)
        .join(Assignment, Assignment.user_id == User.id)
        .where(Assignment.customer_id == Customer.id, Assignment.part == Part.OWNER)
    )
    statement: Any = select(
        Customer,
        last_of(rows).label("last_on"),
        planned.correlate(Customer).scalar_subquery().label("planned_on"),
        owner.correlate(Customer).limit(1).scalar_subquery().label("owner"),
    )
    return visible(statement, Customer, viewer).where(*in_care())


def last_of(rows: Sequence[VisitTarget]) -> Any:
    """The last visit that counts for a customer by its row of the plan, else of any kind; NEVER for none."""
    if rows:
        last: Any = case(*((of_target(row), last_visit(row)) for row in rows), else_=null())
    else:
        done = Visit.customer_id == Customer.id, Visit.state == VisitState.DONE.value
        last = select(func.max(Visit.done_on)).where(*done).correlate(Customer).scalar_subquery()
    return func.coalesce(last, literal(NEVER, Date), type_=Date)


def _late(row: VisitTarget, today: date, ahead: int = 0) -> ColumnElement[bool]:
    """Due before `today`, or within `ahead` days."""
    last = last_visit(row)
    day = today + timedelta(days=ahead)
    first_by = day - timedelta(days=within(row.every_days, is_first=True))
    came = Customer.created_at < datetime.combine(first_by, time(), ZONE)
    return or_(last < day - timedelta(days=row.every_days), and_(last.is_(None), came))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer that the plan wants visited: what it counts from, and who looks after it."""

    customer_id: int
    since: date
    last_on: date | None
    last_id: int | None
    owner_id: int | None


def wanting(row: VisitTarget, today: date, horizon: int, limit: int) -> list[Wanted]:
    """The customers of a row of the plan to be visited within `horizon` days for whom nothing is planned yet.

    Counted from the last visit that counts; one that was called off counts by the day that was planned.
    """
    counted = Visit.customer_id == Customer.id, Visit.kind.in_(_kinds(row))
    last_on, last_id = _last_ended(counted)
    waiting = select(Visit.id).where(*counted, Visit.state == VisitState.PLANNED.value)
    edge = today + timedelta(days=horizon)
    came = edge - timedelta(days=within(row.every_days, is_first=True))
    due = or_(
        last_on <= edge - timedelta(days=row.every_days),
        and_(last_on.is_(None), Customer.created_at <= datetime.combine(came, time(), ZONE)),
    )
    owner = _owner_id()
    has_visitor = true() if row.segment == KEY_CUSTOMERS else owner.exists()
    statement = select(
        Customer.id, Customer.created_at, last_on, last_id, owner.limit(1).scalar_subquery()
    ).where(*in_care(), of_target(row), due, has_visitor, ~waiting.exists())
    return [
        Wanted(found[0], found[1].astimezone(ZONE).date(), found[2], found[3], found[4])
        for found in db.session.execute(statement.order_by(Customer.id).limit(limit))
    ]


def _kinds(row: VisitTarget) -> list[str]:
    return [kind.value for kind in COUNTS[VisitKind(row.kind)]]


def _last_ended(counted: tuple[ColumnElement[bool], ...]) -> tuple[Any, Any]:
    """Day and id of the last visit that was made or called off, as parts of a select over customers."""
    day = func.coalesce(Visit.done_on, Visit.planned_on)
    ended = *counted, Visit.state.in_(ENDED)
    parts = (select(func.max(each)).where(*ended).correlate(Customer) for each in (day, Visit.id))
    last_on, last_id = (part.scalar_subquery() for part in parts)
    return last_on, last_id


def _owner_id() -> Select[Any]:
    """Who looks after a customer and is at work, as a part of a select over customers."""
    mine = Assignment.customer_id == Customer.id, Assignment.part == Part.OWNER
    at_work = select(Assignment.user_id).join(User, User.id == Assignment.user_id)
    return at_work.where(*mine, User.active.is_(True)).correlate(Customer)


def taken_days(user_id: int, from_on: date) -> dict[date, int]:
    """How many visits a person has on each day from now on."""
    statement = (
        select(Visit.planned_on, func.count())
        .where(
            Visit.visitor_id == user_id,
            Visit.state == VisitState.PLANNED.value,
            Visit.planned_on >= from_on,
        )
        .group_by(Visit.planned_on)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def managers() -> list[int]:
    """The people who make management visits, always in the same order."""
    leads = select(StaffRole.user_id).where(StaffRole.role == Role.SALES_MANAGER)
    wanted = select(User.id).where(User.active.is_(True), User.id.in_(leads)).order_by(User.id)
    return list(db.session.scalars(wanted))


_SETTINGS = Kept(lambda: CareSettings.from_json(firm_profile().sales), FirmProfile)
