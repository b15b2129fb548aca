"""The wall stands at the machines' door too: a key of one customer sees what that customer may see, and no more."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.api.rules.operations import OPERATIONS
from portal.billing.actions import papers
from portal.billing.queries import statements as queries
from portal.billing.rules.states import StatementState
from portal.contracts.models import Contract
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db.base import db
from portal.documents.models import Document
from portal.quotations.models import QuotationVersion
from tests.api import Caller, caller
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.money import owed
from tests.offers import issued, keep, quick_press
from tests.statements import a_statement

__all__ = ["quick_press"]
ASKED = [each for each in OPERATIONS if each.body is None]
NAMED = [each for each in ASKED if "{" in each.path]


@pytest.fixture
def rows(cast: Cast, now: datetime, quick_press: None) -> dict[str, Any]:
    """Argument of an address → the id of a row of Harbour Foods."""
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    paper = papers.print_revision(queries.revision(bill, 1), viewer(cast.finance), now)
    bought = entitled(cast, now)
    owed(cast.harbour, "80", date(2026, 2, 1), now)
    found = {"customer_id": cast.harbour.id, "statement_id": bill.id, "document_id": paper.id}
    found |= {"entitlement_id": bought.id, "contract_id": bought.contract_id}
    keep(cast)
    return found


def filled(path: str, rows: dict[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda met: str(rows[met[1]]), path)


@pytest.mark.parametrize("call", NAMED, ids=lambda each: each.key)
def test_a_key_of_another_customer_finds_none_of_our_rows(
    client: CheckingClient, cast: Cast, rows: dict[str, Any], call: Any
) -> None:
    path = filled(call.path, rows)
    assert caller(client, customer=cast.nordwind).get(path).status_code == 404
    assert caller(client, customer=cast.harbour).get(path).status_code == 200
    assert caller(client).get(path).status_code == 200


@pytest.mark.parametrize("call", [each for each in ASKED if each not in NAMED], ids=lambda e: e.key)
def test_a_list_shows_a_key_only_its_own_customers_rows(
    client: CheckingClient, cast: Cast, rows: dict[str, Any], call: Any
) -> None:
    theirs = caller(client, customer=cast.nordwind).get(call.path)
    assert "HARBOUR" not in theirs.text and theirs.status_code == 200
    assert "HARBOUR" in caller(client, customer=cast.harbour).get(call.path).text
    by_code = "code" if call.key == "list_customers" else "customer"
    asked = caller(client, customer=cast.nordwind).get(f"{call.path}?{by_code}=HARBOUR")
    assert asked.json["items"] == []


def test_what_the_customer_may_not_see_yet_its_key_does_not_see_either(
    client: CheckingClient, cast: Cast, now: datetime, rows: dict[str, Any]
) -> None:
    set_viewer(SYSTEM)
    harbour = db.session.get_one(Customer, rows["customer_id"])
    draft = a_statement(harbour, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31)).id
    db.session.get_one(Contract, rows["contract_id"]).state = ContractState.DRAFT.value
    secret = add(
        Document(
            customer_id=harbour.id, kind="contract", number="CT", file_name="x.pdf", sha256="0" * 64, size=1,
            language="zh", subject_type="contract", subject_id=rows["contract_id"], verification_code="A" * 12,
            created_at=now,
        )
    ).id  # fmt: skip
    paths = [f"/statements/{draft}", f"/statements/{draft}/lines"]
    paths += [f"/contracts/{rows['contract_id']}", f"/documents/{secret}"]
    keep(cast)
    theirs, ours = caller(client, customer=cast.harbour), caller(client)
    assert [theirs.get(path).status_code for path in paths] == [404] * 4
    assert [ours.get(path).status_code for path in paths[:3]] == [200] * 3
    assert all(item["id"] != secret for item in theirs.get("/documents").json["items"])


def test_a_key_of_one_customer_writes_nothing_for_another(
    client: CheckingClient, cast: Cast, rows: dict[str, Any]
) -> None:
    told = {"reference": "B-1", "customer": "HARBOUR", "received_on": "2026-03-02", "currency": "CNY"}  # fmt: skip
    system: Caller = caller(client, customer=cast.nordwind)
    answer = system.post("/receipts", {"receipts": [{**told, "amount": "1.00"}]})
    (row,) = answer.json["rows"]
    assert row["status"] == "refused" and "this key sees" in row["problems"][0]["detail"]


def test_nothing_that_is_read_tells_what_things_cost_us(
    client: CheckingClient, cast: Cast, now: datetime, rows: dict[str, Any]
) -> None:
    issued(cast, now)
    keep(cast)
    assert db.session.scalar(db.select(QuotationVersion.id)) is not None
    system = caller(client)
    for call in ASKED:
        if "document" not in call.path:
            text = system.get(filled(call.path, rows)).text
            assert not re.search(r"cost|margin|floor|rebate|internal", text), call.key
