"""Files and duplicates at the desk: sent, mapped, decided, brought in; merged side by side; pages lead on."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.customers.models import Customer
from portal.db.base import db
from portal.intake.actions import duplicates
from portal.intake.models import DuplicatePair
from portal.jobs import batches as job
from portal.usage.models import ImportBatch
from tests.cast import Cast
from tests.client import CheckingClient
from tests.intake import a_duplicate, busy


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales_manager)


def send(desk: CheckingClient, body: str, kind: str = "customers", name: str = "客户.csv") -> Any:
    file = (io.BytesIO(body.encode()), name)
    return desk.post(
        "/desk/intake/new", data={"kind": kind, "file": file}, content_type="multipart/form-data"
    )


def newest() -> int:
    found = db.session.scalar(select(ImportBatch.id).order_by(ImportBatch.id.desc()))
    assert found is not None
    return found


def work() -> str:
    batch_id = newest()
    job.work(batch_id)
    return f"/desk/intake/{batch_id}"


def test_a_file_is_sent_decided_and_brought_in(desk: CheckingClient) -> None:
    assert send(desk, "account,sector,tel\nAcme,technolgy,0755-26581234\n").status_code == 303
    assert "Reading the file" in desk.get(f"/desk/intake/{newest()}").text
    here = work()
    page = desk.get(here).text
    assert "technolgy" in page and 'value="technology"' in page and "Bring in all of it" in page
    assert desk.post(f"{here}/words", data={"w0": "technology"}).status_code == 303
    work()
    assert desk.post(f"{here}/apply").status_code == 303
    work()
    assert "All of it is in." in desk.get(here).text
    row = db.session.scalars(select(Customer).where(Customer.name_en == "Acme")).one()
    assert row.industry == "technology"


def test_heads_that_are_not_understood_are_asked_for(desk: CheckingClient) -> None:
    answer = send(desk, "Firma,Branche\nAcme,retail\n")
    assert answer.location.endswith("/heads")
    here = work()
    page = desk.get(f"{here}/heads").text
    assert "A · Firma" in page and "Acme" in page
    assert (
        "A column is needed" in desk.post(f"{here}/heads", data={"c0": "", "c1": "industry"}).text
    )
    assert desk.post(f"{here}/heads", data={"c0": "name", "c1": "industry"}).status_code == 303
    work()
    assert "Ready to apply" in desk.get(here).text


def test_rows_without_a_customer_are_left_out_when_asked(desk: CheckingClient) -> None:
    send(desk, "Customer,Name\nHARBOUR,周敏\n,张伟\n", "contacts")
    here = work()
    assert "name no customer" in desk.get(here).text
    desk.post(f"{here}/leave-out")
    work()
    assert "Bring in all of it" in desk.get(here).text


def test_problems_templates_and_what_is_known_are_downloads(desk: CheckingClient) -> None:
    send(desk, "Customer,Name\nNobody,周敏\n", "contacts")
    here = work()
    for kind in ("xlsx", "csv"):
        for url in (
            f"{here}/problems",
            "/desk/intake/template/customers",
            "/desk/intake/current/history",
        ):
            assert desk.get(f"{url}.{kind}").status_code == 200
    assert desk.get("/desk/intake/template/usage.csv").status_code == 404
    assert "Nobody" in desk.get(f"{here}/problems.csv").text


@pytest.mark.parametrize("body", ["%PDF-1.7", "<html><table></table></html>", ""])
def test_what_is_no_table_is_refused(desk: CheckingClient, body: str) -> None:
    assert send(desk, body).status_code == 422


def test_sales_may_neither_send_files_nor_merge(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.sales)
    for url in ("/desk/intake", "/desk/intake/new", "/desk/duplicates", "/desk/duplicates/choose"):
        assert client.get(url).status_code == 403


def test_a_file_of_another_room_is_not_shown_here(desk: CheckingClient, now: datetime) -> None:
    row = ImportBatch(kind="usage", file_name="x", sha256="0" * 64, created_at=now)
    db.session.add(row)
    db.session.commit()
    assert desk.get(f"/desk/intake/{row.id}").status_code == 404


@pytest.fixture
def pair(cast: Cast, now: datetime) -> DuplicatePair:
    theirs = a_duplicate(cast)
    busy(cast, theirs, now)
    duplicates.search(now)
    db.session.commit()
    return db.session.scalars(select(DuplicatePair)).one()


def test_a_pair_is_shown_with_its_reasons_and_dismissed(
    desk: CheckingClient, pair: DuplicatePair
) -> None:
    page = desk.get("/desk/duplicates").text
    assert "The same name without its legal form" in page and "HGSP009" in page
    here = f"/desk/duplicates/{pair.id}"
    assert "T-9" in desk.get(here).text
    desk.post(f"{here}/dismiss", data={"version": pair.version, "reason": "Zwei Firmen"})
    assert "HGSP009" not in desk.get("/desk/duplicates").text
    assert "HGSP009" in desk.get("/desk/duplicates?state=dismissed").text
    assert "Zwei Firmen" in desk.get(here).text


def test_two_are_merged_side_by_side_and_the_old_pages_lead_on(
    desk: CheckingClient, pair: DuplicatePair, cast: Cast
) -> None:
    ours, theirs = cast.harbour.id, pair.second_id
    found = desk.post("/desk/duplicates/choose", data={"first": "harbour", "second": "hgsp009"})
    here = f"/desk/duplicates/merge/{ours}/{theirs}"
    assert found.location.endswith(here)
    page = desk.get(here).text
    assert "take-name_zh" in page and "What moves" in page
    versions = page.split('name="versions" type="hidden" value="')[1].split('"')[0]
    sent = {"versions": versions, "reason": "doppelt", "take-name_zh": "duplicate"}
    assert desk.post(here, data=sent).status_code == 303
    moved = desk.get(f"/desk/customers/{theirs}?x=1")
    assert (moved.status_code, moved.location) == (302, f"/desk/customers/{ours}?x=1")
    assert "海港食品股份有限公司" in desk.get(f"/desk/customers/{ours}").text
    assert "HGSP009" not in desk.get("/desk/duplicates").text
    told = desk.post(f"/desk/customers/{theirs}/edit", data={"name_zh": "x"})
    assert (told.status_code, "has been merged" in told.text) == (409, True)


def test_an_old_look_at_both_is_told(desk: CheckingClient, pair: DuplicatePair, cast: Cast) -> None:
    here = f"/desk/duplicates/merge/{cast.harbour.id}/{pair.second_id}"
    answer = desk.post(here, data={"versions": "7-9", "reason": "doppelt"})
    assert (answer.status_code, "a moment ago" in answer.text) == (422, True)


def test_a_new_customers_number_hints_at_one_that_is_there(
    client: CheckingClient, cast: Cast
) -> None:
    cast.harbour.phone = "0755-26581234"
    db.session.commit()
    client.sign_in(cast.sales)
    url, sent = (
        "/desk/customers/new?kind=organisation",
        {"name_zh": "别的公司", "phone": "(0755) 2658 1234"},
    )
    assert "Harbour Foods" in client.post(url, data=sent).text
