"""Stock as its owner reads it: the same figures, only one's own, a branch's by the group's power."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.access.permissions import Power
from portal.customers.models import Customer
from portal.db.base import db
from portal.warehouse.actions import posting
from portal.warehouse.models import StockMovement
from tests.cast import Cast, customer, member, viewer
from tests.client import CheckingClient
from tests.stock import stored

FEBRUARY = "/my/stock?from=2026-02-01&to=2026-02-28&unit=MTQ&count=both"


@pytest.fixture
def moved(cast: Cast, now: datetime) -> StockMovement:
    row = stored(cast.harbour, now)
    stored(cast.nordwind, now, pieces="7")
    db.session.commit()
    db.session.refresh(row)
    return row


def test_a_customer_reads_its_own_days_and_sum(
    client: CheckingClient, cast: Cast, moved: StockMovement
) -> None:
    page = client.sign_in(cast.lin).get(FEBRUARY).text
    assert 'stat-value">1,350<' in page and "stock-chart" in page
    assert ">94.5<" not in page and len(client.queries) <= 12
    assert 'stat-value">94.5<' in client.sign_in(cast.erik).get(FEBRUARY).text


def test_the_customers_file_says_what_the_desks_does(
    client: CheckingClient, cast: Cast, moved: StockMovement
) -> None:
    of_desk = FEBRUARY.replace("/my/stock", f"/desk/stock/customers/{moved.customer_id}")
    mine = client.sign_in(cast.lin).get(f"{FEBRUARY}&export=csv").text
    assert mine == client.sign_in(cast.administrator).get(f"{of_desk}&export=csv").text
    assert mine.splitlines()[-1].endswith("1350.00")


def test_lists_hold_ones_own_lots_and_movements(
    client: CheckingClient, cast: Cast, moved: StockMovement
) -> None:
    client.sign_in(cast.lin)
    for url in ("/my/stock/lots", "/my/stock/movements"):
        page = client.get(url).text
        assert "1 in all" in page and "Nordwind" not in page
    assert "D-HARBOUR" in client.get("/my/stock/movements?export=csv").text


def test_a_reversal_is_seen_with_its_reason(
    client: CheckingClient, cast: Cast, moved: StockMovement, now: datetime
) -> None:
    contrary = posting.reverse(moved, "wrong customer", viewer(cast.administrator), now)
    url = f"/my/stock/movements/{contrary.id}"
    db.session.commit()
    assert "wrong customer" in client.sign_in(cast.lin).get(url).text


def test_a_group_reads_the_stock_of_its_branches_and_a_branch_its_own(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    group = customer("GROUP", "集团", "Group", kind="group")
    branches: list[Customer] = [
        customer(code, code, code, kind="branch", parent_id=group.id) for code in ("EAST", "WEST")
    ]
    boss = member("Boss", group, frozenset({Power.SEE_CONTRACTS}), now, covers_branches=True)
    clerk = member("East", branches[0], frozenset({Power.SEE_CONTRACTS}), now)
    for branch, pieces in zip(branches, ("10", "20"), strict=True):
        stored(branch, now, pieces=pieces)
    east, west = (branch.id for branch in branches)
    db.session.commit()
    for user in (boss, clerk):
        db.session.refresh(user)
    client.sign_in(boss)
    assert 'stat-value">270<' in client.get(f"{FEBRUARY}&customer={west}").text
    client.sign_in(clerk)
    assert 'stat-value">135<' in client.get(f"{FEBRUARY}&customer={east}").text
    assert client.get(f"{FEBRUARY}&customer={west}").status_code == 404


def test_who_may_not_see_stock_is_told(
    client: CheckingClient, cast: Cast, moved: StockMovement
) -> None:
    assert client.sign_in(cast.clerk).get("/my/stock").status_code == 403


def test_an_empty_stock_says_so(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.lin).get("/my/stock").text
    assert "There was nothing in store in this period." in page
