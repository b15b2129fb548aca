"""Customer care at the desk: visits, the sheet, the plan, notes, lent things, news; and what a customer reads of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.care.actions import plans
from portal.care.models import Asset, AssetLoan, MarketEntry, Visit, WatchNote
from portal.care.queries.plans import targets
from portal.care.rules.kinds import BY_MANAGEMENT
from portal.care.views.customer_card import card
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.documents.models import Attachment
from portal.kernel.clock import business_day
from portal.service_requests.models import RequestTask
from tests.care import a_loan, a_note, a_price, a_thing, a_visit, a_visit_made
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def visit_id(cast: Cast, now: datetime) -> int:
    """A visit planned for tomorrow with 周敏, and a note to know before."""
    contact = add(Contact(customer_id=cast.harbour.id, name="周敏", phone="13800138000"))
    visit = a_visit(cast, now, contact_id=contact.id)
    a_note(cast.harbour, now, text="老板娘管付款")
    found = visit.id
    keep(cast)
    return found


def sheet(**changes: object) -> dict[str, object]:
    """The sheet as a telephone sends it."""
    sent: dict[str, object] = {
        "done_on": "2026-03-02", "met": "周敏", "mood": "bad", "summary": "上月两票晚到", "needs": "周报",
        "promises-0-text": "发赔付方案", "promises-0-due_on": "2026-03-04", "promises-1-text": "",
        "promises-2-text": "", "next_step": "", "next_as": "", "competitor_id": "",
    }  # fmt: skip
    return sent | changes


def test_the_page_before_a_visit_says_what_to_know(
    client: CheckingClient, cast: Cast, visit_id: int
):
    page = client.sign_in(cast.sales).get(f"/desk/visits/{visit_id}").text
    assert "tel:13800138000" in page and "老板娘管付款" in page and "Write the sheet" in page
    assert len(client.queries) <= 12


def test_a_visit_is_planned_for_a_customer_that_was_found(
    client: CheckingClient, cast: Cast, now: datetime
):
    client.sign_in(cast.sales)
    db.session.get_one(Customer, cast.harbour.id).search_text = "haigang 海港"
    harbour, sales = cast.harbour.id, cast.sales.id
    db.session.commit()
    assert "HARBOUR" in client.get("/desk/visits/new?q=haigang").text
    data = {"kind": "on_site", "purpose": "看仓库", "planned_on": "2026-03-05", "at": "14:00", "minutes": "45",
            "visitor_id": str(sales)}  # fmt: skip
    refused = client.post(f"/desk/visits/new?customer={harbour}", data=data | {"purpose": ""})
    assert refused.status_code == 422
    client.post(f"/desk/visits/new?customer={harbour}", data=data)
    [row] = db.session.scalars(select(Visit)).all()
    assert (row.purpose, row.minutes, f"{row.starts_at:%H:%M}") == ("看仓库", 45, "06:00")
    assert "看仓库" in client.get("/desk/visits?whose=mine&q=haigang").text


def test_a_visit_is_moved_and_called_off(client: CheckingClient, cast: Cast, visit_id: int):
    client.sign_in(cast.sales)
    version = str(db.session.get_one(Visit, visit_id).version)
    data = {"kind": "video", "purpose": "回顾", "planned_on": "2026-03-09", "minutes": "30",
            "visitor_id": str(db.session.get_one(Visit, visit_id).visitor_id), "version": version}  # fmt: skip
    assert client.post(f"/desk/visits/{visit_id}/edit", data=data).status_code == 303
    page = client.post(
        f"/desk/visits/{visit_id}/cancel", data={"reason": "客户出差"}, follow_redirects=True
    )
    assert (
        "客户出差" in page.text and client.get(f"/desk/visits/{visit_id}/edit").status_code == 409
    )


def test_the_sheet_keeps_what_was_said_promised_and_photographed(
    client: CheckingClient, cast: Cast, visit_id: int
):
    client.sign_in(cast.sales)
    page = client.get(f"/desk/visits/{visit_id}/sheet").text
    assert 'value="周敏"' in page and 'accept="image/' in page
    photo = (BytesIO(PNG), "仓库.png")
    sent = client.post(
        f"/desk/visits/{visit_id}/sheet", data=sheet(files=photo), follow_redirects=True
    )
    assert "上月两票晚到" in sent.text and "Displeased" in sent.text and "发赔付方案" in sent.text
    assert db.session.scalars(select(RequestTask.title)).all() == ["发赔付方案"]
    assert db.session.scalars(select(Attachment.is_shared)).all() == [False]


def test_a_sheet_that_says_too_little_keeps_what_was_typed(
    client: CheckingClient, cast: Cast, visit_id: int
):
    client.sign_in(cast.sales)
    wrong = sheet(**{"summary": " ", "promises-0-due_on": "", "next_as": "visit"})
    refused = client.post(f"/desk/visits/{visit_id}/sheet", data=wrong)
    assert refused.status_code == 422 and "发赔付方案" in refused.text
    for said in (
        "what they said",
        "Say by when each promise is kept.",
        "Say what the next step is.",
    ):
        assert said in refused.text


def test_a_sheet_is_put_right_afterwards(client: CheckingClient, cast: Cast, now: datetime):
    row = a_visit_made(cast, now)
    row_id, version = row.id, str(row.version)
    keep(cast)
    client.sign_in(cast.sales)
    there = f"/desk/visits/{row_id}/sheet"
    assert (
        'name="next_as"' not in client.get(there).text
    )  # what follows was planned with the first sheet
    right = sheet(version=version, summary="要三千平")
    del right["next_as"]
    assert client.post(there, data=right).status_code == 303
    assert db.session.get_one(Visit, row_id).summary == "要三千平"


def test_a_form_that_came_too_late_keeps_what_was_typed_and_can_be_sent_again(
    client: CheckingClient, cast: Cast, now: datetime
):
    visit, note, entry, thing = (
        a_visit_made(cast, now), a_note(cast.harbour, now), a_price(now), a_thing(now),
    )  # fmt: skip
    forms = {
        f"/desk/visits/{visit.id}/sheet": (visit, "summary", sheet()),
        f"/desk/watch-notes/{note.id}/edit": (
            note, "text", {"subject": "firm", "importance": "low", "text": "x"},
        ),
        f"/desk/market/{entry.id}/edit": (
            entry, "text", {"kind": "news", "title": "涨价", "source": "报纸", "currency": "CNY",
                            "reliability": "sure", "observed_on": "2026-03-01"},
        ),
        f"/desk/assets/{thing.id}/edit": (
            thing, "note", {"number": "PR-1", "name": "秤", "kind": "scale", "currency": "CNY"},
        ),
    }  # fmt: skip
    sent = {
        url: ({**form, "version": str(row.version)}, name, row.version)
        for url, (row, name, form) in forms.items()
    }
    keep(cast)
    client.sign_in(_both(cast))
    for url, (form, name, version) in sent.items():
        assert client.post(url, data={**form, name: "先来的"}).status_code == 303, url
        late = client.post(url, data={**form, name: "后来的"})
        assert late.status_code == 422 and "changed this after you opened it" in late.text, url
        assert "后来的" in late.text and f'value="{version + 1}"' in late.text, url
        again = {**form, name: "后来的", "version": str(version + 1)}
        assert client.post(url, data=again).status_code == 303, url
        assert "后来的" in client.get(url.rpartition("/")[0]).text, url


def _both(cast: Cast) -> User:
    """Somebody who works with customers, things to lend and the market."""
    person = staff("Luo Hua", Role.SALES_MANAGER, Role.SERVICE_MANAGER)
    keep(cast)
    db.session.refresh(person)
    return person


@pytest.fixture
def planned(cast: Cast, now: datetime) -> Cast:
    """The plan of a firm; Harbour is a VIP of a year that nobody visited."""
    plans.seed(SYSTEM, now)
    harbour = db.session.get_one(Customer, cast.harbour.id)
    harbour.segment, harbour.structure, harbour.created_at = "vip", "key", now - 365 * DAY
    keep(cast)
    return cast


@pytest.mark.parametrize("tab", ["overdue", "key", "never"])
def test_who_waits_for_a_visit_stands_on_each_list(client: CheckingClient, planned: Cast, tab: str):
    client.sign_in(planned.sales)
    page = client.get(f"/desk/visit-plans/{tab}").text
    assert "海港食品" in page and "Never visited" in page and "Chen Li" in page
    sent = client.get(f"/desk/visit-plans/{tab}?segment=vip&export=csv").get_data(as_text=True)
    assert "HARBOUR" in sent and "NORDWIND" not in sent
    assert ("2025-04-01" in sent) is (tab != "never")  # a month after it came to us


@pytest.mark.parametrize(("tab", "kind"), [("overdue", "on_site"), ("key", "management")])
def test_the_list_leads_to_the_visit_that_the_plan_wants(
    client: CheckingClient, planned: Cast, tab: str, kind: str
):
    client.sign_in(planned.sales)
    there = f"/desk/visits/new?customer={planned.harbour.id}&kind={kind}"
    assert there in unescape(client.get(f"/desk/visit-plans/{tab}").text)
    page = client.get(there).text
    assert f'selected value="{kind}"' in page
    assert ("Management visit" if kind == "management" else "Visit by plan") in page


def test_the_plan_is_read_by_all_and_changed_by_some(client: CheckingClient, planned: Cast):
    assert "On their ground" in client.sign_in(planned.sales).get("/desk/visit-plans").text
    data = {"version": str(plans.version_of_plan()), "horizon_days": "7", "a_day": "2"}
    for place, row in enumerate(targets()):
        typed = {"segment": row.segment, "kind": row.kind, "every_days": "45"}
        data |= {f"rows-{place}-{name}": value for name, value in typed.items()}
    db.session.rollback()
    assert client.post("/desk/visit-plans", data=data).status_code == 403
    client.sign_in(planned.sales_manager)
    wrong = client.post("/desk/visit-plans", data=data | {"rows-1-every_days": "5000"})
    assert (
        wrong.status_code == 422 and "From 0 to 1095 days." in wrong.text and "5000" in wrong.text
    )
    wrong = client.post("/desk/visit-plans", data=data | {"a_day": "99"})
    assert wrong.status_code == 422 and "From 1 to 20." in wrong.text
    late = client.post("/desk/visit-plans", data=data | {"version": "1"})
    assert late.status_code == 422 and "Somebody else changed the plan" in late.text
    assert client.post("/desk/visit-plans", data=data).status_code == 303
    assert {row.every_days for row in targets()} == {45}


def test_visits_made_are_filtered_and_sent_as_a_file(
    client: CheckingClient, cast: Cast, now: datetime
):
    a_visit_made(cast, now, mood="bad", summary="意见很大")
    keep(cast)
    client.sign_in(cast.sales)
    assert "意见很大" not in client.get("/desk/visits/made?mood=good").text
    sent = client.get("/desk/visits/made?mood=bad&since=30&export=csv").get_data(as_text=True)
    assert "意见很大" in sent and len(client.queries) <= 6


def test_a_watch_note_is_written_changed_and_taken_off(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales)
    harbour = cast.harbour.id
    data = {"subject": "firm", "importance": "high", "text": "月底前不谈价", "source": "周敏"}
    new = f"/desk/watch-notes/new?customer={harbour}"
    assert client.post(new, data=data | {"subject": "person"}).status_code == 422
    client.post(new, data=data)
    note = db.session.scalars(select(WatchNote)).one()
    note_id, version = note.id, str(note.version)
    db.session.rollback()
    client.post(
        f"/desk/watch-notes/{note_id}/edit", data=data | {"text": "下月再谈", "version": version}
    )
    assert "下月再谈" in client.get("/desk/watch-notes?importance=high").text
    client.post(f"/desk/watch-notes/{note_id}/end", data={"reason": "谈好了"})
    assert "下月再谈" not in client.get("/desk/watch-notes").text
    assert "下月再谈" in client.get("/desk/watch-notes?standing=old").text


def test_news_of_the_market_is_noted_found_and_taken_off(
    client: CheckingClient, cast: Cast, now: datetime
):
    client.sign_in(cast.sales)
    data = {"kind": "price", "title": "顺捷降价", "price": "1850.5", "currency": "USD", "unit": "40HQ",
            "origin": "上海", "destination": "汉堡", "source": "报价单",
            "reliability": "sure", "observed_on": "2026-03-01"}  # fmt: skip
    refused = client.post("/desk/market/new", data=data | {"item": "NONE-1"})
    assert refused.status_code == 422 and "No service item has this code." in refused.text
    client.post("/desk/market/new", data=data)
    entry_id = db.session.scalars(select(MarketEntry.id)).one()
    for words in ("hanbao", "sjjj", "上海"):
        assert "顺捷降价" in client.get("/desk/market", query_string={"q": words}).text
    assert "1,850.5" in client.get(f"/desk/market/{entry_id}").text
    client.post(f"/desk/market/{entry_id}/end", data={"reason": "又涨了"})
    assert "顺捷降价" not in client.get("/desk/market?kind=price&sure=sure").text


def test_old_news_leaves_the_list_by_itself(client: CheckingClient, cast: Cast, now: datetime):
    a_price(now, observed_on=now.date() - 9 * DAY, expires_on=now.date() - DAY)
    keep(cast)
    client.sign_in(cast.auditor)
    assert "顺捷" not in client.get("/desk/market").text
    assert "顺捷" in client.get("/desk/market?standing=all").text


def test_a_thing_is_registered_lent_prolonged_and_given_back(
    client: CheckingClient, cast: Cast, now: datetime
):
    client.sign_in(cast.customer_service)
    harbour = cast.harbour.id
    thing = {
        "number": "pr-009",
        "name": "打印机",
        "kind": "printer",
        "currency": "CNY",
        "worth": "2600",
    }
    client.post("/desk/assets/new", data=thing)
    asset_id = db.session.scalars(select(Asset.id)).one()
    lent = {
        "lent_on": "2026-03-02",
        "due_on": "2027-03-02",
        "condition_out": "新",
        "deposit": "500",
        "currency": "CNY",
    }
    lend = f"/desk/assets/{asset_id}/lend?customer={harbour}"
    assert client.post(lend, data=lent | {"due_on": ""}).status_code == 422
    client.post(lend, data=lent)
    loan_id = db.session.scalars(select(AssetLoan.id)).one()
    client.post(f"/desk/assets/loans/{loan_id}/prolong", data={"due_on": "2027-09-01"})
    page = client.get(f"/desk/assets/loans/{loan_id}").text
    assert "2027-09-01" in page and "Loan prolonged" in page and "Lent to the customer" in page
    back = {"returned_on": "2026-03-02", "condition_in": "划痕", "is_deposit_back": "y"}
    there = f"/desk/assets/loans/{loan_id}/return"
    assert client.post(there, data=back | {"condition_in": ""}).status_code == 422
    page = client.post(
        f"/desk/assets/loans/{loan_id}/return", data=back, follow_redirects=True
    ).text
    assert "Returned to us" in page and "划痕" in client.get("/desk/assets?state=here").text


def test_a_thing_that_is_lost_and_found_is_here_again(
    client: CheckingClient, cast: Cast, now: datetime
):
    loan_id = a_loan(cast.harbour, now).id
    asset_id = db.session.get_one(AssetLoan, loan_id).asset_id
    keep(cast)
    client.sign_in(cast.customer_service)
    client.post(f"/desk/assets/loans/{loan_id}/lose", data={"reason": "丢了"})
    assert "Not given back" in client.get(f"/desk/assets/{asset_id}").text
    assert "PR-001" in client.get("/desk/assets/loans?standing=lost").text
    assert "PR-001" not in client.get("/desk/assets/loans?standing=back").text
    rows = client.get("/desk/assets/loans?export=csv").get_data(as_text=True).splitlines()
    row = dict(zip(rows[0].split(","), rows[1].split(","), strict=False))
    assert (row["Came back on"], row["Currency"]) == ("", "CNY")  # it never came back
    client.post(f"/desk/assets/{asset_id}/revive", data={"reason": "找到了"})
    client.post(f"/desk/assets/{asset_id}/retire", data={"reason": "太旧"})
    assert db.session.get_one(Asset, asset_id).state == "retired"


def test_a_customer_reads_what_it_has_of_ours_and_nobody_elses(
    client: CheckingClient, cast: Cast, now: datetime
):
    a_loan(cast.harbour, now - 400 * DAY)
    a_loan(cast.nordwind, now, "PR-002")
    a_thing(now, "PR-003", note="只给我们看的")
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/assets").text
    assert "PR-001" in page and "Overdue" in page and "500.00" in page
    assert "PR-002" not in page and "PR-003" not in page and "只给我们看的" not in page
    assert client.sign_in(cast.clerk).get("/my/assets").status_code == 403


def test_care_stands_on_the_customers_page(client: CheckingClient, cast: Cast, visit_id: int):
    facts = card(db.session.get_one(Customer, cast.harbour.id), viewer(cast.sales))
    assert facts is not None and [row.text for row, _weight in facts["notes"]] == ["老板娘管付款"]
    assert [row.id for row, *_looks in facts["visits"]] == [visit_id]
    assert card(db.session.get_one(Customer, cast.harbour.id), viewer(cast.keeper)) is None


def test_visits_stand_on_the_calendar_with_and_without_a_time(
    client: CheckingClient, cast: Cast, now: datetime
):
    a_visit(cast, now, starts_at=now + DAY, minutes=90, purpose="带时间的")
    a_visit(cast, now, purpose="不带时间的")
    a_visit(cast, now, visitor_id=cast.sales_manager.id, purpose="别人的")
    keep(cast)
    page = client.sign_in(cast.sales).get("/desk/calendar").text
    assert "带时间的" in page and "10:00 – 11:30" in page and "不带时间的" in page
    assert "别人的" not in page and "别人的" in client.get("/desk/calendar?who=all").text


def test_a_visit_that_planned_itself_says_what_for_in_the_readers_language(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    visit_id = a_visit(cast, now, purpose=BY_MANAGEMENT.msgid, visitor_id=cast.sales.id).id
    keep(cast)
    desk = client.sign_in(cast.sales)
    assert "Management visit" in desk.get("/desk/visits").text
    form = desk.get(f"/desk/visits/{visit_id}/edit").text
    assert 'value="Management visit"' in form
    db.session.get_one(User, cast.sales.id).locale = "zh_CN"
    db.session.commit()
    page = desk.get("/desk/visits").text
    assert "高层" in page and "Management visit" not in page


def test_a_visit_stands_on_the_calendars_day_on_which_it_was_made(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    today = business_day(now)
    planned = today - timedelta(days=14)
    a_visit_made(cast, now, planned_on=planned, purpose="季度回访")
    keep(cast)
    client.sign_in(cast.sales)
    day = "/desk/calendar?look=day&on={}"
    assert "季度回访" in client.get(day.format(today)).text
    assert "季度回访" not in client.get(day.format(planned)).text
