"""The demo world: whole, in agreement with itself, something on every list, and no page of any role that fails."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.campaigns.models import CampaignMail, MarketingConsent
from portal.catalogue.models import ExchangeRate, ServiceItem
from portal.cli import setup as command
from portal.contracts.models import Amendment, Contract, ContractLine, Entitlement, LedgerEntry
from portal.contracts.rules.entitlement_states import EntitlementState, standing_on
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.states import ContractState, state_on
from portal.customers.models import Customer
from portal.db import audit, kept
from portal.db.base import Base, db
from portal.demo.firm import DOMAIN
from portal.demo.rates.sheet import month_start
from portal.demo.world import build_world
from portal.documents import render
from portal.insights.models import ClassificationRun
from portal.intake.models import DuplicatePair
from portal.kernel import clock
from portal.loyalty.models import PointsAccount, PointsEntry
from portal.opportunities.models import Opportunity, WriteBack
from portal.proposals.models import ProposalVersion
from portal.shipments.models import Booking, Milestone, Shipment, ShipmentBox
from portal.shipments.rules import iso6346
from portal.shipments.rules.progress import late_from
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockItem, StockLot, StockMovement, StockPeriod
from portal.warehouse.queries import verifying
from portal.web.flask_app import PortalApp
from tests.client import CheckingClient
from tests.conftest import NOW

pytestmark = pytest.mark.one_database("postgresql")  # on SQLite browsers walk through it

TODAY = clock.business_day(NOW)
MONTHS = [month_start(TODAY, later) for later in range(-12, 0)]
DESK_LISTS = (
    "/desk/customers", "/desk/quotations", "/desk/contracts", "/desk/contracts/renewals", "/desk/clauses",
    "/desk/entitlements", "/desk/bookings", "/desk/bookings/all", "/desk/shipments", "/desk/usage", "/desk/usage/queue",
    "/desk/usage/imports", "/desk/stock", "/desk/stock/files", "/desk/stock/movements", "/desk/warehouses",
    "/desk/items", "/desk/tariffs", "/desk/schemes", "/desk/surcharges", "/desk/bundles", "/desk/staff", "/desk/audit",
    "/desk/opportunities", "/desk/opportunities/board", "/desk/opportunities/forecast", "/desk/competitors",
    "/desk/opportunities/calendar", "/desk/proposals", "/desk/leads/all", "/desk/leads/pool", "/desk/visits",
    "/desk/visits/made", "/desk/watch-notes", "/desk/assets", "/desk/assets/loans", "/desk/market", "/desk/campaigns",
    "/desk/campaigns/consent", "/desk/notices", "/desk/offers", "/desk/offers/interests", "/desk/points",
    "/desk/points/rules", "/desk/commissions", "/desk/tiers", "/desk/tiers/classes",
    "/desk/classification-runs", "/desk/churn", "/desk/indices", "/desk/intake", "/desk/duplicates",
)  # fmt: skip
MY_LISTS = (
    "/my/quotations", "/my/contracts", "/my/entitlements", "/my/bookings", "/my/shipments", "/my/usage", "/my/stock",
    "/my/stock/movements", "/my/stock/lots", "/my/users", "/my/proposals", "/my/points", "/my/offers", "/my/notices",
    "/my/assets",
)  # fmt: skip
DEPTH, MOST_PAGES = 2, 90
ONE_OF_EACH_KIND = (f"admin@{DOMAIN}", f"chen.li@{DOMAIN}", "lin@harbour.example")
"""Who sees all, who sees their own customers, and a customer; everybody else walks in a browser (test_walk)."""
LINK = re.compile(r'<a [^>]*?href="(/(?:desk|my)[^"#]*)"')
CATALOGUES_HEADER = "Project-Id-Version"
"""Under the empty text catalogues keep this: it stands on no page."""
NO_PAGE = re.compile(r"\.(pdf|css|png)$|/paper|/preview|/files/|logout")


@pytest.fixture(scope="module")
def demo(app: PortalApp) -> Iterator[CheckingClient]:
    """The demo world, built once for this module, and a browser: half a minute wherever these tests are dealt to."""
    with app.app_context(), clock.frozen(NOW):
        build_world(NOW, progress=lambda _line: None)
        yield app.test_client()  # type: ignore[misc]
        db.session.rollback()
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        kept.changed()
        db.session.remove()
    render.press().stop()


def counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_setting_up_a_second_time_changes_nothing(
    demo: CheckingClient, app: PortalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "upgrade", lambda: None)
    app.test_cli_runner().invoke(command.setup, ["--demo"])  # the tax rates of an installed portal
    before = counts()
    done = app.test_cli_runner().invoke(command.setup, ["--demo"])
    assert done.exit_code == 0 and "demo world" not in done.output
    assert counts() == before and before["contract"] == 15


def test_no_page_that_one_can_come_to_fails(demo: CheckingClient) -> None:
    for email in ONE_OF_EACH_KIND:
        walk(demo.sign_in(user(email)), "/desk/" if email.endswith(DOMAIN) else "/my/")


def walk(demo: CheckingClient, start: str) -> None:
    ways, seen = deque([(start, 0)]), set[str]()
    while ways and len(seen) < MOST_PAGES:
        url, depth = ways.popleft()
        if (kind := shape(url)) in seen or NO_PAGE.search(urlsplit(url).path):
            continue
        seen.add(kind)
        answer = demo.get(url)
        assert answer.status_code < 500, f"{url} answers {answer.status_code}"
        if answer.mimetype != "text/html":
            continue
        assert CATALOGUES_HEADER not in answer.text, url
        if depth <= DEPTH:
            ways.extend((unescape(link), depth + 1) for link in LINK.findall(answer.text))
    assert len(seen) > 2


def test_the_chain_of_the_history_is_whole_and_in_the_order_of_time(demo: CheckingClient) -> None:
    assert audit.first_broken_link() is None
    at = list(db.session.scalars(select(audit.AuditEntry.at).order_by(audit.AuditEntry.id)))
    assert at == sorted(at) and at[-1] <= NOW


def test_what_is_left_is_what_the_ledger_adds_up_to(demo: CheckingClient) -> None:
    names = ("granted", "reserved", "used", "over")
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for entry in db.session.scalars(select(LedgerEntry)):
        changes = [getattr(entry, f"{name}_change") for name in names] + [entry.quantity_change]
        before = sums[entry.entitlement_id]
        sums[entry.entitlement_id] = [a + b for a, b in zip(before, changes, strict=True)]
    rows = list(db.session.scalars(select(Entitlement)))
    assert len(rows) > 60
    for row in rows:
        stored = [row.granted, row.reserved, row.used, row.over_used, row.remaining]
        assert stored == sums[row.id], row.id


def test_every_usage_was_drawn_whole_and_every_reversal_given_back(demo: CheckingClient) -> None:
    drawn: dict[int, Decimal] = defaultdict(Decimal)
    for entry in db.session.scalars(select(LedgerEntry).where(LedgerEntry.source_type == "usage")):
        drawn[entry.source_id] += entry.used_change + entry.over_change
    rows = list(db.session.scalars(select(UsageRecord)))
    assert 1800 <= len(rows) <= 2600
    for row in rows:
        waits = row.state in ("unmatched", "dismissed")
        assert drawn[row.id] == (0 if waits else row.quantity), row.reference


def test_what_is_reserved_is_what_open_bookings_and_shipments_hold(demo: CheckingClient) -> None:
    held: dict[int, Decimal] = defaultdict(Decimal)
    for booking in db.session.scalars(select(Booking).where(Booking.state == "requested")):
        for line in booking.lines:
            held[line.entitlement_id] += line.quantity
    open_ones = select(Shipment).where(Shipment.state.in_(("planned", "under_way")))
    for shipment in db.session.scalars(open_ones):
        for each in shipment.lines:
            if each.entitlement_id:
                held[each.entitlement_id] += each.planned_quantity
    reserved = select(Entitlement.id, Entitlement.reserved).where(Entitlement.reserved > 0)
    assert held == dict(db.session.execute(reserved).all())


def test_entitlements_stand_in_every_way_that_there_is(demo: CheckingClient) -> None:
    found = {
        standing_on(
            state_on(ContractState(row.contract.state), row.contract.ends_on, TODAY), row.starts_on, row.ends_on,
            row.granted, None if row.is_unlimited else row.remaining, Overage(row.overage), TODAY,
        )
        for row in db.session.scalars(select(Entitlement))
    }  # fmt: skip
    assert found == set(EntitlementState)


def test_labels_left_over_went_on_into_the_next_month(demo: CheckingClient) -> None:
    carried = select(LedgerEntry).where(LedgerEntry.kind == "rollover")
    entries = list(db.session.scalars(carried))
    assert len(entries) >= 6
    assert sum(entry.granted_change for entry in entries) == 0


def test_contracts_and_amendments_are_there_in_the_states_that_matter(demo: CheckingClient) -> None:
    rows = list(db.session.scalars(select(Contract)))
    states = {state_on(ContractState(row.state), row.ends_on, TODAY).value for row in rows}
    assert states == {
        "draft", "pending_approval", "pending_signature", "active", "suspended", "expired",
    }  # fmt: skip
    amendments = {each.state for each in db.session.scalars(select(Amendment))}
    assert amendments == {"in_force", "pending_signature"}
    assert any(row.predecessor_id for row in rows) and any(row.quotation_version_id for row in rows)
    assert all(row.signed_scan_id for row in rows if row.signed_on)


def test_bookings_and_shipments_are_there_in_every_state_late_and_on_time(demo: CheckingClient) -> None:  # fmt: skip
    bookings = [each.state for each in db.session.scalars(select(Booking))]
    assert set(bookings) == {"requested", "confirmed", "refused", "cancelled"}
    assert bookings.count("requested") == 2
    rows = list(db.session.scalars(select(Shipment)))
    assert {row.state for row in rows} == {"planned", "under_way", "completed", "cancelled"}
    late = {late_from(row.milestones) < NOW for row in rows if row.state == "under_way"}
    assert late == {True, False}
    reached = select(func.max(Milestone.actual_at))
    assert db.session.scalar(reached) <= NOW


def test_every_box_number_proves_itself(demo: CheckingClient) -> None:
    numbers = list(db.session.scalars(select(ShipmentBox.number)))
    assert len(numbers) >= 10 and len(set(numbers)) == len(numbers)
    assert [each for each in numbers if iso6346.problem(each)] == []


def test_three_records_wait_for_three_reasons_and_two_were_reversed(demo: CheckingClient) -> None:
    waiting = select(UsageRecord.mismatch).where(UsageRecord.state == "unmatched")
    assert sorted(db.session.scalars(waiting)) == ["exhausted", "no_item", "suspended"]
    others = [row.state for row in db.session.scalars(select(UsageRecord))]
    assert (others.count("dismissed"), others.count("reversed")) == (1, 2)


def test_the_stock_books_agree_and_the_months_but_the_last_are_closed(demo: CheckingClient) -> None:
    assert list(verifying.differences()) == []
    assert db.session.scalar(select(func.count(StockMovement.id))) >= 700
    goods = list(db.session.scalars(select(StockItem)))
    unknown = [row.sku for row in goods if not row.sizes or not row.sizes[0].unit_m3]
    assert len(goods) == 12 and unknown == ["YS-BT-102"]
    closed = Counter(row.warehouse.code for row in db.session.scalars(select(StockPeriod)))
    assert closed == {"WGQ": 10, "YS": 11}
    assert {"adjust", "in", "out"} == set(db.session.scalars(select(StockMovement.kind)))


def handled_by(movement: StockMovement) -> list[tuple[str, Decimal]]:
    """(Unit, quantity) of what the customer's signed contracts of the day price of a movement."""
    charge = {"in": "INB", "out": "OUTB"}.get(movement.kind)
    lines = select(ContractLine).join(Contract, Contract.id == ContractLine.contract_id).where(
        ContractLine.customer_id == movement.customer_id, ContractLine.item.has(charge_code=charge),
        ContractLine.from_on <= movement.moved_on, ContractLine.until_on >= movement.moved_on,
        Contract.signed_on.is_not(None),
    )  # fmt: skip
    measures = {"MTQ": movement.m3, "TNE": movement.kg / 1000, "XPX": movement.pallets}
    return [(line.unit, abs(measures[line.unit])) for line in db.session.scalars(lines)]


