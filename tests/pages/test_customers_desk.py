"""Customers at the desk: list, pages, forms, who sees which."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.access.models import Assignment
from portal.customers import actions
from portal.customers.models import Contact, Customer, Membership, Site
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db.base import db
from portal.service_requests.models import SavedFilter
from tests.cast import Cast, viewer
from tests.client import CheckingClient

GOOD_CODE = "91310000MA1FL8XQ37"


def taken_in(cast: Cast, now: datetime, **facts: object) -> Customer:
    """A customer in the sales manager's care, with a contact and a site, committed."""
    actor = viewer(cast.sales_manager)
    customer = actions.create(CustomerFacts(**{"name_zh": "东方纸业有限公司", **facts}), actor, now)
    actions.add_contact(customer, ContactFacts("王敏", phone="13800001111"), actor, now)
    actions.add_site(customer, SiteFacts("外高桥仓", "富特北路 1 号"), actor, now)
    settle()
    return customer


def settle() -> None:
    """Commit, and keep every row readable when a request has closed the session."""
    db.session.commit()
    for row in list(db.session):
        db.session.refresh(row)


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales_manager)


@pytest.mark.parametrize("typed", ["东方", "dongfang", "dfzy", "DFZY001", GOOD_CODE, "wangmin"])
def test_the_list_finds_a_customer_by_whatever_one_types(
    desk: CheckingClient, cast: Cast, now: datetime, typed: str
) -> None:
    taken_in(cast, now, credit_code=GOOD_CODE)
    page = desk.get("/desk/customers", query_string={"q": typed}).text
    assert "东方纸业有限公司" in page and "Harbour" not in page


def test_the_list_asks_the_database_a_constant_number_of_times(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    taken_in(cast, now)
    desk.get("/desk/customers")  # the firm's settings are read once and kept
    desk.get("/desk/customers")
    few = len(desk.queries)
    for number in range(8):
        taken_in(cast, now, name_zh=f"第{number}号仓储")
    desk.get("/desk/customers")
    assert len(desk.queries) == few <= 6


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=person", {"李娜"}),
        ("segment=vip", {"东方纸业有限公司"}),
        ("segment=gold&source=fair", {"东方纸业有限公司"}),
        ("foreign=1", set()),
        ("customer_state=potential&market=enterprise", {"东方纸业有限公司"}),
        ("state=inactive", {"旧客户"}),
        ("state=all&q=客户", {"旧客户"}),
        ("q=nobody-at-all", set()),
    ],
)
def test_filters_narrow_the_list(
    desk: CheckingClient, cast: Cast, now: datetime, query: str, found: set[str]
) -> None:
    taken_in(cast, now, segment="vip", market="enterprise", source="fair")
    taken_in(cast, now, name_zh="李娜", kind="person")
    old = taken_in(cast, now, name_zh="旧客户")
    actions.deactivate(old, "搬走了", viewer(cast.sales_manager), now)
    db.session.commit()
    page = desk.get(f"/desk/customers?{query}").text
    assert {
        n for n in ("李娜", "东方纸业有限公司", "旧客户", "Harbour Foods Ltd.") if n in page
    } == found


def test_the_owner_filter_and_the_export_agree(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    taken_in(cast, now)
    url = f"/desk/customers?owner={cast.sales_manager.id}"
    assert "东方纸业" in desk.get(url).text
    lines = desk.get(f"{url}&export=csv").text.splitlines()
    assert len(lines) == 2 and lines[1].startswith("东方纸业有限公司,DFZY001")


def test_sales_see_only_the_customers_in_their_care(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    hidden = taken_in(cast, now)
    client.sign_in(cast.sales)
    page = client.get("/desk/customers").text
    assert "Harbour Foods Ltd." in page and "东方" not in page
    assert client.get(f"/desk/customers/{hidden.id}").status_code == 404


def test_the_page_of_a_customer_shows_everything_in_few_questions(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    group = taken_in(cast, now, kind="group", credit_code=GOOD_CODE)
    taken_in(cast, now, name_zh="东方纸业苏州", kind="branch", parent_id=group.id)
    desk.get("/desk/customers")  # from then on the firm's name is at hand
    page = desk.get(f"/desk/customers/{group.id}").text
    asked = len(desk.queries)
    more = desk.get(f"/desk/customers/{group.id}/more").text
    assert all(w in page for w in (GOOD_CODE, "王敏", "Wu Mei", "Customer created"))
    assert "外高桥仓" in more and "东方纸业苏州" in more
    assert asked <= 12 and len(desk.queries) <= 12


def test_taking_in_a_customer_leads_to_its_page(desk: CheckingClient, cast: Cast) -> None:
    form = {"name_zh": "北极熊冷链有限公司", "credit_code": GOOD_CODE, **CHOICES}
    response = desk.post("/desk/customers/new", data={**form, "owner_id": cast.sales.id})
    page = desk.get(response.headers["Location"]).text
    assert "BJXLL001" in page and "Chen Li" in page and GOOD_CODE in page


CHOICES = {"segment": "ordinary", "default_currency": "CNY", "document_language": "zh_en"}


def test_a_private_person_is_not_asked_for_a_credit_code(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.sales)
    assert 'name="credit_code"' not in client.get("/desk/customers/new?kind=person").text
    response = client.post("/desk/customers/new?kind=person", data={"name_zh": "李娜", **CHOICES})
    assert response.status_code == 302
    assert "李娜" in client.get(response.headers["Location"]).text


def test_a_kind_of_customer_that_does_not_exist_is_no_page(desk: CheckingClient) -> None:
    assert desk.get("/desk/customers/new?kind=club").status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"credit_code": GOOD_CODE[:-1] + "8"}, "does not fit the others"),
        ({"credit_code": "123"}, "has 18 characters"),
        ({"code": "HARBOUR"}, "has it already"),
        ({"name_zh": ""}, "This field is required"),
        ({"segment": "gold"}, "Not a valid choice"),
        ({"name_zh": "海" * 121}, "longer than 120"),
        ({"bank_account": "DE89370400440532013001"}, "looks like an IBAN"),
    ],
)
def test_a_wrong_field_is_told_at_its_place_and_entries_are_kept(
    desk: CheckingClient, cast: Cast, typed: dict[str, str], said: str
) -> None:
    form = {"name_zh": "北极熊冷链", "industry": "冷链 <b>", **CHOICES, **typed}
    response = desk.post("/desk/customers/new", data={**form, "owner_id": cast.sales.id})
    assert response.status_code == 422
    assert said in response.text and "冷链 &lt;b&gt;" in response.text
    assert "北极熊" not in desk.get("/desk/customers").text


