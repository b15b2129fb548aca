"""The banks' files and rows at the desk: read, previewed, applied; payers proposed, matched, left aside."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from sqlalchemy import select

from portal.db.base import db
from portal.jobs import batches
from portal.receivables.models import BankEntry, Receipt
from portal.usage.models import ImportBatch
from tests.cast import Cast
from tests.client import CheckingClient
from tests.money import owed
from tests.money_pages import an_entry
from tests.offers import keep
from tests.pages.test_desk_statements import asked

FILE = (
    "交易日期,贷方发生额,借方发生额,对方户名,摘要,交易流水号\n"
    "2026-03-01,500.00,,海港食品有限公司,货款,T-1\n"
    "2026-03-01,,20.00,某某公司,付款,T-2\n"
    "2026-03-02,88.00,,无名氏,不详,T-3\n"
)


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def send(desk: CheckingClient, text: str = FILE, **more: str) -> str:
    """Send a file and have it read; the address of its page."""
    data = {"file": (io.BytesIO(text.encode()), "流水.csv"), "account": "45500001", "currency": "CNY",
            "allocate": "y", **more}  # fmt: skip
    answer = desk.post("/desk/receipts/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    batches.work(int(answer.headers["Location"].rsplit("/", 1)[-1]))
    return answer.headers["Location"]


def test_a_file_is_previewed_row_by_row_before_anything_is_saved(
    desk: CheckingClient, cast: Cast
) -> None:
    page = desk.get(send(desk)).text
    for words in ("海港食品", "by name", "无名氏", "payer not found", "588.00", "/apply"):
        assert words in page, words
    assert db.session.scalar(select(BankEntry.id)) is None


def test_applied_it_makes_receipts_and_a_queue_and_a_second_time_nothing(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "300", date(2026, 2, 1), now)
    keep(cast)
    there = send(desk)
    desk.post(f"{there}/apply")
    batches.work(int(there.rsplit("/", 1)[-1]))
    assert "1 receipts made; 1 payments wait for their payer" in desk.get(there).text
    assert db.session.scalars(select(Receipt)).one().open_amount == 200
    assert "无名氏" in desk.get("/desk/receipts/bank").text
    assert "Everything in this file is recorded already" in desk.get(send(desk)).text


def test_a_file_with_errors_is_not_applied_and_its_problems_can_be_taken_along(
    desk: CheckingClient, cast: Cast
) -> None:
    there = send(desk, FILE.replace("500.00", "fünf"))
    page = desk.get(there).text
    assert "This file has errors." in page and "/apply" not in page
    assert "Send the mended file" in page
    assert "fünf" in desk.get(f"{there}/problems.csv").text
    assert desk.post(f"{there}/apply").status_code == 409
    assert desk.get(f"{there}/problems.pdf").status_code == 404


def test_no_file_and_no_table_are_told(desk: CheckingClient) -> None:
    answer = desk.post("/desk/receipts/import", data={"currency": "CNY"})
    assert answer.status_code == 422 and "Choose a file." in answer.text
    picture = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "x.csv"), "currency": "CNY"}
    answer = desk.post("/desk/receipts/import", data=picture, content_type="multipart/form-data")
    assert answer.status_code == 422 and "not one of" in answer.text


def test_a_file_is_put_aside_and_one_of_another_kind_is_none_of_ours(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    there = send(desk)
    desk.post(f"{there}/discard")
    assert "put aside" in desk.get(there).text
    other = ImportBatch(kind="usage", file_name="用量.csv", sha256="0" * 64, created_at=now)
    db.session.add(other)
    db.session.commit()
    assert desk.get(f"/desk/receipts/imports/{other.id}").status_code == 404


def test_a_payer_is_proposed_by_name_and_by_the_very_amount(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.nordwind, "88", date(2026, 2, 1), now)
    entry = an_entry("88", payer_name="海港食品有限公司")
    url = f"/desk/receipts/bank/{entry.id}"
    keep(cast)
    page = desk.get(url).text
    assert "by name" in page and "OLD-1 is open with just this amount" in page
    assert "海港食品" in desk.get("/desk/receipts/bank").text


def test_a_row_is_matched_and_its_money_allocated(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    item = owed(cast.harbour, "300", date(2026, 2, 1), now)
    entry, item_id = an_entry("88", payer_name="林小姐"), item.id
    data = {
        "version": str(entry.version),
        "customer_id": str(cast.harbour.id),
        "kind": "payment",
        "allocate": "y",
    }
    url = f"/desk/receipts/bank/{entry.id}"
    keep(cast)
    answer = desk.post(f"{url}/match", data=data)
    assert answer.status_code == 303 and "/desk/receipts/" in answer.headers["Location"]
    assert "212.00" in desk.get(f"/desk/receivables/{item_id}").text
    again = desk.post(f"{url}/match", data={**data, "version": str(int(data["version"]) + 1)})
    assert again.status_code == 422 and "A receipt was made of this already." in again.text


@pytest.mark.parametrize(("data", "status"), [({}, 422), ({"customer_id": "99999"}, 404)])
def test_a_match_names_a_customer_that_there_is(
    desk: CheckingClient, cast: Cast, data: dict[str, str], status: int
) -> None:
    entry = an_entry("88")
    url, sent = (
        f"/desk/receipts/bank/{entry.id}/match",
        {"version": str(entry.version), "kind": "payment", **data},
    )
    keep(cast)
    assert desk.post(url, data=sent).status_code == status


def test_a_row_is_left_aside_with_a_reason(desk: CheckingClient, cast: Cast) -> None:
    entry = an_entry("0.37", memo="结息")
    url, seen = f"/desk/receipts/bank/{entry.id}", entry.version
    keep(cast)
    desk.post(f"{url}/ignore?seen={seen}", data={"reason": ""})
    assert "Say why." in desk.get(url).text
    desk.post(f"{url}/ignore?seen={seen}", data={"reason": "利息"})
    assert "利息" in desk.get(url).text and "0.37" not in desk.get("/desk/receipts/bank").text
    assert "0.37" in desk.get("/desk/receipts/bank?state=ignored").text


def test_rows_of_the_bank_are_for_those_who_record_receipts(
    client: CheckingClient, cast: Cast
) -> None:
    url = f"/desk/receipts/bank/{an_entry('1').id}"
    keep(cast)
    for user in (cast.sales, cast.auditor, cast.keeper):
        client.sign_in(user)
        assert client.get("/desk/receipts/bank").status_code == 403
        assert client.get(url).status_code == 403


def test_the_queue_asks_as_often_for_many_as_for_one(desk: CheckingClient, cast: Cast) -> None:
    an_entry("88", payer_name="海港食品有限公司")
    keep(cast)
    few = asked(desk, "/desk/receipts/bank")
    for count in range(20):
        an_entry(f"{count + 1}", reference=f"M-{count}", payer_name="海港食品有限公司")
    keep(cast)
    assert asked(desk, "/desk/receipts/bank") == few <= 9
