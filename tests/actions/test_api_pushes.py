"""What other systems tell goes into the books once, row by row, by the actions that pages use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.api.rules.scopes import Scope
from portal.billing.models import Receivable
from portal.contracts.models import Entitlement
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.receivables.actions import receipts
from portal.receivables.models import Receipt
from portal.shipments.models import Milestone, Shipment
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockLot, StockMovement
from tests.api import caller
from tests.chain import entitled, handling
from tests.factories import add
from tests.money import owed
from tests.offers import keep
from tests.stock import goods, warehouse

D = Decimal


def usage(reference="W-1", quantity="2", **more):
    return {
        "reference": reference,
        "customer": "HARBOUR",
        "item": handling().code,
        "quantity": quantity,
        "used_on": "2026-03-01",
        **more,
    }


def movement(reference="M-1", kind="in", pieces="10", **more):
    told = {"reference": reference, "customer": "HARBOUR", "warehouse": "SH", "kind": kind}
    return {**told, "moved_on": "2026-03-01", "lot": "L1", "sku": "A", "pieces": pieces, **more}


def receipt(reference="B-1", amount="100.00", **more):
    told = {"reference": reference, "customer": "HARBOUR", "received_on": "2026-03-02"}
    return {**told, "currency": "CNY", "amount": amount, **more}


def statuses(answer):
    assert answer.status_code == 200, answer.text
    return [each["status"] for each in answer.json["rows"]]


def count(model):
    return db.session.scalar(select(func.count(model.id)))


@pytest.fixture
def bought(cast, now):
    row = entitled(cast, now, quantity=D(5))
    keep(cast)
    return row.id


@pytest.fixture
def sh(cast):
    goods(cast.harbour, "A", m3="0.5", kg="100")
    warehouse("SH")
    keep(cast)


@pytest.fixture
def shipment(cast):
    row = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-000007", category="sea_fcl"))
    row.milestones = [
        Milestone(customer_id=row.customer_id, code=code, position=place)
        for place, code in enumerate(("departed", "arrived"), 1)
    ]
    keep(cast)
    return row.id


def test_usage_is_recorded_once_and_drawn_from_what_was_bought(client, cast, now, bought):
    system = caller(client)
    first = system.post("/usage", {"records": [usage(), usage("W-2", "1")]})
    again = system.post("/usage", {"records": [usage("W-3", "1"), usage()]})
    assert (statuses(first), statuses(again)) == (["taken", "taken"], ["taken", "known"])
    assert again.json["rows"][1]["id"] == first.json["rows"][0]["id"]
    assert db.session.get_one(Entitlement, bought).remaining == D(1)
    assert {row.source for row in db.session.scalars(select(UsageRecord))} == {"wms"}


def test_a_row_that_is_wrong_is_refused_alone_with_its_place(client, cast, now, bought):
    told = [
        usage(),
        usage("W-2", customer="NOBODY"),
        usage("W-3", used_on="2026-03-03"),
        usage("W-1", "3"),
        usage("W-4", unit="furlong"),
    ]
    answer = caller(client).post("/usage", {"records": told})
    assert statuses(answer) == ["taken", "refused", "refused", "refused", "refused"]
    places = [each["problems"][0]["pointer"] for each in answer.json["rows"][1:]]
    members = ("customer", "used_on", "reference", "unit")
    assert places == [f"/records/{at}/{name}" for at, name in enumerate(members, 1)]
    assert (count(UsageRecord), answer.json["refused"]) == (1, 4)


def test_usage_of_what_nobody_bought_waits_in_the_queue_and_says_so(client, cast, now):
    handling()
    keep(cast)
    answer = caller(client).post("/usage", {"records": [usage()]})
    assert statuses(answer) == ["taken"]
    assert "No contract of this customer" in answer.json["rows"][0]["remark"]


def test_what_a_branch_uses_is_drawn_from_its_group_by_the_branchs_own_key_too(
    client, cast, now, bought
):
    branch = {"code": "H-SH", "name_zh": "上海分公司", "name_en": "", "kind": "branch"}
    row = add(Customer(parent_id=cast.harbour.id, **branch))
    keep(cast)
    system = caller(client, customer=row)
    told = [usage(customer="H-SH"), usage("W-2", customer="HARBOUR")]
    assert statuses(system.post("/usage", {"records": told})) == ["taken", "refused"]
    set_viewer(SYSTEM)
    assert db.session.get_one(Entitlement, bought).remaining == D(3)


def test_history_names_the_system_that_told(client, cast, now, bought):
    caller(client, name="WMS Yangshan").post("/usage", {"records": [usage()]})
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.event == "usage.recorded"))
    assert (entry.actor_id, entry.actor_name) == (None, "WMS Yangshan (wms)")


def test_stock_moves_in_the_order_of_the_call_and_never_below_nothing(client, cast, now, sh):
    told = [movement(), movement("M-2", "out", "4"), movement("M-3", "out", "7"), movement()]
    answer = caller(client).post("/stock-movements", {"movements": told})
    assert statuses(answer) == ["taken", "taken", "refused", "known"]
    assert answer.json["rows"][2]["problems"][0]["pointer"] == "/movements/2/pieces"
    assert db.session.scalar(select(StockLot.pieces)) == D(6)
    assert count(StockMovement) == 2


def test_a_movement_of_an_unknown_place_or_without_a_reason_is_refused(client, cast, now, sh):
    told = [movement(warehouse="XX"), movement("M-2", "adjust", "-1"), movement("M-3", pieces="-1")]
    answer = caller(client).post("/stock-movements", {"movements": told})
    places = [each["problems"][0]["pointer"].rpartition("/")[2] for each in answer.json["rows"]]
    assert places == ["warehouse", "reason", "pieces"]
    assert (count(StockMovement), count(StockLot)) == (0, 0)


def test_a_milestone_is_reported_by_number_bill_or_name_and_the_same_changes_nothing(
    client, cast, now, shipment
):
    row = {"shipment": "SH-2026-000007", "actual_at": "2026-03-01T08:00:00+08:00"}
    told = [
        {**row, "milestone": "departed"},
        {**row, "milestone": "已离港"},
        {**row, "milestone": "arrived", "actual_at": "2026-03-09T00:00:00Z"},
        {"milestone": "departed", "shipment": "SH-2026-000008", "place": "上海"},
        {**row, "milestone": "moonwalk"},
        {"milestone": "departed"},
    ]
    answer = caller(client).post("/milestones", {"milestones": told})
    assert statuses(answer) == ["taken", "known", "refused", "refused", "refused", "refused"]
    places = [each["problems"][0]["pointer"].rpartition("/")[2] for each in answer.json["rows"][2:]]
    assert places == ["actual_at", "shipment", "milestone", "shipment"]
    reached = db.session.scalar(select(Milestone).where(Milestone.code == "departed"))
    assert (reached.actual_at.isoformat(), reached.source) == ("2026-03-01T00:00:00+00:00", "wms")


def test_a_receipt_pays_at_once_for_what_is_due_and_is_recorded_once(client, cast, now):
    owed(cast.harbour, "80", date(2026, 2, 1), now)
    keep(cast)
    system = caller(client)
    told = [receipt(), receipt("B-2", "5.00", allocate=False), receipt("B-1", "99.00")]
    answer = system.post("/receipts", {"receipts": told})
    assert statuses(answer) == ["taken", "taken", "refused"]
    assert statuses(system.post("/receipts", {"receipts": [receipt()]})) == ["known"]
    assert db.session.scalar(select(Receivable.open_amount)) == 0
    kept = db.session.scalars(select(Receipt.open_amount).order_by(Receipt.id))
    assert list(kept) == [D(20), D(5)]


def test_a_receipt_that_was_cancelled_here_does_not_come_back_by_itself(client, cast, now):
    system = caller(client)
    assert statuses(system.post("/receipts", {"receipts": [receipt()]})) == ["taken"]
    receipts.cancel(db.session.scalar(select(Receipt)), "typed twice", SYSTEM, now)
    db.session.commit()
    again = system.post("/receipts", {"receipts": [receipt()]})
    assert statuses(again) == ["refused"]
    assert "cancelled" in again.json["rows"][0]["problems"][0]["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 100}, "/receipts/0/amount"),
        ({"amount": "1e3"}, "/receipts/0/amount"),
        ({"amount": "-1"}, "/receipts/0/amount"),
        ({"currency": "XXX"}, "/receipts/0/currency"),
        ({"received_on": "20260302"}, "/receipts/0/received_on"),
        ({"reference": ""}, "/receipts/0/reference"),
        ({"reference": "a\u0000"}, "/receipts/0/reference"),
        ({"reference": "\ud800"}, "/receipts/0/reference"),
        ({"allocate": "true"}, "/receipts/0/allocate"),
        ({"colour/of~it": 1}, "/receipts/0/colour~1of~0it"),
    ],
)
def test_a_call_that_is_badly_formed_is_refused_whole_with_a_pointer(client, cast, change, pointer):
    answer = caller(client).post("/receipts", {"receipts": [receipt() | change, receipt("B-2")]})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert count(Receipt) == 0


@pytest.mark.parametrize("body", [[], {}, {"records": []}, {"records": {}}, {"records": [1]}, None])
def test_a_body_of_another_shape_is_refused_whole(client, cast, body):
    assert caller(client, [Scope.USAGE_WRITE]).post("/usage", body).status_code == 422
