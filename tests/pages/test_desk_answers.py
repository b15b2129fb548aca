"""The desk records what a customer answered on paper or by telephone; both doors show it with its source."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from portal.billing.models import Dispute, Statement, StatementAnswer
from portal.billing.rules.states import StatementState
from portal.db.base import db
from portal.documents.models import Attachment
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import keep
from tests.statements import a_statement, lines

SAID = {"said_by": "李强", "said_on": "2026-03-02", "channel": "slip"}
CALL = {**SAID, "channel": "phone", "reason": "rate", "text": "单价与合同不符"}


@pytest.fixture
def sent(cast: Cast) -> int:
    """The id of a published statement of Harbour Foods: 57.00 and 100.00."""
    statement_id = a_statement(cast.harbour, state=StatementState.PUBLISHED).id
    keep(cast)
    return statement_id


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def at(statement_id: int, step: str, number: int = 1) -> str:
    return f"/desk/statements/{statement_id}/revisions/{number}/{step}"


def slip() -> list[Any]:
    return [(io.BytesIO(b"%PDF-1.7 slip"), "回执.pdf")]


def stored(statement_id: int) -> Statement:
    db.session.rollback()
    return db.session.get_one(Statement, statement_id, populate_existing=True)


def ids(statement_id: int) -> list[int]:
    return [row.id for row in lines(stored(statement_id))]


def test_the_page_of_a_statement_offers_it_while_lines_wait(
    desk: CheckingClient, cast: Cast, sent: int
) -> None:
    page = desk.get(f"/desk/statements/{sent}").text
    assert at(sent, "confirm-for") in page and at(sent, "dispute-for") in page
    assert 'name="line"' in page
    desk.sign_in(cast.sales)
    assert at(sent, "confirm-for") not in desk.get(f"/desk/statements/{sent}").text


def test_a_slip_confirms_everything_and_both_sides_see_it(
    desk: CheckingClient, cast: Cast, sent: int
) -> None:
    page = desk.get(f"{at(sent, 'confirm-for')}?all=1").text
    assert "all 2 that are open" in page and "157.00" in page
    answer = desk.post(at(sent, "confirm-for"), data={**SAID, "all": "1", "files": slip()})
    assert answer.headers["Location"] == f"/desk/statements/{sent}"
    assert stored(sent).state == StatementState.CONFIRMED
    scan = db.session.scalars(select(Attachment.id)).one()
    for reader, door in ((cast.finance, "desk"), (cast.lin, "my")):
        shown = desk.sign_in(reader).get(f"/{door}/statements/{sent}").text
        assert "2 lines confirmed by 李强" in shown and "回执.pdf" in shown
        assert cast.finance.name in shown and "Stamped or signed slip" in shown
        assert desk.get(f"/{door}/files/{scan}").status_code == 200
    assert at(sent, "confirm-for") not in desk.sign_in(cast.finance).get(f"/desk/statements/{sent}").text  # fmt: skip


def test_ticked_lines_are_named_and_confirmed_alone(desk: CheckingClient, sent: int) -> None:
    second = ids(sent)[1]
    page = desk.get(at(sent, "confirm-for"), query_string={"line": second}).text
    assert "100.00" in page and f'value="{second}"' in page
    why = {**SAID, "line": second, "no_paper": "对方只在电话里确认"}
    assert desk.post(at(sent, "confirm-for"), data=why).status_code == 303
    assert [row.state for row in lines(stored(sent))] == ["open", "confirmed"]
    assert "No slip: 对方只在电话里确认" in desk.get(f"/desk/statements/{sent}").text


def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(
    desk: CheckingClient, sent: int
) -> None:
    answer = desk.post(at(sent, "confirm-for"), data={**SAID, "all": "1"})
    assert answer.status_code == 422 and "Add the slip" in answer.text and "李强" in answer.text
    wrong = {**SAID, "said_on": "2026-03-03", "all": "1", "files": slip()}
    answer = desk.post(at(sent, "confirm-for"), data=wrong)
    assert answer.status_code == 422 and "still to come" in answer.text
    assert db.session.scalars(select(StatementAnswer)).all() == []
    assert stored(sent).state == StatementState.PUBLISHED


def test_without_a_line_the_page_says_how_to_choose(desk: CheckingClient, sent: int) -> None:
    for step in ("confirm-for", "dispute-for"):
        answer = desk.get(at(sent, step))
        assert answer.status_code == 303
        assert "Choose lines first" in desk.get(answer.headers["Location"]).text


def test_another_revision_is_not_answered(desk: CheckingClient, sent: int) -> None:
    answer = desk.get(f"{at(sent, 'confirm-for', 2)}?all=1")
    assert "newer revision" in desk.get(answer.headers["Location"]).text
    data = {**SAID, "all": "1", "files": slip()}
    assert desk.post(at(sent, "confirm-for", 2), data=data).status_code == 409


def test_sent_twice_it_is_recorded_once(desk: CheckingClient, sent: int) -> None:
    page = desk.get(f"{at(sent, 'confirm-for')}?all=1").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {**SAID, "all": "1", "no_paper": "电话确认", "csrf_token": token}
    answers = [desk.post(at(sent, "confirm-for"), data=data) for _each in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert len(db.session.scalars(select(StatementAnswer)).all()) == 1


def test_a_dispute_by_telephone_names_its_source_at_both_doors(
    desk: CheckingClient, cast: Cast, sent: int
) -> None:
    first = ids(sent)[0]
    page = desk.get(at(sent, "dispute-for"), query_string={"line": first}).text
    assert 'value="57"' in page and "Telephone" in page
    data = {**CALL, "line": first, f"amount_{first}": "28.50"}
    answer = desk.post(at(sent, "dispute-for"), data=data)
    made = db.session.scalars(select(Dispute)).one()
    assert answer.headers["Location"] == f"/desk/disputes/{made.id}"
    for reader, door in ((cast.finance, "desk"), (cast.lin, "my")):
        shown = desk.sign_in(reader).get(f"/{door}/disputes/{made.id}").text
        assert "Telephone of" in shown and "李强" in shown and "单价与合同不符" in shown


def test_several_lines_are_disputed_at_once_or_not_at_all(desk: CheckingClient, sent: int) -> None:
    first, second = ids(sent)
    data = {**CALL, "line": [first, second], f"amount_{first}": "10", f"amount_{second}": "101"}
    answer = desk.post(at(sent, "dispute-for"), data=data)
    assert answer.status_code == 422 and stored(sent).state == StatementState.PUBLISHED
    answer = desk.post(at(sent, "dispute-for"), data={**data, f"amount_{second}": "100"})
    assert answer.headers["Location"] == f"/desk/statements/{sent}"
    assert stored(sent).disputed_amount == 157


def test_who_may_not_publish_records_nothing(desk: CheckingClient, cast: Cast, sent: int) -> None:
    for somebody in (cast.sales, cast.auditor):
        desk.sign_in(somebody)
        for step in ("confirm-for", "dispute-for"):
            assert desk.get(f"{at(sent, step)}?all=1").status_code == 403
