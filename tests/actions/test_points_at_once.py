"""Twenty people redeem the same points at the same moment: as many are served as there are points (K8)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.models import Credit
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import loyalty as job
from portal.loyalty.actions import redeeming
from portal.loyalty.models import PointsEntry, Redemption
from portal.web.flask_app import PortalApp
from tests.actions.test_money_at_once import at_once
from tests.cast import Cast, viewer
from tests.loyalty import a_bill, a_rule, balance, paid, points

pytestmark = pytest.mark.both_databases

MANY = 20


def test_of_twenty_who_redeem_at_once_five_are_served_and_nothing_is_spent_twice(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 500, now)
    lin, harbour = viewer(cast.lin), cast.harbour.id

    def redeem() -> str:
        with unit_of_work():
            redeeming.redeem(db.session.get_one(Customer, harbour), 100, lin, now)
        return "served"

    told = at_once(app, [redeem] * MANY)
    set_viewer(SYSTEM)
    assert told == {"served": 5, "invalid": 15}
    assert balance(db.session.get_one(Customer, harbour)) == 0
    assert db.session.scalar(select(func.count(Redemption.id))) == 5
    assert db.session.scalar(select(func.sum(Credit.gross_amount))) == Decimal("25.000")


def test_two_jobs_at_once_let_a_bill_earn_once(app: PortalApp, cast: Cast, now: datetime) -> None:
    a_rule(now)
    paid(a_bill(cast.harbour, "1000", now), cast.harbour, now)
    told = at_once(app, [lambda: job.settle(now)] * 3)
    set_viewer(SYSTEM)
    assert sum(count for said, count in told.items() if said.startswith("1 earned")) == 1
    assert db.session.scalars(select(PointsEntry.points)).all() == [100]
