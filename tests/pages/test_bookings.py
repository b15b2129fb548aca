"""Booking through the pages, behind both doors: two steps, nothing lost, nothing booked twice."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.contracts.models import Entitlement
from portal.customers.models import Customer, Site
from portal.db.base import db
from portal.receivables.actions import holds
from portal.shipments.models import Booking, Shipment
from tests.carriage import D, booked, boxes_entitled, seen_as
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import add

FACTS = {
    "ready_on": "2026-03-05",
    "goods": "冷冻虾仁",
    "wanted_on": "2026-04-20",
    "weight_kg": "12,500.5",
}


@pytest.fixture
def row(cast: Cast, now: datetime) -> int:
    """An entitlement of five boxes."""
    return kept(boxes_entitled(cast, now)).id


def kept(row: Any) -> Any:
    db.session.commit()
    for each in list(db.session):  # still readable when a request has closed the session
        db.session.refresh(each)
    return row


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def count(model: type = Booking) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def left(row: int) -> Any:
    db.session.expire_all()
    return db.session.get_one(Entitlement, row).remaining


def test_the_book_button_of_an_entitlement_prefills_the_first_step(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    page = client.sign_in(cast.lin).get(f"/my/bookings/new?entitlement={row}")
    assert f'name="q-{row}" value="1"' in page.text and "5 40HQ left" in page.text


def test_two_steps_book_and_lead_to_the_booking(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.lin)
    first = client.get("/my/bookings/new").text
    wanted = {"token": token(first), f"q-{row}": "2"}
    second = client.post("/my/bookings/new", data={**wanted, "go": "facts"})
    assert second.status_code == 200 and "of 5 40HQ left" in second.text and count() == 0
    done = client.post(
        "/my/bookings/new", data={**wanted, **FACTS, "go": "book"}, follow_redirects=True
    )
    assert "BK-2026-000001" in done.text and "冷冻虾仁" in done.text
    assert left(row) == 3 and db.session.scalars(select(Booking)).one().weight_kg == D("12500.5")


def test_the_last_step_sent_twice_books_once(client: CheckingClient, cast: Cast, row: int) -> None:
    client.sign_in(cast.lin)
    whole = {
        "token": token(client.get("/my/bookings/new").text),
        f"q-{row}": "5",
        **FACTS,
        "go": "book",
    }
    first = client.post("/my/bookings/new", data=whole)
    second = client.post("/my/bookings/new", data=whole)
    assert first.location == second.location and count() == 1 and left(row) == 0


def test_going_back_keeps_what_was_typed_in_both_steps(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.lin)
    typed = {"token": "t1", f"q-{row}": "3", **FACTS, "note": "轻放\n勿倒", "go": "choose"}
    back = client.post("/my/bookings/new", data=typed).text
    assert f'name="q-{row}" value="3"' in back and 'name="goods" value="冷冻虾仁"' in back
    again = client.post("/my/bookings/new", data={**typed, "go": "facts"}).text
    assert "轻放\n勿倒" in again and 'value="2026-03-05"' in again and 'value="t1"' in again


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("6", "Only 5 left."),
        ("0", "more than zero"),
        ("1.5", "whole numbers"),
        ("two", "not a number"),
    ],
)
def test_a_wrong_quantity_is_told_beside_it_and_kept(
    client: CheckingClient, cast: Cast, row: int, typed: str, said: str
) -> None:
    page = client.sign_in(cast.lin).post(
        "/my/bookings/new", data={f"q-{row}": typed, "go": "facts"}
    )
    assert page.status_code == 422 and said in page.text
    assert f'name="q-{row}" value="{typed}"' in page.text


def test_nothing_chosen_is_told(client: CheckingClient, cast: Cast, row: int) -> None:
    page = client.sign_in(cast.lin).post("/my/bookings/new", data={"go": "facts"})
    assert page.status_code == 422 and "Choose at least one service" in page.text


def test_used_up_between_the_steps_is_told_with_what_is_left_and_nothing_is_lost(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    client.sign_in(cast.lin)
    typed = {"token": "t9", f"q-{row}": "4", **FACTS}
    assert client.post("/my/bookings/new", data={**typed, "go": "facts"}).status_code == 200
    kept(booked(cast, now, db.session.get_one(Entitlement, row), 3))
    page = client.post("/my/bookings/new", data={**typed, "go": "book"})
    assert page.status_code == 422 and "Only 2 left." in page.text
    assert 'name="goods" value="冷冻虾仁"' in page.text and count() == 1


def test_on_hold_both_steps_say_why_nothing_is_booked_and_nothing_typed_is_lost(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    holds.hold(cast.harbour, "two cheques bounced", seen_as(cast.finance), now)
    db.session.commit()
    client.sign_in(cast.lin)
    said = "two cheques bounced. Please turn to Chen Li"
    assert said in client.get("/my/bookings/new").text
    page = client.post("/my/bookings/new", data={f"q-{row}": "1", **FACTS, "go": "book"})
    assert page.status_code == 422 and said in page.text and count() == 0
    assert 'value="冷冻虾仁"' in page.text


def test_a_missing_fact_is_told_at_its_field(client: CheckingClient, cast: Cast, row: int) -> None:
    typed = {f"q-{row}": "1", **FACTS, "ready_on": "2026-02-01", "go": "book"}
    page = client.sign_in(cast.lin).post("/my/bookings/new", data=typed)
    assert page.status_code == 422 and "This day has passed." in page.text and count() == 0


def test_an_earlier_booking_is_repeated_without_its_days(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    first = kept(booked(cast, now, db.session.get_one(Entitlement, row)))
    page = client.sign_in(cast.lin).get(f"/my/bookings/new?from={first.id}").text
    assert (
        f'name="q-{row}" value="2"' in page and 'name="customer_reference" value="PO-7788"' in page
    )
    assert "2026-03-05" not in page and "2026-04-20" not in page
    typed = {"copied_from": str(first.id), f"q-{row}": "1", **FACTS, "go": "book"}
    client.post("/my/bookings/new", data=typed)
    assert db.session.scalars(select(Booking.copied_from_id)).all() == [None, first.id]


def test_sites_of_the_customer_are_offered(client: CheckingClient, cast: Cast, row: int) -> None:
    kept(add(Site(customer_id=cast.harbour.id, name="洋山冷库", address="某路 1 号")))
    page = client.sign_in(cast.lin).post("/my/bookings/new", data={f"q-{row}": "1", "go": "facts"})
    assert page.text.count("洋山冷库") == 2


def test_who_may_not_book_is_refused(client: CheckingClient, cast: Cast, row: int) -> None:
    assert client.sign_in(cast.clerk).get("/my/bookings/new").status_code == 403
    assert client.sign_in(cast.finance).get("/desk/bookings/new").status_code == 403


def test_another_customers_entitlement_customer_or_booking_is_not_found(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row))).id
    client.sign_in(cast.erik)
    for query in (f"entitlement={row}", f"from={ours}", f"customer_id={cast.harbour.id}"):
        assert client.get(f"/my/bookings/new?{query}").status_code == 404, query
    for go in ("facts", "book"):
        forged = {f"q-{row}": "1", **FACTS, "go": go}
        assert client.post("/my/bookings/new", data=forged).status_code == 404
    assert count() == 1


@pytest.mark.parametrize("wanted", ["x", "-1", "9999999999", "999999"])
def test_a_customer_that_is_none_is_not_replaced(
    client: CheckingClient, cast: Cast, row: int, wanted: str
) -> None:
    typed = {"customer_id": wanted, f"q-{row}": "1", **FACTS, "go": "book"}
    assert client.sign_in(cast.lin).post("/my/bookings/new", data=typed).status_code == 404
    asked = f"new?customer_id={wanted}"
    client.sign_in(cast.customer_service)
    assert client.get(f"/desk/bookings/{asked}").status_code == 404
    assert client.get(f"/desk/shipments/{asked}").status_code == 404
    assert count() == 0


def test_a_customer_takes_a_booking_back(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row))).id
    client.sign_in(cast.lin)
    assert "Cancel booking" in client.get(f"/my/bookings/{ours}").text
    page = client.post(f"/my/bookings/{ours}/cancel", follow_redirects=True).text
    assert "Cancelled" in page and "Cancel booking" not in page and left(row) == 5
    assert client.post(f"/my/bookings/{ours}/cancel").status_code == 409


def test_the_desk_books_for_a_customer_found_by_a_few_letters(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    db.session.get_one(Customer, cast.harbour.id).search_text = "海港食品 haigangshipin"
    kept(cast.harbour)
    client.sign_in(cast.customer_service)
    found = client.get("/desk/bookings/new?q=haigang").text
    assert f"customer_id={cast.harbour.id}" in found
    typed = {"customer_id": str(cast.harbour.id), f"q-{row}": "2", **FACTS, "go": "book"}
    page = client.post("/desk/bookings/new", data=typed, follow_redirects=True).text
    assert "Harbour Foods" in page and left(row) == 3


def test_the_queue_shows_what_waits_the_oldest_first(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    entitlement = db.session.get_one(Entitlement, row)
    first, second = booked(cast, now, entitlement, 1), booked(cast, now, entitlement, 1)
    kept(second)
    client.sign_in(cast.customer_service).post(
        f"/desk/bookings/{first.id}/refuse", data={"reason": "无舱位"}
    )
    queue = client.get("/desk/bookings").text
    assert "BK-2026-000002" in queue and "BK-2026-000001" not in queue
    everything = client.get("/desk/bookings/all?sort=booked").text
    assert everything.index("BK-2026-000001") < everything.index("BK-2026-000002")
    assert "BK-2026-000001" in client.get("/desk/bookings/all?state=refused&q=po-7788").text


def test_the_list_leaves_as_a_file(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    kept(booked(cast, now, db.session.get_one(Entitlement, row)))
    text = client.sign_in(cast.customer_service).get("/desk/bookings?export=csv").text
    assert "BK-2026-000001" in text and "O/F 2 40HQ" in text and "2026-03-05" in text


def test_confirming_leads_to_the_shipment(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row)))
    client.sign_in(cast.customer_service)
    answer = client.post(f"/desk/bookings/{ours.id}/confirm?seen={ours.version}")
    assert answer.status_code == 303 and count(Shipment) == 1
    assert client.post(f"/desk/bookings/{ours.id}/confirm").status_code == 409


def test_a_page_that_shows_an_old_state_cannot_confirm(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row)))
    client.sign_in(cast.customer_service)
    client.post(f"/desk/bookings/{ours.id}/change", data={**FACTS, f"q-{row}": "3"})
    assert client.post(f"/desk/bookings/{ours.id}/confirm?seen={ours.version}").status_code == 409
    assert count(Shipment) == 0


def test_a_booking_is_changed_at_the_desk_and_told_what_is_wrong(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row)))
    client.sign_in(cast.customer_service)
    page = client.get(f"/desk/bookings/{ours.id}/change").text
    assert f'name="q-{row}" value="2"' in page and "5 40HQ left" in page
    wrong = client.post(f"/desk/bookings/{ours.id}/change", data={**FACTS, f"q-{row}": "6"})
    assert wrong.status_code == 422 and "Only 5 left." in wrong.text
    right = client.post(
        f"/desk/bookings/{ours.id}/change", data={**FACTS, f"q-{row}": "5"}, follow_redirects=True
    )
    assert right.status_code == 200 and left(row) == 0


def test_a_refusal_without_reason_is_told_and_changes_nothing(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row))).id
    client.sign_in(cast.customer_service)
    page = client.post(f"/desk/bookings/{ours}/refuse", data={"reason": " "}, follow_redirects=True)
    assert "Say why" in page.text and left(row) == 3
    long = {"reason": "x" * 501}
    page = client.post(f"/desk/bookings/{ours}/refuse", data=long, follow_redirects=True)
    assert "at most 500 characters" in page.text and left(row) == 3


def test_who_only_sees_bookings_gets_no_buttons(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    ours = kept(booked(cast, now, db.session.get_one(Entitlement, row))).id
    page = client.sign_in(cast.auditor).get(f"/desk/bookings/{ours}").text
    assert "Refuse" not in page and "/confirm" not in page
    assert client.post(f"/desk/bookings/{ours}/confirm").status_code == 403


def test_queries_of_the_lists_do_not_grow_with_rows(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    plenty = kept(boxes_entitled(cast, now, D(100))).id
    counts = []
    for _round in range(3):
        for _each in range(4):
            booked(cast, now, db.session.get_one(Entitlement, plenty), 1)
        db.session.commit()
        both = []
        for user, url in ((cast.lin, "/my/bookings"), (cast.customer_service, "/desk/bookings")):
            client.sign_in(user).get(url)
            both.append(len(client.queries))
        counts.append(both)
    assert counts[1] == counts[2] and max(counts[1]) <= 6, counts


def test_a_group_user_books_for_the_branch_that_is_chosen(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    branch = add(
        Customer(
            code="HB-NB",
            name_zh="海港宁波",
            name_en="Harbour Ningbo",
            kind="branch",
            parent_id=cast.harbour.id,
        )
    )
    cast.harbour.kind = "group"
    db.session.execute(
        db.update(db.metadata.tables["membership"])
        .where(db.metadata.tables["membership"].c.user_id == cast.lin.id)
        .values(covers_branches=True)
    )
    row = kept(boxes_entitled(cast, now)).id
    client.sign_in(cast.lin)
    assert "Harbour Ningbo" in client.get("/my/bookings/new").text
    typed = {"customer_id": str(branch.id), f"q-{row}": "1", **FACTS, "go": "book"}
    page = client.post("/my/bookings/new", data=typed, follow_redirects=True).text
    assert "Harbour Ningbo" in page and left(row) == 4
