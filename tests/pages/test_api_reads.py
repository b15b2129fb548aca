"""What other systems read: by key, by scope, page by page, as the description says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.api.rules.description import answered
from portal.api.rules.operations import BY_KEY
from portal.api.rules.scopes import Scope
from portal.billing.actions import papers
from portal.billing.queries import statements as queries
from portal.billing.rules.states import StatementState
from portal.customers.models import Customer
from tests.api import caller
from tests.cast import viewer
from tests.chain import entitled
from tests.factories import add
from tests.money import owed
from tests.offers import keep, quick_press
from tests.statements import a_statement

__all__ = ["quick_press"]


def test_customers_are_read_in_short_page_by_page(client, cast):
    system = caller(client)
    first = system.get("/customers?limit=1")
    assert [each["code"] for each in first.json["items"]] == ["HARBOUR"]
    assert first.headers["Link"] == f'<{first.json["next"]}>; rel="next"'
    second = system.get(first.json["next"].removeprefix("/api/v1"))
    assert [each["code"] for each in second.json["items"]] == ["NORDWIND"]
    assert second.json["next"] is None and "Link" not in second.headers


def test_a_branch_names_the_code_of_its_group(client, cast):
    row = add(
        Customer(
            code="H-SH", name_zh="上海分公司", name_en="", kind="branch", parent_id=cast.harbour.id
        )
    )
    keep(cast)
    answer = caller(client).get(f"/customers/{row.id}")
    assert (answer.json["group"], answer.json["kind"]) == ("HARBOUR", "branch")


def test_what_is_left_is_read_as_decimals_in_strings(client, cast, now):
    row = entitled(cast, now, quantity=Decimal(5))
    keep(cast)
    system = caller(client)
    found = system.get(f"/entitlements/{row.id}").json
    assert (found["remaining"], found["used"], found["state"]) == ("5", "0", "in_force")
    assert system.get("/entitlements?in_force=true&customer=HARBOUR").json["items"] == [found]
    assert system.get("/entitlements?in_force=false").json["items"] == []
    assert system.get("/entitlements?customer=NORDWIND").json["items"] == []


def test_a_contract_is_read_with_the_lines_that_count_today(client, cast, now):
    row = entitled(cast, now)
    keep(cast)
    system = caller(client)
    found = system.get(f"/contracts/{row.contract_id}").json
    assert [(each["rate"], each["unit"]) for each in found["lines"]] == [("28.5", "XPX")]
    listed = system.get("/contracts?state=active&updated_since=2026-01-01T00:00:00Z").json["items"]
    assert [each["number"] for each in listed] == [found["number"]]
    assert system.get("/contracts?state=draft").json["items"] == []


def test_a_statement_is_read_with_its_lines_their_working_and_its_paper(
    client, cast, now, quick_press
):
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    papers.print_revision(queries.revision(bill, 1), viewer(cast.finance), now)
    keep(cast)
    system = caller(client)
    found = system.get(f"/statements/{bill.id}").json
    lines = system.get(f"/statements/{bill.id}/lines?limit=1").json
    assert lines["items"][0]["working"] and lines["next"]
    assert found["gross_amount"] == f"{bill.gross_amount:.2f}"
    paper = system.get(f"/documents/{found['document_id']}")
    assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF")
    listed = system.get("/documents?kind=statement").json["items"]
    assert listed[0]["sha256"] in paper.headers["ETag"]


def test_what_a_customer_owes_is_read_by_currency_and_age(client, cast, now):
    owed(cast.harbour, "100", date(2026, 1, 15), now, issued_on=date(2026, 1, 1))
    owed(cast.harbour, "50", date(2026, 4, 1), now)
    keep(cast)
    found = caller(client).get(f"/customers/{cast.harbour.id}/balances").json
    assert found["as_of"] == "2026-03-02"
    (cny,) = found["balances"]
    assert (cny["open_amount"], cny["not_due"], cny["overdue"]) == ("150.00", "50.00", "100.00")
    assert cny["ages"][1] == {"from_days": 31, "to_days": 60, "amount": "100.00"}


def test_what_has_not_changed_is_not_sent_again(client, cast):
    system = caller(client)
    first = system.get("/customers")
    again = system.get("/customers", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/customers", "/statements", "/documents", "/entitlements"])
def test_a_list_asks_the_database_no_more_for_more_rows(client, cast, now, path):
    for day in range(1, 6):
        a_statement(cast.harbour, starts_on=date(2026, 1, day), ends_on=date(2026, 1, day))
        entitled(cast, now)
    keep(cast)
    system = caller(client)
    system.get(f"{path}?limit=1")
    few = len(client.queries)
    system.get(f"{path}?limit=50")
    assert len(client.queries) == few


def test_an_answer_has_exactly_the_members_of_its_description(client, cast, now):
    entitled(cast, now)
    keep(cast)
    (found,) = caller(client).get("/entitlements").json["items"]
    record = BY_KEY["list_entitlements"].answer
    assert list(found) == [each.name for each in record.fields]
    assert [each.name for each in answered(BY_KEY["list_entitlements"]).fields] == ["items", "next"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "limit"),
        ("after=x", "after"),
        ("colour=red", "colour"),
        ("updated_since=2026-03-02", "updated_since"),
        ("code=", "code"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(client, cast, query, parameter):
    answer = caller(client).get(f"/customers?{query}")
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert [each["parameter"] for each in answer.json["errors"]] == [parameter]


def test_words_come_in_the_language_that_is_asked_for(client, cast):
    system = caller(client, [Scope.USAGE_WRITE])
    for asked, spoken in (("en", "en"), ("zh-CN", "zh-CN"), ("fr", "zh-CN")):
        answer = system.get("/customers", headers={"Accept-Language": asked})
        assert answer.headers["Content-Language"] == spoken