def test_a_likely_double_is_shown_with_a_link_and_saved_when_confirmed(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = taken_in(cast, now)
    form = {"name_zh": "东方纸业股份公司", **CHOICES, "owner_id": cast.sales.id}
    warned = desk.post("/desk/customers/new", data=form)
    assert warned.status_code == 422 and f'href="/desk/customers/{first.id}"' in warned.text
    assert desk.post("/desk/customers/new", data={**form, "different": "y"}).status_code == 302


def test_a_credit_code_that_is_taken_leads_to_who_has_it(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = taken_in(cast, now, credit_code=GOOD_CODE)
    form = {"name_zh": "完全不同", "credit_code": GOOD_CODE, **CHOICES, "owner_id": cast.sales.id}
    warned = desk.post("/desk/customers/new", data=form)
    assert f'href="/desk/customers/{first.id}"' in warned.text
    refused = desk.post("/desk/customers/new", data={**form, "different": "y"})
    assert refused.status_code == 422 and "has it already" in refused.text


def test_a_double_in_a_colleague_s_care_is_hinted_at_without_its_name(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    taken_in(cast, now, short_name="秘密")
    client.sign_in(cast.sales)
    form = {"name_zh": "东方纸业", "credit_code": "123", **CHOICES}
    warned = client.post("/desk/customers/new", data=form)
    assert "in a colleague" in warned.text and "秘密" not in warned.text
    assert "has 18 characters" in warned.text


def edit_form(customer: Customer, **changed: str) -> dict[str, str]:
    typed = {
        "kind": customer.kind,
        "name_zh": customer.name_zh,
        "code": customer.code,
        "phone": customer.phone,
    }
    return {**typed, **CHOICES, "version": str(customer.version), **changed}


def test_a_stale_edit_shows_both_sides_keeps_yours_and_saves_at_the_second_try(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    customer = taken_in(cast, now)
    url = f"/desk/customers/{customer.id}/edit"
    yours = edit_form(customer, phone="021-33333", industry="")
    client.sign_in(cast.sales_manager).post(
        url, data=edit_form(customer, phone="021-22222", industry="造纸")
    )
    client.sign_in(cast.administrator)
    refused = client.post(url, data=yours)
    assert refused.status_code == 422
    for words in ("Wu Mei saved this", "021-22222", "021-33333", 'value="造纸"', "not changed"):
        assert words in refused.text
    version = str(db.session.get(Customer, customer.id).version)  # type: ignore[union-attr]
    assert f'name="version" type="hidden" value="{version}"' in refused.text
    client.post(url, data={**yours, "industry": "造纸", "version": version})
    saved = db.session.get(Customer, customer.id)
    assert saved is not None and (saved.phone, saved.industry) == ("021-33333", "造纸")


def test_contacts_and_sites_are_written_and_removed_on_their_pages(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    customer = taken_in(cast, now)
    desk.post(
        f"/desk/customers/{customer.id}/contacts/new", data={"name": "周平", "email": "zhou@df.cn"}
    )
    second = db.session.query(Contact).filter_by(name="周平").one()
    desk.post(f"/desk/contacts/{second.id}/main")
    desk.post(f"/desk/contacts/{second.id}", data={"name": "周萍", "version": str(second.version)})
    page = desk.get(f"/desk/customers/{customer.id}").text
    assert "周萍" in page and page.index("周萍") < page.index("王敏")
    site = db.session.query(Site).one()
    desk.post(f"/desk/sites/{site.id}/remove")
    desk.post(f"/desk/contacts/{second.id}/remove")
    assert desk.get(f"/desk/sites/{site.id}").status_code == 404
    assert desk.get(f"/desk/contacts/{second.id}").status_code == 404
    assert "No site yet" in desk.get(f"/desk/customers/{customer.id}/more").text
    assert "mailto:" not in desk.get(f"/desk/customers/{customer.id}").text


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("contacts", {"name": "王", "email": "nowhere"}, "not a mail address"),
        ("contacts", {"name": ""}, "required"),
        ("sites", {"name": "仓", "address": "路", "purpose": "party"}, "Not a valid choice"),
    ],
)
def test_a_wrong_contact_or_site_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, what: str, typed: dict[str, str], said: str
) -> None:
    response = desk.post(f"/desk/customers/{cast.harbour.id}/{what}/new", data=typed)
    assert response.status_code == 422 and said in response.text


def test_the_team_is_changed_by_those_who_may(client: CheckingClient, cast: Cast) -> None:
    url = f"/desk/customers/{cast.harbour.id}/team"
    chosen = {"owner_id": cast.sales_manager.id, "team_ids": [cast.sales.id]}
    assert client.sign_in(cast.sales).post(url, data=chosen).status_code == 403
    assert client.sign_in(cast.sales_manager).post(url, data=chosen).status_code == 302
    rows = db.session.query(Assignment).filter_by(customer_id=cast.harbour.id)
    assert {(r.user_id, r.part) for r in rows} == {
        (cast.sales_manager.id, "owner"),
        (cast.sales.id, "team"),
    }


def test_setting_inactive_asks_why(desk: CheckingClient, cast: Cast) -> None:
    url = f"/desk/customers/{cast.nordwind.id}"
    assert desk.post(f"{url}/deactivate", data={"reason": " "}).status_code == 422
    desk.post(f"{url}/deactivate", data={"reason": "已停业"})
    assert "Inactive" in desk.get(url).text and "已停业" in desk.get(f"{url}/timeline").text
    assert desk.post(f"{url}/deactivate", data={"reason": "again"}).status_code == 409
    assert desk.post(f"{url}/reactivate").status_code == 302


READ = ("", "/timeline")
WRITE_PAGES = ("/edit", "/contacts/new", "/sites/new", "/members/new")
STEPS = ("/deactivate", "/reactivate")


def test_every_address_of_a_customer_out_of_sight_is_not_found(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    hidden = taken_in(cast, now)
    contact, site = db.session.query(Contact).one(), db.session.query(Site).one()
    member = db.session.query(Membership).filter_by(user_id=cast.lin.id).one()
    db.session.query(Assignment).filter_by(customer_id=cast.harbour.id).delete()
    db.session.commit()
    ids = hidden.id, contact.id, site.id, member.id
    client.sign_in(cast.sales)
    pages = [f"/desk/customers/{ids[0]}{tail}" for tail in READ + WRITE_PAGES]
    pages += [f"/desk/contacts/{ids[1]}", f"/desk/sites/{ids[2]}", f"/desk/members/{ids[3]}"]
    steps = [f"/desk/customers/{ids[0]}{tail}" for tail in STEPS]
    steps += [f"/desk/contacts/{ids[1]}/{step}" for step in ("main", "remove")]
    steps += [
        f"/desk/sites/{ids[2]}/remove",
        *(f"/desk/members/{ids[3]}/{s}" for s in ("end", "invite")),
    ]
    assert {url: client.get(url).status_code for url in pages} == dict.fromkeys(pages, 404)
    assert {url: client.post(url).status_code for url in steps + pages[2:]} == dict.fromkeys(
        steps + pages[2:], 404
    )


def test_an_auditor_reads_and_changes_nothing(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.auditor)
    base = f"/desk/customers/{cast.harbour.id}"
    page = client.get(base)
    assert page.status_code == 200 and "/edit" not in page.text
    assert {client.get(base + tail).status_code for tail in WRITE_PAGES} == {403}
    assert {client.post(base + tail).status_code for tail in STEPS} == {403}


def test_ones_own_filters_of_customers_are_saved_lead_back_and_are_removed(
    client: CheckingClient, cast: Cast
) -> None:
    desk = client.sign_in(cast.sales)
    query = "segment=vip&q=hai&after=xyz&evil=1"
    there = desk.post("/desk/customers/filters", data={"name": "大客户", "query": query})
    assert there.headers["Location"] == "/desk/customers?segment=vip&q=hai"
    page = desk.get(there.headers["Location"]).text
    assert "大客户" in page and 'aria-current="true"' in page and "Save these filters as" in page
    assert len(desk.queries) <= 6
    nameless = desk.post("/desk/customers/filters", data={"name": " ", "query": query})
    assert nameless.status_code == 303
    filter_id = db.session.scalar(db.select(SavedFilter.id))
    assert "大客户" not in client.sign_in(cast.administrator).get("/desk/customers").text
    address = f"/desk/customers/filters/{filter_id}/remove"
    assert client.post(address).status_code == 404
    assert client.sign_in(cast.sales).post(address).status_code == 303
    assert db.session.scalar(db.select(SavedFilter)) is None