def test_every_movement_with_a_price_is_handling_usage_and_no_other_is(
    demo: CheckingClient,
) -> None:
    moved = {
        (row.reference, row.customer_id, row.moved_on, *handled)
        for row in db.session.scalars(select(StockMovement))
        for handled in handled_by(row)
    }
    charged = select(UsageRecord).where(UsageRecord.quantity > 0)
    charged = charged.where(UsageRecord.item.has(ServiceItem.charge_code.in_(("INB", "OUTB"))))
    rows = list(db.session.scalars(charged))
    used = {(row.reference, row.customer_id, row.used_on, row.unit, row.quantity) for row in rows}
    assert used == moved and len(rows) == len(moved)
    assert {row.source for row in rows} == {"warehouse"} and {row.unit for row in rows} == {
        "MTQ",
        "XPX",
    }


def test_handling_of_a_movement_that_was_reversed_was_taken_back(demo: CheckingClient) -> None:
    contrary = select(StockMovement.reverses_id).where(StockMovement.reverses_id.is_not(None))
    taken_back = select(StockMovement.reference).where(StockMovement.id.in_(contrary))
    reversed_ones = select(UsageRecord.reference).where(
        UsageRecord.source == "warehouse", UsageRecord.state == "reversed"
    )
    assert list(db.session.scalars(reversed_ones)) == list(db.session.scalars(taken_back)) != []


