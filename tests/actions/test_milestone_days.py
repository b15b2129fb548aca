"""Milestones are taken back from the last one on, and nothing is planned or promised long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from portal.contracts.models import Entitlement
from portal.kernel.errors import Invalid, InvalidMany
from portal.shipments.actions import milestones, shipments
from portal.shipments.actions.milestones import Report
from tests.actions.test_shipments import opened
from tests.carriage import boxes_entitled, confirmed
from tests.cast import Cast, viewer


@pytest.fixture
def entitlement(cast: Cast, now: datetime) -> Entitlement:
    return boxes_entitled(cast, now)


def test_an_earlier_milestone_stays_reached_while_a_later_one_is(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment, desk = confirmed(cast, now, entitlement), viewer(cast.customer_service)
    for code in ("space_confirmed", "departed"):
        milestones.report(shipment, Report(code, actual_at=now), desk, now)
    with pytest.raises(Invalid) as refused:
        milestones.take_back(shipment, "space_confirmed", desk, now)
    assert "Departed" in str(refused.value.text) and shipment.milestones[0].actual_at == now
    milestones.take_back(shipment, "departed", desk, now)
    milestones.take_back(shipment, "space_confirmed", desk, now)
    assert shipment.milestones[0].actual_at is None


def test_nothing_moves_to_a_day_more_than_a_year_past(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment, desk = confirmed(cast, now, entitlement), viewer(cast.customer_service)
    long_ago, day = now - timedelta(days=800), date(2024, 1, 1)
    facts = replace(shipments.facts_of(shipment), due_on=day)
    for field, verb in (
        ("plan-departed", lambda: milestones.set_plan(shipment, {"departed": long_ago}, desk, now)),
        ("due_on", lambda: shipments.change(shipment, facts, desk, now)),
        ("due_on", lambda: opened(cast, now, due_on=day)),
    ):
        with pytest.raises(InvalidMany) as refused:
            verb()
        assert list(refused.value.errors) == [field]
    with pytest.raises(Invalid):
        milestones.plan_anew(shipment, day, desk, now)
