"""From what was bought to what was used of it: booked by the customer, carried by us, billed by the ledger."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.contracts.models import Entitlement, LedgerEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs.letters import Letter, written
from portal.kernel import clock
from portal.usage.models import UsageRecord
from tests.carriage import BOXES, boxes_entitled
from tests.cast import Cast
from tests.client import CheckingClient

D = Decimal
FACTS = {"ready_on": "2026-03-05", "wanted_on": "2026-04-20", "goods": "冷冻虾仁"}


def plain(page: str) -> str:
    """A page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def book(client: CheckingClient, entitlement_id: int, boxes: int) -> str:
    """Through both steps; the address of the booking."""
    first = client.get(f"/my/bookings/new?entitlement={entitlement_id}").text
    token = re.search(r'name="token" value="([^"]+)"', first)
    assert token
    typed = {"token": token[1], f"q-{entitlement_id}": str(boxes)}
    assert client.post("/my/bookings/new", data={**typed, "go": "facts"}).status_code == 200
    answer = client.post("/my/bookings/new", data={**typed, **FACTS, "go": "book"})
    assert answer.status_code == 303
    return str(answer.location)


def test_book_confirm_carry_complete_and_see_what_is_left(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    entitlement_id = boxes_entitled(cast, now, D(5)).id
    db.session.commit()

    booking = book(client.sign_in(cast.lin), entitlement_id, 3)
    assert "Requested" in plain(client.get(booking).text)

    client.sign_in(cast.customer_service)
    assert "BK-2026-000001" in client.get("/desk/bookings").text
    desk_booking = booking.replace("/my/", "/desk/")
    shipment = client.post(f"{desk_booking}/confirm").location
    client.post(f"{shipment}/boxes", data={"boxes": f"{BOXES[0]} 40HQ\n{BOXES[1]} 40HQ"})
    for code, day in (("space_confirmed", 1), ("empty_picked_up", 3), ("loaded", 6)):
        with clock.frozen(now + timedelta(days=day)):
            at = (now + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M")
            client.post(f"{shipment}/milestones/{code}", data={"actual_at": at, "place": "上海"})

    with clock.frozen(now + timedelta(days=20)):
        page = plain(client.sign_in(cast.lin).get(shipment.replace("/desk/", "/my/")).text)
    assert "Under way" in page and "Late" in page and "Gate in overdue" in page
    assert BOXES[0] in page and "Milestones reached 3 / 10" in page

    client.sign_in(cast.customer_service)
    with clock.frozen(now + timedelta(days=40)):
        proposal = client.get(f"{shipment}/complete").text
        assert 'name="done-1" value="2"' in proposal
        client.post(f"{shipment}/complete", data={"service_on": "2026-04-08", "done-1": "2"})

    used = db.session.scalars(select(UsageRecord)).one()
    assert (used.quantity, used.state, used.reference) == (D(2), "matched", "SH-2026-000001/1")
    row = db.session.get_one(Entitlement, entitlement_id)
    assert (row.remaining, row.reserved, row.used) == (D(3), D(0), D(2))
    kinds = db.session.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.id)).all()
    assert kinds == ["grant", "reserve", "consume", "release"]

    page = plain(client.sign_in(cast.lin).get(shipment.replace("/desk/", "/my/")).text)
    assert "Completed" in page and "SH-2026-000001/1" in page and "Late" not in page
    assert "3 40HQ left" in plain(client.get("/my/bookings/new").text)


@pytest.mark.parametrize(("locale", "words"), [("zh_CN", "BK-2026-000001"), ("en", "Not possible")])
def test_a_refused_booking_reaches_the_customer_as_a_letter_with_the_reason(
    client: CheckingClient, cast: Cast, now: datetime, locale: str, words: str
) -> None:
    entitlement_id = boxes_entitled(cast, now, D(5)).id
    db.session.merge(cast.lin).locale = locale
    db.session.commit()
    booking = book(client.sign_in(cast.lin), entitlement_id, 2)
    client.sign_in(cast.customer_service)
    client.post(f"{booking.replace('/my/', '/desk/')}/refuse", data={"reason": "本周无舱位"})
    row = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "booking_answer").order_by(OutboxMessage.id.desc())
    ).first()  # fmt: skip
    assert row is not None
    mail = written(Letter.of(row))
    body = mail.get_body(("plain",))
    assert body is not None and "本周无舱位" in body.get_content()
    assert words in mail["Subject"] and mail["To"].startswith("lin.")
    assert db.session.get_one(Entitlement, entitlement_id).remaining == 5


def test_every_letter_about_a_booking_can_be_written_in_both_languages(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    entitlement_id = boxes_entitled(cast, now, D(5)).id
    db.session.commit()
    for step in ("cancel", "confirm"):
        booking = book(client.sign_in(cast.lin), entitlement_id, 1)
        if step == "cancel":
            client.post(f"{booking}/cancel")
        else:
            desk = booking.replace("/my/", "/desk/")
            client.sign_in(cast.customer_service)
            client.post(f"{desk}/change", data={**FACTS, f"q-{entitlement_id}": "2"})
            client.post(f"{desk}/confirm")
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    told = [(row.template, row.facts["what"]) for row in rows]
    assert set(told) == {
        ("booking_desk", "requested"), ("booking_desk", "cancelled"), ("booking_answer", "received"),
        ("booking_answer", "changed"), ("booking_answer", "confirmed"),
    }  # fmt: skip
    for row in rows:
        for locale in ("en", "zh_CN"):
            row.locale = locale
            mail = written(Letter.of(row))
            html = mail.get_body(("html",))
            assert row.facts["number"] in mail["Subject"] and html is not None
            assert f"/bookings/{row.facts['id']}" in html.get_content()
