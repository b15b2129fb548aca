"""What completion refuses: the wrong day, nothing done, more than planned without a reason; nothing is kept then."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portal.contracts.models import Entitlement
from portal.kernel.errors import InvalidMany
from portal.shipments.actions import completing
from tests.actions.test_shipments import ON, D, completed, figures, usage
from tests.carriage import boxes_entitled, confirmed
from tests.cast import Cast, viewer


@pytest.fixture
def entitlement(cast: Cast, now: datetime) -> Entitlement:
    return boxes_entitled(cast, now)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2020, 3, 2), "before it was booked"),
        (date(2026, 3, 1), "before it was booked"),
        (date(2026, 3, 3), "not come yet"),
    ],
)
def test_the_day_of_the_service_is_neither_before_the_booking_nor_in_the_future(
    cast: Cast, now: datetime, entitlement: Entitlement, on: date, words: str
) -> None:
    shipment = confirmed(cast, now, entitlement)
    with pytest.raises(InvalidMany) as refused:
        completing.complete(shipment, {1: D(2)}, on, viewer(cast.customer_service), now)
    assert words in str(refused.value.errors["service_on"])
    assert (usage(), shipment.state, figures(entitlement)[1]) == ([], "planned", D(2))


def test_the_day_of_the_service_lies_in_the_period_of_what_is_drawn(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    entitlement.starts_on = date(2026, 3, 4)
    with pytest.raises(InvalidMany) as refused:
        completed(shipment, cast, now, 2)
    assert "may be used from 2026-03-04" in str(refused.value.errors["service_on"])
    assert (usage(), shipment.state, figures(entitlement)[1]) == ([], "planned", D(2))


def test_completing_with_nothing_done_is_refused(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment = confirmed(cast, now, entitlement)
    with pytest.raises(InvalidMany) as refused:
        completed(shipment, cast, now, 0)
    assert "call the shipment off" in str(refused.value.errors["done-1"])
    assert shipment.state == "planned"


def test_more_than_planned_needs_a_reason_which_the_usage_keeps(
    cast: Cast, now: datetime, entitlement: Entitlement
) -> None:
    shipment, desk = confirmed(cast, now, entitlement), viewer(cast.customer_service)
    with pytest.raises(InvalidMany) as refused:
        completing.complete(shipment, {1: D(3)}, ON, desk, now, {1: " "})
    assert list(refused.value.errors) == ["why-1"] and usage() == []
    completing.complete(shipment, {1: D(3)}, ON, desk, now, {1: "客户加货"})
    assert (usage()[0].quantity, usage()[0].note) == (D(3), "客户加货")
