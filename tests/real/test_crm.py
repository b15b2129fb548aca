"""A real CRM's customers and pipeline come in as files; what is wrong with them is named; the figures are right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.intake.queries.outcomes import Outcome, by_item, by_owner
from portal.intake.rules.outcomes import united
from portal.opportunities.actions.seeding import seed
from portal.opportunities.models import Opportunity
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState
from tests.cast import Cast, staff
from tests.factories import item
from tests.intake import accepted, applied, figures, sent, told, without_blank
from tests.real.real_data import SHARED, rows

pytestmark = pytest.mark.real

ACCOUNTS, PIPELINE = SHARED / "crm/accounts.csv", SHARED / "crm/sales_pipeline_part.csv"
MEANT = {
    ("stage", "Engaging"): "需求确认",
    ("stage", "Prospecting"): "询价",
    ("item", "GTXPro"): "GTX Pro",
}
Book = list[dict[str, str]]


@pytest.fixture
def teams(cast: Cast, now: datetime) -> Book:
    """The agents as our people, the products as our services, our usual way of selling."""
    found = rows("crm/sales_teams.csv")
    for row in found:
        staff(row["sales_agent"], Role.SALES)
    for product in rows("crm/products.csv"):
        item(product["product"], product["product"], unit="XPP")
    seed(SYSTEM, now)
    db.session.commit()
    return found


def customers_in(now: datetime) -> ImportBatch:
    return applied(sent("customers", ACCOUNTS, now), now)


def pipeline_in(now: datetime) -> ImportBatch:
    read = accepted(sent("opportunities", PIPELINE, now), now, MEANT)
    return applied(without_blank(read, now), now)


def test_the_customers_come_in_and_their_slips_are_named(teams: Book, now: datetime) -> None:
    batch = sent("customers", ACCOUNTS, now)
    assert (batch.state, figures(batch)) == (BatchState.READY, (85, 0, 0))
    slips = {each["found"]: each["meant"] for each in batch.counts["spellings"]}
    assert slips == {"technolgy": "technology", "Philipines": "Philippines"}
    batch = accepted(batch, now, {("industry", "technolgy"): "technology"})
    applied(batch, now)
    wanted = Counter(
        row["sector"].replace("technolgy", "technology") for row in rows("crm/accounts.csv")
    )
    there = select(Customer.industry, func.count()).where(Customer.industry != "")
    found = {name: n for name, n in db.session.execute(there.group_by(Customer.industry))}  # noqa: C416
    assert found == wanted


def test_branches_stand_under_the_groups_that_the_file_names(teams: Book, now: datetime) -> None:
    customers_in(now)
    below = db.session.scalars(select(Customer).where(Customer.parent_id.is_not(None)))
    found = {row.name_en: row.parent.name_en for row in below if row.parent is not None}
    book = rows("crm/accounts.csv")
    assert found == {r["account"]: r["subsidiary_of"] for r in book if r["subsidiary_of"]}


def test_the_pipelines_traps_are_named(teams: Book, now: datetime) -> None:
    customers_in(now)
    batch = sent("opportunities", PIPELINE, now)
    slips = {each["found"]: (each["meant"], each["rows"]) for each in batch.counts["spellings"]}
    book = rows("crm/sales_pipeline_part.csv")
    assert batch.state == BatchState.WRONG
    assert slips["GTXPro"] == ("GTX Pro", sum(row["product"] == "GTXPro" for row in book))
    assert {"Engaging", "Prospecting"} <= set(slips)
    blank = [number for number, row in enumerate(book, 2) if not row["account"]]
    assert batch.counts["blank_customers"] == len(blank)
    named = {row for row, column, found in told(batch) if column == "D · account" and not found}
    assert named <= set(blank) and len(named) > 500


def test_the_pipeline_comes_in_once(teams: Book, now: datetime) -> None:
    customers_in(now)
    pipeline_in(now)
    book = [row for row in rows("crm/sales_pipeline_part.csv") if row["account"]]
    assert db.session.scalar(select(func.count(Opportunity.id))) == len(book)
    again = without_blank(sent("opportunities", PIPELINE, now), now)
    assert figures(again) == (0, 0, len(book))
    assert figures(sent("customers", ACCOUNTS, now)) == (0, 0, 85)


def expected(book: Book, key: Callable[[dict[str, str]], str]) -> dict[str, Outcome]:
    """Won, lost, value and days of what is closed, in plain arithmetic on the file."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in book:
        if row["account"] and row["deal_stage"] in ("Won", "Lost"):
            days = date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])
            sums = found[key(row)]
            sums[0 if row["deal_stage"] == "Won" else 1] += 1
            if row["deal_stage"] == "Won":
                sums[2] += int(row["close_value"])
                sums[3] += days.days
    return {
        name: Outcome(name, "CNY", won, lost, Decimal(value), days)
        for name, (won, lost, value, days) in found.items()
    }


def test_win_rate_value_and_cycle_equal_plain_arithmetic(teams: Book, now: datetime) -> None:
    customers_in(now)
    pipeline_in(now)
    book = rows("crm/sales_pipeline_part.csv")
    office = {row["sales_agent"]: row["regional_office"] for row in teams}
    agents = by_owner(SYSTEM)
    assert {each.name: each for each in agents} == expected(book, lambda r: r["sales_agent"])
    products = expected(book, lambda r: r["product"].replace("GTXPro", "GTX Pro"))
    assert {each.name: each for each in by_item(SYSTEM)} == products
    offices = united(agents, office.__getitem__)
    assert {e.name: e for e in offices} == expected(book, lambda r: office[r["sales_agent"]])
    central = next(each for each in offices if each.name == "Central")
    ours = [r for r in book if r["account"] and office[r["sales_agent"]] == "Central"]
    won = [int(r["close_value"]) for r in ours if r["deal_stage"] == "Won"]
    lost = [r for r in ours if r["deal_stage"] == "Lost"]
    assert central.win_rate == round(Decimal(100 * len(won)) / (len(won) + len(lost)), 2)
    assert central.mean_value == round(Decimal(sum(won)) / len(won), 2)
