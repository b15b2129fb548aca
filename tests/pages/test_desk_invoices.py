"""Invoices at the desk: registered over confirmed statements or from a request, reversed, with their scan."""

from __future__ import annotations

import io
import re
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.models import Statement
from portal.db.base import db
from portal.receivables.actions import invoicing, requests
from portal.receivables.actions.requests import RequestFacts
from portal.receivables.models import Invoice, InvoiceRequest
from portal.receivables.rules.kinds import InvoiceKind
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.money_pages import DIGITAL, JANUARY, confirmed, invoice_facts
from tests.offers import keep, words
from tests.pages.test_desk_statements import asked

D = Decimal
TYPED = {
    "kind": "ordinary", "number": DIGITAL, "issued_on": "2026-03-02", "currency": "CNY", "title": "海港食品有限公司",
    "net_amount": "100", "tax_amount": "6", "gross_amount": "106",
}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def registered(cast: Cast, now: datetime) -> Invoice:
    """One invoice over a whole statement of 106.00."""
    statement = confirmed(cast)
    facts = invoice_facts({statement.id: D(106)}, "100", "6")
    return invoicing.register(cast.harbour, facts, SYSTEM, now)


def requested(cast: Cast, now: datetime) -> InvoiceRequest:
    """Lin asks for an invoice over 106.00."""
    facts = RequestFacts(InvoiceKind.ORDINARY, {confirmed(cast).id: D(106)}, title="海港食品")
    return requests.ask(cast.harbour, facts, viewer(cast.lin), now)


def test_everything_that_is_left_is_proposed_with_its_tax(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    confirmed(cast)
    confirmed(cast, "212", **JANUARY)
    keep(cast)
    page = desk.get(f"/desk/invoices/new?customer_id={cast.harbour.id}").text
    assert re.findall(r'name="covers-\d+" value="(\d+)"', page) == ["212", "106"]
    assert 'value="318"' in page and 'value="300"' in page and 'value="18"' in page


def test_one_invoice_covers_several_statements(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    ids = confirmed(cast).id, confirmed(cast, "212", **JANUARY).id
    keep(cast)
    sums = {"net_amount": "300", "tax_amount": "18", "gross_amount": "318"}
    data = {**TYPED, **sums, f"covers-{ids[0]}": "106", f"covers-{ids[1]}": "212"}
    answer = desk.post(f"/desk/invoices/new?customer_id={cast.harbour.id}", data=data)
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert DIGITAL in page and page.count("ST-20") >= 2
    db.session.rollback()
    assert {db.session.get_one(Statement, each).state for each in ids} == {"billed"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "123"}, "A fully digital invoice has a number of 20 digits."),
        ({"number": "12345678"}, "needs its code of 12 digits"),
        ({"number": "12345678", "code": "12"}, "has 12 digits"),
        ({"kind": "special"}, "needs the buyer's tax number"),
        ({"tax_amount": "5"}, "do not add up"),
        ({"issued_on": "2026-03-03"}, "still to come"),
        (
            {"covers": "106.01", "gross_amount": "106.01", "net_amount": "100.01"},
            "CNY 106.00 is confirmed and not yet",
        ),
        ({"covers": "50"}, "it covers do not add up"),
        ({"currency": "USD"}, "This statement is in CNY."),
    ],
)
def test_what_is_wrong_with_an_invoice_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, changed: dict[str, str], said: str
) -> None:
    statement_id, change = confirmed(cast).id, dict(changed)
    keep(cast)
    data = {**TYPED, f"covers-{statement_id}": change.pop("covers", "106"), **change}
    answer = desk.post(f"/desk/invoices/new?customer_id={cast.harbour.id}", data=data)
    assert answer.status_code == 422 and said in words(answer.text).replace("&#39;", "'")
    assert db.session.scalar(select(Invoice.id)) is None