def test_goods_that_are_charged_by_the_pallet_stand_on_pallets(demo: CheckingClient) -> None:
    shop = db.session.scalars(select(Customer.id).where(Customer.code == "YUNSHANG")).one()
    lots = list(db.session.scalars(select(StockLot).where(StockLot.customer_id == shop)))
    assert all((lot.pieces > 0) == (lot.pallets > 0) for lot in lots)
    assert all(lot.pallets == lot.pallets.to_integral_value() for lot in lots)
    assert sum(lot.pallets for lot in lots) > 12


def test_a_file_of_milestones_was_applied(demo: CheckingClient) -> None:
    told = list(db.session.scalars(select(Milestone).where(Milestone.source == "file")))
    assert [row.actual_at is None for row in told].count(True) == 2 and len(told) == 3
    assert all(row.place for row in told)


def test_six_customers_have_ordinary_usage_in_every_month_of_the_past_year(demo: CheckingClient) -> None:  # fmt: skip
    busy: dict[date, Counter[str]] = defaultdict(Counter)
    for row in db.session.scalars(select(UsageRecord).where(UsageRecord.state == "matched")):
        busy[row.used_on.replace(day=1)][row.customer.code] += 1
    for month in MONTHS:
        assert sum(count >= 12 for count in busy[month].values()) >= 5, month
        assert {"LONGTENG", "LONGTENG-NB", "LONGTENG-SH"} < set(busy[month])
        assert 45 <= busy[month]["HARBOUR"] <= 80


