"""The charges of the running month on the customer's page: so far, projected, certain; nothing saved."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.permissions import Power
from portal.access.viewer import SYSTEM
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import StatementState
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.kernel import clock
from portal.usage.actions import recording
from portal.usage.rules.facts import UsageFact
from tests.cast import Cast, customer, member
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import per_unit
from tests.offers import keep
from tests.statements import a_line, a_statement

RUNNING = "/my/statements/running"
LATER = datetime.fromisoformat("2026-03-11T04:00:00+00:00")
"""The eleventh day of March 2026 in Shanghai."""


def used(right: Entitlement, quantity: str, day: date, reference: str) -> None:
    fact = UsageFact(
        right.customer_id, Decimal(quantity), right.unit, day, "wms", reference, item_id=right.item_id,
        entitlement_id=right.id,
    )  # fmt: skip
    recording.record(fact, SYSTEM, clock.now())


@pytest.fixture
def month(cast: Cast, now: datetime) -> None:
    """Harbour Foods has used 2 and 1 pallets in March so far; February was billed."""
    right = entitled(cast, now)
    used(right, "2", date(2026, 3, 1), "M-1")
    used(right, "1", date(2026, 3, 2), "M-2")
    a_statement(cast.harbour, [a_line("400")], StatementState.PUBLISHED)
    keep(cast)


def rows() -> list[int]:
    """How many statements and lines there are."""
    counts = [select(func.count()).select_from(model) for model in (Statement, StatementLine)]
    return [db.session.scalar(each) or 0 for each in counts]


def test_the_month_stands_as_of_today_and_nothing_is_saved(
    client: CheckingClient, cast: Cast, month: None
) -> None:
    before = rows()
    page = client.sign_in(cast.lin).get(RUNNING).text
    for words in ("85.50", "day 2 of 31", "too early to project", ">400<", "nothing saved"):
        assert words in page, words
    assert len(client.queries) <= 18 and rows() == before


def test_after_some_days_its_end_is_projected_at_the_pace_so_far(
    client: CheckingClient, cast: Cast, month: None
) -> None:
    with clock.frozen(LATER):
        page = client.sign_in(cast.lin).get(RUNNING).text
    for words in ("day 11 of 31", "85.50", "240.95", "155.45 projected", "at the pace so far"):
        assert words in page, words


def test_what_was_not_billed_of_the_month_before_is_certain(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    used(entitled(cast, now), "2", date(2026, 2, 20), "F-1")
    keep(cast)
    page = client.sign_in(cast.lin).get(RUNNING).text
    assert "57.00" in page and ">certain<" in page


def test_a_month_without_charges_says_what_will_be_there(
    client: CheckingClient, cast: Cast
) -> None:
    assert "No charges this month yet" in client.sign_in(cast.lin).get(RUNNING).text


def test_a_missing_rate_is_told_without_inner_words(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    dollars = per_unit("XPX", "USD", "4").to_json()
    right = entitled(cast, now, price_terms=dollars, currency="USD")
    used(right, "1", date(2026, 3, 1), "U-1")
    keep(cast)
    page = client.sign_in(cast.lin).get(RUNNING).text
    assert "cannot be worked out today" in page


def test_a_branch_reads_its_own_month_and_no_other(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    group = customer("GROUP", "集团", "Group")
    east, west = (
        customer(code, f"{code} 分公司", code, kind="branch", parent_id=group.id, billing=billing)
        for code, billing in (("EAST", "group"), ("WEST", "own"))
    )
    used(entitled(cast, now, customer=west), "1", date(2026, 3, 1), "W-1")
    clerk = member("Clerk East", east, frozenset(Power), now)
    boss = member("Boss", group, frozenset(Power), now, covers_branches=True)
    ids = group.id, west.id
    keep(cast)
    for user in (clerk, boss):
        db.session.refresh(user)
    assert "settled on your group" in client.sign_in(clerk).get(RUNNING).text
    for hidden in (*ids, 10**8, 10**12):
        assert client.get(f"{RUNNING}?customer={hidden}").status_code == 404
    page = client.sign_in(boss).get(f"{RUNNING}?customer={ids[1]}").text
    assert "28.50" in page and f"{RUNNING}?customer={ids[0]}" in page


def test_the_first_page_brings_the_sums_along(
    client: CheckingClient, cast: Cast, month: None
) -> None:
    page = client.sign_in(cast.lin).get("/my/").text
    assert f'hx-get="{RUNNING}/sum"' in page and f'href="{RUNNING}"' in page
    part = client.get(f"{RUNNING}/sum").text
    assert "85.50" in part and "<html" not in part
    assert client.sign_in(cast.clerk).get(f"{RUNNING}/sum").status_code == 403


def test_the_first_page_says_what_waits_and_what_is_overdue(
    client: CheckingClient, cast: Cast, month: None
) -> None:
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 20)}
    a_statement(cast.harbour, [a_line("30")], StatementState.PUBLISHED, **days)
    keep(cast)
    client.sign_in(cast.lin).get("/my/")
    page = client.get("/my/").text
    assert len(client.queries) <= 16
    for words in ("waits for your answer", "430.00", "30.00", "Overdue", "next due 2026-03-30"):
        assert words in page, words
    page = client.sign_in(cast.clerk).get("/my/").text
    assert "430.00" not in page and "waits for your answer" not in page
