"""Billing a period at the desk: the month that is proposed, the preview, the run on its way and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.models import Statement, StatementRun
from portal.billing.rules.states import RunState
from portal.db.base import db
from portal.jobs import statements as jobs
from portal.kernel.pinyin import search_words
from portal.usage.actions import recording
from portal.usage.rules.facts import UsageFact
from tests.cast import Cast
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import tax_rates
from tests.offers import keep
from tests.pages.test_desk_statements import asked

NEW = "/desk/statement-runs/new"
FEBRUARY = {"month": "2026-02", "whom": "all"}


@pytest.fixture
def desk(client: CheckingClient, cast: Cast, now: datetime) -> CheckingClient:
    """Harbour Foods has used 3 pallets at 28.50 in February."""
    tax_rates()
    entitlement = entitled(cast, now)
    fact = UsageFact(
        cast.harbour.id, Decimal(3), "XPX", date(2026, 2, 10), "wms", "W-1", item_id=entitlement.item_id,
        entitlement_id=entitlement.id,
    )  # fmt: skip
    recording.record(fact, SYSTEM, now)
    for each in (cast.harbour, cast.nordwind):
        each.search_text = search_words(each.name_zh, each.name_en, each.code)
    keep(cast)
    return client.sign_in(cast.finance)


def begun(desk: CheckingClient, **typed: str) -> str:
    """Start a run; its address."""
    response = desk.post(NEW, data={**FEBRUARY, **typed})
    assert response.status_code == 303, response.text[:600]
    return str(response.headers["Location"])


def run_of(address: str) -> StatementRun:
    db.session.rollback()
    return db.session.get_one(StatementRun, int(address.rsplit("/", 1)[-1]))


def worked(address: str) -> None:
    """What the worker does."""
    jobs.work(run_of(address).id)
    db.session.commit()


def test_the_month_that_ended_last_is_proposed(desk: CheckingClient) -> None:
    page = desk.get(NEW).text
    assert '<option selected value="2026-02">' in page and 'value="2026-03"' not in page


def test_a_run_goes_from_waiting_to_its_drafts(desk: CheckingClient) -> None:
    address = begun(desk)
    waiting = desk.get(address).text
    assert "Drafting" in waiting and "load delay:1s" in waiting
    worked(address)
    page = desk.get(address).text
    assert "load delay" not in page and "ST-2026-000001" in page and "85.50" in page
    assert run_of(address).counts["drafted"] == 1


def test_billing_again_changes_nothing(desk: CheckingClient) -> None:
    worked(begun(desk))
    address = begun(desk)
    worked(address)
    counts = run_of(address).counts
    assert (counts.get("unchanged"), counts.get("drafted", 0)) == (1, 0)
    assert db.session.query(Statement).count() == 1


def test_a_run_for_one_customer_leaves_the_others(desk: CheckingClient, cast: Cast) -> None:
    address = begun(desk, whom="one", customer="beifeng")
    assert run_of(address).only_customer_id == cast.nordwind.id
    worked(address)
    assert db.session.query(Statement).count() == 0
    assert "Nothing to bill" in desk.get(address).text


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"whom": "one"}, "customer", "Say for which customer"),
        ({"whom": "one", "customer": "zzz"}, "customer", "No customer fits"),
        ({"whom": "one", "customer": "公司"}, "customer", "Several customers fit"),
        ({"month": "2026-03"}, "month", "Not a valid choice"),
        ({"month": ""}, "month", "required"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(
    desk: CheckingClient, typed: dict[str, str], field: str, said: str
) -> None:
    response = desk.post(NEW, data={**FEBRUARY, **typed})
    assert response.status_code == 422 and said in response.text
    assert f'id="{field}-error"' in response.text and db.session.query(StatementRun).count() == 0


def test_a_preview_says_what_the_run_would_and_saves_nothing(desk: CheckingClient) -> None:
    response = desk.post(NEW, data={**FEBRUARY, "customer": "海港", "preview": "1"})
    page = desk.get(response.headers["Location"]).text
    assert "85.50" in page and "nothing is saved" in page and "W-1" in page
    assert db.session.query(Statement).count() == db.session.query(StatementRun).count() == 0


def test_a_preview_of_nothing_says_so(desk: CheckingClient, cast: Cast) -> None:
    url = f"/desk/statements/preview?month=2026-02&customer_id={cast.nordwind.id}"
    assert "Nothing to bill" in desk.get(url).text


@pytest.mark.parametrize("wrong", ["month=x&customer_id=1", "month=2026-02&customer_id=x", ""])
def test_a_preview_of_nobody_is_not_found(desk: CheckingClient, wrong: str) -> None:
    assert desk.get(f"/desk/statements/preview?{wrong}").status_code == 404


def test_a_run_that_stopped_goes_on(desk: CheckingClient) -> None:
    address = begun(desk)
    row = run_of(address)
    row.state = RunState.FAILED.value
    db.session.commit()
    assert "The run stopped." in desk.get(address).text
    assert desk.post(f"{address}/again").status_code == 303
    assert run_of(address).state == RunState.WAITING


def test_who_could_not_be_billed_is_named_with_the_reason(desk: CheckingClient, cast: Cast) -> None:
    address = begun(desk)
    row = run_of(address)
    row.state, row.counts = RunState.DONE.value, {"failed": 1}
    row.problems = [
        [cast.harbour.id, {"msgid": "No rate of exchange for %(c)s.", "params": {"c": "USD"}}]
    ]
    db.session.commit()
    page = desk.get(address).text
    assert "No rate of exchange for USD." in page and f"/desk/customers/{cast.harbour.id}" in page


def test_the_list_of_runs_asks_as_often_for_many_as_for_one(desk: CheckingClient) -> None:
    begun(desk)
    few = asked(desk, "/desk/statement-runs")
    for _ in range(4):
        begun(desk)
    assert asked(desk, "/desk/statement-runs") == few <= 6


@pytest.mark.parametrize("who", ["sales", "customer_service", "auditor", "keeper"])
def test_others_bill_nothing(desk: CheckingClient, cast: Cast, who: str) -> None:
    desk.sign_in(getattr(cast, who))
    for url in (NEW, "/desk/statement-runs", "/desk/statements/preview"):
        assert desk.get(url).status_code == 403
    assert desk.post(NEW, data=FEBRUARY).status_code == 403