def test_each_month_has_two_currencies_both_ways_of_tax_and_a_rate(demo: CheckingClient) -> None:  # fmt: skip
    drawn = (
        select(
            Customer.code, ContractLine.currency, ContractLine.tax_inclusive, UsageRecord.used_on
        )
        .join(UsageRecord, UsageRecord.customer_id == Customer.id)
        .join(Entitlement, Entitlement.id == UsageRecord.entitlement_id)
        .join(ContractLine, ContractLine.id == Entitlement.line_id)
    )
    found: dict[tuple[str, date], set[tuple[str, bool]]] = defaultdict(set)
    for code, currency, inclusive, on in db.session.execute(drawn):
        found[code, on.replace(day=1)].add((currency, inclusive))
    dollars = select(ExchangeRate.on).where(ExchangeRate.currency == "USD")
    assert set(MONTHS) <= set(db.session.scalars(dollars))
    for month in MONTHS:
        assert found["NORDWIND", month] >= {("USD", True), ("CNY", False)}
        assert found["HARBOUR", month] >= {("CNY", True), ("CNY", False)}


def test_opportunities_stand_in_every_stage_of_lane_business_and_some_are_won_and_lost(
    demo: CheckingClient,
) -> None:
    rows = list(db.session.scalars(select(Opportunity)))
    lanes = {row.stage.code for row in rows if row.state == "open"}
    assert {"enquiry", "need", "quoted", "negotiation", "trial", "solution"} <= lanes
    closed = Counter(row.state for row in rows)
    assert closed["won"] >= 3 and closed["lost"] >= 3 and closed["open"] >= 10
    agreed = select(WriteBack.step).where(WriteBack.source_type == "contract")
    assert list(db.session.scalars(agreed)) == ["signed"]


