"""Amendments on the desk: drafted, changed, approved, signed; old beside new; papers and mail on the way."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import pytest

from portal.contracts.actions import amended
from portal.contracts.models import Amendment, ContractLine, Entitlement
from portal.contracts.queries import standing
from portal.db.base import db
from portal.documents.models import Document
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.contracts import by_hand, in_force, on_paper, service
from tests.factories import golden_fcl
from tests.offers import firm, keep, quick_press, words  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
HEAD = {"from_on": "2026-06-01", "reason": "业务量增加"}
SIGNED = {"signed_on": "2026-03-02", "for_customer": "林晓雯", "for_firm": "吴梅"}
LINE = {
    "name_zh": "操作费", "quantity": "150", "rate": "12", "overage": "same_price", "until_on": "2027-03-01",
}  # fmt: skip
TERMS = {
    **HEAD, "ends_on": "2027-03-01", "payment_days": "30", "payment_from": "statement", "notice_days": "60",
    "no_minimum_order": "y",
}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales)


def running(cast: Cast, now: datetime, **more: object) -> tuple[int, int]:
    """A contract in force and its only line, committed."""
    contract = in_force(cast, now, **more)  # type: ignore[arg-type]
    found = contract.id, contract.lines[0].id
    keep(cast)
    return found


def drafted(desk: CheckingClient, contract_id: int, **head: str) -> str:
    """Begin an amendment on the contract's page; its address."""
    response = desk.post(f"/desk/contracts/{contract_id}/amend", data={**HEAD, **head})
    assert response.status_code == 303, response.text[:400]
    return response.headers["Location"].removeprefix("http://portal.test")


def the_only() -> Amendment:
    db.session.rollback()
    return db.session.scalars(db.select(Amendment)).one()


def told(desk: CheckingClient, address: str, step: str, **fields: object) -> str:
    response = desk.post(f"{address}/{step}", data=fields)
    assert response.status_code == 303, response.text[:500]
    return desk.get(response.headers["Location"]).text


