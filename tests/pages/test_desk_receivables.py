"""What is owed, at the desk: ages on any day, one customer, one item, the account, promises, write-offs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable
from portal.db.base import db
from portal.documents.models import Document
from portal.receivables.actions import allocating
from tests.cast import Cast
from tests.client import CheckingClient
from tests.money import owed, received, terms
from tests.offers import firm, keep, quick_press, words
from tests.pages.test_desk_statements import asked

__all__ = ["quick_press"]
D = Decimal
TODAY = date(2026, 3, 2)


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


@pytest.fixture
def manager(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance_manager)


def late(cast: Cast, now: datetime, amount: str, days: int, **more: object) -> Receivable:
    """An item of Harbour Foods that is so many days late."""
    due = TODAY - timedelta(days=days)
    return owed(
        cast.harbour, amount, due, now, issued_on=min(due, TODAY) - timedelta(days=30), **more
    )  # type: ignore[arg-type]


def test_without_debts_the_page_says_so(desk: CheckingClient) -> None:
    assert "Nothing is open" in desk.get("/desk/receivables").text


def test_ages_stand_in_their_columns_apart_by_currency(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    for amount, days in (("100", -5), ("200", 30), ("400", 31), ("800", 95)):
        late(cast, now, amount, days)
    late(cast, now, "16", 3, currency="USD", disputed="6")
    keep(cast)
    page = words(desk.get("/desk/receivables").text)
    for row in ("海港食品 100.00200.00400.00800.00 1,500.00", "海港食品 10.00 6.00 16.00"):
        assert row in page, page


def test_a_past_day_shows_what_was_open_then(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    late(cast, now, "100", 40)
    receipt = received(cast.harbour, "100", now)
    allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    keep(cast)
    assert "Nothing is open" in desk.get("/desk/receivables").text
    assert "海港食品" in desk.get("/desk/receivables?as_of=2026-03-01").text
    assert "2026-03-02" in desk.get("/desk/receivables?as_of=2999-01-01").text
    assert desk.get("/desk/receivables?as_of=yesterday&currency=zz&by=x").status_code == 200


def test_a_group_is_one_row(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    cast.harbour.kind, cast.nordwind.kind = "group", "branch"
    cast.nordwind.parent_id = cast.harbour.id
    late(cast, now, "100", 5)
    owed(cast.nordwind, "11", date(2026, 2, 1), now)
    keep(cast)
    page = desk.get("/desk/receivables?by=group&bounds=365").text
    assert "111.00" in page and "北风零件" not in page and "Over 365 days" in page


@pytest.mark.parametrize(("days", "last"), [(90, "Over 90"), (180, "Over 180"), (365, "Over 365")])
def test_the_firm_says_how_many_columns_there_are(
    desk: CheckingClient, cast: Cast, now: datetime, days: int, last: str
) -> None:
    row = late(cast, now, "100", 5)
    firm(billing={"ageing_days": days})
    keep(cast)
    for address in ("/desk/receivables", f"/desk/receivables/customers/{row.customer_id}"):
        assert f"{last} days" in desk.get(address).text
    heads = desk.get("/desk/receivables/ageing.csv").get_data(as_text=True)
    assert f"{last} days" in heads
    assert "Over 180 days" in desk.get("/desk/receivables?bounds=180").text
    assert desk.get("/desk/receivables?bounds=7").status_code == 200


def test_the_file_ends_in_control_totals(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    late(cast, now, "100", 5)
    owed(cast.nordwind, "11", date(2026, 2, 1), now)
    keep(cast)
    text = desk.get("/desk/receivables/ageing.csv").get_data(as_text=True)
    assert "Total of 2 rows" in text and "111.00" in text
    assert desk.get("/desk/receivables/ageing.xlsx").status_code == 200
    assert desk.get("/desk/receivables/ageing.pdf").status_code == 404


def test_one_customer_shows_limit_items_receipts_and_the_hold(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    terms(cast.harbour, credit_limit=D(500), grace_days=3)
    late(cast, now, "700", 20)
    received(cast.harbour, "50", now)
    keep(cast)
    desk.post(f"/desk/receivables/customers/{cast.harbour.id}/work-out")
    page = desk.get(f"/desk/receivables/customers/{cast.harbour.id}").text
    for told in (
        "OLD-1",
        "On hold",
        "payments are overdue",
        "650.00",
        "-150.00",
        "RC-2026-000001",
        "130 %",
    ):
        assert told in page, told


def test_the_pages_ask_seldom(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    for day in range(12):
        late(cast, now, "700", day)
    received(cast.harbour, "50", now)
    keep(cast)
    assert asked(desk, "/desk/receivables") <= 6
    assert asked(desk, f"/desk/receivables/customers/{cast.harbour.id}") <= 12


def test_an_open_item_tells_every_posting_and_a_promise_stops_reminders(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    item = late(cast, now, "100", 40)
    receipt = received(cast.harbour, "30", now)
    allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    url = f"/desk/receivables/{item.id}"
    keep(cast)
    page = desk.get(url).text
    assert "-30.00" in page and "RC-2026-000001" in page and "40 days overdue" in page
    past = desk.post(f"{url}/promise", data={"promise-promised_on": "2026-03-01"})
    assert past.status_code == 422 and "Choose a day from today on." in past.text
    desk.post(
        f"{url}/promise", data={"promise-promised_on": "2026-03-09", "promise-note": "下周付"}
    )
    page = desk.get(url).text
    assert "Promised" in page and "下周付" in page and asked(desk, url) <= 12


@pytest.mark.parametrize(
    ("amount", "said"),
    [("100.01", "From zero to CNY 100.00."), ("-1", "From zero to"), ("40", "Noted.")],
)
def test_the_disputed_part_of_an_old_item_is_noted(
    desk: CheckingClient, cast: Cast, now: datetime, amount: str, said: str
) -> None:
    url = f"/desk/receivables/{late(cast, now, '100', 4).id}"
    keep(cast)
    data = {"disputed-amount": amount, "disputed-reason": "对方说已付"}
    answer = desk.post(f"{url}/disputed", data=data)
    text = answer.text if answer.status_code == 422 else desk.get(url).text
    assert said in words(text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"off-amount": "100.01"}, "100.00"),
        ({"off-amount": "0"}, "100.00"),
        ({"off-amount": "5", "off-version": "99"}, "It has changed since"),
        ({"off-amount": "5", "off-reason": ""}, "This field is required"),
    ],
)
def test_a_write_off_is_checked(
    manager: CheckingClient, cast: Cast, now: datetime, typed: dict[str, str], said: str
) -> None:
    item = late(cast, now, "100", 400)
    data = {"off-version": str(item.version), "off-reason": "公司注销", **typed}
    url, item_id = f"/desk/receivables/{item.id}/write-off", item.id
    keep(cast)
    answer = manager.post(url, data=data)
    assert answer.status_code == 422 and said in answer.text
    db.session.rollback()
    assert db.session.get_one(Receivable, item_id).open_amount == 100


def test_a_manager_writes_off_what_finance_cannot(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    item = late(cast, now, "100", 400)
    data = {"off-version": str(item.version), "off-amount": "100", "off-reason": "公司注销"}
    url = f"/desk/receivables/{item.id}"
    keep(cast)
    assert manager.sign_in(cast.finance).post(f"{url}/write-off", data=data).status_code == 403
    assert "Write off" not in manager.get(url).text
    manager.sign_in(cast.finance_manager)
    assert manager.post(f"{url}/write-off", data=data).status_code == 303
    assert "公司注销" in manager.get(url).text


OPENING = {
    "reference": "期初-1", "currency": "CNY", "amount": "88.50", "issued_on": "2025-12-01", "due_on": "2025-12-31"
}  # fmt: skip


def test_an_opening_item_is_brought_forward_once(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    url = f"/desk/receivables/customers/{cast.harbour.id}"
    assert desk.post(f"{url}/opening", data=OPENING).status_code == 303
    assert "期初-1" in desk.get(url).text
    again = desk.post(f"{url}/opening", data={**OPENING, "note": "再次"})
    assert again.status_code == 422 and "brought forward already" in again.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "0"}, "not zero"),
        ({"due_on": "2025-11-01"}, "before its own day"),
        ({"issued_on": "2026-04-01", "due_on": "2026-05-01"}, "still to come"),
        ({"reference": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_with_an_opening_item_is_told(
    desk: CheckingClient, cast: Cast, changed: dict[str, str], said: str
) -> None:
    url = f"/desk/receivables/customers/{cast.harbour.id}/opening"
    answer = desk.post(url, data={**OPENING, **changed})
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.usefixtures("quick_press")
def test_the_account_is_a_page_a_file_and_a_kept_paper_with_the_same_sums(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    late(cast, now, "100", 40)
    late(cast, now, "55", -3)
    received(cast.harbour, "30", now)
    keep(cast)
    url = f"/desk/receivables/customers/{cast.harbour.id}/account"
    span = "from_on=2026-01-01&until_on=2026-03-02"
    assert "125.00" in desk.get(f"{url}?{span}").text
    assert "125.00" in desk.get(f"{url}.csv?{span}").get_data(as_text=True)
    assert "125.00" in desk.get(f"{url}/paper?{span}").text
    paper = desk.post(f"{url}/print?{span}")
    assert paper.mimetype == "application/pdf" and "125.00" in paper.get_data(as_text=True)
    assert db.session.scalars(select(Document.kind)).all() == ["account"]


def test_a_span_that_ends_first_prints_nothing(desk: CheckingClient, cast: Cast) -> None:
    url = f"/desk/receivables/customers/{cast.harbour.id}/account"
    span = "from_on=2026-03-02&until_on=2026-01-01"
    assert "Nothing moved in this span" in desk.get(f"{url}?{span}").text
    assert desk.post(f"{url}/print?{span}").status_code == 303
    assert db.session.scalar(select(Document.id)) is None


def test_the_customers_page_shows_its_credit(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    terms(cast.harbour, credit_limit=D(500), grace_days=3)
    late(cast, now, "700", 20)
    keep(cast)
    desk.post(f"/desk/receivables/customers/{cast.harbour.id}/work-out")
    page = words(desk.get(f"/desk/customers/{cast.harbour.id}").text)
    for told in ("CNY 500.00", "CNY 700.00", "On hold since 2026-03-02", "Ask Chen Li"):
        assert told in page, told
    keeper = desk.sign_in(cast.keeper).get(f"/desk/customers/{cast.harbour.id}").text
    assert "Exposure" not in keeper


def test_sales_read_ages_and_change_nothing(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    item_id = late(cast, now, "100", 40).id
    keep(cast)
    client.sign_in(cast.sales)
    assert "海港食品" in client.get("/desk/receivables").text
    assert "/promise" not in client.get(f"/desk/receivables/{item_id}").text
    for step in ("promise", "disputed", "write-off"):
        assert client.post(f"/desk/receivables/{item_id}/{step}").status_code == 403
    assert client.get(f"/desk/receivables/customers/{cast.harbour.id}/opening").status_code == 403
    assert client.sign_in(cast.keeper).get("/desk/receivables").status_code == 403
