"""Writing down a request for a customer: for whom, who asks, what it is about; canned replies, categories, cards."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState
from portal.calls.models import Call
from portal.customers.models import Contact
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.service_requests.actions.seeding import seed_service_words
from portal.service_requests.models import CannedReply, RequestCategory, ServiceRequest
from portal.shipments.models import Shipment
from tests.cast import Cast
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep
from tests.service import a_category, a_request
from tests.statements import a_statement, lines

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.customer_service)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What the form of a request about nothing bought says."""
    return {
        "kind": "enquiry", "channel": "phone", "severity": "2", "scope": "one", "entitlement_id": "none",
        "no_match": "general", "title": "货物到哪里了", "text": "客户来电催问。", "requester": "",
        "requester_name": "王先生", "requester_phone": "13800000000", "category_id": "", "owner_id": "",
        "third_party": "consignee", **changes,
    }  # fmt: skip


def opened() -> ServiceRequest | None:
    db.session.rollback()
    return db.session.scalar(db.select(ServiceRequest).order_by(ServiceRequest.id.desc()))


def test_first_of_all_it_is_asked_for_whom(desk: CheckingClient, cast: Cast) -> None:
    cast.harbour.search_text = search_words(cast.harbour.name_zh)
    keep(cast)
    page = desk.get("/desk/requests/new?q=haigang&kind=complaint").text
    assert re.search(rf"/desk/requests/new\?kind=complaint&amp;customer={cast.harbour.id}\b", page)
    assert "No customer of yours" in desk.get("/desk/requests/new?q=xyz").text


def test_it_is_opened_with_its_channel_and_who_asked(desk: CheckingClient, cast: Cast) -> None:
    there = desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=typed(cast))
    assert there.status_code == 303
    row = opened()
    assert row and (row.channel, row.requester_name, row.severity) == ("phone", "王先生", 2)
    assert row.owner_id is None
    assert "货物到哪里了" in desk.get(there.headers["Location"]).text


def test_one_of_the_customers_people_may_be_chosen(desk: CheckingClient, cast: Cast) -> None:
    data = typed(cast, requester=f"user-{cast.lin.id}", requester_name="")
    desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    row = opened()
    assert row and (row.requester_id, row.requester_name) == (cast.lin.id, "Lin Xiaowen")


def test_a_contact_who_does_not_sign_in_may_be_chosen(desk: CheckingClient, cast: Cast) -> None:
    contact = add(Contact(customer_id=cast.harbour.id, name="周敏", phone="021-5555"))
    key = f"contact-{contact.id}"
    keep(cast)
    data = typed(cast, requester=key, requester_name="", requester_phone="")
    desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    row = opened()
    assert row and (row.requester_name, row.requester_phone) == ("周敏", "021-5555")


