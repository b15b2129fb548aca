"""Pages of what comes out of a request: calendar, tasks, defects, registers, feedback sheets, counts, chances."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from portal.access.permissions import Role
from portal.db.base import db
from portal.service_requests.actions import feeds, tasks
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.models import RequestClock, RequestTask, Upsell
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.found import HOUR, found_world
from tests.offers import draft, keep, quick_press
from tests.service import a_service_manager

__all__ = ["quick_press"]


@pytest.fixture
def world(cast: Cast, now: datetime) -> dict[str, int]:
    """One of each, committed."""
    ids = found_world(cast, now)
    keep(cast)
    return ids


def test_every_page_draws_for_those_who_may(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    manager = a_service_manager()
    keep(cast)
    client.sign_in(db.session.merge(manager))
    w = world
    for url in (
        "/desk/calendar", "/desk/calendar?look=day&who=all", "/desk/calendar?on=nonsense&who=zzz",
        "/desk/calendar/feed",
        "/desk/tasks", "/desk/tasks?state=overdue&whose=asked&kind=visit&q=haigang", "/desk/tasks/new",
        f"/desk/tasks/new?request={w['request']}", f"/desk/tasks/{w['visit']}", f"/desk/tasks/{w['visit']}/edit",
        "/desk/defects", "/desk/defects?state=overdue&kind=1&responsible=us&owner=mine&q=DF",
        f"/desk/defects/new?request={w['request']}", f"/desk/defects/{w['defect']}",
        f"/desk/defects/{w['defect']}/edit",
        "/desk/defect-kinds", "/desk/defect-kinds/new", f"/desk/defect-kinds/{w['kind']}",
        "/desk/registers/complaints", "/desk/registers/complaints?from=2026-01-01&to=2026-12-31",
        "/desk/registers/tracking", "/desk/feedback-sheets", "/desk/feedback-sheets?state=late&whose=sent&q=FS",
        f"/desk/feedback-sheets/new?request={w['request']}", f"/desk/feedback-sheets/{w['sheet']}",
        f"/desk/request-lines/{w['line']}", "/desk/upsells", "/desk/upsells?state=open&whose=mine&q=x",
        "/desk/upsells/new", f"/desk/upsells/new?request={w['request']}", f"/desk/upsells/{w['upsell']}",
        f"/desk/upsells/{w['upsell']}/edit", f"/desk/requests/{w['request']}", f"/desk/requests/{w['back']}",
    ):  # fmt: skip
        assert client.get(url).status_code == 200, url


def test_the_page_of_a_request_shows_what_came_out_of_it(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    text = client.sign_in(cast.customer_service).get(f"/desk/requests/{world['request']}").text
    for said in ("上门查看", "查询签收", "DF-2026-000001", "FS-2026-000001", "UP-2026-000001"):
        assert said in text


def test_a_visit_stands_in_its_hours_and_a_task_on_its_day(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    client.sign_in(cast.customer_service)
    week = client.get("/desk/calendar?on=2026-03-05").text
    assert 'rowspan="2"' in week and "11:00 – 12:00" in week and "查询签收" in week
    assert "上门查看" not in client.get("/desk/calendar?on=2026-03-12").text
    client.sign_in(cast.keeper)
    assert "上门查看" not in client.get("/desk/calendar?on=2026-03-05").text
    assert "上门查看" in client.get("/desk/calendar?on=2026-03-05&who=all").text


def test_a_salesperson_of_another_customer_sees_nothing_of_it_in_everybodys_calendar(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    stranger = staff("Stranger", Role.SALES)
    keep(cast)
    client.sign_in(db.session.merge(stranger))
    assert "上门查看" not in client.get("/desk/calendar?on=2026-03-05&who=all").text


def typed(**more: Any) -> dict[str, Any]:
    return {"kind": "visit", "title": "培训操作员", "visit_on": "2026-03-02", "from_time": "11:30",
            "until_time": "12:30", "place": "客户仓库", **more}  # fmt: skip


def test_a_visit_is_planned_and_its_overlap_is_warned_of_not_refused(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    client.sign_in(cast.customer_service)
    url = f"/desk/tasks/new?request={world['request']}"
    sent = typed(assignee_id=cast.customer_service.id, is_shared="y")
    page = client.post(url, data=sent, follow_redirects=True)
    assert "Zhao Min is busy at that time already: 2026-03-02 11:00 – 12:00." in page.text
    task = db.session.scalars(select(RequestTask).order_by(RequestTask.id.desc())).first()
    assert (task.title, task.is_shared, task.starts_at.isoformat()) == (
        "培训操作员", True, "2026-03-02T03:30:00+00:00"
    )  # fmt: skip


def test_what_a_visit_lacks_is_said_at_its_field_and_what_was_typed_stays(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    client.sign_in(cast.customer_service)
    sent = typed(assignee_id=cast.customer_service.id, until_time="")
    answer = client.post(f"/desk/tasks/new?request={world['request']}", data=sent)
    assert answer.status_code == 422
    assert 'id="until_time-error"' in answer.text and "培训操作员" in answer.text


def test_two_who_change_one_task_are_told(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    client.sign_in(cast.customer_service)
    url = f"/desk/tasks/{world['visit']}/edit"
    sent = typed(assignee_id=cast.customer_service.id, version="1")
    assert client.post(url, data=sent).status_code == 303
    assert client.post(url, data=sent).status_code == 422


def test_a_task_is_done_and_taken_up_again(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    client.sign_in(cast.customer_service)
    url = f"/desk/tasks/{world['visit']}"
    assert client.post(f"{url}/complete", data={"result": ""}).status_code == 422
    assert client.post(f"{url}/complete", data={"result": "看过"}).status_code == 303
    assert client.post(f"{url}/reopen", data={"reason": "没看完"}).status_code == 303
    assert client.post(f"{url}/cancel", data={"reason": "改期"}).status_code == 303
    assert "改期" in client.get(url).text


def token_of(client: CheckingClient, cast: Cast) -> str:
    page = client.sign_in(cast.customer_service).post("/desk/calendar/feed").text
    return page.partition(f"{client.application.config['BASE_URL']}/calendar/")[2].partition(
        ".ics"
    )[0]


def test_a_telephone_reads_ones_own_open_plan_and_no_note(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    address = f"/calendar/{token_of(client, cast)}.ics"
    client.get("/logout")
    answer = client.get(address)
    assert answer.mimetype == "text/calendar" and "no-cache" in answer.headers["Cache-Control"]
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert sorted(str(event["summary"]) for event in events) == ["Due: 查询签收", "上门查看"]
    assert "机密备注" not in answer.text and ":8000/desk/tasks/" in answer.text
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_wrong_or_revoked_address_is_not_found_and_reading_opens_no_door(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    token = token_of(client, cast)
    assert client.get(f"/calendar/{token[:-1]}.ics").status_code == 404
    assert client.post("/desk/calendar/feed/revoke").status_code == 303
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_guessing_at_calendar_addresses_is_slowed(
    client: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(client.application.config, "GUESS_LIMIT", "7 per hour")
    found = [client.get(f"/calendar/guess{n}.ics").status_code for n in range(9)]
    assert found == [404] * 7 + [429] * 2


def test_a_defect_is_recorded_corrected_and_proved_by_another(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    url = f"/desk/defects/{world['defect']}"
    client.sign_in(cast.keeper)
    assert client.post(f"{url}/correct", data={"done_on": "2026-03-02"}).status_code == 303
    client.sign_in(cast.customer_service)
    assert "The measure helped" in client.get(url).text
    assert client.post(f"{url}/verify", data={"effect": ""}).status_code == 422
    assert client.post(f"{url}/verify", data={"effect": "无破损"}).status_code == 303
    assert "无破损" in client.get(url).text


def test_a_defect_without_a_request_leads_to_the_requests(client: CheckingClient, cast: Cast):
    client.sign_in(cast.customer_service)
    assert client.get("/desk/defects/new").headers["Location"].endswith("/desk/requests")


def test_a_kind_of_defect_is_added_and_named_otherwise(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    manager = a_service_manager()
    keep(cast)
    client.sign_in(db.session.merge(manager))
    sent = {"code": "CUSTOMS", "name_zh": "清关差错", "active": "y"}
    assert client.post("/desk/defect-kinds/new", data=sent).status_code == 303
    assert client.post("/desk/defect-kinds/new", data=sent).status_code == 422
    assert "清关差错" in client.get("/desk/defect-kinds").text


def test_the_recipient_answers_a_sheet_and_nobody_else(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    url = f"/desk/feedback-sheets/{world['sheet']}"
    client.sign_in(cast.finance)
    assert client.post(f"{url}/answer", data={"answer": "x"}).status_code == 403
    client.sign_in(cast.keeper)
    assert client.post(f"{url}/answer", data={"answer": "叉车撞的"}).status_code == 303
    assert "叉车撞的" in client.get(url).text


def test_goods_are_counted_twice_by_two_people_on_their_pages(
    client: CheckingClient, cast: Cast, world: dict[str, int]
):
    url = f"/desk/request-lines/{world['line']}"
    client.sign_in(cast.keeper)
    assert client.post(f"{url}/check", data={"quantity": "8"}).status_code == 422
    assert client.post(f"{url}/check", data={"quantity": "8", "cause": "少"}).status_code == 303
    assert client.post(f"{url}/check-again", data={"quantity": "8"}).status_code == 422
    client.sign_in(cast.customer_service)
    assert client.post(f"{url}/check-again", data={"quantity": "8"}).status_code == 303
    found = client.get(url).text
    assert "Less than claimed" in found and "H87" not in found


def test_a_chance_leads_to_a_quotation_for_the_same_customer_and_is_won(
    client: CheckingClient, cast: Cast, now: datetime, world: dict[str, int]
):
    number = draft(cast, now).number
    keep(cast)
    client.sign_in(cast.sales)
    url = f"/desk/upsells/{world['upsell']}"
    assert f"/desk/quotations/new?customer_id={cast.harbour.id}" in client.get(url).text
    assert client.post(f"{url}/quote", data={"quotation": "QT-0"}).status_code == 422
    assert client.post(f"{url}/quote", data={"quotation": number}).status_code == 303
    assert client.post(f"{url}/win").status_code == 303
    assert number in client.get(url).text
    assert db.session.get_one(Upsell, world["upsell"]).state == "won"


def test_registers_go_out_as_excel_with_control_totals_and_as_a_paper(
    client: CheckingClient, cast: Cast, world: dict[str, int], tmp_path, quick_press: None
):
    client.sign_in(cast.customer_service)
    book = client.get("/desk/registers/tracking?export=xlsx")
    (tmp_path / "t.xlsx").write_bytes(book.data)
    rows = list(load_workbook(tmp_path / "t.xlsx").active.values)
    assert rows[1][3] == "破损三箱" and rows[1][6] == "通道窄"
    assert rows[2][0] == "Total of 1 rows" and rows[2][-1] == 1
    sums = client.get("/desk/registers/complaints?export=csv").get_data(as_text=True)
    assert "By month,2026-03,1,0,0,1," in sums
    for url in ("/desk/registers/tracking/paper", "/desk/registers/complaints/paper",
                f"/desk/feedback-sheets/{world['sheet']}/paper"):  # fmt: skip
        assert client.get(url).mimetype == "application/pdf", url


def test_late_stands_at_the_complaint_not_at_the_day_of_its_measure(
    client: CheckingClient, cast: Cast, world: dict[str, int], now: datetime
):
    for clock in db.session.query(RequestClock).filter_by(request_id=world["request"]):
        clock.breached_at = now
    db.session.commit()
    page = client.sign_in(cast.customer_service).get("/desk/registers/tracking").text
    head = page[page.index("<tbody>") :]
    assert "past its time" in head[: head.index("</th>")]


def test_the_feed_is_read_with_few_statements(client: CheckingClient, cast: Cast, now: datetime):
    agent = viewer(cast.customer_service)
    for number in range(20):
        plan = Plan("task", f"事 {number}", cast.customer_service.id, due_at=now + number * HOUR)
        tasks.make(plan, cast.harbour, agent, now)
    token = feeds.make(agent, now)
    keep(cast)
    assert client.get(f"/calendar/{token}.ics").data.count(b"BEGIN:VEVENT") == 20
    assert len(client.queries) <= 6
    client.sign_in(cast.customer_service).get("/desk/calendar")
    assert len(client.queries) <= 14
