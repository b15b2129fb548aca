"""An impatient hand sends a form twice: what it asks for is done once, and both answers lead there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from portal.db.base import db
from portal.db.once import AnsweredForm, earlier_answer, remember_answer
from portal.quotations.models import Quotation, QuotationQuestion, QuotationVersion
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import draft, issued, keep, quick_press  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("quick_press")


def twice(client: CheckingClient, address: str, **fields: str) -> list[TestResponse]:
    """Send one and the same form twice, its token among the fields as a browser has it."""
    fields["csrf_token"] = client._token()
    return [client.post(address, data=fields) for _ in range(2)]


def led_to_the_same(answers: list[TestResponse]) -> bool:
    assert [each.status_code for each in answers] == [303, 303]
    return answers[0].headers["Location"] == answers[1].headers["Location"]


def count(model: type) -> int:
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count()).select_from(model)) or 0)


def test_a_new_quotation_is_made_once(client: CheckingClient, cast: Cast) -> None:
    desk = client.sign_in(cast.sales)
    fields = {"customer_id": str(cast.harbour.id), "customer": "海港", "title": "上海到纽约"}
    assert led_to_the_same(twice(desk, "/desk/quotations/new", **fields))
    assert count(Quotation) == 1


def test_a_copy_is_made_once_and_another_form_makes_another(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = f"/desk/quotations/{draft(cast, now).id}/copy"
    keep(cast)
    desk = client.sign_in(cast.sales)
    assert led_to_the_same(twice(desk, address, title="抄一份"))
    assert count(Quotation) == 2
    assert led_to_the_same(twice(desk, address, title="另一份"))
    assert count(Quotation) == 3


def test_an_answer_and_a_question_are_given_once(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now)
    at = f"/my/quotations/{sent.quotation_id}/versions/1"
    buyer = client.sign_in(cast.lin)
    assert led_to_the_same(twice(buyer, f"{at}/ask", question="含不含税？"))
    assert count(QuotationQuestion) == 1
    assert led_to_the_same(twice(buyer, f"{at}/accept", name="林晓雯"))
    assert db.session.scalars(db.select(QuotationVersion.state)).one() == "accepted"


def test_what_was_refused_may_be_sent_again(client: CheckingClient, cast: Cast) -> None:
    answers = twice(client.sign_in(cast.sales), "/desk/quotations/new", title="")
    assert [each.status_code for each in answers] == [422, 422] and count(AnsweredForm) == 0


def test_somebody_else_is_not_led_to_what_one_made(client: CheckingClient, cast: Cast) -> None:
    fields = {"customer_id": str(cast.harbour.id), "title": "上海到纽约"}
    for person in (cast.sales, cast.sales_manager):
        fields["csrf_token"] = client._token()
        client.sign_in(person).post("/desk/quotations/new", data=fields)
    assert count(Quotation) == 2


@pytest.mark.usefixtures("database")
def test_forms_are_forgotten_after_a_day(now: datetime) -> None:
    remember_answer("a" * 64, "/first", now)
    remember_answer("b" * 64, "/second", now + timedelta(hours=25))
    assert earlier_answer("a" * 64) is None and earlier_answer("b" * 64) == "/second"
