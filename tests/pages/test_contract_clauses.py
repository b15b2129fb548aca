"""Clauses and renewals on the desk; a contract as its customer reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.contracts.actions import clauses
from portal.contracts.actions.clauses import ClauseFacts
from portal.contracts.models import ClauseTemplate
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.contracts import by_hand, in_force, to_sign
from tests.offers import keep

ODD = "<b>粗</b> {{ 7*7 }}"


@pytest.fixture
def clause(cast: Cast, now: datetime) -> ClauseTemplate:
    row = clauses.add(ClauseFacts("保密", "双方保密。"), viewer(cast.sales_manager), now)
    keep(cast)
    return row


def test_a_clause_is_written_and_typed_markup_stays_text(
    client: CheckingClient, cast: Cast
) -> None:
    desk = client.sign_in(cast.sales_manager)
    sent = {
        "title_zh": "赔偿",
        "body_zh": ODD,
        "scope": "",
        "position": "",
        "active": "y",
        "version": "",
    }
    assert desk.post("/desk/clauses/new", data=sent).status_code == 302
    shown = desk.get("/desk/clauses").text
    assert "&lt;b&gt;粗&lt;/b&gt; {{ 7*7 }}" in shown


def test_a_clause_without_text_is_asked_for_it_and_keeps_what_was_typed(
    client: CheckingClient, cast: Cast
) -> None:
    desk = client.sign_in(cast.sales_manager)
    answer = desk.post("/desk/clauses/new", data={"title_zh": "赔偿", "body_zh": " ", "scope": ""})
    assert answer.status_code == 422
    assert 'value="赔偿"' in answer.text


def test_the_later_editor_of_a_clause_is_told_on_the_page(
    client: CheckingClient, cast: Cast, clause: ClauseTemplate
) -> None:
    desk = client.sign_in(cast.sales_manager)
    sent = {"title_zh": "保密", "body_zh": "甲。", "scope": "", "active": "y", "version": "1"}
    url = f"/desk/clauses/{clause.id}"
    assert desk.post(url, data=sent).status_code == 302
    assert desk.post(url, data={**sent, "body_zh": "乙。"}).status_code == 422


def test_sales_reads_clauses_and_may_not_change_them(
    client: CheckingClient, cast: Cast, clause: ClauseTemplate
) -> None:
    url = f"/desk/clauses/{clause.id}"
    desk = client.sign_in(cast.sales)
    assert "双方保密。" in desk.get("/desk/clauses").text
    assert desk.get(url).status_code == 403


def test_renewals_lists_what_ends_soon_and_drafts_the_successor(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    ends_on = now.date() + timedelta(days=40)
    contract = in_force(cast, now, starts_on=ends_on - timedelta(days=364), ends_on=ends_on)
    keep(cast)
    desk = client.sign_in(cast.sales)
    assert contract.number in desk.get("/desk/contracts/renewals").text
    assert desk.post(f"/desk/contracts/{contract.id}/renew").status_code == 302
    assert contract.number not in desk.get("/desk/contracts/renewals").text


def test_a_customer_reads_what_was_agreed_and_what_is_left(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    keep(cast)
    shown = client.sign_in(cast.lin).get(f"/my/contracts/{contract.id}").text
    for words in (contract.number, "This contract runs from 2026-03-02", "12.00", "100"):
        assert words in shown
    assert contract.internal_note not in shown or not contract.internal_note


def test_the_customers_list_costs_a_fixed_number_of_statements(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    for _ in range(3):
        in_force(cast, now)
    keep(cast)
    my = client.sign_in(cast.lin)
    my.get("/my/contracts")
    assert len(client.queries) <= 7
    my.get("/my/contracts/1")
    assert len(client.queries) <= 14


def test_a_contract_that_is_not_ready_to_sign_does_not_exist_for_the_customer(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    both = by_hand(cast, now), to_sign(by_hand(cast, now), cast, now)
    draft, ready = [(each.id, each.number) for each in both]
    keep(cast)
    my = client.sign_in(cast.lin)
    listed = my.get("/my/contracts").text
    assert (draft[1] in listed, ready[1] in listed) == (False, True)
    assert my.get(f"/my/contracts/{draft[0]}").status_code == 404
    assert my.get(f"/my/contracts/{ready[0]}").status_code == 200


def test_another_customers_contract_does_not_exist(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    keep(cast)
    assert client.sign_in(cast.erik).get(f"/my/contracts/{contract.id}").status_code == 404


def test_who_may_not_see_contracts_is_told_so(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    contract = in_force(cast, now)
    keep(cast)
    assert client.sign_in(cast.clerk).get(f"/my/contracts/{contract.id}").status_code == 403
