"""The work page of a request: the talk and its two ways of writing, the steps, what stands beside it."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from portal.billing.rules.states import StatementState
from portal.db.base import db
from portal.service_requests.actions import course, handing, talking
from portal.service_requests.models import (
    CannedReply,
    InternalNote,
    RequestMessage,
    ServiceRequest,
)
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep
from tests.service import a_request, a_service_manager, an_agent
from tests.statements import a_statement, lines

S = RequestState
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.customer_service)


@pytest.fixture
def opened(cast: Cast, now: datetime) -> str:
    """The address of a new request of Harbour Foods."""
    return kept(a_request(cast, now), cast)


def kept(row: ServiceRequest, cast: Cast) -> str:
    address = f"/desk/requests/{row.id}"
    keep(cast)
    return address


def stored(address: str) -> ServiceRequest:
    db.session.rollback()
    return db.session.get_one(ServiceRequest, int(address.rsplit("/", 1)[-1]))


def after(desk: CheckingClient, address: str, **data: Any) -> str:
    """Send a form; what the page says afterwards."""
    response = desk.post(address, data=data)
    assert response.status_code in (303, 422, 200), response.status_code
    return desk.get(response.headers["Location"]).text if response.status_code == 303 else response.text  # fmt: skip


def answer(desk: CheckingClient, address: str, text: str, **more: Any) -> str:
    data = {"answer-text": text, "answer-seen": "0", "then": "reply", **more}
    return after(desk, f"{address}/answer", **data)


def messages() -> list[RequestMessage]:
    db.session.rollback()
    return list(db.session.scalars(db.select(RequestMessage).order_by(RequestMessage.id)))


def test_the_box_writes_an_internal_note_unless_an_answer_is_chosen(
    desk: CheckingClient, opened: str
) -> None:
    page = desk.get(opened).text
    note, reply = page.index('class="write-note" name="write" open'), page.index("write-answer")
    assert note < reply and "Staff only" in page
    assert 'class="write-answer" name="write">' in page
    assert "Send to 海港食品" in page


def test_a_note_is_kept_for_staff_and_looks_otherwise(desk: CheckingClient, opened: str) -> None:
    page = after(desk, f"{opened}/note", **{"note-text": "赔付口径先不讲"})
    assert 'class="staff-only"' in page and "赔付口径先不讲" in page
    assert messages() == []


def test_an_answer_is_the_customers_to_read(
    client: CheckingClient, desk: CheckingClient, cast: Cast, opened: str
) -> None:
    assert "Sent to 海港食品 (Lin Xiaowen)." in answer(desk, opened, "货在洛杉矶港。")
    assert stored(opened).state == S.ACCEPTED
    there = client.sign_in(cast.lin).get(opened.replace("desk", "my")).text
    assert "货在洛杉矶港。" in there


def test_nothing_of_a_note_reaches_the_customer(
    client: CheckingClient, desk: CheckingClient, cast: Cast, opened: str
) -> None:
    file = (BytesIO(PNG + b"secret"), "内部照片.png")
    desk.post(f"{opened}/note", data={"note-text": "机密口径", "note-files": file})
    there = client.sign_in(cast.lin).get(opened.replace("desk", "my")).text
    assert "机密口径" not in there and "内部照片" not in there


def test_an_empty_answer_is_refused_at_its_field(desk: CheckingClient, opened: str) -> None:
    page = answer(desk, opened, " ")
    assert "Write something first." in page and 'write-answer" name="write" open' in page


def test_an_answer_may_wait_for_the_customer_or_be_the_solution(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    answer(desk, opened, "请提供运单号。")
    last = str(messages()[-1].id)
    answer(desk, opened, "还缺提单。", then="wait", **{"answer-seen": last})
    assert stored(opened).state == S.WAITING_CUSTOMER
    last = str(messages()[-1].id)
    answer(desk, opened, "已安排重新派送。", then="resolve", **{"answer-seen": last})
    row = stored(opened)
    assert (row.state, row.solution) == (S.RESOLVED, "已安排重新派送。")


@pytest.mark.parametrize("way", ["reply", "wait", "resolve"])
def test_who_answers_second_reads_the_first_answer_and_keeps_the_own_words(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str, way: str
) -> None:
    talking.reply(stored(opened), "我已联系承运人。", [], viewer(cast.administrator), now)
    keep(cast)
    page = answer(desk, opened, "我来处理。", then=way)
    assert "Somebody else wrote on this request meanwhile" in page
    assert "我已联系承运人。" in page and "我来处理。</textarea>" in page
    assert len(messages()) == 1
    seen = re.search(r'name="answer-seen"[^>]* value="(\d+)"', page)
    assert seen
    assert "Sent to" in answer(desk, opened, "我来处理。", **{"answer-seen": seen[1]})


def test_a_canned_reply_is_put_below_what_is_typed_and_nothing_is_sent(
    desk: CheckingClient, cast: Cast, opened: str
) -> None:
    row = add(
        CannedReply(name="已受理", text_zh="{customer}：{number} 已受理，{shipment}", kinds=[])
    )
    reply_id = row.id
    keep(cast)
    data = {"answer-text": "您好！", "answer-canned": str(reply_id)}
    page = after(desk, f"{opened}/insert", **data)
    assert "您好！\n\nLin Xiaowen：SR-2026-000001 已受理，—</textarea>" in page.replace(
        "\r\n", "\n"
    )
    assert messages() == [] and db.session.get_one(CannedReply, reply_id).uses == 1


def test_showing_a_note_asks_first_on_a_page_of_its_own(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    talking.note(stored(opened), "可以告诉客户的话", [], viewer(cast.customer_service), now)
    keep(cast)
    note_id = db.session.scalar(db.select(InternalNote.id))
    address = f"/desk/requests/notes/{note_id}/show"
    assert "can" in desk.get(address).text and messages() == []
    assert "Show this note to the customer?" in after(desk, address)
    assert messages() == []
    page = after(desk, address, confirmed="yes")
    assert (
        "was an internal note at first" in page
        and "Internal note shown to the customer" not in page
    )
    assert [each.text for each in messages()] == ["可以告诉客户的话"]
    assert "Show to the customer" not in page
    assert "already" in after(desk, address, confirmed="yes")


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["do/accept"], S.ACCEPTED),
        (["do/accept", "do/start"], S.IN_PROGRESS),
        (["do/start"], S.NEW),
        (["do/close"], S.NEW),
    ],
)
def test_steps_with_one_click_follow_the_table(
    desk: CheckingClient, opened: str, steps: list[str], state: RequestState
) -> None:
    for step in steps:
        after(desk, f"{opened}/{step}")
    assert stored(opened).state == state


@pytest.mark.parametrize(
    ("step", "data", "state"),
    [
        ("reject", {"reason": "不属于服务范围"}, S.REJECTED),
        ("withdraw", {"reason": "客户来电撤回"}, S.WITHDRAWN),
        ("reject", {"reason": ""}, S.NEW),
        ("reopen", {"reason": "还没解决"}, S.NEW),
    ],
)
def test_steps_that_ask_first(
    desk: CheckingClient, opened: str, step: str, data: dict[str, str], state: RequestState
) -> None:
    after(desk, f"{opened}/ask/{step}", **data)
    assert stored(opened).state == state


def test_a_locked_request_is_read_only_and_says_why(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    course.reject(stored(opened), "不属于服务范围", viewer(cast.customer_service), now)
    keep(cast)
    page = desk.get(opened).text
    assert "It was rejected" in page and "不属于服务范围" in page
    assert "write-answer" not in page and "write-note" not in page and "/ask/" not in page
    page = answer(desk, opened, "再看一下")
    assert "This was not sent" in page and "再看一下" in page and messages() == []


def test_only_a_lead_opens_a_closed_case_again(
    client: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    me, row = viewer(cast.customer_service), stored(opened)
    lead = a_service_manager()
    course.accept(row, me, now)
    course.resolve(row, "已送达", me, now)
    course.close(row, me, now)
    keep(cast)
    db.session.refresh(lead)
    assert "/ask/reopen" not in client.sign_in(cast.customer_service).get(opened).text
    assert "/ask/reopen" in client.sign_in(lead).get(opened).text
    after(client, f"{opened}/ask/reopen", reason="客户来电说没有收到")
    assert stored(opened).state == S.IN_PROGRESS


def test_it_is_taken_given_handed_over_shared_and_unshared(
    client: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    lead, agent = a_service_manager(), an_agent()
    keep(cast)
    for each in (lead, agent):
        db.session.refresh(each)
    desk = client.sign_in(cast.customer_service)
    assert "It is yours now." in after(desk, f"{opened}/take")
    page = after(desk, f"{opened}/ask/hand_over", owner_id=str(agent.id), reason="我明天休假")
    assert "Tang Yi" in page and "我明天休假" in page
    client.sign_in(lead)
    after(client, f"{opened}/ask/assign", owner_id=str(cast.customer_service.id))
    assert stored(opened).owner_id == cast.customer_service.id
    page = after(client, f"{opened}/ask/share", user_id=str(cast.finance.id))
    assert "Qian Wei" in page
    page = after(client, f"{opened}/unshare/{cast.finance.id}")
    assert "Not shared with Qian Wei" not in page


def test_it_is_merged_into_another_one_and_read_there(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    answer(desk, opened, "第一个里的话")
    other = a_request(cast, now, title="同一件事")
    foreign = a_request(cast, now, customer=cast.nordwind, title="别人的事")
    ids = other.id, foreign.id
    keep(cast)
    page = desk.get(f"{opened}/ask/merge").text
    assert "同一件事" in page and "别人的事" not in page
    assert "别人的事" in desk.get(f"{opened}/ask/merge?q=别人").text
    page = after(desk, f"{opened}/ask/merge", other=str(ids[1]), reason="重复")
    assert "Only requests of the same customer" in page
    page = after(desk, f"{opened}/ask/merge", other=str(ids[0]), reason="重复")
    assert "第一个里的话" in page and "同一件事" in page
    assert stored(opened).merged_into_id == ids[0]


def test_it_is_linked_and_the_link_is_seen_from_both(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    other = a_request(cast, now, title="上个月的那一次")
    other_id = other.id
    keep(cast)
    assert "上个月的那一次" in after(
        desk, f"{opened}/ask/link", other=str(other_id), kind="related"
    )
    assert "SR-2026-000001" in desk.get(f"/desk/requests/{other_id}").text


def test_a_change_follows_into_rank_and_history(desk: CheckingClient, opened: str) -> None:
    form = desk.get(f"{opened}/ask/change").text
    version = re.search(r'name="version"[^>]* value="(\d+)"', form)
    assert version
    before = stored(opened).rank
    data = {"version": version[1], "title": "冷柜断电", "severity": "1", "kind": "complaint",
            "category_id": "", "scope": "several"}  # fmt: skip
    page = after(desk, f"{opened}/ask/change", **data)
    assert "冷柜断电" in page and "Request changed" in page
    assert stored(opened).rank < before


def test_the_later_of_two_changes_is_told_and_keeps_both_texts(
    desk: CheckingClient, opened: str
) -> None:
    data = {"version": str(stored(opened).version), "severity": "2", "kind": "enquiry",
            "category_id": "", "scope": "one"}  # fmt: skip
    after(desk, f"{opened}/ask/change", title="先保存的", **data)
    page = after(desk, f"{opened}/ask/change", title="后保存的", **data)
    assert "Saved meanwhile" in page and "先保存的" in page and 'value="后保存的"' in page
    again = re.search(r'name="version"[^>]* value="(\d+)"', page)
    assert again
    after(desk, f"{opened}/ask/change", title="后保存的", **{**data, "version": again[1]})
    assert stored(opened).title == "后保存的"


def test_it_is_matched_to_what_was_bought(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    bought = entitled(cast, now).id
    keep(cast)
    page = after(desk, f"{opened}/ask/match", entitlement=str(bought), no_match="general")
    assert f"/desk/entitlements/{bought}" in page
    page = after(desk, f"{opened}/ask/match", entitlement="none", no_match="not_bought")
    assert "The service was not bought" in page


def test_a_day_is_promised_and_told(desk: CheckingClient, opened: str) -> None:
    past = {"on": "2026-03-01", "text": "将派人查看"}
    assert "not over" in after(desk, f"{opened}/ask/promise", **past)
    page = after(desk, f"{opened}/ask/promise", on="2026-03-05", text="将派人查看")
    assert "2026-03-05" in page and "将派人查看" in page


def test_a_third_partys_authority_is_checked(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    who = {"requester_kind": "third_party", "third_party": "consignee", "requester_name": "收货人"}
    address = kept(a_request(cast, now, **who), cast)
    assert "Proof of authority is missing" in desk.get(address).text
    after(desk, f"{address}/ask/authority", verdict="proven", reason="电话核实")
    assert "Authority proven" in desk.get(address).text


def test_what_it_is_about_stands_beside_it(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    row = a_request(cast, now, statement_line_id=lines(bill)[0].id)
    number = bill.number
    a_request(cast, now, title="以前的请求")
    address = kept(row, cast)
    page = desk.get(address).text
    assert number in page and "以前的请求" in page and "Chen Li" in page
    assert "First answer" in page


def test_an_internal_request_has_no_way_to_the_customer(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = kept(a_request(cast, now, kind="internal", by=viewer(cast.sales)), cast)
    page = desk.get(address).text
    assert "write-answer" not in page and "write-note" in page


def test_readers_read_and_write_nothing(client: CheckingClient, cast: Cast, opened: str) -> None:
    page = client.sign_in(cast.auditor).get(opened).text
    assert "write-note" not in page and "/ask/" not in page and "/do/" not in page
    assert client.post(f"{opened}/note", data={"note-text": "x"}).status_code == 403


def test_unknown_steps_are_not_found(desk: CheckingClient, opened: str) -> None:
    assert desk.get(f"{opened}/ask/anything").status_code == 404
    assert desk.post(f"{opened}/do/anything").status_code == 404


def test_statements_are_few_and_constant_in_rows(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    me, row = viewer(cast.customer_service), stored(opened)
    talking.note(row, "一", [], me, now)
    talking.reply(row, "一", [], me, now)
    a_request(cast, now)
    handing.share_with(row, [cast.finance.id], me, now)
    keep(cast)
    desk.get(opened)
    desk.get(opened)
    few = len(desk.queries)
    row = stored(opened)
    for _ in range(6):
        talking.note(row, "又一", [], me, now)
        talking.reply(row, "又一", [], me, now)
        a_request(cast, now)
    handing.share_with(row, [cast.keeper.id], me, now)
    keep(cast)
    desk.get(opened)
    desk.get(opened)
    assert len(desk.queries) == few <= 12


def test_a_long_talk_shows_its_latest_and_everything_on_demand(
    desk: CheckingClient, cast: Cast, now: datetime, opened: str
) -> None:
    me, row = viewer(cast.customer_service), stored(opened)
    for count in range(42):
        talking.note(row, f"第{count}条", [], me, now)
    keep(cast)
    assert "第0条" not in desk.get(opened).text
    assert "第0条" in desk.get(f"{opened}?all=1").text
