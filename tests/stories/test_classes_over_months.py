"""Six months of bills: a customer rises, is held by hand, falls when the hand is gone, and the house is told why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.insights.models import Classification
from portal.jobs import classes as job
from portal.kernel import clock
from portal.receivables.rules.report_months import Months, moved
from portal.service_requests.queries.targets import targets_for
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.usage.actions import recording
from portal.usage.rules.facts import UsageFact
from tests.cast import Cast
from tests.client import CheckingClient
from tests.insights import seeded
from tests.offers import keep
from tests.service import a_request
from tests.statements import a_line, a_statement

JANUARY = date(2026, 1, 1)


def billed(whom: Customer, month: date, net: str, orders: int) -> None:
    """A month's statement over `net` (6 % inside) and usage on as many days."""
    last, day = Months(month, month).ends_on, timedelta(days=1)
    for number in range(orders):
        fact = UsageFact(
            whom.id,
            Decimal(1),
            "XPX",
            month + 5 * number * day,
            "file",
            f"{month}-{number}",
            item_code="X",
        )
        recording.record(fact, SYSTEM, clock.now())
    line = a_line(f"{Decimal(net) * 106 / 100:.2f}", on=last)
    a_statement(
        whom, [line], StatementState.PUBLISHED, starts_on=month, ends_on=last, now=clock.now()
    )


def month_end(cast: Cast, month: date, net: str, orders: int) -> Customer:
    """The month is billed and, on the 9th of the next, classified by the job; Harbour as it stands then."""
    after = moved(month, 1)
    with clock.frozen(datetime.fromisoformat(f"{after.replace(day=9)}T10:00:00+08:00")) as now:
        if net != "0":
            billed(cast.harbour, month, net, orders)
        keep(cast)
        job.monthly(now)
        assert job.work_all() == 1
    keep(cast)
    return cast.harbour


def causes(month: date) -> list[str]:
    row = db.session.scalars(select(Classification).where(Classification.month == month)).one()
    return [each[0] for each in row.causes.get("churn", ())]


def test_a_customer_rises_is_held_falls_and_everybody_knows_why(
    client: CheckingClient, cast: Cast, database: None
) -> None:
    with clock.frozen(datetime.fromisoformat("2026-01-02T10:00:00+08:00")) as now:
        seeded(now)
        keep(cast)
    first = month_end(cast, JANUARY, "9000", 4)
    assert (first.segment, first.state) == ("mid", "new")
    up = month_end(cast, date(2026, 2, 1), "27000", 4)
    assert up.segment == "vip"
    assert targets_for(up.segment, 3)[ClockKind.FIRST_REPLY].span.amount == 120

    with clock.frozen(datetime.fromisoformat("2026-03-10T09:00:00+08:00")) as now:
        assert a_request(cast, now).tier == "vip"
        keep(cast)
        desk = client.sign_in(cast.sales_manager)
        typed = {"what": "tier:vip", "until_on": "2026-06-30", "reason": "合同谈判中，保级"}
        address = f"/desk/tiers/classes/{cast.harbour.id}"
        assert desk.post(f"{address}/override", data=typed).status_code == 303
        keep(cast)

    assert month_end(cast, date(2026, 3, 1), "300", 1).segment == "vip"
    for month in (date(2026, 4, 1), date(2026, 5, 1)):
        assert month_end(cast, month, "0", 0).segment == "vip"  # the hand wins over the run
    assert "volume" in causes(date(2026, 4, 1)) and "interval" in causes(date(2026, 5, 1))
    letters = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "classes_staff")
    )
    assert {letter.recipient for letter in letters} == {cast.sales.email}

    fallen = month_end(cast, date(2026, 6, 1), "0", 0)  # on the 9th of July its last day is over
    assert (fallen.segment, fallen.state) == ("floating", "lost")
    events = [entry.event for entry in audit.timeline(fallen, public_only=False)]
    assert events[0] == "customer.classified" and "customer.override_ended" in events
    with clock.frozen(datetime.fromisoformat("2026-07-10T09:00:00+08:00")):
        text = client.sign_in(cast.sales_manager).get(f"/desk/tiers/classes/{fallen.id}").text
    assert "合同谈判中，保级" in text and "2026-02" in text and "Lost customer" in text


pytestmark = pytest.mark.usefixtures("database")
