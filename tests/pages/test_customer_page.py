"""The page of one customer for every department: what stands on it, who reads what, how few questions it asks."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.customers import actions
from portal.customers.models import Contact, CreditStanding, Customer, HistoryNote
from portal.customers.rules.people import ContactFacts
from portal.db.base import db
from portal.insights.models import CustomerMonth
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.factories import add
from tests.opportunities import an_opportunity
from tests.service import a_request
from tests.statements import a_statement

OVERDUE, SPENT, COST = Decimal("7731.40"), Decimal("41234.50"), Decimal(30000)


@pytest.fixture
def harbour(cast: Cast, now: datetime) -> Customer:
    """Harbour Foods with something in every part of its page."""
    desk = viewer(cast.sales_manager)
    actions.add_contact(cast.harbour, ContactFacts("周敏", "采购总监", phone="021-5555"), desk, now)
    a_request(cast, now, title="冷柜温度异常")
    a_statement(cast.harbour)
    an_opportunity(cast, now, title="宁波冷链仓")
    add(
        CreditStanding(
            customer_id=cast.harbour.id, overdue_amount=OVERDUE, overdue_days=12,
            exposure_amount=Decimal(9000), worked_out_at=now,
        )
    )  # fmt: skip
    add(
        CustomerMonth(
            customer_id=cast.harbour.id, month=date(2026, 2, 1), currency="CNY", net_amount=SPENT,
            known_net=SPENT, cost_amount=COST, order_count=7, answer_count=4, good_count=3,
        )
    )  # fmt: skip
    cast.harbour.segment, cast.harbour.state, cast.harbour.abc = "vip", "loyal", "A"
    db.session.commit()
    db.session.refresh(cast.harbour)
    return cast.harbour


def test_the_head_says_whom_to_call_what_is_owed_and_what_is_open(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    page = client.sign_in(cast.sales_manager).get(f"/desk/customers/{harbour.id}").text
    head = page[page.index('class="box keys"') : page.index('class="jump"')]
    for words in ('href="tel:021-5555"', "采购总监", "7,731.40", "12 days", "Chen Li", "Class A"):
        assert words in head, words
    for words in ("1 open request", "1 open opportunity", "VIP", "Loyal customer"):
        assert words in head, words


def test_the_page_and_what_follows_it_ask_twelve_questions_at_most_however_much_there_is(
    client: CheckingClient, cast: Cast, harbour: Customer, now: datetime
) -> None:
    home = f"/desk/customers/{harbour.id}"
    for number in range(8):
        a_request(cast, now, title=f"第{number}件")
        an_opportunity(cast, now, title=f"机会{number}")
    db.session.commit()
    client.sign_in(cast.administrator).get("/desk/customers")
    client.get(home)
    assert len(client.queries) <= 12
    client.get(f"{home}/more")
    assert len(client.queries) <= 12


PHONE, BILLS, DEBT, MARGIN, WISH = "021-5555", "41,234.50", "7,731.40", "11,234.50", "宁波冷链仓"
READS = {
    "sales": {PHONE, BILLS, DEBT, WISH},
    "sales_manager": {PHONE, BILLS, DEBT, MARGIN, WISH},
    "customer_service": {PHONE, BILLS, WISH},
    "keeper": {PHONE},
    "finance": {PHONE, BILLS, DEBT, MARGIN},
    "auditor": {PHONE, BILLS, DEBT, MARGIN, WISH},
    "catalogue_manager": {PHONE},
}


@pytest.mark.parametrize("who", READS)
def test_each_department_reads_its_part_of_the_page_and_nothing_else(
    client: CheckingClient, cast: Cast, harbour: Customer, who: str
) -> None:
    client.sign_in(getattr(cast, who))
    parts = [client.get(f"/desk/customers/{harbour.id}{tail}").text for tail in ("", "/more")]
    timeline = client.get(f"/desk/customers/{harbour.id}/timeline").text
    read = {each for each in (PHONE, BILLS, DEBT, MARGIN) if each in "".join((*parts, timeline))}
    assert read == READS[who] - {WISH}
    assert ("Opportunity recorded" in timeline) == (WISH in READS[who])


def test_without_scripts_the_rest_is_a_page_of_its_own_and_with_them_a_part(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    client.sign_in(cast.sales)
    url = f"/desk/customers/{harbour.id}/more"
    assert (
        f'<a class="btn btn-plain" href="{url}"' in client.get(f"/desk/customers/{harbour.id}").text
    )
    assert "<html" in client.get(url).text
    part = client.get(url, headers={"HX-Request": "true"}).text
    assert "<html" not in part and part.count('id="more"') == 1


def test_nobody_opens_the_pages_of_a_customer_out_of_sight(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    hidden = add(Customer(code="HIDDEN", kind="organisation", name_zh="别家"))
    note = add(HistoryNote(customer_id=hidden.id, kind="note", happened_at=now, text="密"))
    db.session.commit()
    tails = ("", "/more", "/timeline", "/notes/new")
    urls = [f"/desk/customers/{hidden.id}{tail}" for tail in tails]
    urls.append(f"/desk/customer-notes/{note.id}")
    client.sign_in(cast.sales)
    assert {client.get(url).status_code for url in urls} == {404}
    client.sign_in(cast.lin)
    assert {client.get(url).status_code for url in urls} <= {403, 404}


def test_the_address_of_a_merged_duplicate_leads_to_the_customer_it_became(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    home = f"/desk/customers/{harbour.id}"
    double = add(
        Customer(
            code="DOUBLE", kind="organisation", name_zh="海港食品重复", merged_into_id=harbour.id
        )
    )
    db.session.commit()
    client.sign_in(cast.sales)  # nobody looks after the duplicate any more
    answer = client.get(f"/desk/customers/{double.id}")
    assert answer.status_code == 302 and answer.headers["Location"].endswith(home)
    assert "重复" not in client.sign_in(cast.sales_manager).get("/desk/customers?q=海港").text


def test_a_contact_has_its_place_in_the_tree_and_never_above_itself(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    client.sign_in(cast.sales)
    chief = db.session.query(Contact).filter_by(name="周敏").one()
    form = {"name": "小王", "influence": "advises", "attitude": "for", "reports_to_id": chief.id}
    assert client.post(f"/desk/customers/{harbour.id}/contacts/new", data=form).status_code == 302
    clerk = db.session.query(Contact).filter_by(name="小王").one()
    assert (clerk.reports_to_id, clerk.influence) == (chief.id, "advises")
    upside_down = {"name": "周敏", "reports_to_id": clerk.id, "version": "1"}
    refused = client.post(f"/desk/contacts/{chief.id}", data=upside_down)
    assert refused.status_code == 422 and "reports to this one already" in refused.text
    client.post(f"/desk/contacts/{chief.id}/remove")
    clerk = db.session.query(Contact).filter_by(name="小王").one()
    assert clerk.reports_to_id is None
    assert db.session.query(Contact).filter_by(name="周敏").one().left_on == date(2026, 3, 2)


def test_the_new_fields_are_typed_shown_and_exported(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    client.sign_in(cast.sales)
    url = f"/desk/customers/{harbour.id}"
    page = client.get(f"{url}/edit").text
    assert 'name="segment"' not in page and 'name="market"' in page
    typed = {
        "kind": "organisation", "name_zh": harbour.name_zh, "code": harbour.code, "version": str(harbour.version),
        "default_currency": "CNY", "document_language": "zh_en", "market": "enterprise",
        "area": "business_district", "reach": "international", "nature": "company",
        "source": "fair", "is_foreign": "y",
    }  # fmt: skip
    assert client.post(f"{url}/edit", data=typed).status_code == 302
    saved = db.session.get_one(Customer, harbour.id)
    assert (saved.market, saved.source, saved.is_foreign, saved.segment) == (
        "enterprise", "fair", True, "vip",
    )  # fmt: skip
    row = client.get("/desk/customers?foreign=1&source=fair&abc=A&export=csv").text.splitlines()[1]
    for words in ("Enterprise", "Business district", "Across borders", "Trade fair", "Yes", "VIP"):
        assert words in row


def test_what_happened_is_written_down_read_searched_filtered_and_exported(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    url, another = f"/desk/customers/{harbour.id}", cast.sales.id
    client.sign_in(cast.finance)
    form = {
        "kind": "meeting", "happened_on": "2026-02-27", "happened_time": "15:30", "contact_id": "",
        "subject": "对账会", "text": "约定每月五日对账",
    }  # fmt: skip
    assert client.post(f"{url}/notes/new", data=form).status_code == 302
    note = db.session.query(HistoryNote).one()
    assert (
        client.post(f"{url}/notes/new", data={**form, "text": "", "subject": ""}).status_code == 422
    )
    edit = f"/desk/customer-notes/{note.id}"
    assert "15:30" in client.get(edit).text
    client.post(edit, data={**form, "text": "改为每月八日", "version": str(note.version)})
    page = client.get(f"{url}/timeline?q=八日&kind=notes").text
    assert "对账会" in page and "Request opened" not in page and f'href="{edit}"' in page
    lines = client.get(f"{url}/timeline?kind=notes&export=csv").text.splitlines()
    assert len(lines) == 2 and "改为每月八日" in lines[1] and "2026-02-27" in lines[1]
    assert "对账会" not in client.get(f"{url}/timeline?person={another}").text


def test_a_long_timeline_is_read_page_by_page_without_a_gap_or_a_repeat(
    client: CheckingClient, cast: Cast, harbour: Customer, now: datetime
) -> None:
    for number in range(70):  # many at the same instant
        at = now.replace(minute=number % 3)
        add(HistoryNote(customer_id=harbour.id, happened_at=at, subject=f"事{number:02d}。"))
    url = f"/desk/customers/{harbour.id}/timeline"
    db.session.commit()
    client.sign_in(cast.sales)
    read: list[str] = []
    following: str | None = f"{url}?kind=notes"
    while following:
        text = client.get(following).text
        read += re.findall(r"事\d\d。", text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        following = html.unescape(found[1]) if found else None
    assert sorted(set(read)) == [f"事{number:02d}。" for number in range(70)]
    assert len(client.queries) <= 6


def test_an_auditor_reads_the_timeline_and_writes_nothing(
    client: CheckingClient, cast: Cast, harbour: Customer
) -> None:
    url = f"/desk/customers/{harbour.id}"
    client.sign_in(cast.auditor)
    assert client.get(f"{url}/timeline").status_code == 200
    assert client.post(f"{url}/notes/new", data={"text": "x"}).status_code == 403


def test_a_step_names_the_record_it_was_taken_with(
    client: CheckingClient, cast: Cast, harbour: Customer, now: datetime
) -> None:
    opened = a_request(cast, now, title="托盘破损")
    db.session.commit()
    client.sign_in(cast.sales_manager)
    url = f"/desk/customers/{harbour.id}"
    for page in (url, f"{url}/timeline?kind=steps"):
        assert f"Request opened · {opened.number}" in client.get(page).text
