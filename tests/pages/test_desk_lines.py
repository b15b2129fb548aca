"""One statement line at the desk: its working, what stands behind it, its correction, and the links to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import LineState, StatementState
from portal.db.base import db
from portal.usage.models import UsageRecord
from tests.cast import Cast
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import tax_rates
from tests.offers import keep, quick_press  # noqa: F401 - a fixture
from tests.pages.test_desk_statements import asked
from tests.statements import a_line, a_statement, lines, lines_of_usage

D = Decimal
S = StatementState
pytestmark = pytest.mark.usefixtures("quick_press")
RIGHT = {"way": "replace", "quantity": "2", "rate": "28.5", "reason": "Two pallets, not three"}


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def billed(
    cast: Cast, now: datetime, state: StatementState = S.PUBLISHED, **more: object
) -> Statement:
    """3 pallets of handling at 28.50 that Harbour Foods used, and nothing else."""
    tax_rates()
    return a_statement(cast.harbour, lines_of_usage(entitled(cast, now), "3", "W-1"), state, **more)


def first(statement: Statement, cast: Cast) -> str:
    """Commit it; the address of its first line."""
    number = lines(statement)[0].id
    keep(cast)
    return f"/desk/statements/lines/{number}"


def stored(address: str) -> StatementLine:
    db.session.rollback()
    return db.session.get_one(StatementLine, int(address.rsplit("/", 1)[-1]))


def test_a_line_tells_its_working_its_draw_and_the_agreed_price(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = first(billed(cast, now), cast)
    page = desk.get(address).text
    for words in (
        "3 pallet × 28.50 = 85.50",
        "85.50 with 6% tax",
        "Left after the draw",
        "Agreed in CT-",
    ):
        assert words in page, words
    assert asked(desk, address) <= 12


def test_each_link_of_the_chain_leads_on(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    statement = billed(cast, now)
    line = lines(statement)[0]
    wanted = (f"/desk/contracts/{line.contract_id}", f"/desk/entitlements/{line.entitlement_id}",
              f"/desk/usage/{line.usage_id}", f"/desk/statements/{statement.id}")  # fmt: skip
    page = desk.get(first(statement, cast)).text
    for url in wanted:
        assert f'href="{url}"' in page
        assert desk.get(url).status_code == 200


def test_a_line_is_worked_out_again_from_its_sources(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = first(billed(cast, now), cast)
    assert f'hx-get="{address}/check"' in desk.get(address).text
    assert "The line comes to the same, to the cent." in desk.get(f"{address}/check").text
    row = stored(address)
    row.gross_amount, row.net_amount = row.gross_amount + 1, row.net_amount + 1
    db.session.commit()
    assert "gross_amount" in desk.get(f"{address}/check").text


def test_an_open_line_is_replaced_and_its_usage_stays_billed(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = first(billed(cast, now), cast)
    assert 'value="28.5"' in desk.get(f"{address}/correct").text
    response = desk.post(f"{address}/correct", data=RIGHT)
    assert response.status_code == 303, response.text[:900]
    old = stored(address)
    new = db.session.scalars(
        db.select(StatementLine).where(StatementLine.replaces_id == old.id)
    ).one()
    assert (old.until_revision, new.gross_amount, new.usage_id) == (1, D(57), old.usage_id)
    page = desk.get(f"/desk/statements/lines/{new.id}").text
    assert (
        "Put right by hand: Two pallets, not three" in page and "was replaced by this line" in page
    )
    assert "This line ended with revision 1" in desk.get(address).text


def test_a_line_that_is_taken_off_frees_its_usage(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement = billed(cast, now)
    usage = lines(statement)[0].usage_id
    address = first(statement, cast)
    desk.post(f"{address}/correct", data={"way": "end", "reason": "Not theirs"})
    assert stored(address).until_revision == 1
    assert db.session.get_one(UsageRecord, usage).statement_id is None


def test_a_confirmed_line_stays_and_its_negative_copy_stands_beside(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement = a_statement(cast.harbour, [a_line("28.5", "3"), a_line("100")], S.PUBLISHED)
    lines(statement)[0].state = LineState.CONFIRMED.value
    number, address = statement.id, first(statement, cast)
    assert "exact negative copy" in desk.get(f"{address}/correct").text
    assert desk.post(f"{address}/correct", data=RIGHT).status_code == 303
    now_ = lines(db.session.get_one(Statement, number))
    assert [each.gross_amount for each in now_] == [D("85.5"), D(100), D("-85.5"), D(57)]
    assert stored(address).until_revision is None


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"quantity": "-1"}, "quantity", "above zero"),
        ({"quantity": "two"}, "quantity", "not a number"),
        ({"rate": ""}, "rate", "Write a rate or an amount"),
        ({"rate": "", "amount": "1.234"}, "amount", "small unit"),
        ({"reason": ""}, "reason", "required"),
    ],
)
def test_a_wrong_correction_is_told_at_its_field_and_kept(
    desk: CheckingClient, cast: Cast, now: datetime, typed: dict[str, str], field: str, said: str
) -> None:
    address = first(billed(cast, now), cast)
    response = desk.post(f"{address}/correct", data={**RIGHT, **typed})
    assert response.status_code == 422 and said in response.text
    assert f'id="{field}-error"' in response.text and stored(address).until_revision is None


def test_a_correction_of_a_statement_that_changed_is_refused_and_kept(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = first(billed(cast, now), cast)
    response = desk.post(f"{address}/correct", data={**RIGHT, "version": "99"})
    assert response.status_code == 422 and "It has changed since" in response.text
    assert "Two pallets, not three" in response.text and stored(address).until_revision is None


def test_a_draft_is_not_corrected_line_by_line(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = first(billed(cast, now, S.DRAFT), cast)
    assert desk.get(f"{address}/correct").status_code == 409
    assert "/correct" not in desk.get(address).text


@pytest.mark.parametrize(
    ("who", "sees", "corrects"),
    [("finance", 200, 200), ("sales", 200, 403), ("auditor", 200, 403), ("keeper", 403, 403), ("lin", 404, 404)],
)  # fmt: skip
def test_who_reads_a_line_and_who_corrects_it(
    client: CheckingClient, cast: Cast, now: datetime, who: str, sees: int, corrects: int
) -> None:
    address = first(billed(cast, now), cast)
    client.sign_in(getattr(cast, who))
    assert client.get(address).status_code == sees
    assert client.get(f"{address}/correct").status_code == corrects


def test_the_paper_is_previewed_and_its_pdf_read(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement = billed(cast, now, S.UNDER_REVIEW)
    address = f"/desk/statements/{statement.id}"
    keep(cast)
    assert desk.get(f"{address}/paper").status_code == 200
    assert desk.post(f"{address}/publish").status_code == 303
    assert desk.get(f"{address}/revisions/1/paper").mimetype == "application/pdf"
    assert f"{address}/revisions/1/paper" in desk.get(address).text
