"""The figures of a week and of the week before, for the management's letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select

from portal.access.permissions import Permission, of_roles
from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import PostingKind
from portal.db.base import db
from portal.db.together import answer
from portal.insights.models import DigestChoice
from portal.insights.queries import boards, index_sources
from portal.insights.rules.digest import Told, reported
from portal.insights.rules.indices import on_time
from portal.kernel.clock import business_day
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.states import OpportunityState
from portal.receivables.models import Allocation
from portal.receivables.rules.report_figures import percent
from portal.satisfaction.models import SurveyAnswer
from portal.satisfaction.rules.scores import satisfied
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules.states import BookingState, ShipmentState

ZONE = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SOLD = (PostingKind.ISSUE.value, PostingKind.REVISION.value)
A, Ask, Opp, Post, R = Allocation, ServiceRequest, Opportunity, ReceivablePosting, Receivable


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the firm's zone, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), ZONE)

    @property
    def end(self) -> datetime:
        """The first moment after."""
        return datetime.combine(self.last + ONE_DAY, time(), ZONE)

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether an instant lies in them."""
        return and_(column >= self.start, column < self.end)


def week(week_on: date) -> list[Told]:
    """Everything that the letter of a Monday tells; a fixed number of selects."""
    days = Days(*reported(week_on))
    before = Days(*reported(days.first))
    return [
        *_work(days, before),
        *_service(days, before),
        *_money(days, before, week_on),
        *_sales(days, before),
        Told("at_risk", Decimal(answer(boards.at_risk(SYSTEM))[0])),
    ]


def readers() -> list[User]:
    """Who may read it and has not said that they do not want it by mail."""
    statement = select(User).where(
        User.kind == "staff", User.active.is_(True), User.id.not_in(select(DigestChoice.user_id))
    )
    return [
        user
        for user in db.session.scalars(statement.order_by(User.id))
        if Permission.REPORT_SEE in of_roles(user.role_set)
    ]


def _work(*weeks: Days) -> list[Told]:
    orders, delivered, shares = [], [], []
    for days in weeks:
        booked = visible(select(func.count(Booking.id)), Booking, SYSTEM).where(
            days.holds(Booking.created_at), Booking.state != BookingState.CANCELLED.value
        )
        alone = visible(select(func.count(Shipment.id)), Shipment, SYSTEM).where(
            days.holds(Shipment.created_at), Shipment.booking_id.is_(None),
            Shipment.state != ShipmentState.CANCELLED.value,
        )  # fmt: skip
        orders.append(_number(booked) + _number(alone))
        found = db.session.execute(index_sources.deliveries(days, SYSTEM)).all()
        kept = [on_time(row[0].due_on, business_day(row.delivered_at)) for row in found]
        promised = [each for each in kept if each is not None]
        delivered.append(Decimal(len(found)))
        shares.append(percent(sum(promised), len(promised)))
    return [_told("orders", orders), _told("delivered", delivered), _told("on_time", shares)]


def _service(*weeks: Days) -> list[Told]:
    asked, wrong, good = [], [], []
    for days in weeks:
        requests = visible(select(func.count(Ask.id)), Ask, SYSTEM).where(
            days.holds(Ask.received_at), Ask.is_internal.is_(False)
        )
        asked.append(_number(requests))
        wrong.append(_number(requests.where(Ask.kind == RequestKind.COMPLAINT.value)))
        good.append(_satisfied(days))
    late = sum(row[2] for row in answer(boards.open_requests(SYSTEM, weeks[0].end)))
    return [
        _told("requests", asked), _told("complaints", wrong), Told("late", Decimal(late)),
        _told("satisfied", good),
    ]  # fmt: skip


def _satisfied(days: Days) -> Decimal | None:
    """The share of satisfied answers; None where too few answered to say one (K10)."""
    given = SurveyAnswer
    count: Any = (func.count(), index_sources.number(given.is_good.is_(True)))
    statement = visible(select(*count), given, SYSTEM).where(
        days.holds(given.given_at), given.is_good.is_not(None)
    )
    answered, good = db.session.execute(statement).one()
    return satisfied(int(good), answered).percent


def _money(days: Days, before: Days, today: date) -> list[Told]:
    issued = visible(select(R.currency, func.sum(Post.change)), Post, SYSTEM).join(
        R, R.id == Post.receivable_id
    )
    paid = visible(select(R.currency, func.sum(A.amount)), A, SYSTEM).join(
        R, R.id == A.receivable_id
    )
    found: list[Told] = []
    for code, statement, column in (
        ("published", issued.where(Post.kind.in_(SOLD)), Post.on),
        ("paid", paid, A.on),
    ):
        now, then = (
            {row[0]: row[1] for row in db.session.execute(
                statement.where(column.between(span.first, span.last)).group_by(R.currency)
            )}
            for span in (days, before)
        )  # fmt: skip
        found += [
            Told(code, now.get(currency, Decimal(0)), then.get(currency, Decimal(0)), currency)
            for currency in dict.fromkeys((*now, *then))
        ]
    return found + [
        Told("overdue", late, None, currency)
        for currency, _whole, late in answer(boards.owed(SYSTEM, today))
    ]


def _sales(*weeks: Days) -> list[Told]:
    found = []
    for code, state in (("won", OpportunityState.WON), ("lost", OpportunityState.LOST)):
        numbers = [
            _number(
                visible(select(func.count(Opp.id)), Opp, SYSTEM).where(
                    Opp.state == state.value, Opp.closed_on.between(days.first, days.last)
                )
            )
            for days in weeks
        ]
        found.append(_told(code, numbers))
    return found


def _number(statement: Any) -> Decimal:
    return Decimal(db.session.scalar(statement) or 0)


def _told(code: str, values: Sequence[Decimal | None]) -> Told:
    return Told(code, values[0], values[1])
