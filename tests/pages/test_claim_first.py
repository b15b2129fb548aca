"""A request with an open claim ends by its claim, at both doors."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.claims.actions import answering
from portal.claims.models import Claim
from portal.db.base import db
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, viewer
from tests.claims import a_claim
from tests.client import CheckingClient

SAID = "CL-2026-000001"


@pytest.fixture
def request_id(cast: Cast, now: datetime) -> int:
    """A request with a claim that is notified."""
    found = a_claim(cast, now).request_id
    db.session.commit()
    return found


def state(request_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(ServiceRequest, request_id).state


def test_the_customer_is_led_to_the_claim(
    client: CheckingClient, cast: Cast, request_id: int
) -> None:
    here = client.sign_in(cast.lin)
    here.post(f"/my/requests/{request_id}/withdraw", data={"reason": "不要了"})
    assert f"Claim {SAID} belongs to it" in here.get(f"/my/requests/{request_id}").text
    assert state(request_id) == RequestState.NEW


@pytest.mark.parametrize("step", ["withdraw", "reject"])
def test_the_desk_is_told_at_the_reason(
    client: CheckingClient, cast: Cast, request_id: int, step: str
) -> None:
    desk = client.sign_in(cast.customer_service)
    url = f"/desk/requests/{request_id}/ask/{step}"
    answer = desk.post(url, data={"reason": "客户来电撤回"})
    assert answer.status_code == 422
    assert f"Claim {SAID} belongs to it" in answer.text and "客户来电撤回" in answer.text
    assert state(request_id) == RequestState.NEW


def test_once_the_claim_is_taken_back_the_request_is_too(
    cast: Cast, now: datetime, request_id: int
) -> None:
    claim = db.session.query(Claim).one()
    answering.withdraw(claim, "已与收货人和解", viewer(cast.lin), now)
    db.session.commit()
    assert state(request_id) == RequestState.WITHDRAWN
