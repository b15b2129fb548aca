"""A customer follows a request to its end: reads, answers, takes back, opens again; reads nothing of the house."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.db.base import db
from portal.kernel import clock
from portal.service_requests.actions import course, goods, talking
from portal.service_requests.actions.joining import merge
from portal.service_requests.actions.opening import NewLine
from portal.service_requests.models import RequestLine, RequestMessage, ServiceRequest
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, member, viewer
from tests.chain import entitled
from tests.client import CheckingClient
from tests.offers import keep
from tests.service import File, a_request

S = RequestState
PHOTO = b"\xff\xd8\xff\xe0 a photograph"


@pytest.fixture
def asked(cast: Cast, now: datetime) -> int:
    """The id of a request of Harbour Foods about an entitlement."""
    row = a_request(cast, now, entitlement_id=entitled(cast, now).id)
    keep(cast)
    return row.id


def stored(request_id: int) -> ServiceRequest:
    db.session.rollback()
    return db.session.get_one(ServiceRequest, request_id, populate_existing=True)


def desk(verb: Any, request_id: int, *said: Any, cast: Cast, at: datetime) -> None:
    """A step of our people, committed."""
    verb(stored(request_id), *said, viewer(cast.customer_service), at)
    db.session.commit()


def solved(request_id: int, cast: Cast, at: datetime) -> None:
    desk(course.accept, request_id, cast=cast, at=at)
    desk(course.resolve, request_id, "已重新安排派送。", cast=cast, at=at)


def messages(request_id: int) -> list[tuple[str, str]]:
    wanted = select(RequestMessage.side, RequestMessage.text).order_by(RequestMessage.id)
    found = db.session.execute(wanted.where(RequestMessage.request_id == request_id))
    return [(side, text) for side, text in found]


def test_the_page_says_how_far_it_is_and_what_was_promised(
    client: CheckingClient, cast: Cast, asked: int
) -> None:
    page = client.sign_in(cast.lin).get(f"/my/requests/{asked}").text
    assert "货物到哪里了" in page and "请查询货物现在的位置。" in page and "SR-2026-000001" in page
    assert "With us" in page and "What we promised" in page and "First answer" in page
    assert "To be accepted" not in page and "/my/entitlements/" in page


def test_nothing_of_the_house_is_on_the_page(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    desk(talking.note, asked, "客户总是抱怨", [File("内部.png")], cast=cast, at=now)
    page = client.sign_in(cast.lin).get(f"/my/requests/{asked}").text
    assert "客户总是抱怨" not in page and "内部.png" not in page


def test_an_internal_request_does_not_exist_for_its_customer(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = a_request(
        cast, now, by=viewer(cast.sales), kind="internal", is_internal=True, channel="internal"
    )
    keep(cast)
    client.sign_in(cast.lin)
    assert client.get(f"/my/requests/{row.id}").status_code == 404
    assert row.number not in client.get("/my/requests").text


def test_another_customers_request_does_not_exist(
    client: CheckingClient, cast: Cast, asked: int
) -> None:
    client.sign_in(cast.erik)
    for way in ("reply", "withdraw", "reopen", "close"):
        assert client.post(f"/my/requests/{asked}/{way}", data={"text": "x"}).status_code == 404
    assert client.get(f"/my/requests/{asked}").status_code == 404


def test_an_answer_with_a_photograph_lets_work_go_on(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    desk(course.accept, asked, cast=cast, at=now)
    desk(course.wait_for_customer, asked, "请提供箱号。", cast=cast, at=now)
    client.sign_in(cast.lin)
    assert "We wait for your answer." in client.get(f"/my/requests/{asked}").text
    files = [(io.BytesIO(PHOTO), "箱号.jpg")]
    answer = client.post(
        f"/my/requests/{asked}/reply", data={"text": "TCLU1234567", "files": files}
    )
    assert answer.status_code == 303 and stored(asked).state == S.IN_PROGRESS
    page = client.get(f"/my/requests/{asked}").text
    assert "请提供箱号。" in page and "TCLU1234567" in page and "箱号.jpg" in page
    assert messages(asked) == [("staff", "请提供箱号。"), ("customer", "TCLU1234567")]


@pytest.mark.parametrize(("changes", "said"), [
    ({"text": ""}, "Write something first."), ({"text": "x" * 8001}, "8000"),
    ({"files": [b"MZ\x00"]}, "not one of"), ({"files": [PHOTO] * 11}, "At most 10 files."),
])  # fmt: skip
def test_a_wrong_answer_is_told_at_its_field_and_nothing_is_kept(
    client: CheckingClient, cast: Cast, asked: int, changes: dict[str, Any], said: str
) -> None:
    files = [(io.BytesIO(body), f"{n}.jpg") for n, body in enumerate(changes.get("files", []))]
    data = {"text": "这是照片", **changes, "files": files}
    answer = client.sign_in(cast.lin).post(f"/my/requests/{asked}/reply", data=data)
    assert answer.status_code == 422 and said in answer.text and messages(asked) == []


def test_what_is_solved_is_agreed_to(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    solved(asked, cast, now)
    page = client.sign_in(cast.lin).get(f"/my/requests/{asked}").text
    assert "已重新安排派送。" in page and "Yes, it is solved" in page and "Not solved yet" in page
    client.post(f"/my/requests/{asked}/close")
    assert stored(asked).state == S.CLOSED


def test_what_is_not_solved_is_opened_again_with_a_reason(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    solved(asked, cast, now)
    client.sign_in(cast.lin)
    client.post(f"/my/requests/{asked}/reopen", data={"reason": ""})
    assert stored(asked).state == S.RESOLVED
    client.post(f"/my/requests/{asked}/reopen", data={"reason": "还是没有收到"})
    assert stored(asked).state == S.IN_PROGRESS
    assert "还是没有收到" in client.get(f"/my/requests/{asked}").text


def test_after_its_time_writing_again_makes_a_linked_request(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    solved(asked, cast, now)
    desk(course.close, asked, cast=cast, at=now)
    with clock.frozen(now + timedelta(days=30)):
        page = client.sign_in(cast.lin).get(f"/my/requests/{asked}").text
        assert "Not solved yet" not in page and "becomes a request of its own" in page
        answer = client.post(f"/my/requests/{asked}/reply", data={"text": "又发生了"})
        page = client.get(answer.headers["Location"]).text
    assert "SR-2026-000002" in page and "The two are linked." in page and "Follows" in page
    assert messages(asked) == []


def test_it_is_taken_back_with_or_without_a_reason(
    client: CheckingClient, cast: Cast, asked: int
) -> None:
    client.sign_in(cast.lin).post(f"/my/requests/{asked}/withdraw", data={"reason": "自己找到了"})
    assert stored(asked).state == S.WITHDRAWN
    page = client.get(f"/my/requests/{asked}").text
    assert "You took it back" in page and "自己找到了" in page and "Take back" not in page


def test_a_step_that_came_too_late_says_so(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    solved(asked, cast, now)
    answer = client.sign_in(cast.lin).post(f"/my/requests/{asked}/withdraw")
    assert answer.status_code == 409 and "See how it stands now" in answer.text


def test_a_merged_request_leads_to_the_other(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    other = a_request(cast, now, title="同一件事").id
    db.session.commit()
    merge(stored(asked), stored(other), "同一票货", viewer(cast.customer_service), now)
    db.session.commit()
    page = client.sign_in(cast.lin).get(f"/my/requests/{asked}").text
    assert (
        f"/my/requests/{other}" in page
        and "同一件事" in page
        and "Goes on in another request" in page
    )
    answer = client.post(f"/my/requests/{asked}/reply", data={"text": "补充"})
    assert answer.headers["Location"].startswith(f"/my/requests/{other}")


def test_counted_goods_stand_beside_what_was_said(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    rows = [NewLine("冻虾", "XCT", Decimal(12), cause="破损")]
    row = a_request(cast, now, kind="return", lines=rows)
    keep(cast)
    line = db.session.scalars(select(RequestLine)).one()
    goods.check(line, Decimal(10), "两箱已湿", viewer(cast.customer_service), now)
    db.session.commit()
    page = client.sign_in(cast.lin).get(f"/my/requests/{row.id}").text
    assert "You said" in page and "12 carton" in page and "10 carton" in page


def test_who_may_only_read_has_no_buttons(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    reader = member("Reader", cast.harbour, frozenset({Power.DISPUTE_BILLS}), now)
    keep(cast)
    db.session.refresh(reader)
    page = client.sign_in(reader).get(f"/my/requests/{asked}").text
    assert "Write to us" not in page and "Take back" not in page and 'id="reply"' not in page
    assert client.post(f"/my/requests/{asked}/reply", data={"text": "x"}).status_code == 403


def test_what_waits_for_the_customer_comes_first_in_the_list(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    for n in range(3):
        a_request(cast, now, title=f"较新的 {n}")
    db.session.commit()
    desk(course.accept, asked, cast=cast, at=now)
    desk(course.wait_for_customer, asked, "请提供箱号。", cast=cast, at=now)
    page = client.sign_in(cast.lin).get("/my/requests").text
    assert page.index("货物到哪里了") < page.index("较新的 2") < page.index("较新的 0")
    assert "Waits for your answer" in page


@pytest.mark.parametrize(("query", "is_there"), [
    ("q=货物", True), ("q=huowu", True), ("q=SR-2026", True), ("q=飞机", False), ("state=open", True),
    ("state=me", False), ("state=over", False), ("kind=enquiry", True), ("kind=complaint", False), ("kind=x", True),
])  # fmt: skip
def test_the_list_is_searched_and_filtered(
    client: CheckingClient, cast: Cast, asked: int, query: str, is_there: bool
) -> None:
    page = client.sign_in(cast.lin).get(f"/my/requests?{query}").text
    assert ("货物到哪里了" in page) is is_there


def test_the_list_is_paged_by_what_was_seen_last_and_exported_whole(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    for n in range(35):
        a_request(cast, now, title=f"请求 {n:02}")
    keep(cast)
    first = client.sign_in(cast.lin).get("/my/requests").text
    assert "请求 34" in first and "请求 04" not in first and "35 in all" in first
    after = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(after).text
    assert "请求 04" in second and "请求 00" in second and "请求 05" not in second
    assert client.get("/my/requests?export=csv").get_data(as_text=True).count("请求") == 35


def test_the_pages_ask_the_same_of_the_database_however_much_there_is(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    desk(talking.reply, asked, "我们查一下。", [File()], cast=cast, at=now)
    for n in range(2):
        a_request(cast, now, title=f"另一个 {n}")
    keep(cast)
    before = counted(client.sign_in(cast.lin), asked)
    for n in range(12):
        desk(talking.reply, asked, f"第 {n} 次答复", [File()], cast=cast, at=now)
        a_request(cast, now, title=f"更多 {n}")
    db.session.commit()
    assert counted(client, asked) == before and max(before) <= 12


def counted(client: CheckingClient, request_id: int) -> list[int]:
    """How many statements the list and the page of a request send, once everything that is kept is at hand."""
    found = []
    for url in ("/my/requests", f"/my/requests/{request_id}"):
        client.get(url)
        client.get(url)
        found.append(len(client.queries))
    return found


def test_each_page_of_what_it_is_about_leads_to_asking_and_to_what_was_asked(
    client: CheckingClient, cast: Cast, asked: int
) -> None:
    row = stored(asked)
    about = {
        "entitlements": ("entitlement", row.entitlement_id),
        "contracts": ("contract", row.contract_id),
    }
    client.sign_in(cast.lin)
    for room, (name, row_id) in about.items():
        page = client.get(f"/my/{room}/{row_id}").text
        assert (
            f"/my/requests/new?{name}={row_id}" in page and f'href="/my/requests/{asked}"' in page
        )


def test_stock_days_are_asked_about_with_their_period(client: CheckingClient, cast: Cast) -> None:
    page = client.sign_in(cast.lin).get("/my/stock?from=2026-02-01&to=2026-02-28").text
    link = page.split('href="/my/requests/new?')[1].split('"')[0]
    assert {"storage=1", "from=2026-02-01", "until=2026-02-28"} <= set(link.split("&amp;"))


def test_the_first_page_shows_what_is_open_and_what_waits(
    client: CheckingClient, cast: Cast, now: datetime, asked: int
) -> None:
    desk(course.accept, asked, cast=cast, at=now)
    desk(course.wait_for_customer, asked, "请提供箱号。", cast=cast, at=now)
    page = client.sign_in(cast.lin).get("/my/").text
    assert "We wait for your answer: 货物到哪里了" in page and "Your requests" in page
    assert "货物到哪里了" not in client.sign_in(cast.erik).get("/my/").text
