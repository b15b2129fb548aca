"""The contract desk: the list, one contract's page in each state, writing a draft, who may do what."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Contract, ContractLine, Entitlement
from portal.db.base import db
from portal.documents.models import Attachment
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.contracts import accepted, by_hand, contact, in_force, service, to_sign
from tests.factories import golden_fcl
from tests.offers import firm, keep, quick_press, words  # noqa: F401 - a fixture

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
SIGNED = {"signed_on": "2026-03-02", "for_customer": "林晓雯", "for_firm": "吴梅"}
TERMS = {
    "title": "年度仓储", "starts_on": "2026-03-02", "ends_on": "2027-03-01", "currency": "CNY", "language": "zh_en",
    "payment_days": "30", "payment_from": "statement", "notice_days": "60", "no_minimum_order": "y",
}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales)


def kept(contract: Contract, cast: Cast) -> str:
    """Commit it; its address."""
    number = contract.id
    keep(cast)
    return f"/desk/contracts/{number}"


def stored() -> Contract:
    db.session.rollback()
    found = db.session.scalars(db.select(Contract).order_by(Contract.id.desc())).first()
    assert found is not None
    return found


def told(desk: CheckingClient, address: str, step: str, **fields: object) -> str:
    """Take a step by its button; what the page says afterwards."""
    response = desk.post(f"{address}/{step}", data=fields)
    assert response.status_code == 303, response.text[:500]
    return desk.get(response.headers["Location"]).text


def test_an_empty_list_says_what_to_do_next(desk: CheckingClient) -> None:
    page = desk.get("/desk/contracts").text
    assert "No contracts yet" in page and "/desk/contracts/new" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=haigang", True), ("q=hgsp", True), ("q=海港", True), ("q=CT-2026-000001", True), ("q=beifeng", False),
        ("state=active", True), ("state=expired", False), ("mine=1", True), ("ending=30", False), ("ending=90", True),
    ],
)  # fmt: skip
def test_the_list_is_searched_and_filtered(
    desk: CheckingClient, cast: Cast, now: datetime, asked: str, found: bool
) -> None:
    kept(in_force(cast, now, ends_on=date(2026, 5, 20)), cast)
    assert ("CT-2026-000001" in words(desk.get(f"/desk/contracts?{asked}").text)) is found
    assert len(desk.queries) <= 12


def test_an_active_contract_past_its_end_is_listed_as_expired(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    contract.starts_on, contract.ends_on = date(2025, 1, 1), date(2026, 3, 1)
    address = kept(contract, cast)
    assert "Expired" in words(desk.get("/desk/contracts?state=expired").text)
    assert "The last day has passed" in desk.get(address).text


def test_the_list_is_exported_as_it_is_shown(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    kept(in_force(cast, now), cast)
    file = desk.get("/desk/contracts?export=csv").get_data(as_text=True)
    assert "CT-2026-000001" in file and "海港食品有限公司" in file and "1200" in file


def test_an_accepted_quotation_becomes_a_contract_by_one_button(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    quotation_id = accepted(cast, now).quotation_id
    keep(cast)
    at = f"/desk/contracts/from-quotation/{quotation_id}"
    assert at in desk.get(f"/desk/quotations/{quotation_id}").text
    assert "9 charges come along" in desk.get(at).text
    days = {"title": "年度海运", "starts_on": "2026-03-02", "ends_on": "2026-12-31"}
    page = desk.post(at, data=days, follow_redirects=True).text
    assert "Exactly what the customer accepted" in page and "O/F 40HQ" in page
    assert desk.get(at).status_code == 303
    assert "CT-2026-000001" in desk.get(f"/desk/quotations/{quotation_id}").text


def test_a_quotation_that_was_not_accepted_makes_none(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    version = accepted(cast, now)
    version.state, quotation_id = "issued", version.quotation_id
    keep(cast)
    assert desk.get(f"/desk/contracts/from-quotation/{quotation_id}").status_code == 404


def test_what_was_accepted_is_sent_signed_and_in_force(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    quotation_id = accepted(cast, now).quotation_id
    keep(cast)
    days = {"title": "海运", "starts_on": "2026-03-02", "ends_on": "2026-12-31"}
    made = desk.post(f"/desk/contracts/from-quotation/{quotation_id}", data=days)
    address = made.headers["Location"].removeprefix("http://portal.test")
    assert "ready for the signatures" in told(desk, address, "send", seen=str(stored().version))
    assert desk.get(f"{address}/paper").mimetype == "application/pdf"
    desk.sign_in(cast.sales_manager)
    assert desk.get(f"{address}/sign").status_code == 200
    page = desk.post(f"{address}/sign", data=SIGNED, follow_redirects=True).text
    assert "The entitlements are granted" in page and stored().state == "active"
    assert desk.post(f"{address}/sign", data=SIGNED).status_code == 409


def test_a_contract_by_hand_begins_with_its_customer(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    cast.harbour.search_text = "haigang"
    keep(cast)
    assert "Harbour Foods" in desk.get("/desk/contracts/new?q=haigang").text
    at = f"/desk/contracts/new?customer_id={cast.harbour.id}"
    assert desk.get(at).status_code == 200
    wrong = desk.post(at, data={"title": "x", "starts_on": "2026-03-02", "ends_on": "2026-01-01"})
    assert wrong.status_code == 422 and "The last day is before the first." in wrong.text
    page = desk.post(at, data=TERMS, follow_redirects=True).text
    assert "CT-2026-000001 is drafted." in page and "No line yet" in page


def test_prices_of_the_customer_are_found_ticked_and_added(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    golden_fcl(now)
    contract = by_hand(cast, now)
    address = kept(contract, cast)
    page = desk.get(f"{address}/lines/prices?q=USNYC").text
    assert "1700" not in page and "USD" in page
    prices = re.findall(r'name="price" value="(\d+)"', page)
    assert desk.post(f"{address}/lines/prices", data={}).status_code == 422
    response = desk.post(f"{address}/lines/prices", data={"price": prices[:2]})
    assert response.status_code == 303
    assert len(stored().lines) == 3


def test_a_line_by_hand_says_what_is_wrong_at_its_fields(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = by_hand(cast, now)
    address = kept(contract, cast)
    item = service().id
    wrong = {"item_id": str(item), "unit": "ORD", "currency": "CNY", "rate": "-1", "reason": "x"}
    refused = desk.post(f"{address}/lines/new", data=wrong)
    assert refused.status_code == 422 and "A price cannot be negative." in refused.text
    right = {**wrong, "rate": "3.5", "quantity": "200"}
    assert desk.post(f"{address}/lines/new", data=right).status_code == 303
    assert [row.rate for row in stored().lines] == [D(12), D("3.5")]


def grid(contract: Contract, **cells: str) -> dict[str, str]:
    row = contract.lines[0].id
    return {"version": str(contract.version), "was": "{}"} | {
        f"lines-{row}-{name}": value for name, value in cells.items()
    }


def test_the_grid_saves_what_was_touched(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    address = kept(by_hand(cast, now), cast)
    page = desk.get(address).text
    assert "data-grid" in page and "Needs approval" in page
    typed = grid(stored(), quantity="1,500", allowance="month", discount="2.5", overage="stop")
    assert desk.post(f"{address}/lines", data=typed).status_code == 303
    row = stored().lines[0]
    assert (row.quantity, row.allowance, row.discount_percent, row.overage) == (
        D(1500), "month", D("2.5"), "stop",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"quantity": "viele"}, "This is not a number"),
        ({"quantity": "0"}, "A quantity is more than 0"),
        ({"overage": "overage_price"}, "Say what one more costs"),
    ],
)
def test_a_wrong_cell_keeps_what_was_typed(
    desk: CheckingClient, cast: Cast, now: datetime, cells: dict[str, str], said: str
) -> None:
    address = kept(by_hand(cast, now), cast)
    refused = desk.post(f"{address}/lines", data=grid(stored(), discount="3", **cells))
    assert refused.status_code == 422 and said in refused.text and 'value="3"' in refused.text
    assert stored().lines[0].discount_percent == 0


def test_a_stale_grid_is_told_and_keeps_its_cells(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    old = grid(stored(), quantity="77")
    desk.post(f"{address}/lines", data=grid(stored(), discount="4"))
    refused = desk.post(f"{address}/lines", data=old)
    assert refused.status_code == 409 and "Chen Li changed" in refused.text
    assert 'value="77"' in refused.text and stored().lines[0].quantity == D(100)


def test_a_line_is_taken_away_by_its_own_button(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    contract = stored()
    fields = {"version": str(contract.version), "remove": str(contract.lines[0].id)}
    assert desk.post(f"{address}/lines", data=fields).status_code == 303
    assert stored().lines == []


def test_everything_of_a_line_and_its_storage_policy_have_their_pages(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    what = service("STO", "仓储费", unit="MTQ.DAY", category="storage")
    contract = by_hand(cast, now, None, what=what, rate="0.9")
    line = contract.lines[0].id
    address = kept(contract, cast)
    at = f"{address}/lines/{line}"
    assert "仓储费" in desk.get(at).text
    fields = {"name_zh": "仓储费（普货）", "allowance": "month", "overage": "stop", "carries_over": "y",
              "from_on": "2026-03-02", "until_on": "2026-06-30", "rate": "0.9"}  # fmt: skip
    assert desk.post(at, data=fields).status_code == 303
    policy = {"method": "daily", "unit": "MTQ", "day_count": "day_end", "free_days": "7",
              "part_month": "by_days", "month_days": "real"}  # fmt: skip
    odd = desk.post(f"{at}/storage", data={**policy, "tiers": "viele"})
    assert odd.status_code == 422 and "Write first and last day" in odd.text
    tiered = {**policy, "tiers": "8-30 0.5\n31- 0.8"}
    assert desk.post(f"{at}/storage", data=tiered).status_code == 303
    row = db.session.get_one(ContractLine, line)
    assert row.carries_over and row.storage_policy["free_days"] == 7
    assert [each["rate"] for each in row.storage_policy["tiers"]] == ["0.5", "0.8"]


def test_a_wrong_line_is_told_at_the_field(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contract = by_hand(cast, now)
    line = contract.lines[0].id
    address = kept(contract, cast)
    fields = {"name_zh": "x", "allowance": "month", "overage": "stop", "from_on": "2026-03-02",
              "until_on": "2030-01-01"}  # fmt: skip
    refused = desk.post(f"{address}/lines/{line}", data=fields)
    assert refused.status_code == 422 and "The contract ends on 2027-03-01." in refused.text


def test_terms_and_promises_are_written_and_shown(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    assert desk.get(f"{address}/terms").status_code == 200
    typed = {**TERMS, "pickup_from": "08:30", "pickup_until": "17:00", "pickup_days": ["1", "2"],
             "response_hours": "4", "deemed_confirmation_days": "7", "clauses-0-title_zh": "保密",
             "clauses-0-body_zh": "双方保密。"}  # fmt: skip
    assert desk.post(f"{address}/terms", data=typed).status_code == 303
    page = words(desk.get(address).text)
    for said in ("08:30–17:00", "Monday, Tuesday", "within 4 hours", "after 7 days without"):
        assert said in page
    assert stored().terms[0].clauses[0]["title_zh"] == "保密"


def test_a_wrong_promise_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    typed = {**TERMS, "pickup_from": "25:00", "pickup_until": "17:00"}
    refused = desk.post(f"{address}/terms", data=typed)
    assert refused.status_code == 422 and "A time of day such as 08:30." in refused.text


def test_stale_terms_are_told_with_what_is_stored_now(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    seen = str(stored().version)
    desk.post(f"{address}/terms", data={**TERMS, "version": seen, "notice_days": "90"})
    refused = desk.post(f"{address}/terms", data={**TERMS, "version": seen, "title": "另一个"})
    assert refused.status_code == 422 and "Chen Li changed" in refused.text
    assert "Stored now" in refused.text and "90" in refused.text and "另一个" in refused.text


def test_approval_by_somebody_else_leads_to_the_signature(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    address = kept(by_hand(cast, now), cast)
    assert "Say why this contract" in told(desk, address, "submit")
    assert "Sent for approval." in told(desk, address, "submit", reason="年度客户")
    assert f"{address}/approve" not in desk.get(address).text
    desk.sign_in(cast.sales_manager)
    assert "年度客户" in desk.get(address).text
    assert "ready for the signatures" in told(desk, address, "approve")
    assert f"{address}/sign" in desk.get(address).text and stored().document_id is not None


def test_a_contract_is_returned_and_voided_with_reasons(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(to_sign(by_hand(cast, now), cast, now), cast)
    assert "Say what should be changed." in told(desk, address, "return")
    assert "Returned to the author." in told(desk, address, "return", reason="改价")
    page = told(desk, address, "void", reason="客户放弃")
    assert "Voided." in page and stored().state == "void"


def test_a_signature_with_its_scan(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    contact(cast.harbour, "周敏")
    address = kept(to_sign(by_hand(cast, now), cast, now), cast)
    desk.sign_in(cast.sales_manager)
    assert "周敏" in desk.get(f"{address}/sign").text
    odd = {**SIGNED, "scan": (BytesIO(b"MZ\x00"), "virus.exe")}
    assert desk.post(f"{address}/sign", data=odd).status_code == 422
    late = {**SIGNED, "signed_on": "2026-03-03"}
    assert "This day is still to come." in desk.post(f"{address}/sign", data=late).text
    good = {**SIGNED, "scan": (BytesIO(b"%PDF-1.7 x"), "签字页.pdf")}
    page = desk.post(f"{address}/sign", data=good, follow_redirects=True).text
    assert "签字页.pdf" in page and "100" in page
    better = {"scan": (BytesIO(b"%PDF-1.7 y"), "清晰版.pdf")}
    assert "清晰版.pdf" in desk.post(f"{address}/scan", data=better, follow_redirects=True).text
    assert db.session.scalar(db.select(db.func.count()).select_from(Attachment)) == 2


def test_a_suspended_contract_offers_to_resume_it(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(in_force(cast, now), cast)
    desk.sign_in(cast.sales_manager)
    page = told(desk, address, "suspend", reason="逾期未付")
    assert "Suspended" in page and f"{address}/resume" in page and f"{address}/suspend" not in page
    assert "In force again." in told(desk, address, "resume")


def test_termination_names_what_bookings_hold(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    held = db.session.scalars(db.select(Entitlement)).one()
    source = Source("booking", 1, "BK-1")
    ledger.reserve(held, D(7), source, "b1", viewer(cast.sales), now, date(2026, 3, 2))
    address = kept(contract, cast)
    desk.sign_in(cast.sales_manager)
    later = {"ended_on": "2026-03-09", "reason": "x"}
    assert desk.post(f"{address}/terminate", data=later).status_code == 422
    fields = {"ended_on": "2026-03-02", "reason": "客户停业"}
    page = desk.post(f"{address}/terminate", data=fields, follow_redirects=True).text
    assert "Bookings still hold something in 1 places" in page and "客户停业" in page
    assert desk.get(f"{address}/terminate").status_code == 409


def test_a_contract_is_completed_and_handed_over(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(in_force(cast, now), cast)
    desk.sign_in(cast.sales_manager)
    assert desk.get(f"{address}/owner").status_code == 200
    told(desk, address, "owner", owner_id=str(cast.customer_service.id))
    assert "Completed." in told(desk, address, "complete", reason="全部履行")
    history = words(desk.get(f"{address}/history").text)
    for said in ("Owner: Chen Li → Zhao Min", "全部履行", "1 entitlements granted", "Approved"):
        assert said in history


def test_the_page_shows_the_chain_what_is_left_and_asks_few_questions(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(in_force(cast, now), cast)
    page = desk.get(address).text
    assert 'class="chain"' in page and "/desk/entitlements/" in page
    assert len(desk.queries) <= 18, len(desk.queries)
    assert desk.get(f"{address}/preview").status_code == 200


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("auditor", "submit", 403), ("auditor", "sign", 403), ("sales", "approve", 403), ("sales", "sign", 403),
        ("sales", "suspend", 403), ("sales", "terminate", 403), ("sales", "owner", 403),
        ("customer_service", "submit", 403), ("finance", "approve", 403), ("catalogue_manager", "submit", 403),
        ("lin", "submit", 404), ("erik", "sign", 404),
    ],
)  # fmt: skip
def test_who_may_not_take_a_step(
    client: CheckingClient, cast: Cast, now: datetime, who: str, step: str, status: int
) -> None:
    address = kept(by_hand(cast, now), cast)
    assert client.sign_in(getattr(cast, who)).post(f"{address}/{step}").status_code == status


def test_the_auditor_reads_and_changes_nothing(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(by_hand(cast, now), cast)
    page = client.sign_in(cast.auditor).get(address).text
    assert "data-grid" not in page and 'method="post"' not in page.partition("<main")[2]
