"""A customer opens a request on one page: what it is about comes along, wrong input is told at its place."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from portal.access.permissions import Power
from portal.billing.rules.states import StatementState
from portal.contracts.models import Entitlement
from portal.customers.rules.kinds import CustomerKind
from portal.db.base import db
from portal.documents.models import Attachment
from portal.service_requests.models import RequestLine, ServiceRequest
from portal.web import uploads
from tests.cast import EVERY_POWER, Cast, customer, member
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep
from tests.statements import a_statement, lines

D = Decimal
PHOTO = b"\xff\xd8\xff\xe0 a photograph"
URL = "/my/requests/new"
ASKED: dict[str, Any] = {
    "kind": "problem", "entitlement_id": "none", "no_match": "general", "severity": "2", "scope": "one",
    "title": "货柜没有到", "text": "柜子昨天应该到的，今天还没有到。",
}  # fmt: skip


@pytest.fixture
def bought(cast: Cast, now: datetime) -> int:
    """The id of an entitlement in force of Harbour Foods."""
    entitlement_id = entitled(cast, now).id
    keep(cast)
    return entitlement_id


def made() -> list[ServiceRequest]:
    db.session.rollback()
    return list(db.session.scalars(select(ServiceRequest).order_by(ServiceRequest.id)))


def offered(page: str) -> list[str]:
    """The services that the form lets one choose."""
    chooser = page.split('id="entitlement_id"')[1].split("</select>")[0]
    return re.findall(r'value="(\d+)"', chooser)


def sent(client: CheckingClient, url: str = URL, **changes: Any) -> Any:
    return client.post(url, data={**ASKED, **changes})


def test_the_form_offers_exactly_what_is_in_force_of_this_customer(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    over = entitled(cast, now)
    over.starts_on, over.ends_on = date(2025, 1, 1), date(2025, 12, 31)
    entitled(cast, now, customer=cast.nordwind)
    db.session.commit()
    page = client.sign_in(cast.lin).get(URL).text
    assert offered(page) == [str(bought)]
    assert "5 pallet left" in page and "until 2026-12-31" in page and "None of these" in page


def test_a_request_about_a_service_is_opened_with_photographs(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    files = [(io.BytesIO(PHOTO), "柜门.jpg"), (io.BytesIO(b"%PDF-1.7"), "签收单.pdf")]
    answer = sent(client.sign_in(cast.lin), entitlement_id=str(bought), files=files)
    row = made()[0]
    assert answer.headers["Location"] == f"/my/requests/{row.id}"
    assert (row.entitlement_id, row.severity, row.kind, row.channel) == (
        bought,
        2,
        "problem",
        "portal",
    )
    assert row.requester_id == cast.lin.id and row.no_match is None and row.contract_id
    kept = db.session.scalars(select(Attachment.file_name).order_by(Attachment.id))
    assert list(kept) == ["柜门.jpg", "签收单.pdf"]


def test_without_a_service_the_reason_is_kept(client: CheckingClient, cast: Cast) -> None:
    sent(client.sign_in(cast.lin), no_match="not_bought")
    assert [(row.entitlement_id, row.no_match) for row in made()] == [(None, "not_bought")]


@pytest.mark.parametrize(("changes", "said"), [
    ({"kind": ""}, "Choose what it is."), ({"kind": "internal"}, "alid choice"),
    ({"entitlement_id": ""}, "Choose the service"), ({"entitlement_id": "999"}, "alid choice"),
    ({"title": ""}, "Say in one line"), ({"title": " "}, "in a few words"),
    ({"title": "x" * 161}, "160"), ({"text": ""}, "Tell us more"),
    ({"text": "x" * 8001}, "8000"), ({"severity": "9"}, "alid choice"),
    ({"kind": "return"}, "Name one kind of goods"),
    ({"kind": "return", "lines-0-name": "纸箱"}, "How many?"),
    ({"kind": "return", "lines-0-quantity": "3"}, "Say what it is."),
    ({"kind": "materials", "lines-0-name": "封条", "lines-0-quantity": "viel"}, "not a number"),
    ({"kind": "training", "wanted_on": "someday"}, "alid date"),
    ({"kind": "training", "people": "0"}, "between 1 and 999"),
    ({"on_behalf": "y"}, "Write the name of your firm"),
])  # fmt: skip
def test_wrong_input_is_told_at_its_field_and_what_was_typed_is_kept(
    client: CheckingClient, cast: Cast, bought: int, changes: dict[str, str], said: str
) -> None:
    answer = sent(client.sign_in(cast.lin), requester_phone="138 0000 1234", **changes)
    assert answer.status_code == 422 and said in answer.text
    assert "138 0000 1234" in answer.text and made() == []
    assert changes.get("text") == "" or "柜子昨天" in answer.text or "x" * 200 in answer.text


def test_files_are_named_again_when_something_else_was_wrong(
    client: CheckingClient, cast: Cast
) -> None:
    files = [(io.BytesIO(PHOTO), "柜门.jpg")]
    page = sent(client.sign_in(cast.lin), title="", files=files).text
    assert "Please choose these files again: 柜门.jpg." in page


@pytest.mark.parametrize(("body", "name", "said"), [
    (b"MZ\x00\x01", "a.jpg", "not one of"), (b"<svg onload=alert(1)></svg>", "a.svg", "not one of"),
    (b"\xd0\xcf\x11\xe0\x00", "a.doc", "not one of"), (b"", "a.pdf", "empty"),
])  # fmt: skip
@pytest.mark.parametrize("field", ["files", "authority"])
def test_a_file_that_is_not_taken_is_refused_at_its_field(
    client: CheckingClient, cast: Cast, field: str, body: bytes, name: str, said: str
) -> None:
    answer = sent(client.sign_in(cast.lin), **{field: [(io.BytesIO(body), name)]})
    assert (
        answer.status_code == 422 and said in answer.text and f'id="{field}-error"' in answer.text
    )
    assert made() == [] and db.session.scalar(select(func.count(Attachment.id))) == 0


def test_a_photograph_that_is_too_large_is_refused_by_its_name(
    client: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_MB", 0)
    answer = sent(client.sign_in(cast.lin), files=[(io.BytesIO(PHOTO), "大图.jpg")])
    assert answer.status_code == 422 and "大图.jpg: larger than 0 MB." in answer.text
    assert made() == []


def test_two_hundred_files_at_once_are_refused_at_the_field(
    client: CheckingClient, cast: Cast
) -> None:
    files = [(io.BytesIO(PHOTO), f"{n}.jpg") for n in range(200)]
    answer = sent(client.sign_in(cast.lin), files=files)
    assert answer.status_code == 422 and "At most 10 files." in answer.text and made() == []


def test_the_shipment_the_bill_and_the_stock_days_come_along(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    line, contract_id = lines(bill)[0], db.session.get_one(Entitlement, bought).contract_id
    keep(cast)
    client.sign_in(cast.lin)
    about = {
        "statement_line": line.id, "statement": bill.id, "contract": contract_id,
        "storage": "1&from=2026-02-01&until=2026-02-28", "entitlement": bought,
    }  # fmt: skip
    for what, which in about.items():
        assert "It is about" in client.get(f"{URL}?{what}={which}").text
        assert sent(client, f"{URL}?{what}={which}").status_code == 303, what
    rows = made()
    assert [rows[0].statement_line_id, rows[1].statement_id] == [line.id, bill.id]
    assert rows[0].statement_id == bill.id and rows[2].contract_id == contract_id
    days = {"warehouse_id": None, "from": "2026-02-01", "until": "2026-02-28"}
    assert rows[3].context == {"storage": days}


def test_what_it_is_about_chooses_the_service(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    page = client.sign_in(cast.lin).get(f"{URL}?entitlement={bought}").text
    assert f'selected value="{bought}"' in page


def test_what_has_run_out_can_be_asked_about_with_its_reason(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = entitled(cast, now)
    row.starts_on, row.ends_on = date(2025, 1, 1), date(2025, 12, 31)
    keep(cast)
    page = client.sign_in(cast.lin).get(f"{URL}?entitlement={row.id}").text
    assert offered(page) == [] and 'selected value="expired"' in page


@pytest.mark.parametrize("what", ["entitlement", "shipment", "statement_line", "statement", "contract"])  # fmt: skip
def test_what_is_not_ours_does_not_exist(
    client: CheckingClient, cast: Cast, bought: int, what: str
) -> None:
    client.sign_in(cast.erik)
    assert client.get(f"{URL}?{what}=1").status_code == 404
    assert client.get(f"{URL}?{what}=x").status_code == 404
    assert client.get(f"{URL}?{what}={'9' * 30}").status_code == 404


def test_another_customers_service_cannot_be_named(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    answer = sent(client.sign_in(cast.erik), entitlement_id=str(bought))
    assert answer.status_code == 422 and made() == []


def test_goods_to_send_back_are_listed_with_quantity_and_cause(
    client: CheckingClient, cast: Cast
) -> None:
    rows = {
        "lines-0-name": "冻虾 5 kg", "lines-0-quantity": "12", "lines-0-unit": "XCT", "lines-0-cause": "破损",
        "lines-1-name": "", "lines-1-quantity": "", "lines-1-unit": "H87",
        "lines-2-name": "托盘", "lines-2-quantity": "1.5", "lines-2-unit": "XPX",
    }  # fmt: skip
    sent(client.sign_in(cast.lin), kind="return", place="上海洋山", wanted_on="2026-03-05", **rows)
    found = db.session.scalars(select(RequestLine).order_by(RequestLine.position)).all()
    assert [(each.name, each.asked_quantity, each.unit, each.cause) for each in found] == [
        ("冻虾 5 kg", D(12), "XCT", "破损"), ("托盘", D("1.5"), "XPX", ""),
    ]  # fmt: skip
    assert made()[0].details == {"wanted_on": "2026-03-05", "place": "上海洋山"}


def test_more_rows_come_with_a_button_and_nothing_is_lost(
    client: CheckingClient, cast: Cast
) -> None:
    answer = sent(client.sign_in(cast.lin), kind="return", do="rows", **{"lines-0-name": "冻虾"})
    assert answer.status_code == 200 and 'name="lines-4-name"' in answer.text
    assert "冻虾" in answer.text and "货柜没有到" in answer.text and made() == []


def test_rows_typed_for_another_kind_are_passed_over(client: CheckingClient, cast: Cast) -> None:
    sent(client.sign_in(cast.lin), **{"lines-0-name": "冻虾", "lines-0-quantity": "viel"})
    assert len(made()) == 1 and db.session.scalar(select(func.count(RequestLine.id))) == 0


def test_training_says_how_many_when_and_where(client: CheckingClient, cast: Cast) -> None:
    details = {"people": "12", "wanted_on": "2026-03-20", "place": "宁波仓"}
    sent(client.sign_in(cast.lin), kind="training", **details)
    assert made()[0].details == details


def test_somebody_who_speaks_for_the_customer_shows_that_they_may(
    client: CheckingClient, cast: Cast
) -> None:
    paper = [(io.BytesIO(b"%PDF-1.7"), "委托书.pdf")]
    behalf = {"on_behalf": "y", "third_party": "agent", "third_party_firm": "顺达货代"}
    client.sign_in(cast.lin)
    sent(client, **behalf, authority=paper)
    sent(client, **behalf)
    found = [(row.requester_kind, row.third_party_firm, row.authority) for row in made()]
    assert found == [("third_party", "顺达货代", "given"), ("third_party", "顺达货代", "missing")]


def test_a_private_person_asks_too_and_reads_no_words_of_firms(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    person = customer("WANG", "王小明", "Wang Xiaoming", kind=CustomerKind.PERSON.value)
    wang = member("Wang", person, EVERY_POWER, now)
    keep(cast)
    db.session.refresh(wang)
    page, person_id = client.sign_in(wang).get(URL).text, inspect(person).identity[0]
    assert "Everything I have with you" in page and "Everything we do with you" not in page
    assert sent(client).status_code == 303 and made()[0].customer_id == person_id


def test_a_group_chooses_for_which_branch_it_asks(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    group = customer("GROUP", "集团", "Group", kind="group")
    branch = customer("BRANCH", "分公司", "Branch", kind="branch", parent_id=group.id)
    head = member("Head", group, EVERY_POWER, now, covers_branches=True)
    service = entitled(cast, now, customer=branch).id
    keep(cast)
    db.session.refresh(head)
    page = client.sign_in(head).get(f"{URL}?customer={branch.id}").text
    assert offered(page) == [str(service)] and "For whom" in page
    sent(client, f"{URL}?customer={branch.id}", entitlement_id=str(service))
    assert made()[0].customer_id == branch.id


def test_answers_are_looked_for_first_and_nothing_is_sent(
    client: CheckingClient, cast: Cast
) -> None:
    answer = sent(client.sign_in(cast.lin), do="look")
    assert answer.status_code == 200 and "We found no article about this." in answer.text
    assert "货柜没有到" in answer.text and made() == []


def test_the_same_form_sent_twice_opens_one_request(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.lin).get(URL).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    first, second = (sent(client, csrf_token=token[1]).headers["Location"] for _ in range(2))
    assert first == second and len(made()) == 1


def test_who_may_not_raise_requests_is_told_so(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    reader = member("Reader", cast.harbour, frozenset({Power.DISPUTE_BILLS}), now)
    keep(cast)
    db.session.refresh(reader)
    assert client.sign_in(reader).get(URL).status_code == 403
    assert sent(client).status_code == 403


def test_the_page_asks_as_much_of_the_database_for_forty_services_as_for_one(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    client.sign_in(cast.lin).get(URL)
    client.get(URL)
    before = len(client.queries)
    for _ in range(39):
        entitled(cast, now)
    db.session.commit()
    page = client.get(URL).text
    assert len(offered(page)) == 40 and len(client.queries) == before <= 12


def test_what_is_unseen_is_not_carried_along(client: CheckingClient, cast: Cast) -> None:
    """A statement that is not published yet does not exist for its customer."""
    bill = a_statement(cast.harbour, state=StatementState.DRAFT)
    add(bill)
    keep(cast)
    assert client.sign_in(cast.lin).get(f"{URL}?statement={bill.id}").status_code == 404
