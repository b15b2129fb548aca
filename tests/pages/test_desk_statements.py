"""Statements at the desk: the list, the page of one with its lines, the steps, and who may take them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.billing.models import Statement
from portal.billing.rules.states import StatementState
from portal.customers.models import SettlementTerms
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.receivables.models import Invoice, InvoiceCoverage
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep, quick_press  # noqa: F401 - a fixture
from tests.statements import a_line, a_statement, lines

D = Decimal
S = StatementState
pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def kept(statement: Statement, cast: Cast) -> str:
    """Commit it; its address."""
    number = statement.id
    keep(cast)
    return f"/desk/statements/{number}"


def stored(address: str) -> Statement:
    db.session.rollback()
    return db.session.get_one(Statement, int(address.rsplit("/", 1)[-1]))


def told(desk: CheckingClient, address: str, step: str, **fields: object) -> str:
    """Take a step by its button; what the page says afterwards."""
    response = desk.post(f"{address}/{step}", data=fields)
    assert response.status_code == 303, response.text[:800]
    return desk.get(response.headers["Location"]).text


def asked(desk: CheckingClient, address: str) -> int:
    """How many statements a page sends to the database, once what is kept at hand is at hand."""
    desk.get(address)
    desk.get(address)
    return len(desk.queries)


def test_an_empty_list_leads_to_the_first_run(desk: CheckingClient) -> None:
    page = desk.get("/desk/statements").text
    assert "No statements yet" in page and "/desk/statement-runs/new" in page


@pytest.mark.parametrize("words", ["海港", "haigang", "hg", "harbour", "ST-2026-000001", "2026-02"])
def test_a_statement_is_found_by_name_pinyin_initials_code_number_and_period(
    desk: CheckingClient, cast: Cast, words: str
) -> None:
    kept(a_statement(cast.harbour), cast)
    a_statement(cast.nordwind)
    keep(cast)
    page = desk.get("/desk/statements", query_string={"q": words}).text
    assert "ST-2026-000001" in page
    assert ("ST-2026-000002" in page) == (words == "2026-02")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=draft", {"1", "3"}),
        ("state=published", {"2"}),
        ("currency=USD", {"3"}),
        ("month=2026-02", {"1", "2", "3"}),
        ("month=2026-01", set()),
        ("mine=1", {"1", "3"}),
        ("state=nonsense", {"1", "2", "3"}),
    ],
)
def test_filters_narrow_the_list(
    desk: CheckingClient, cast: Cast, asked: str, found: set[str]
) -> None:
    a_statement(cast.harbour)
    a_statement(cast.nordwind, state=S.PUBLISHED)
    a_statement(cast.nordwind, [a_line(currency="USD")], currency="USD")
    keep(cast)
    page = desk.get(f"/desk/statements?{asked}").text
    assert set(re.findall(r"ST-2026-00000(\d)</a>", page)) == found


def test_the_file_ends_in_a_sum_for_each_currency(desk: CheckingClient, cast: Cast) -> None:
    a_statement(cast.harbour)
    a_statement(cast.nordwind)
    a_statement(cast.nordwind, [a_line("10", currency="USD")], currency="USD")
    keep(cast)
    text = desk.get("/desk/statements?export=csv").get_data(as_text=True)
    assert "314.00" in text and "10.00" in text


def test_the_list_asks_as_often_for_many_rows_as_for_few(desk: CheckingClient, cast: Cast) -> None:
    kept(a_statement(cast.harbour), cast)
    few = asked(desk, "/desk/statements")
    for month in range(1, 9):
        a_statement(cast.harbour, starts_on=date(2025, month, 1), ends_on=date(2025, month, 28))
    keep(cast)
    assert asked(desk, "/desk/statements") == few <= 6


def test_a_statement_shows_its_lines_sums_and_measures(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour), cast)
    page = desk.get(address).text
    for words in ("装卸费", "Handling", "57.00", "157.00", "148.11", "8.89", "6%"):
        assert words in page or words == "装卸费", words


def test_the_page_asks_as_often_for_many_lines_as_for_few(desk: CheckingClient, cast: Cast) -> None:
    few, many = (
        a_statement(whose, [a_line(reference=f"W-{n}") for n in range(count)], S.PUBLISHED)
        for whose, count in ((cast.harbour, 101), (cast.nordwind, 230))
    )
    addresses = [kept(each, cast) for each in (few, many)]
    first, second = (asked(desk, each) for each in addresses)
    assert first == second <= 12


def test_lines_come_a_hundred_a_page_and_are_searched_by_reference(
    desk: CheckingClient, cast: Cast
) -> None:
    drafts = [a_line(reference=f"W-{n:03}") for n in range(130)]
    address = kept(a_statement(cast.harbour, drafts), cast)
    first = desk.get(address).text
    assert len(re.findall(r"W-\d{3}", first)) == 100
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    assert len(re.findall(r"W-\d{3}", desk.get(after[1].replace("&amp;", "&")).text)) == 30
    assert re.findall(r"W-\d{3}", desk.get(f"{address}?q=W-077").text)[-1] == "W-077"


def test_the_lines_file_has_every_line_and_the_total(desk: CheckingClient, cast: Cast) -> None:
    drafts = [a_line(reference=f"W-{n:03}") for n in range(130)]
    address = kept(a_statement(cast.harbour, drafts), cast)
    text = desk.get(f"{address}?export=csv").get_data(as_text=True)
    assert len(re.findall(r"W-\d{3}", text)) == 130 and "3705.00" in text


def test_branches_have_headings_and_sums_of_their_own(desk: CheckingClient, cast: Cast) -> None:
    drafts = [a_line(served=cast.harbour), a_line("100", served=cast.nordwind)]
    address = kept(a_statement(cast.harbour, drafts), cast)
    page = desk.get(address).text
    assert "By branch" in page and page.count("Nordwind Parts GmbH") >= 2
    narrowed = desk.get(f"{address}?branch={cast.nordwind.id}").text
    assert narrowed.count('data-label="Quantity × rate"') == 1


def test_a_draft_goes_by_review_to_its_publication(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour), cast)
    assert "Reviewed. It can be published." in told(desk, address, "review")
    page = desk.get(f"{address}/publish").text
    assert "2026-03-30" in page and cast.lin.email in page
    assert stored(address).state == S.UNDER_REVIEW
    assert "Published." in told(desk, address, "publish")
    row = stored(address)
    assert (row.state, row.revision_no) == (S.PUBLISHED, 1)
    mail = db.session.scalars(db.select(OutboxMessage.recipient)).all()
    assert cast.lin.email in mail


def test_a_look_at_what_publishing_does_changes_nothing(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour, state=S.UNDER_REVIEW), cast)
    version = stored(address).version
    desk.get(f"{address}/publish")
    row = stored(address)
    assert (row.version, row.due_on, row.terms) == (version, None, {})


def test_a_step_on_what_has_changed_since_is_refused(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour), cast)
    page = told(desk, address, "review", seen=99)
    assert "has changed since you opened it" in page and stored(address).state == S.DRAFT


@pytest.mark.parametrize("step", ["return", "void"])
def test_going_back_needs_a_reason(desk: CheckingClient, cast: Cast, step: str) -> None:
    address = kept(a_statement(cast.harbour, state=S.UNDER_REVIEW), cast)
    told(desk, address, step, reason=" ")
    assert stored(address).state == S.UNDER_REVIEW
    told(desk, address, step, reason="Wrong rate of storage")
    assert stored(address).state == {"return": S.DRAFT, "void": S.VOID}[step]


def test_a_voided_statement_says_why_and_has_no_lines(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour), cast)
    page = told(desk, address, "void", reason="Two contracts were mixed up")
    assert "Two contracts were mixed up" in page and "No line" in page


@pytest.mark.parametrize(
    ("who", "sees", "steps"),
    [
        ("finance", 200, True),
        ("finance_manager", 200, True),
        ("administrator", 200, True),
        ("auditor", 200, False),
        ("sales", 200, False),
        ("customer_service", 200, False),
        ("catalogue_manager", 403, False),
        ("keeper", 403, False),
        ("lin", 404, False),
    ],
)
def test_who_sees_and_who_acts(
    client: CheckingClient, cast: Cast, who: str, sees: int, steps: bool
) -> None:
    address = kept(a_statement(cast.harbour, state=S.UNDER_REVIEW), cast)
    client.sign_in(getattr(cast, who))
    response = client.get(address)
    assert response.status_code == sees
    assert (f"{address}/publish" in response.text) == steps
    assert (client.get(f"{address}/publish").status_code == 200) == steps


def test_an_old_revision_stays_readable_beside_what_changed(
    desk: CheckingClient, cast: Cast
) -> None:
    statement = a_statement(cast.harbour, state=S.PUBLISHED)
    line = lines(statement)[0].id
    address = kept(statement, cast)
    typed = {"way": "replace", "quantity": "1", "rate": "28.5", "reason": "One pallet only"}
    response = desk.post(f"/desk/statements/lines/{line}/correct", data=typed)
    assert response.status_code == 303, response.text[:2000]
    second = desk.get(f"{address}/revisions/2").text
    assert "One pallet only" in second and "28.50" in second and "57.00" in second
    first = desk.get(f"{address}/revisions/1").text
    assert "157.00" in first and "A later revision counts" in first
    assert desk.get(f"{address}/revisions/3").status_code == 404


def test_the_history_tells_each_step(desk: CheckingClient, cast: Cast) -> None:
    address = kept(a_statement(cast.harbour), cast)
    told(desk, address, "review")
    assert "Reviewed" in desk.get(f"{address}/history").text


def test_what_is_paid_late_and_disputed_stands_beside(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement = a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    statement.due_on = date(2026, 2, 20)
    address = kept(statement, cast)
    page = desk.get(address).text
    assert "Owed and invoiced" in page and "10 days overdue" in page
    assert "/desk/receivables/" in page


def test_the_invoices_that_cover_it_stand_beside(desk: CheckingClient, cast: Cast) -> None:
    statement = a_statement(cast.harbour, state=S.CONFIRMED)
    values = {
        "kind": "special",
        "number": "26312000000001234567",
        "issued_on": date(2026, 3, 1),
        "title": "海港食品",
    }
    sums = {"net_amount": D("94.34"), "tax_amount": D("5.66"), "gross_amount": D(100)}
    invoice = add(Invoice(customer_id=cast.harbour.id, **values, **sums))
    add(InvoiceCoverage(customer_id=cast.harbour.id, invoice_id=invoice.id, statement_id=statement.id,
                        gross_amount=D(100)))  # fmt: skip
    there = f'href="/desk/invoices/{invoice.id}"'
    page = desk.get(kept(statement, cast)).text
    assert there in page and "26312000000001234567" in page


def test_a_due_day_in_a_year_whose_holidays_are_not_known_says_so(
    desk: CheckingClient, cast: Cast
) -> None:
    add(SettlementTerms(customer_id=cast.harbour.id, next_working_day=True))
    far = {"starts_on": date(2099, 1, 1), "ends_on": date(2099, 1, 31)}
    address = kept(a_statement(cast.harbour, state=S.UNDER_REVIEW, **far), cast)
    assert "holidays of 2099" in desk.get(f"{address}/publish").text
    version = stored(address).version
    desk.post(f"{address}/publish", data={"version": version})
    assert "holidays of 2099" in desk.get(address).text