def test_an_amendment_goes_all_the_way_from_the_contracts_page(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    contract, line = running(cast, now)
    assert f"/desk/contracts/{contract}/amend" in desk.get(f"/desk/contracts/{contract}").text
    address = drafted(desk, contract)
    assert "It changes nothing yet" in desk.get(address).text
    assert desk.post(f"{address}/lines/{line}", data=LINE).status_code == 303
    page = words(desk.get(address).text)
    assert "100 order" in page and "150 order" in page and "up" in page
    assert "Sent for approval." in told(desk, address, "submit")
    desk.sign_in(cast.sales_manager)
    assert "ready for the signatures" in told(desk, address, "approve")
    assert desk.get(f"{address}/paper").mimetype == "application/pdf"
    assert desk.get(f"{address}/sign").status_code == 200
    scan = {**SIGNED, "scan": (BytesIO(b"%PDF-1.7 x"), "变更签字.pdf")}
    page = desk.post(f"{address}/sign", data=scan, follow_redirects=True).text
    assert "The entitlements follow it." in page and "变更签字.pdf" in page
    assert desk.post(f"{address}/sign", data=SIGNED).status_code == 409
    assert db.session.scalars(db.select(Entitlement)).one().granted == D(150)


def test_a_wrong_head_is_told_at_its_field(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract, _line = running(cast, now)
    at = f"/desk/contracts/{contract}/amend"
    assert desk.get(at).status_code == 200
    refused = desk.post(at, data={**HEAD, "from_on": "2030-01-01"})
    assert refused.status_code == 422 and "The contract ends on 2027-03-01." in refused.text


def test_a_second_one_waits_for_the_first(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract, _line = running(cast, now)
    drafted(desk, contract)
    refused = desk.post(f"/desk/contracts/{contract}/amend", data={**HEAD, "reason": "又一个"})
    assert refused.status_code == 409
    assert f"/desk/contracts/{contract}/amend" not in desk.get(f"/desk/contracts/{contract}").text


def test_days_terms_and_promises_are_changed(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract, _line = running(cast, now)
    address = drafted(desk, contract)
    assert desk.get(f"{address}/terms").status_code == 200
    wrong = desk.post(f"{address}/terms", data={**TERMS, "ends_on": "2026-05-01"})
    assert wrong.status_code == 422 and "The last day is before" in wrong.text
    longer = {**TERMS, "ends_on": "2027-06-30", "payment_days": "45"}
    assert desk.post(f"{address}/terms", data=longer).status_code == 303
    page = words(desk.get(address).text)
    assert "45 days after the statement" in page and "2027-06-30" in page
    assert standing.proposed_lines(the_only())[0].until_on.isoformat() == "2027-06-30"


def test_a_stale_change_is_told_and_kept(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract, line = running(cast, now)
    address = drafted(desk, contract)
    seen = str(the_only().version)
    at = f"{address}/lines/{line}"
    assert desk.post(at, data={**LINE, "version": seen}).status_code == 303
    refused = desk.post(at, data={**LINE, "version": seen, "quantity": "170"})
    assert refused.status_code == 422 and "Chen Li changed CT-2026-000001-A1" in refused.text
    assert "170" in refused.text and "Quantity: 150" in words(refused.text)


def test_a_limit_is_not_lifted(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract, line = running(cast, now)
    address = drafted(desk, contract)
    refused = desk.post(f"{address}/lines/{line}", data={**LINE, "quantity": ""})
    assert refused.status_code == 422 and "end this line and add another" in refused.text
    assert standing.proposed_lines(the_only()) == []


def test_a_line_is_ended_and_left_as_it_was(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract, line = running(cast, now)
    address = drafted(desk, contract)
    assert "ends" in words(told(desk, address, f"lines/{line}/end"))
    proposal = standing.proposed_lines(the_only())[0].id
    assert "It changes nothing yet" in told(desk, address, f"lines/{proposal}/keep")


def test_lines_are_added_by_hand_and_from_prices(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    golden_fcl(now)
    contract, _line = running(cast, now)
    item = service("LAB", "贴标", unit="EA").id
    keep(cast)
    address = drafted(desk, contract)
    label = {"item_id": str(item), "unit": "EA", "currency": "CNY", "rate": "0.3", "reason": "新增"}
    assert desk.get(f"{address}/lines/new").status_code == 200
    assert desk.post(f"{address}/lines/new", data=label).status_code == 303
    page = desk.get(f"{address}/lines/prices?q=USNYC").text
    price = page.partition('name="price" value="')[2].partition('"')[0]
    assert desk.post(f"{address}/lines/prices", data={"price": price}).status_code == 303
    assert desk.post(f"{address}/lines/prices", data={}).status_code == 422
    assert [row.replaces_id for row in standing.proposed_lines(the_only())] == [None, None]
    page = words(desk.get(address).text)
    assert "the price was set by hand: 新增" in page and "new" in page


def test_storage_is_counted_otherwise_from_a_day_on(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    what = service("STO", "仓储费", unit="MTQ.DAY", category="storage")
    contract, line = running(cast, now, quantity=None, what=what, rate="0.9")
    address = drafted(desk, contract)
    policy = {"method": "daily", "unit": "MTQ", "day_count": "day_end", "free_days": "5",
              "part_month": "by_days", "month_days": "real"}  # fmt: skip
    at = f"{address}/lines/{line}/storage"
    assert desk.get(at).status_code == 200
    assert desk.post(at, data=policy).status_code == 303
    assert "Storage policy" in words(desk.get(address).text)
    proposed = standing.proposed_lines(the_only())[0]
    assert proposed.storage_policy["free_days"] == 5
    assert db.session.get_one(ContractLine, line).storage_policy.get("free_days") is None


def test_it_is_returned_and_voided_with_reasons(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    number = on_paper(cast, now).id
    keep(cast)
    address = f"/desk/amendments/{number}"
    assert "Say what should be changed." in told(desk, address, "return")
    assert "Returned to the author." in told(desk, address, "return", reason="再谈")
    paper = db.session.scalars(db.select(Document).where(Document.kind == "amendment")).one()
    assert paper.state == "withdrawn"
    assert "Voided." in told(desk, address, "void", reason="不做了")


def test_a_better_scan_comes_later(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract, line = running(cast, now)
    address = drafted(desk, contract)
    desk.post(f"{address}/lines/{line}", data=LINE)
    boss = viewer(cast.sales_manager)
    row = the_only()
    amended.submit(row, viewer(cast.sales), now)
    amended.approve(row, boss, now)
    keep(cast)
    desk.sign_in(cast.sales_manager)
    assert desk.get(f"{address}/scan").status_code == 200
    early = {"scan": (BytesIO(b"%PDF-1.7"), "a.pdf")}
    assert desk.post(f"{address}/scan", data=early).status_code == 409
    desk.post(f"{address}/sign", data=SIGNED)
    later = {"scan": (BytesIO(b"%PDF-1.7"), "b.pdf")}
    assert "b.pdf" in desk.post(f"{address}/scan", data=later, follow_redirects=True).text


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("sales", "approve", 403), ("sales", "sign", 403), ("auditor", "submit", 403), ("finance", "approve", 403),
        ("customer_service", "void", 403), ("lin", "sign", 404), ("erik", "submit", 404),
    ],
)  # fmt: skip
def test_who_may_not_take_a_step(
    client: CheckingClient, cast: Cast, now: datetime, who: str, step: str, status: int
) -> None:
    number = on_paper(cast, now).id
    keep(cast)
    signed_in = client.sign_in(getattr(cast, who))
    assert signed_in.post(f"/desk/amendments/{number}/{step}").status_code == status


def test_a_line_of_another_contract_is_not_found(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract, _line = running(cast, now)
    other = by_hand(cast, now).lines[0].id
    keep(cast)
    address = drafted(desk, contract)
    assert desk.get(f"{address}/lines/{other}").status_code == 404
    assert desk.get(f"/desk/contracts/{contract}/lines/{other}").status_code in (404, 409)
