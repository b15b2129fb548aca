"""The ways to a statement: from home, from the search, from its customer, contract, entitlement, usage and shipment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.billing.actions import crediting
from portal.billing.actions.crediting import Ask
from portal.billing.models import Statement, StatementRun
from portal.billing.rules.states import RunState, StatementState
from portal.db.base import db
from portal.shipments.models import Shipment
from portal.usage.models import UsageRecord
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep, quick_press  # noqa: F401 - a fixture
from tests.pages.test_desk_disputes import disputed
from tests.statements import a_line, a_statement, lines, lines_of_usage

pytestmark = pytest.mark.usefixtures("quick_press")
S = StatementState


def billed(cast: Cast, now: datetime, state: StatementState = S.PUBLISHED) -> Statement:
    """3 pallets that Harbour Foods used, by one shipment."""
    statement = a_statement(cast.harbour, lines_of_usage(entitled(cast, now), "3", "W-1"), state)
    shipment = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-000077"))
    line = lines(statement)[0]
    line.shipment_id = shipment.id
    db.session.get_one(UsageRecord, line.usage_id).shipment_id = shipment.id
    return statement


@pytest.mark.parametrize("room", ["contracts", "entitlements", "usage", "shipments"])
def test_what_was_billed_leads_to_its_line(
    client: CheckingClient, cast: Cast, now: datetime, room: str
) -> None:
    statement = billed(cast, now)
    line = lines(statement)[0]
    column = {
        "contracts": "contract_id",
        "entitlements": "entitlement_id",
        "shipments": "shipment_id",
    }
    row_id = getattr(line, column.get(room, "usage_id"))
    there = f'href="/desk/statements/lines/{line.id}"'
    keep(cast)
    assert there in client.sign_in(cast.finance).get(f"/desk/{room}/{row_id}").text


@pytest.mark.parametrize(("state", "seen"), [(S.PUBLISHED, True), (S.UNDER_REVIEW, False)])
def test_a_customer_is_led_to_what_was_published_only(
    client: CheckingClient, cast: Cast, now: datetime, state: StatementState, seen: bool
) -> None:
    statement = billed(cast, now, state)
    line = lines(statement)[0]
    usage, there = line.usage_id, f'href="/my/statements/lines/{line.id}"'
    keep(cast)
    assert (there in client.sign_in(cast.lin).get(f"/my/usage/{usage}").text) == seen


def test_who_sees_no_bills_is_not_led_to_them(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement = billed(cast, now)
    shipment, number = lines(statement)[0].shipment_id, statement.number
    keep(cast)
    page = client.sign_in(cast.keeper).get(f"/desk/shipments/{shipment}").text
    assert "SH-2026-000077" in page and number not in page


def test_a_customers_page_has_its_statements(client: CheckingClient, cast: Cast) -> None:
    a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    a_statement(cast.nordwind)
    keep(cast)
    page = client.sign_in(cast.finance).get(f"/desk/customers/{cast.harbour.id}").text
    assert "ST-2026-000001" in page and "ST-2026-000002" not in page
    assert f"/desk/statements?customer={cast.harbour.id}" in page
    listed = client.get(f"/desk/statements?customer={cast.harbour.id}").text
    assert "ST-2026-000001" in listed and "ST-2026-000002" not in listed


@pytest.mark.parametrize("words", ["ST-2026-000001", "haigang", "海港"])
def test_the_search_of_everything_finds_statements(
    client: CheckingClient, cast: Cast, words: str
) -> None:
    number = a_statement(cast.harbour).id
    keep(cast)
    page = client.sign_in(cast.finance).get(f"/desk/search?q={words}").text
    assert f"/desk/statements/{number}" in page


def test_the_search_of_everything_finds_a_dispute_by_its_number(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    dispute = disputed(cast, now)
    number, url = dispute.number, f"/desk/disputes/{dispute.id}"
    keep(cast)
    assert url in client.sign_in(cast.finance).get(f"/desk/search?q={number.lower()}").text


def test_home_tells_finance_what_waits(client: CheckingClient, cast: Cast, now: datetime) -> None:
    a_statement(cast.harbour)
    a_statement(cast.nordwind, state=S.UNDER_REVIEW)
    day = date(2026, 1, 31)
    number = disputed(cast, now, starts_on=day, ends_on=day).number
    add(StatementRun(starts_on=day, ends_on=day, created_at=now, state=RunState.FAILED.value))
    keep(cast)
    page = client.sign_in(cast.finance).get("/desk/").text
    for words in ("Statements to review: 1", "Statements to publish: 1", number, "stopped"):
        assert words in page, words


def test_home_tells_the_manager_what_is_above_the_limit(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    line = lines(a_statement(cast.harbour, [a_line("2000")], S.PUBLISHED))[0]
    ask = Ask(Decimal(1500), "延误补偿", line=line)
    number = crediting.propose(
        cast.harbour, ask, "goodwill", None, viewer(cast.finance), now
    ).number
    keep(cast)
    assert number in client.sign_in(cast.finance_manager).get("/desk/").text
    assert number not in client.sign_in(cast.finance).get("/desk/").text