@pytest.mark.parametrize("has_proof", [True, False])
def test_a_third_party_speaks_with_or_without_proof(
    desk: CheckingClient, cast: Cast, has_proof: bool
) -> None:
    data = typed(cast, on_behalf="y", third_party="agent", third_party_firm="远洋代理")
    if has_proof:
        data["authority"] = (BytesIO(PNG + b"letter"), "委托书.png")
    desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    row = opened()
    assert row and (row.third_party, row.authority) == (
        "agent",
        "given" if has_proof else "missing",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Say in one line what it is about."),
        ({"text": ""}, "Write down what was said."),
        ({"requester_name": ""}, "Say who asks."),
        ({"entitlement_id": "999999"}, "Not a valid choice"),
        ({"kind": "return"}, "Name one kind of goods at least."),
        ({"requester_email": "nobody"}, "This is not a mail address."),
        ({"kind": "claim"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    desk: CheckingClient, cast: Cast, changes: dict[str, str], said: str
) -> None:
    page = desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=typed(cast, **changes))
    assert page.status_code == 422 and said in page.text
    assert "13800000000" in page.text and opened() is None


def test_a_file_of_another_kind_is_refused_at_its_field(desk: CheckingClient, cast: Cast) -> None:
    data = typed(cast, files=(BytesIO(b"<svg onload=alert(1)>"), "照片.png"))
    page = desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    assert page.status_code == 422 and "照片.png" in page.text and opened() is None


def test_what_it_is_about_is_carried_along(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    bought = entitled(cast, now)
    shipment = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-009001"))
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    ids = bought.id, shipment.id, lines(bill)[0].id, bill.id, bought.contract_id
    keep(cast)
    names = ("entitlement", "shipment", "statement_line", "statement", "contract")
    for name, row_id in zip(names, ids, strict=True):
        page = desk.get(f"/desk/requests/new?{name}={row_id}").text
        assert "New request for Harbour Foods Ltd." in page, name
    desk.post(f"/desk/requests/new?shipment={ids[1]}", data=typed(cast))
    row = opened()
    assert row and row.shipment_id == ids[1]


def test_a_call_becomes_a_request_that_it_leads_to(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    call = add(
        Call(
            customer_id=cast.harbour.id, direction="in", number="13900000000", caller_name="王先生",
            began_at=now, subject="催问到港", text="上午来电", handled_by=cast.customer_service.id,
        )
    )  # fmt: skip
    call_id = call.id
    keep(cast)
    page = desk.get(f"/desk/requests/new?call={call_id}").text
    assert 'value="催问到港"' in page and "13900000000" in page
    desk.post(f"/desk/requests/new?call={call_id}", data=typed(cast))
    row = opened()
    assert row and db.session.get_one(Call, call_id).request_id == row.id


def test_what_is_out_of_reach_is_not_found(desk: CheckingClient, cast: Cast) -> None:
    for query in ("customer=999999", "shipment=999999", "call=999999", "statement=x"):
        assert desk.get(f"/desk/requests/new?{query}").status_code == 404, query


def test_more_rows_for_goods_are_added_without_sending(desk: CheckingClient, cast: Cast) -> None:
    data = typed(cast, kind="return", do="rows")
    page = desk.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    assert page.status_code == 200 and "lines-4-name" in page.text and opened() is None


def test_an_internal_request_is_not_the_customers_to_see(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.sales)
    data = typed(cast, kind="internal", channel="internal")
    client.post(f"/desk/requests/new?customer={cast.harbour.id}", data=data)
    row = opened()
    assert row and row.is_internal and row.requester_name == "Chen Li"


def test_first_words_are_seeded_once(cast: Cast, now: datetime) -> None:
    assert seed_service_words(SYSTEM, now) > 30
    assert seed_service_words(SYSTEM, now) == 0
    parents = db.session.scalars(
        db.select(RequestCategory).where(RequestCategory.parent_id.is_(None))
    ).all()
    assert len(parents) == 8


def test_a_canned_reply_is_written_changed_and_told_when_somebody_was_quicker(
    desk: CheckingClient,
) -> None:
    said = {"name": "已受理", "text_zh": "{customer}：已受理。", "text_en": "", "active": "y"}
    assert desk.post("/desk/canned-replies/new", data=said).status_code == 303
    reply_id = db.session.scalar(db.select(CannedReply.id))
    address = f"/desk/canned-replies/{reply_id}"
    changed = {**said, "text_zh": "{number} 已受理。", "version": "1"}
    assert desk.post(address, data=changed).status_code == 303
    late = desk.post(address, data={**changed, "text_zh": "另一种说法"})
    assert (
        late.status_code == 422 and "Somebody else saved" in late.text and "另一种说法" in late.text
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text_zh": "{price}"}, "is no place"),
        ({"name": ""}, "This field is required"),
        ({"name": "已有"}, "Another canned reply has this name."),
    ],
)
def test_what_is_wrong_with_a_canned_reply_is_told(
    desk: CheckingClient, cast: Cast, changes: dict[str, str], said: str
) -> None:
    add(CannedReply(name="已有", text_zh="x", kinds=[]))
    keep(cast)
    data = {"name": "新的", "text_zh": "好", "active": "y", **changes}
    page = desk.post("/desk/canned-replies/new", data=data)
    assert page.status_code == 422 and said in page.text


def test_categories_have_two_levels_and_no_more(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    above = a_category("transport", "运输异常")
    below = a_category("damage", "破损", parent_id=above.id)
    ids = above.id, below.id
    keep(cast)
    client.sign_in(cast.administrator)
    data = {"name_zh": "外箱破损", "code": "carton", "parent_id": str(ids[1]), "active": "y"}
    assert client.post("/desk/request-categories/new", data=data).status_code == 422
    data["parent_id"] = str(ids[0])
    assert client.post("/desk/request-categories/new", data=data).status_code == 303
    page = client.get("/desk/request-categories").text
    assert page.index("Transport") < page.index("Damage") < page.index("外箱破损")


def test_only_who_sets_the_service_changes_categories(desk: CheckingClient) -> None:
    assert desk.get("/desk/request-categories").status_code == 200
    assert desk.get("/desk/request-categories/new").status_code == 403


def test_requests_stand_on_the_pages_of_what_they_are_about(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    shipment = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-009001"))
    bought = entitled(cast, now)
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    a_request(cast, now, title="关于这一票", shipment_id=shipment.id)
    a_request(cast, now, title="关于这项服务", entitlement_id=bought.id)
    a_request(cast, now, title="关于这张账单", statement_line_id=lines(bill)[0].id)
    pages = {
        f"/desk/shipments/{shipment.id}": "关于这一票",
        f"/desk/entitlements/{bought.id}": "关于这项服务",
        f"/desk/statements/{bill.id}": "关于这张账单",
        f"/desk/customers/{cast.harbour.id}": "关于这一票",
    }
    keep(cast)
    for address, title in pages.items():
        page = desk.get(address).text
        assert title in page and "/desk/requests/new?" in page, address


def test_they_wait_on_the_first_page_and_are_found_by_the_search(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    late = a_request(cast, now, title="冷柜断电", owner_id=cast.customer_service.id)
    late.next_due_at = datetime(2026, 3, 1, tzinfo=now.tzinfo)
    a_request(cast, now, title="无人受理")
    keep(cast)
    home = desk.get("/desk/").text
    assert "SR-2026-000001 is late: 冷柜断电" in home and "Requests that nobody has: 1" in home
    assert "冷柜断电" in desk.get("/desk/search?q=lgdd").text


def test_who_sees_no_requests_finds_no_card_of_them(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.catalogue_manager).get(f"/desk/customers/{cast.harbour.id}").text
    assert "Nobody has asked about this." not in page
