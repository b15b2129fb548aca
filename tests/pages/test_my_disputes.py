"""A customer disputes lines, with photographs, and follows each to its end."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.permissions import Power
from portal.billing.actions import deciding
from portal.billing.models import Dispute, Statement
from portal.billing.rules.states import DisputeState, LineState, StatementState
from portal.db.base import db
from portal.documents.models import Attachment
from tests.cast import Cast, member, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.statements import a_statement, dispute, lines

D = Decimal
PHOTO = b"\xff\xd8\xff\xe0 a photograph"
WHY = {"reason": "quantity", "text": "实际只有 1 托"}


@pytest.fixture
def sent(cast: Cast) -> int:
    """The id of a published statement of Harbour Foods: 57.00 and 100.00."""
    statement_id = a_statement(cast.harbour, state=StatementState.PUBLISHED).id
    keep(cast)
    return statement_id


def stored(statement_id: int) -> Statement:
    db.session.rollback()
    return db.session.get_one(Statement, statement_id, populate_existing=True)


def ids(statement_id: int) -> list[int]:
    return [row.id for row in lines(stored(statement_id))]


def disputes() -> list[Dispute]:
    db.session.rollback()
    return list(db.session.scalars(select(Dispute).order_by(Dispute.id)))


def told(client: CheckingClient, statement_id: int, amounts: dict[int, str], **more: Any) -> Any:
    """The form of the lines in `amounts`, sent."""
    fields = {f"amount_{line}": amount for line, amount in amounts.items()}
    data = {**WHY, "line": list(amounts), **fields, **more}
    return client.post(f"/my/statements/{statement_id}/revisions/1/dispute", data=data)


def test_the_form_is_filled_in_with_what_the_line_comes_to(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    first = ids(sent)[0]
    page = client.sign_in(cast.lin).get(f"/my/statements/lines/{first}/dispute").text
    assert f'name="amount_{first}"' in page and 'value="57"' in page
    assert "At most 57.00." in page and "multiple" in page and "Wrong quantity" in page


def test_one_line_with_a_photograph_is_disputed_and_the_other_can_be_confirmed(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    first, second = ids(sent)
    photo = (io.BytesIO(PHOTO), "托盘.jpg")
    answer = told(client.sign_in(cast.lin), sent, {first: "28.50"}, files=[photo])
    made = disputes()[0]
    assert answer.headers["Location"] == f"/my/disputes/{made.id}"
    assert (made.disputed_amount, made.reason, made.text) == (D("28.5"), "quantity", WHY["text"])
    page = client.get(f"/my/disputes/{made.id}").text
    assert "托盘.jpg" in page and made.number in page and "With us" in page and WHY["text"] in page
    client.post(f"/my/statements/{sent}/revisions/1/confirm", data={"all": "1"})
    assert [row.state for row in lines(stored(sent))] == [LineState.DISPUTED, LineState.CONFIRMED]
    assert stored(sent).state == StatementState.PARTLY_DISPUTED and second != first


def test_several_lines_are_disputed_with_one_text(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    first, second = ids(sent)
    photo = (io.BytesIO(PHOTO), "a.jpg")
    answer = told(client.sign_in(cast.lin), sent, {first: "57", second: "40"}, files=[photo])
    assert answer.headers["Location"] == f"/my/statements/{sent}"
    made = {each.line_id: each.disputed_amount for each in disputes()}
    assert made == {first: D(57), second: D(40)}
    assert db.session.scalar(select(func.count(Attachment.id))) == 2


@pytest.mark.parametrize(("amount", "more", "said"), [
    ("57.01", {}, "At most CNY 57.00."), ("0", {}, "above zero"), ("-1", {}, "above zero"),
    ("", {}, "Write the amount"),
    ("1.234", {}, "no such small unit"), ("viel", {}, "not a number"), ("57", {"text": " "}, "Say what is wrong"),
    ("57", {"text": "x" * 2001}, "2000"), ("57", {"reason": "mood"}, "alid choice"),
    ("57", {"files": [(io.BytesIO(b"MZ\x00\x01"), "x.jpg")]}, "This file is not one of"),
])  # fmt: skip
def test_bad_input_is_told_at_its_field_and_nothing_is_kept(
    client: CheckingClient, cast: Cast, sent: int, amount: str, more: dict[str, Any], said: str
) -> None:
    if "files" in more:
        more = {"files": [(io.BytesIO(b"MZ\x00\x01"), "x.jpg")]}
    first, second = ids(sent)
    answer = told(client.sign_in(cast.lin), sent, {first: amount, second: "99"}, **more)
    assert answer.status_code == 422 and said in answer.text and 'value="99"' in answer.text
    assert disputes() == [] and stored(sent).state == StatementState.PUBLISHED


def test_more_files_than_anybody_needs_are_refused(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    photos = [(io.BytesIO(PHOTO), f"{n}.jpg") for n in range(11)]
    answer = told(client.sign_in(cast.lin), sent, {ids(sent)[0]: "1"}, files=photos)
    assert answer.status_code == 422 and "At most 10 files." in answer.text and disputes() == []


def test_a_line_that_gives_money_back_is_not_disputed(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    row = lines(stored(sent))[0]
    row.net_amount, row.tax_amount, row.gross_amount = D(-5), D(0), D(-5)
    keep(cast)
    answer = told(client.sign_in(cast.lin), sent, {row.id: "5"})
    assert answer.status_code == 409 and "Only a line that charges something" in answer.text


def raised(cast: Cast, statement_id: int, amount: str = "57") -> int:
    found = dispute(lines(stored(statement_id))[0], amount, viewer(cast.lin)).id
    keep(cast)
    return found


def decided(cast: Cast, now: datetime, dispute_id: int, amount: str | None) -> None:
    row = db.session.get_one(Dispute, dispute_id)
    if amount is None:
        deciding.reject(row, "提单上写的是 2 托", viewer(cast.finance), now)
    else:
        deciding.accept(row, D(amount), "我们更正了数量", viewer(cast.finance), now)
    keep(cast)


def test_a_grant_is_seen_with_its_credit_and_where_it_stands(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    dispute_id = raised(cast, sent)
    decided(cast, now, dispute_id, "20")
    page = client.sign_in(cast.lin).get(f"/my/disputes/{dispute_id}").text
    for words in (
        "Accepted in part",
        "20.00",
        "我们更正了数量",
        "Credit CN-",
        "/my/statements/lines/",
        "Raise again",
    ):
        assert words in page, words
    assert len(client.queries) <= 12
    lines_now = client.get(f"/my/statements/{sent}/revisions/2").text
    assert "What it changed" in lines_now and "-20.00" in lines_now


def test_a_rejected_dispute_goes_to_a_manager_once(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    dispute_id = raised(cast, sent)
    url = f"/my/disputes/{dispute_id}/again"
    assert client.sign_in(cast.lin).get(url).status_code == 409
    decided(cast, now, dispute_id, None)
    assert "提单上写的是 2 托" in client.get(url).text
    assert client.post(url, data={"text": ""}).status_code == 422
    photo = (io.BytesIO(PHOTO), "签收.jpg")
    assert client.post(url, data={"text": "签收单只有 1 托", "files": [photo]}).status_code == 303
    page = client.get(f"/my/disputes/{dispute_id}").text
    assert "签收单只有 1 托" in page and "签收.jpg" in page and "Raise again" not in page
    assert disputes()[0].level == 2
    assert client.post(url, data={"text": "noch einmal"}).status_code == 409


def test_a_dispute_is_withdrawn_and_its_line_counts_as_confirmed(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    dispute_id = raised(cast, sent)
    assert client.sign_in(cast.lin).post(f"/my/disputes/{dispute_id}/withdraw").status_code == 303
    assert lines(stored(sent))[0].state == LineState.CONFIRMED
    assert disputes()[0].state == DisputeState.WITHDRAWN
    assert client.post(f"/my/disputes/{dispute_id}/withdraw").status_code == 409


def test_the_list_is_narrowed_to_what_is_not_decided(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    dispute_id = raised(cast, sent)
    number = db.session.scalar(select(Dispute.number)) or ""
    assert number in client.sign_in(cast.lin).get("/my/disputes?state=open").text
    keep(cast)
    decided(cast, now, dispute_id, "57")
    assert number not in client.get("/my/disputes?state=open").text
    assert number in client.get(f"/my/disputes?q={number[-4:]}").text and len(client.queries) <= 6


def test_files_of_a_dispute_are_the_customers_alone(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    told(client.sign_in(cast.lin), sent, {ids(sent)[0]: "1"}, files=[(io.BytesIO(PHOTO), "a.jpg")])
    file_id = db.session.scalar(select(Attachment.id))
    assert client.get(f"/my/files/{file_id}").status_code == 200
    for url in (f"/my/files/{file_id}", f"/my/disputes/{disputes()[0].id}"):
        assert client.sign_in(cast.erik).get(url).status_code == 404


def test_who_may_see_and_not_dispute_reads_and_does_nothing(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    dispute_id = raised(cast, sent)
    reader = member("Wen Jie", cast.harbour, frozenset({Power.SEE_BILLS}), now)
    keep(cast)
    db.session.refresh(reader)
    page = client.sign_in(reader).get(f"/my/disputes/{dispute_id}").text
    assert "Withdraw" not in page
    assert client.post(f"/my/disputes/{dispute_id}/withdraw").status_code == 403
    assert client.get(f"/my/disputes/{dispute_id}/again").status_code == 403
