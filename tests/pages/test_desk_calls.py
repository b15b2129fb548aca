"""Calls at the desk: the screen for a ringing telephone, notes, call-backs, and the request that comes of a call."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.calls.actions import planning
from portal.calls.models import Call, CallPlan
from portal.calls.rules.facts import PlanFacts
from portal.calls.rules.kinds import Purpose
from portal.customers.models import Contact
from portal.db.base import db
from portal.service_requests.models import ServiceRequest
from tests.cast import Cast, staff, viewer
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.leads import a_lead, in_pool
from tests.offers import keep
from tests.service import a_request

NUMBER = "138-0013-8000"


@pytest.fixture
def known(cast: Cast, now: datetime) -> Cast:
    """周敏 of Harbour Foods has the number; Harbour has something bought and something open."""
    add(Contact(customer_id=cast.harbour.id, name="周敏", phone=NUMBER, is_main=True))
    entitled(cast, now)
    a_request(cast, now, title="少了两箱")
    keep(cast)
    return cast


def calls() -> list[Call]:
    db.session.rollback()
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def note(**changed: str) -> dict[str, str]:
    """The form of a call as a browser sends it."""
    sent = {
        "direction": "in", "purpose": "service", "outcome": "spoken", "number": NUMBER, "caller_name": "周敏",
        "began_on": "2026-03-02", "began_at": "09:55", "minutes": "4", "subject": "催货", "text": "问何时到",
    }  # fmt: skip
    return {**sent, **changed}


def planned(cast: Cast, now: datetime, **changed: object) -> int:
    usual = {"purpose": Purpose.CALLBACK, "due_at": now - timedelta(hours=1), "number": NUMBER}
    facts = PlanFacts(**{**usual, "customer_id": cast.harbour.id, **changed})
    row = planning.plan(facts, SYSTEM, now)
    db.session.flush()
    plan_id = row.id
    keep(cast)
    return plan_id


def test_the_screen_of_a_known_number_shows_how_things_stand(
    client: CheckingClient, known: Cast
) -> None:
    page = (
        client.sign_in(known.customer_service).get("/desk/calls/pop?number=%2B8613800138000").text
    )
    assert "Harbour Foods Ltd." in page and "周敏" in page and "138 0013 8000" in page
    assert "少了两箱" in page and "Entitlements in force" in page and "left" in page
    assert "Note this call" in page and "call=" not in page


def test_the_screen_writes_nothing(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service).get(f"/desk/calls/pop?number={NUMBER}")
    assert calls() == []


def test_what_is_overdue_is_shown_only_to_who_may_see_it(
    client: CheckingClient, known: Cast
) -> None:
    url = f"/desk/calls/pop?number={NUMBER}"
    assert "Credit standing" not in client.sign_in(known.customer_service).get(url).text
    assert "Credit standing" in client.sign_in(known.sales).get(url).text


def test_of_several_customers_with_a_number_one_is_chosen(
    client: CheckingClient, known: Cast
) -> None:
    add(Contact(customer_id=known.nordwind.id, name="Erik", phone=NUMBER))
    keep(known)
    client.sign_in(known.customer_service)
    page = client.get(f"/desk/calls/pop?number={NUMBER}").text
    assert "choose one" in page and "Nordwind" in page and "Harbour" in page
    chosen = client.get(f"/desk/calls/pop?number={NUMBER}&customer={known.nordwind.id}").text
    assert "choose one" not in chosen and "Erik" in chosen


ODD = ["", "13700000000", "anonymous", "%00", "-1", "1" * 60, "<b>1</b>", "+"]


@pytest.mark.parametrize("number", ODD)
def test_an_unknown_or_odd_number_gets_a_screen_too(
    client: CheckingClient, known: Cast, number: str
) -> None:
    answer = client.sign_in(known.customer_service).get(f"/desk/calls/pop?number={number}")
    assert answer.status_code == (400 if number == "%00" else 200)
    assert "<b>1</b>" not in answer.text


def test_an_unknown_number_becomes_a_contacts(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    url = f"/desk/calls/pop?number=13700000000&customer={known.nordwind.id}"
    assert "Keep this number" in client.get(url).text
    sent = {"number": "13700000000", "customer": str(known.nordwind.id), "name": "小王"}
    assert client.post("/desk/calls/pop/contact", data=sent).status_code == 303
    assert "小王" in client.get("/desk/calls/pop?number=013700000000").text


def test_a_contact_without_a_name_is_not_made(client: CheckingClient, known: Cast) -> None:
    sent = {"number": "13700000000", "customer": str(known.nordwind.id), "name": " "}
    client.sign_in(known.customer_service).post("/desk/calls/pop/contact", data=sent)
    assert "Nobody that you see" in client.get("/desk/calls/pop?number=13700000000").text


def test_a_call_is_noted_and_listed(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    url = f"/desk/calls/new?number={NUMBER}&customer={known.harbour.id}"
    assert NUMBER in client.get(url).text
    assert client.post(url, data=note()).status_code == 303
    (call,) = calls()
    assert (call.customer_id, call.seconds, call.subject) == (known.harbour.id, 240, "催货")
    page = client.get("/desk/calls").text
    assert "催货" in page and "138 0013 8000" in page and "4:00" in page
    for query in (
        "q=催货",
        "q=13800138000",
        f"customer={known.harbour.id}",
        "direction=in",
        "whose=mine",
        "since=1",
    ):
        assert "1 in all" in client.get(f"/desk/calls?{query}").text, query
    for query in ("q=13900000000", "direction=out", "outcome=busy", "whose=nobody"):
        assert "1 in all" not in client.get(f"/desk/calls?{query}").text, query


def test_the_list_goes_out_as_a_file(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service).post("/desk/calls/new", data=note(text="=1+1"))
    file = client.get("/desk/calls?export=csv").get_data(as_text=True)
    assert "催货" in file and "'=1+1" in file


def test_a_note_of_an_unknown_caller_is_kept_and_its_customer_said_later(
    client: CheckingClient, known: Cast
) -> None:
    client.sign_in(known.customer_service)
    client.post("/desk/calls/new", data=note(number="13700000000"))
    (call,) = calls()
    assert call.customer_id is None
    edit = f"/desk/calls/{call.id}/edit?customer={known.nordwind.id}"
    sent = note(number="13700000000", version=str(call.version))
    assert client.post(edit, data=sent).status_code == 303
    assert calls()[0].customer_id == known.nordwind.id


def test_looking_for_the_customer_keeps_what_was_typed_while_somebody_speaks(
    client: CheckingClient, known: Cast
) -> None:
    known.harbour.search_text, known.nordwind.search_text = "海港食品 haigang", "北风 beifeng"
    keep(known)
    client.sign_in(known.customer_service)
    typed = note(number="13700000000", text="冷柜坏了")
    found = client.post("/desk/calls/new", data={**typed, "q": "海港", "sought": ""})
    chosen = f'name="choose" value="{known.harbour.id}"'
    assert found.status_code == 200 and chosen in found.text and "冷柜坏了" in found.text
    choose = {**typed, "q": "海港", "sought": "海港", "choose": str(known.harbour.id)}
    page = client.post("/desk/calls/new", data=choose).text
    assert "冷柜坏了" in page and f"customer={known.harbour.id}" in page and "周敏</option>" in page
    assert calls() == []
    client.post(f"/desk/calls/new?customer={known.harbour.id}", data=typed)
    (call,) = calls()
    other = {**typed, "choose": str(known.nordwind.id), "version": str(call.version)}
    page = client.post(f"/desk/calls/{call.id}/edit", data={**other, "text": "改过"}).text
    assert "改过" in page and f"customer={known.nordwind.id}" in page
    plan = {
        "purpose": "callback",
        "due_on": "2026-03-03",
        "text": "周三前回电",
        "q": "北风",
        "find": "1",
    }
    page = client.post("/desk/calls/to-make/new", data=plan).text
    assert "周三前回电" in page and f'value="{known.nordwind.id}"' in page


def test_a_planned_call_says_when_it_was_tried_and_is_found_by_its_number(
    client: CheckingClient, known: Cast, now: datetime
) -> None:
    plan_id = planned(known, now, name="周敏", number="+86 (138) 0013-8000")
    client.sign_in(known.customer_service)
    client.post(f"/desk/calls/new?plan={plan_id}", data=note(outcome="busy"))
    for words in ("13800138000", "138 0013 8000"):
        page = client.get("/desk/calls/to-make", query_string={"q": words}).text
        assert "周敏" in page and "2026-03-02 09:55" in page and "Busy" in page
    page = client.get(f"/desk/calls/to-make/{plan_id}").text
    assert "Tried last: <" in page and "Call tried, nobody reached" in page
    client.post(f"/desk/calls/new?plan={plan_id}", data=note())
    assert "Tried last" not in client.get(f"/desk/calls/to-make/{plan_id}").text


def test_a_note_that_says_nothing_is_refused_and_kept_as_typed(
    client: CheckingClient, known: Cast
) -> None:
    client.sign_in(known.customer_service)
    answer = client.post("/desk/calls/new", data=note(subject="", text="问何时到"))
    assert answer.status_code == 422 and "问何时到" in answer.text and calls() == []
    for wrong in ({"began_on": "x"}, {"minutes": "-1"}, {"direction": "up"}, {"began_on": "2026-04-01"}):  # fmt: skip
        assert client.post("/desk/calls/new", data=note(**wrong)).status_code == 422


def test_the_same_form_sent_twice_notes_one_call(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    sent = note(csrf_token=client._token())
    first, second = (client.post("/desk/calls/new", data=sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] and len(calls()) == 1


def test_a_call_becomes_a_request_in_one_step(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    client.post(f"/desk/calls/new?customer={known.harbour.id}", data=note())
    (call,) = calls()
    url = f"/desk/calls/{call.id}"
    assert "Make a request of it" in client.get(url).text
    client.post(f"{url}/request", data={"kind": "complaint", "severity": "2", "title": "催货"})
    request = db.session.get(ServiceRequest, calls()[0].request_id)
    assert request is not None and (request.kind, request.channel) == ("complaint", "phone")
    page = client.get(url).text
    assert request.number in page and "Make a request of it" not in page


def test_saving_may_lead_on_to_the_requests_form(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    sent = note(then="request")
    answer = client.post(f"/desk/calls/new?customer={known.harbour.id}", data=sent)
    (call,) = calls()
    there = f"/desk/requests/new?customer={known.harbour.id}&call={call.id}"
    assert answer.headers["Location"].endswith(there)
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_planned_call_is_overdue_then_made(client: CheckingClient, known: Cast, now: datetime) -> None:  # fmt: skip
    plan_id = planned(known, now, name="周敏")
    client.sign_in(known.customer_service)
    page = client.get("/desk/calls/to-make").text
    assert "Overdue" in page and "周敏" in page
    assert "周敏" in client.get(f"/desk/calls/to-make/{plan_id}").text
    form = client.get(f"/desk/calls/new?plan={plan_id}").text
    assert NUMBER in form and "Harbour" in form
    client.post(f"/desk/calls/new?plan={plan_id}", data=note(outcome="no_answer"))
    assert "Overdue" in client.get("/desk/calls/to-make").text
    client.post(f"/desk/calls/new?plan={plan_id}", data=note())
    assert "周敏" not in client.get("/desk/calls/to-make").text
    assert "周敏" in client.get("/desk/calls/to-make?state=done").text


def test_a_call_back_is_planned_moved_and_dropped(
    client: CheckingClient, known: Cast, now: datetime
) -> None:
    client.sign_in(known.customer_service)
    sent = {"purpose": "callback", "number": NUMBER, "due_on": "2026-03-03", "text": "回电"}
    answer = client.post(f"/desk/calls/to-make/new?customer={known.harbour.id}", data=sent)
    assert answer.status_code == 303
    row = db.session.scalars(select(CallPlan)).one()
    url = f"/desk/calls/to-make/{row.id}"
    moved = {**sent, "due_on": "2026-03-04", "version": str(row.version), "assignee": str(known.sales.id)}  # fmt: skip
    assert client.post(f"{url}/edit", data=moved).status_code == 303
    late = client.post(f"{url}/edit", data={**moved, "text": "我写的"})
    assert late.status_code == 422 and "changed this after you opened it" in late.text
    assert "我写的" in late.text and f'value="{row.version + 1}"' in late.text
    client.post(f"{url}/drop", data={"reason": " "})
    assert "Not needed any more" not in client.get(url).text
    client.post(f"{url}/drop", data={"reason": "客户来过了"})
    assert "客户来过了" in client.get(url).text


def test_wrong_plans_are_refused_at_their_field(client: CheckingClient, known: Cast) -> None:
    client.sign_in(known.customer_service)
    good = {"purpose": "callback", "number": NUMBER, "due_on": "2026-03-03"}
    for wrong in ({"number": ""}, {"due_on": "x"}, {"assignee": str(known.keeper.id)}):
        answer = client.post("/desk/calls/to-make/new", data={**good, **wrong})
        assert answer.status_code == 422, wrong


def test_calls_stand_on_the_page_of_their_request(
    client: CheckingClient, known: Cast, now: datetime
) -> None:
    row = db.session.scalars(select(ServiceRequest)).one()
    request_id = row.id
    planned(known, now, request_id=request_id)
    client.sign_in(known.customer_service)
    assert "少了两箱" in client.get(f"/desk/calls/new?request={request_id}").text
    client.post(f"/desk/calls/new?request={request_id}", data=note(subject="答复货位"))
    page = client.get(f"/desk/requests/{request_id}").text
    assert "答复货位" in page and "Call back" in page


def test_who_may_not_work_with_calls_reads_or_is_kept_out(
    client: CheckingClient, known: Cast, now: datetime
) -> None:
    plan_id = planned(known, now)
    client.sign_in(known.auditor)
    assert client.get(f"/desk/calls/to-make/{plan_id}").status_code == 200
    assert client.post("/desk/calls/new", data=note()).status_code == 403
    assert client.sign_in(known.finance).get("/desk/calls").status_code == 403
    assert client.sign_in(known.lin).get("/desk/calls/pop?number=1").status_code == 404


def test_a_lead_with_the_number_stands_on_the_screen_and_a_colleagues_is_only_counted(
    client: CheckingClient, known: Cast, now: datetime
) -> None:
    colleague = staff("Ning", Role.SALES)
    in_pool(now, name="东海贸易", phone="0512-6666 7777")
    a_lead(known, now, by=viewer(colleague), name="西山制造", phone="0512 66667777")
    keep(known)
    page = client.sign_in(known.sales).get("/desk/calls/pop?number=051266667777").text
    assert "Leads with this number" in page and "东海贸易" in page and "西山制造" not in page
    assert "1 lead in a colleague" in page
    assert "Leads with" not in client.get("/desk/calls/pop?number=051288880000").text
    assert (
        "Leads with"
        not in client.sign_in(known.customer_service)
        .get("/desk/calls/pop?number=051266667777")
        .text
    )
