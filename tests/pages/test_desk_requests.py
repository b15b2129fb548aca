"""The desk's queues of requests: which hold what, in which order, narrowed, counted, saved."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from portal.db.base import db
from portal.service_requests.actions import course, handing
from portal.service_requests.models import SavedFilter, ServiceRequest
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.service import a_category, a_request, an_agent

NUMBERS = re.compile(r"SR-2026-\d{6}")


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.customer_service)


def numbers(desk: CheckingClient, queue: str, **args: str) -> list[str]:
    """The numbers on a queue's page in their order."""
    return NUMBERS.findall(desk.get(f"/desk/requests/queue/{queue}", query_string=args).text)


def due(row: ServiceRequest, at: datetime | None) -> ServiceRequest:
    """The same with its earliest clock ending at an instant."""
    row.next_due_at = at
    return row


def test_the_latest_due_comes_first_and_what_has_no_clock_last(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    due(a_request(cast, now), None)
    due(a_request(cast, now), now + timedelta(hours=1))
    due(a_request(cast, now), now - timedelta(hours=2))
    keep(cast)
    assert numbers(desk, "open") == [f"SR-2026-00000{n}" for n in (3, 2, 1)]


def test_late_ones_are_marked_and_say_for_how_long(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    due(a_request(cast, now), now - timedelta(hours=2))
    keep(cast)
    page = desk.get("/desk/requests/queue/late").text
    assert 'class="row-bad"' in page and "2 h late" in page


def test_each_queue_holds_its_own(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    me, manager = viewer(cast.customer_service), viewer(cast.administrator)
    rows = [a_request(cast, now) for _ in range(5)]
    mine, waiting, shared, ended, _nobodys = rows
    for row in (mine, waiting):
        course.accept(row, me, now)
    course.wait_for_customer(waiting, "请提供运单号", me, now)
    handing.assign(shared, an_agent().id, manager, now)
    handing.share_with(shared, [cast.customer_service.id], manager, now)
    course.reject(ended, "不属于服务范围", me, now)
    keep(cast)
    assert set(numbers(desk, "mine")) == {"SR-2026-000001", "SR-2026-000002"}
    assert numbers(desk, "waiting") == ["SR-2026-000002"]
    assert numbers(desk, "team") == ["SR-2026-000003"]
    assert numbers(desk, "unassigned") == ["SR-2026-000005"]
    assert len(numbers(desk, "open")) == 4
    assert len(numbers(desk, "all")) == 5


def test_who_answers_requests_begins_with_ones_own_and_others_with_all(
    client: CheckingClient, cast: Cast
) -> None:
    assert (
        "Nothing is yours now" in client.sign_in(cast.customer_service).get("/desk/requests").text
    )
    assert "Nothing is yours now" not in client.sign_in(cast.sales).get("/desk/requests").text


def test_tabs_count_what_they_hold(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    for _ in range(3):
        a_request(cast, now)
    keep(cast)
    page = desk.get("/desk/requests/queue/open").text
    assert re.search(r'Nobody&#39;s <span class="count">3<', page)
    assert re.search(r'Mine <span class="count">0<', page)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"q": "haigang"}, True),
        ({"q": "hgsp 货物"}, True),
        ({"q": "sr-2026-000001"}, True),
        ({"q": "lin xiaowen"}, True),
        ({"q": "beifeng"}, False),
        ({"severity": "3"}, True),
        ({"severity": "1"}, False),
        ({"severity": "x"}, True),
        ({"kind": "enquiry"}, True),
        ({"kind": "complaint"}, False),
        ({"state": "new"}, True),
        ({"state": "closed"}, False),
        ({"tier": "green"}, False),
        ({"tier": "ordinary"}, True),
        ({"owner": "nobody"}, True),
        ({"owner": "1"}, False),
    ],
)
def test_a_queue_is_searched_and_narrowed(
    desk: CheckingClient, cast: Cast, now: datetime, question: dict[str, str], found: bool
) -> None:
    a_request(cast, now)
    keep(cast)
    assert (numbers(desk, "open", **question) == ["SR-2026-000001"]) is found