def test_the_proposal_was_issued_twice_and_the_first_version_gave_way(demo: CheckingClient) -> None:
    versions = list(db.session.scalars(select(ProposalVersion.state).order_by(ProposalVersion.id)))
    assert versions == ["superseded", "issued"]


def test_a_campaign_went_to_those_who_agreed_two_answered_and_one_wants_no_more(
    demo: CheckingClient,
) -> None:
    mails = list(db.session.scalars(select(CampaignMail)))
    assert {row.state for row in mails} == {"sent"} and len(mails) >= 6
    assert sum(row.interested_at is not None for row in mails) == 2
    left = [row.email for row in mails if row.unsubscribed_at is not None]
    withdrawn = select(MarketingConsent.email).where(MarketingConsent.state == "withdrawn")
    assert left == list(db.session.scalars(withdrawn)) != []


def test_every_balance_of_points_is_the_sum_of_its_entries(demo: CheckingClient) -> None:
    wanted = select(PointsEntry.customer_id, func.sum(PointsEntry.points))
    sums = dict(db.session.execute(wanted.group_by(PointsEntry.customer_id)).all())
    accounts = {row.customer_id: row.balance for row in db.session.scalars(select(PointsAccount))}
    assert accounts == sums and min(accounts.values()) > 0


def test_customers_were_classified_for_three_months_and_two_look_like_one(demo: CheckingClient) -> None:  # fmt: skip
    runs = list(db.session.scalars(select(ClassificationRun).order_by(ClassificationRun.month)))
    assert [row.month for row in runs] == MONTHS[-3:]
    assert {row.state for row in runs} == {"done"}
    pair = db.session.scalars(select(DuplicatePair)).one()
    assert (pair.first.code, pair.second.code) == ("YUNSHANG", "YSFS001")


def test_every_list_of_either_door_has_rows(demo: CheckingClient) -> None:
    for email, lists in ((f"admin@{DOMAIN}", DESK_LISTS), ("lin@harbour.example", MY_LISTS)):
        demo.sign_in(user(email))
        assert [url for url in lists if rows_on(demo, url) == 0] == []


def test_a_branchs_clerk_sees_the_branch_alone(demo: CheckingClient) -> None:
    page = demo.sign_in(user("he@longteng.example")).get("/my/bookings").text
    assert "BK-" in page
    seen = demo.get("/my/entitlements").text
    assert "330206" in seen or "北仑" in seen
    assert "洛杉矶" not in seen


def user(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def shape(url: str) -> str:
    """The kind of page: numbers and the query do not make another."""
    return re.sub(r"/\d+(?=/|$)", "/N", urlsplit(url).path)


def rows_on(client: CheckingClient, url: str) -> int:
    """How many records the main part of a list leads to or names in rows."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    main = answer.text.partition("<main")[2]
    links = {link for link in LINK.findall(main) if re.search(r"/\d+", link)}
    return len(links) + len(re.findall(r"<tr\b", main)) - main.count("<thead")