def test_a_number_is_registered_once(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    registered(cast, now)
    other = confirmed(cast, **JANUARY).id
    keep(cast)
    data = {**TYPED, f"covers-{other}": "106"}
    answer = desk.post(f"/desk/invoices/new?customer_id={cast.harbour.id}", data=data)
    assert answer.status_code == 422 and "registered already" in answer.text


def test_a_request_is_answered_by_its_invoice(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    request = requested(cast, now)
    request_id, part = request.id, request.parts[0].statement_id
    keep(cast)
    page = desk.get(f"/desk/invoices/requests/{request_id}").text
    assert "海港食品" in page and f"/desk/invoices/new?request={request_id}" in page
    answer = desk.post(
        f"/desk/invoices/new?request={request_id}", data={**TYPED, f"covers-{part}": "106"}
    )
    assert answer.status_code == 303
    assert DIGITAL in desk.get(f"/desk/invoices/requests/{request_id}").text
    assert desk.get(f"/desk/invoices/new?request={request_id}").status_code == 303


def test_a_request_is_rejected_with_a_reason_over_what_was_seen(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    request = requested(cast, now)
    url, seen = f"/desk/invoices/requests/{request.id}", request.version
    keep(cast)
    desk.post(f"{url}/reject?seen={seen + 1}", data={"reason": "抬头不符"})
    assert "It has changed since you opened this page" in desk.get(url).text
    desk.post(f"{url}/reject?seen={seen}", data={"reason": ""})
    assert "Say why." in desk.get(url).text
    desk.post(f"{url}/reject?seen={seen}", data={"reason": "抬头不符"})
    page = desk.get(url).text
    assert "抬头不符" in page and "/reject" not in page


def test_a_red_invoice_mirrors_the_blue_one_and_frees_its_statement(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    invoice = registered(cast, now)
    url = f"/desk/invoices/{invoice.id}"
    data = {"version": str(invoice.version), "number": "2" * 20, "issued_on": "2026-03-02"}
    keep(cast)
    wrong = desk.post(f"{url}/reverse", data={**data, "reason": "税率错误"})
    assert wrong.status_code == 422 and "Name the confirmation sheet" in wrong.text
    right = {**data, "reason": "税率错误", "sheet_number": "31001826030000000001"}
    stale = desk.post(f"{url}/reverse", data={**right, "version": "99"})
    assert stale.status_code == 422 and "It has changed" in stale.text
    answer = desk.post(f"{url}/reverse", data=right)
    page = desk.get(answer.headers["Location"]).text
    assert "-106.00" in page and "税率错误" in page and "31001826030000000001" in page
    assert "Taken back by" in desk.get(url).text
    again = desk.post(f"{url}/reverse", data={**right, "number": "3" * 20})
    assert again.status_code == 422
    assert 'value="106"' in desk.get(f"/desk/invoices/new?customer_id={cast.harbour.id}").text


def test_its_scan_lies_beside_it_and_the_customer_may_read_it(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    invoice_id = registered(cast, now).id
    keep(cast)
    scan = {"file": (io.BytesIO(b"%PDF-1.7"), "发票.pdf"), "kind": "tax_invoice", "is_shared": "y"}
    url = f"/desk/invoices/{invoice_id}"
    desk.post(f"{url}/files", data=scan, content_type="multipart/form-data")
    assert "发票.pdf" in desk.get(url).text
    desk.post(f"{url}/files", data={"kind": "tax_invoice"})
    assert "Choose a file." in desk.get(url).text
    assert "发票.pdf" in desk.sign_in(cast.lin).get(f"/my/invoices/{invoice_id}").text


def test_without_anything_left_the_page_says_so(desk: CheckingClient, cast: Cast) -> None:
    page = desk.get(f"/desk/invoices/new?customer_id={cast.harbour.id}").text
    assert "Nothing is left to invoice" in page


def test_those_who_only_see_invoices_change_none(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    invoice_id = registered(cast, now).id
    keep(cast)
    for user in (cast.sales, cast.auditor):
        client.sign_in(user)
        assert "/reverse" not in client.get(f"/desk/invoices/{invoice_id}").text
        assert client.post(f"/desk/invoices/{invoice_id}/reverse").status_code == 403
        assert client.get("/desk/invoices/new").status_code == 403
    assert client.sign_in(cast.keeper).get("/desk/invoices").status_code == 403


@pytest.mark.parametrize("url", ["/desk/invoices", "/desk/invoices/requests"])
def test_lists_ask_as_often_for_many_as_for_one(
    desk: CheckingClient, cast: Cast, now: datetime, url: str
) -> None:
    registered(cast, now)
    requests_ = [confirmed(cast, "212", **JANUARY).id]
    facts = RequestFacts(InvoiceKind.ORDINARY, {requests_[0]: D(10)}, title="海港食品")
    requests.ask(cast.harbour, facts, viewer(cast.lin), now)
    keep(cast)
    few = asked(desk, url)
    for _more in range(5):
        requests.ask(cast.harbour, facts, viewer(cast.lin), now)
    keep(cast)
    assert asked(desk, url) == few <= 6