def test_a_category_of_the_first_level_finds_those_below_it(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    above = a_category("transport", "运输异常")
    below = a_category("damage", "破损", parent_id=above.id)
    a_request(cast, now, category_id=below.id)
    a_request(cast, now)
    ids = above.id, below.id
    keep(cast)
    for each in ids:
        assert numbers(desk, "open", category=str(each)) == ["SR-2026-000001"]


def test_the_green_channel_is_seen(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    cast.harbour.segment = "vip"
    a_request(cast, now)
    keep(cast)
    assert "Green channel" in desk.get("/desk/requests/queue/open?tier=green").text


def test_one_customers_are_listed_where_its_page_leads(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_request(cast, now)
    a_request(cast, now, customer=cast.nordwind)
    harbour = cast.harbour.id
    keep(cast)
    assert numbers(desk, "all", customer=str(harbour)) == ["SR-2026-000001"]


def test_thirty_stand_on_a_page_and_the_next_follow(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    for hours in range(32):
        due(a_request(cast, now), now + timedelta(hours=hours))
    keep(cast)
    page = desk.get("/desk/requests/queue/open").text
    after = re.search(r'rel="next" href="([^"]+)"', page)
    assert len(NUMBERS.findall(page)) == 30 and after
    rest = desk.get(after[1].replace("&amp;", "&")).text
    assert NUMBERS.findall(rest) == ["SR-2026-000031", "SR-2026-000032"]


def test_a_file_holds_what_the_page_shows_and_more(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_request(cast, now, title="=SUM(A1)")
    keep(cast)
    file = desk.get("/desk/requests/queue/open?export=csv").get_data(as_text=True)
    assert "SR-2026-000001" in file and "HARBOUR" in file and "Lin Xiaowen" in file
    assert ",=SUM" not in file


def test_a_queue_that_there_is_not_is_not_found(desk: CheckingClient) -> None:
    assert desk.get("/desk/requests/queue/everything").status_code == 404


def test_statements_are_constant_in_rows(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    a_request(cast, now)
    keep(cast)
    desk.get("/desk/requests/queue/open")
    desk.get("/desk/requests/queue/open")
    few = len(desk.queries)
    for _ in range(20):
        a_request(cast, now, customer=cast.nordwind)
    keep(cast)
    desk.get("/desk/requests/queue/open")  # what is kept a few seconds is read again
    desk.get("/desk/requests/queue/open")
    assert len(desk.queries) == few <= 6


def test_filters_are_saved_under_a_name_and_lead_back(desk: CheckingClient) -> None:
    query = "queue=late&severity=1&q=haigang&after=xyz&evil=1"
    there = desk.post("/desk/requests/filters", data={"name": " 急  件 ", "query": query})
    assert there.status_code == 303
    row = db.session.scalar(db.select(SavedFilter))
    assert (row.name, row.query) == ("急 件", "queue=late&severity=1&q=haigang")
    page = desk.get(there.headers["Location"]).text
    assert "急 件" in page and 'aria-current="true"' in page


def test_the_same_name_is_replaced_and_another_persons_is_not_seen(
    client: CheckingClient, desk: CheckingClient, cast: Cast
) -> None:
    for query in ("queue=late", "queue=mine"):
        desk.post("/desk/requests/filters", data={"name": "急件", "query": query})
    rows = db.session.scalars(db.select(SavedFilter)).all()
    assert [row.query for row in rows] == ["queue=mine"]
    assert "急件" not in client.sign_in(cast.administrator).get("/desk/requests").text


def test_a_filter_without_a_name_is_refused(desk: CheckingClient) -> None:
    there = desk.post("/desk/requests/filters", data={"name": " ", "query": "queue=late"})
    assert "Give the filter a name" in desk.get(there.headers["Location"]).text
    assert db.session.scalar(db.select(SavedFilter)) is None


def test_ones_own_filter_is_removed_and_no_other_persons(
    client: CheckingClient, desk: CheckingClient, cast: Cast
) -> None:
    desk.post("/desk/requests/filters", data={"name": "急件", "query": "queue=late"})
    filter_id = db.session.scalar(db.select(SavedFilter.id))
    db.session.remove()
    address = f"/desk/requests/filters/{filter_id}/remove"
    assert client.sign_in(cast.administrator).post(address).status_code == 404
    assert client.sign_in(cast.customer_service).post(address).status_code == 303
    assert db.session.scalar(db.select(SavedFilter)) is None
