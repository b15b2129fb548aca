"""Addresses that nobody was given: an id that no column can hold, a cursor that no list made."""

from __future__ import annotations

import base64
import json

import pytest

from tests.cast import Cast
from tests.client import CheckingClient

HUGE = "9" * 20


@pytest.mark.parametrize("room", ["contracts", "entitlements", "bookings", "shipments", "usage"])
def test_an_id_that_no_column_can_hold_is_not_found(
    client: CheckingClient, cast: Cast, room: str
) -> None:
    assert client.sign_in(cast.lin).get(f"/my/{room}/{HUGE}").status_code == 404
    assert client.sign_in(cast.administrator).get(f"/desk/{room}/{HUGE}").status_code == 404


@pytest.mark.parametrize(
    "made_up",
    [["d", "2026-11-03", int(HUGE)], ["n", HUGE, 1], ["i", int(HUGE), 1], ["d", "2026-11-03", -1]],
)
def test_a_cursor_that_no_list_made_shows_the_first_page(
    client: CheckingClient, cast: Cast, made_up: list[object]
) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(made_up).encode()).decode().rstrip("=")
    assert client.sign_in(cast.administrator).get(f"/desk/usage?after={cursor}").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/desk/duplicates", 405), ("/desk/nowhere", 404)])
def test_a_form_for_an_address_that_takes_none_is_refused(
    client: CheckingClient, cast: Cast, path: str, status: int
) -> None:
    client.sign_in(cast.administrator)
    assert client.post(path, data={"csrf_token": "x"}).status_code == status
