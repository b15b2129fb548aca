"""Shipments through the pages: the desk runs them, the customer follows them."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.documents.models import Attachment
from portal.kernel import clock
from portal.shipments.actions import milestones
from portal.shipments.actions.milestones import Report
from portal.shipments.models import Milestone, Shipment, ShipmentBox
from portal.usage.models import UsageRecord
from tests.carriage import BOXES, D, boxes_entitled, confirmed, freight
from tests.cast import Cast, viewer
from tests.client import CheckingClient


@pytest.fixture
def row(cast: Cast, now: datetime) -> int:
    """A confirmed shipment of two boxes."""
    return kept(confirmed(cast, now, boxes_entitled(cast, now))).id


def kept(row: Any) -> Any:
    db.session.commit()
    for each in list(db.session):  # still readable when a request has closed the session
        db.session.refresh(each)
    return row


def shipment(row: int) -> Shipment:
    db.session.expire_all()
    return db.session.get_one(Shipment, row)


def reported(row: int, cast: Cast, code: str, at: datetime) -> None:
    milestones.report(
        shipment(row), Report(code, actual_at=at), viewer(cast.customer_service), clock.now()
    )
    db.session.commit()


def test_the_customer_reads_the_way_in_words(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    with clock.frozen(now + timedelta(days=2)):
        reported(row, cast, "space_confirmed", now + timedelta(days=1))
    with clock.frozen(now + timedelta(days=9)):
        page = client.sign_in(cast.lin).get(f"/my/shipments/{row}").text
    assert (
        "on time" in page and "overdue: 3 days late" in page and "Empty container picked up" in page
    )
    assert "reached 2026-03-03 10:00" in re.sub(r"<[^>]+>", "", page)
    assert "Report" not in page and "internal" not in page.lower()


def test_the_chain_leads_from_contract_to_usage(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    client.post(f"/desk/shipments/{row}/complete", data={"service_on": "2026-03-02", "done-1": "2"})
    page = client.get(f"/desk/shipments/{row}").text
    chain = page[page.index('class="chain"') : page.index("</nav>", page.index('class="chain"'))]
    for each in ("CT-2026-000001", "BK-2026-000001", "SH-2026-000001/1", "/desk/bookings/"):
        assert each in chain


def test_reporting_a_milestone_starts_the_shipment(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    said = {"actual_at": "2026-03-02T09:30", "place": "洋山", "note": "已放舱"}
    page = client.post(
        f"/desk/shipments/{row}/milestones/space_confirmed", data=said, follow_redirects=True
    ).text
    assert "Reported." in page and "洋山" in page and "Under way" in page
    first = db.session.scalars(select(Milestone).where(Milestone.code == "space_confirmed")).one()
    assert first.actual_at == datetime.fromisoformat("2026-03-02T09:30+08:00")
    client.post(f"/desk/shipments/{row}/milestones/space_confirmed/undo")
    assert shipment(row).milestones[0].actual_at is None


@pytest.mark.parametrize(
    ("typed", "said"), [("2026-03-09T09:30", "in the future"), ("soon", "not a day and time")]
)
def test_a_wrong_time_is_told(
    client: CheckingClient, cast: Cast, row: int, typed: str, said: str
) -> None:
    client.sign_in(cast.customer_service)
    page = client.post(
        f"/desk/shipments/{row}/milestones/departed",
        data={"actual_at": typed},
        follow_redirects=True,
    )
    assert said in page.text and shipment(row).state == "planned"


def test_a_milestone_nobody_knows_is_not_found(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    answer = client.post(
        f"/desk/shipments/{row}/milestones/teleported", data={"actual_at": "2026-03-02T09:30"}
    )
    assert answer.status_code == 404


def test_boxes_are_pasted_and_wrong_ones_told_by_line(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    wrong = client.post(f"/desk/shipments/{row}/boxes", data={"boxes": "CSQU3054384 40HQ\nx"})
    assert wrong.status_code == 422 and "must be 3" in wrong.text and "Line 2" in wrong.text
    assert "CSQU3054384 40HQ" in wrong.text and db.session.query(ShipmentBox).count() == 0
    listed = f"{BOXES[0]} 40HQ SEAL1 12,500 480\n{BOXES[1]} 40HC"
    page = client.post(
        f"/desk/shipments/{row}/boxes", data={"boxes": listed}, follow_redirects=True
    ).text
    assert "2 boxes, 4 TEU" in page and "12,500" in page
    assert BOXES[1] in client.sign_in(cast.lin).get(f"/my/shipments/{row}").text


def test_an_empty_list_of_boxes_asks_first_and_history_names_what_went(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    at = f"/desk/shipments/{row}/boxes"
    client.post(at, data={"boxes": f"{BOXES[0]} 40HQ"})
    asked = client.post(at, data={"boxes": ""})
    assert asked.status_code == 422 and 'name="is_emptied"' in asked.text
    assert db.session.query(ShipmentBox).count() == 1
    page = client.post(at, data={"boxes": "", "is_emptied": "y"}, follow_redirects=True).text
    assert f"removed: {BOXES[0]}" in page and db.session.query(ShipmentBox).count() == 0


def test_a_milestone_reached_late_says_late_once(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    with clock.frozen(now + timedelta(days=9)):
        reported(row, cast, "space_confirmed", now + timedelta(days=5))
        page = client.sign_in(cast.lin).get(f"/my/shipments/{row}").text
    assert "reached late" not in page and page.count("3 days late") == 1


def test_completion_records_usage_and_says_so_once(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    client.post(f"/desk/shipments/{row}/boxes", data={"boxes": f"{BOXES[0]} 40HQ"})
    assert 'name="done-1" value="1"' in client.get(f"/desk/shipments/{row}/complete").text
    said = {"service_on": "2026-03-02", "done-1": "1"}
    page = client.post(f"/desk/shipments/{row}/complete", data=said, follow_redirects=True).text
    assert "recorded as usage" in page and "SH-2026-000001/1" in page
    again = client.post(f"/desk/shipments/{row}/complete", data=said, follow_redirects=True).text
    assert "completed before" in again
    assert db.session.scalar(select(func.count()).select_from(UsageRecord)) == 1
    left = db.session.scalars(select(Entitlement)).one()
    assert (left.remaining, left.reserved, left.used) == (D(4), D(0), D(1))


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1.5", "whole numbers"), ("", "Say how much"), ("x", "not a number"), ("0", "call the shipment off"),
     ("3", "say why")],
)  # fmt: skip
def test_a_wrong_done_quantity_is_told_beside_it_and_kept(
    client: CheckingClient, cast: Cast, row: int, typed: str, said: str
) -> None:
    client.sign_in(cast.customer_service)
    page = client.post(
        f"/desk/shipments/{row}/complete", data={"service_on": "2026-03-02", "done-1": typed}
    )
    assert page.status_code == 422 and said in page.text and f'value="{typed}"' in page.text
    assert shipment(row).state == "planned"


def test_the_plan_is_moved_as_a_whole_and_one_by_one(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    assert (
        'name="plan-departed" value="2026-03-12T18:00"'
        in client.get(f"/desk/shipments/{row}/plan").text
    )
    client.post(f"/desk/shipments/{row}/plan", data={"go": "anew", "ready_on": "2026-03-10"})
    assert (
        'name="plan-departed" value="2026-03-17T18:00"'
        in client.get(f"/desk/shipments/{row}/plan").text
    )
    client.post(f"/desk/shipments/{row}/plan", data={"plan-departed": "2026-03-18T06:00"})
    assert (
        'name="plan-departed" value="2026-03-18T06:00"'
        in client.get(f"/desk/shipments/{row}/plan").text
    )


def test_facts_are_edited_and_an_old_page_is_told(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    version = shipment(row).version
    said = {
        "version": str(version),
        "bill_number": "HLCU123",
        "vessel": "EVER GIVEN",
        "due_on": "2026-04-21",
        "internal_note": "毛利低",
        "weight_kg": "12,400",
    }
    page = client.post(f"/desk/shipments/{row}/facts", data=said, follow_redirects=True).text
    assert "HLCU123" in page and "毛利低" in page
    assert client.post(f"/desk/shipments/{row}/facts", data=said).status_code == 409
    mine = client.sign_in(cast.lin).get(f"/my/shipments/{row}").text
    assert "HLCU123" in mine and "毛利低" not in mine


def test_a_shipment_is_opened_against_an_entitlement_and_without_one(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    entitlement, code = kept(boxes_entitled(cast, now)), freight().code
    client.sign_in(cast.customer_service)
    assert 'value="1"' in client.get(f"/desk/shipments/new?entitlement={entitlement.id}").text
    said = {
        "customer_id": str(cast.harbour.id),
        f"q-{entitlement.id}": "2",
        "ready_on": "2026-03-03",
        "item_code": code,
        "item_quantity": "1",
        "item_unit": "40HQ",
        "kind": "sea_fcl",
    }
    page = client.post("/desk/shipments/new", data=said, follow_redirects=True).text
    assert "without an entitlement" in page and page.count("40HQ") >= 2
    too_many = client.post("/desk/shipments/new", data={**said, f"q-{entitlement.id}": "4"})
    assert too_many.status_code == 422 and "Only 3 left." in too_many.text
    unknown = client.post("/desk/shipments/new", data={**said, "item_code": "NO-SUCH"})
    assert unknown.status_code == 422 and "no service item with this code" in unknown.text


def test_files_are_attached_and_only_shared_ones_reach_the_customer(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    client.sign_in(cast.customer_service)
    for name, shared in (("提单.pdf", "y"), ("内部.pdf", "")):
        said = {"file": (io.BytesIO(b"%PDF-1.7 x"), name), "kind": "bill_of_lading"}
        if shared:
            said["is_shared"] = shared
        client.post(f"/desk/shipments/{row}/files", data=said, content_type="multipart/form-data")
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 2
    mine = client.sign_in(cast.lin).get(f"/my/shipments/{row}").text
    assert "提单.pdf" in mine and "内部.pdf" not in mine


@pytest.mark.parametrize("words", [BOXES[0].lower(), "hlcu123", "po-7788", "sh-2026-000001"])
def test_the_list_finds_by_box_bill_reference_and_number(
    client: CheckingClient, cast: Cast, row: int, words: str
) -> None:
    client.sign_in(cast.customer_service)
    client.post(f"/desk/shipments/{row}/boxes", data={"boxes": f"{BOXES[0]} 40HQ"})
    client.post(
        f"/desk/shipments/{row}/facts",
        data={"bill_number": "HLCU123", "customer_reference": "PO-7788"},
    )
    for user, door in ((cast.customer_service, "desk"), (cast.lin, "my")):
        assert "SH-2026-000001" in client.sign_in(user).get(f"/{door}/shipments?q={words}").text
        assert "SH-2026-000001" not in client.get(f"/{door}/shipments?q=nothing").text


def test_late_and_due_are_filters_that_look_at_the_clock(
    client: CheckingClient, cast: Cast, now: datetime, row: int
) -> None:
    client.sign_in(cast.customer_service)

    def seen(query: str) -> bool:
        return "SH-2026-000001" in client.get(f"/desk/shipments?{query}").text

    assert (seen("late=yes"), seen("late=no"), seen("due=week"), seen("state=open")) == (
        False,
        True,
        False,
        True,
    )
    with clock.frozen(now + timedelta(days=5)):
        assert (seen("late=yes"), seen("late=no")) == (True, False)
    with clock.frozen(now + timedelta(days=45)):
        assert seen("due=week") and seen("due=month")
    client.post(f"/desk/shipments/{row}/cancel", data={"reason": "x"})
    with clock.frozen(now + timedelta(days=45)):
        assert not (seen("late=yes") or seen("due=month") or seen("state=open"))


def test_the_list_leaves_as_a_file(client: CheckingClient, cast: Cast, row: int) -> None:
    text = client.sign_in(cast.lin).get("/my/shipments?export=csv").text
    assert (
        "SH-2026-000001" in text and "2026-04-20" in text and "Sea freight, full containers" in text
    )


def test_cancelling_tells_the_customer_why(client: CheckingClient, cast: Cast, row: int) -> None:
    client.sign_in(cast.customer_service)
    assert "Say why" in client.post(f"/desk/shipments/{row}/cancel", follow_redirects=True).text
    client.post(f"/desk/shipments/{row}/cancel", data={"reason": "船期取消"})
    mine = client.sign_in(cast.lin).get(f"/my/shipments/{row}").text
    assert "船期取消" in mine and db.session.scalars(select(Entitlement)).one().remaining == 5


def test_who_only_sees_shipments_gets_no_forms(
    client: CheckingClient, cast: Cast, row: int
) -> None:
    page = client.sign_in(cast.auditor).get(f"/desk/shipments/{row}").text
    assert "/complete" not in page and "Reached at" not in page
    for step in ("start", "cancel", "complete", "boxes", "facts", "plan", "files"):
        assert client.post(f"/desk/shipments/{row}/{step}").status_code == 403, step


def test_another_customer_finds_nothing(client: CheckingClient, cast: Cast, row: int) -> None:
    client.sign_in(cast.erik)
    assert client.get(f"/my/shipments/{row}").status_code == 404
    assert "SH-2026-000001" not in client.get("/my/shipments").text


def test_queries_do_not_grow_with_rows_and_stay_within_the_budget(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    plenty = kept(boxes_entitled(cast, now, D(100))).id
    counts = []
    for _round in range(3):
        for _each in range(3):
            made = confirmed(cast, now, db.session.get_one(Entitlement, plenty), 1)
        db.session.commit()
        one = made.id
        both = []
        for user, door in ((cast.lin, "my"), (cast.customer_service, "desk")):
            for url in (f"/{door}/shipments", f"/{door}/shipments/{one}"):
                client.sign_in(user).get(url)
                both.append(len(client.queries))
        counts.append(both)
    assert counts[1] == counts[2], counts
    assert max(counts[1][::2]) <= 6 and max(counts[1][1::2]) <= 14, counts
