"""Opportunities at the desk: list, page, forms, parts, endings; what is missing is told in place."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.customers.models import Contact
from portal.db.base import db
from portal.kernel import clock
from portal.opportunities.actions.write_back import write_back
from portal.opportunities.models import (
    Collaborator,
    Competitor,
    Opportunity,
    OpportunityCompetitor,
    OpportunityNote,
    OpportunityParty,
    SalesMethod,
)
from portal.opportunities.rules.papers import PaperLine
from tests.care import a_price
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep, words
from tests.opportunities import a_reason, an_opportunity, first_words, stage_of


@pytest.fixture
def row(cast: Cast, now: datetime) -> Opportunity:
    """Sea freight for Harbour Foods, of Chen Li, kept."""
    found = an_opportunity(cast, now)
    db.session.commit()
    return found


def at(row: Opportunity, rest: str = "") -> str:
    return f"/desk/opportunities/{row.id}{rest}"


def several(cast: Cast, now: datetime, count: int) -> None:
    """More of them, kept."""
    keep(cast)
    for number in range(count):
        an_opportunity(cast, now, title=f"更多 {number}")
    db.session.commit()


def fresh(row_id: int) -> Opportunity:
    return db.session.get_one(Opportunity, row_id)


def test_the_list_opens_with_what_is_open_and_filters_find_the_rest(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    an_opportunity(cast, now, title="开着的")
    lost = an_opportunity(cast, now, title="输掉的")
    lost.state, lost.closed_on, lost.outcome_reason_id = "lost", now.date(), a_reason("lost").id
    db.session.commit()
    desk = client.sign_in(cast.sales)
    assert "开着的" in (shown := desk.get("/desk/opportunities").text)
    assert "输掉的" not in shown
    assert "输掉的" in desk.get("/desk/opportunities?state=lost").text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=haigang", True),
        ("q=nobody", False),
        ("owner=mine", True),
        ("owner=shared", False),
        ("month=2026-04", True),
        ("month=2026-05", False),
        ("month=none", False),
        ("month=x", False),
        ("rating=hot", False),
        ("state=overdue", False),
        ("state=any", True),
        ("enters=no", True),
        ("currency=USD", False),
        ("sort=-amount", True),
        ("sort=close", True),
    ],
)
def test_each_filter_narrows_the_list(
    cast: Cast, client: CheckingClient, row: Opportunity, query: str, is_found: bool
) -> None:
    shown = client.sign_in(cast.sales).get(f"/desk/opportunities?{query}").text
    assert ("上海至纽约海运" in shown) is is_found


def test_the_list_goes_into_a_file_with_its_sums(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    file = client.sign_in(cast.sales).get("/desk/opportunities?export=csv").get_data(as_text=True)
    assert "上海至纽约海运" in file
    assert file.count("12000.000") + file.count("12000.00") >= 2


def test_the_list_asks_no_more_for_more_rows(
    cast: Cast, client: CheckingClient, row: Opportunity, now: datetime
) -> None:
    desk = client.sign_in(cast.sales)
    desk.get("/desk/opportunities")
    few = len(desk.queries)
    several(cast, now, 4)
    desk.get("/desk/opportunities")
    assert len(desk.queries) <= few


def test_the_page_names_what_the_next_stage_waits_for(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    shown = client.sign_in(cast.sales).get(at(row)).text
    assert "needs a contact" in shown
    assert "12,000.00" in shown


def test_a_new_one_is_recorded_for_the_chosen_customer(
    cast: Cast, client: CheckingClient, now: datetime
) -> None:
    first_words(now)
    db.session.commit()
    desk, harbour, sales = client.sign_in(cast.sales), cast.harbour.id, cast.sales.id
    method = db.session.scalars(select(SalesMethod.id).order_by(SalesMethod.position)).first()
    assert "For which customer" in desk.get("/desk/opportunities/new").text
    form = {"title": "嘉定仓储", "kind": "new", "currency": "CNY", "amount": "30,000"}
    unsaid = dict.fromkeys(("contact_id", "site_id", "category_id", "rating", "source"), "")
    page = desk.get(f"/desk/opportunities/new?customer_id={harbour}")
    assert "嘉定" not in page.text
    more = {"owner_id": sales, "method_id": method, "close_on": "2026-05-01", **unsaid}
    made = desk.post(f"/desk/opportunities/new?customer_id={harbour}", data=form | more)
    assert made.status_code == 303
    row = db.session.scalars(select(Opportunity)).one()
    assert (row.title, row.amount, row.close_on) == ("嘉定仓储", Decimal(30000), date(2026, 5, 1))


def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {"title": "", "kind": "new", "currency": "CNY", "likelihood": "300", "text": "保留的话"}
    said = client.sign_in(cast.sales).post(at(row, "/edit"), data=form)
    assert said.status_code == 422
    assert "保留的话" in said.text
    assert fresh(row.id).title == "上海至纽约海运"


def test_an_edit_over_another_one_is_told(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {
        "title": "新名",
        "kind": "new",
        "currency": "CNY",
        "likelihood": "20",
        "version": str(row.version + 7),
    }
    said = client.sign_in(cast.sales).post(at(row, "/edit"), data=form)
    assert said.status_code == 422
    assert fresh(row.id).title == "上海至纽约海运"
    shown = words(said.text)
    assert "What stands there now" in shown and "What may be sold上海至纽约海运" in shown
    version = re.search(r'name="version"[^>]*value="(\d+)"', said.text)
    assert version and version[1] == str(fresh(row.id).version)  # who has compared sends it again
    client.post(at(row, "/edit"), data={**form, "version": version[1]})
    assert fresh(row.id).title == "新名"


def test_items_are_typed_as_on_a_sheet_and_give_the_amount(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {
        "version": str(row.version), "currency": "CNY", "takes_total": "y",
        "lines-0-name": "仓储", "lines-0-quantity": "300", "lines-0-unit": "PLD", "lines-0-rate": "1.5",
        "lines-1-name": "", "lines-1-code": "",
    }  # fmt: skip
    assert client.sign_in(cast.sales).post(at(row, "/items"), data=form).status_code == 303
    found = fresh(row.id)
    assert (found.amount, found.amount_from, len(found.lines)) == (Decimal(450), "items", 1)


def test_an_unknown_item_code_is_named(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {"version": str(row.version), "currency": "CNY", "lines-0-code": "NO-SUCH"}
    said = client.sign_in(cast.sales).post(at(row, "/items"), data=form)
    assert said.status_code == 422
    assert "NO-SUCH" in said.text


def test_what_was_heard_of_a_competitor_is_one_step_from_the_opportunity_and_from_its_page(
    cast: Cast, client: CheckingClient, row: Opportunity, now: datetime
) -> None:
    rival, other = add(Competitor(name_zh="顺捷")), add(Competitor(name_zh="别家"))
    add(OpportunityCompetitor(customer_id=row.customer_id, opportunity_id=row.id, competitor_id=rival.id,
                              threat="high"))  # fmt: skip
    for each in (rival, other):
        a_price(now, title=f"{each.name_zh}降价", competitor_id=each.id)
    page_of, number = at(row), rival.id
    keep(cast)
    client.sign_in(cast.sales)
    for page in (page_of, f"/desk/competitors/{number}"):
        link = f"/desk/market?competitor={number}"
        assert f'href="{link}"' in client.get(page).text
        heard = words(client.get(link).text)
        assert "顺捷降价" in heard and "别家降价" not in heard


def test_colleagues_parties_and_competitors_are_named_and_taken_off(
    cast: Cast, client: CheckingClient, row: Opportunity, now: datetime
) -> None:
    desk, leader = client.sign_in(cast.sales), cast.sales_manager.id
    share = {"user_id": leader, "amount": "9000", "currency": "USD", "likelihood": "60"}
    assert desk.post(at(row, "/share"), data=share).status_code == 303
    assert (
        desk.post(at(row, "/parties"), data={"role": "agent", "name": "中远代理"}).status_code
        == 303
    )
    assert (
        desk.post("/desk/competitors/new", data={"name_zh": "对手物流", "active": "y"}).status_code
        == 303
    )
    one = db.session.scalars(select(Competitor.id)).one()
    rival = {"competitor_id": one, "threat": "high", "price": "11000", "effect": "价格更低"}
    assert desk.post(at(row, "/competitors"), data=rival).status_code == 303
    shown = desk.get(at(row)).text
    assert len(desk.queries) <= 12
    assert all(word in shown for word in ("中远代理", "对手物流", "价格更低", "9,000.00"))
    party = db.session.scalars(select(OpportunityParty.id)).one()
    desk.post(f"/desk/opportunities/parties/{party}/remove")
    desk.post(at(row, "/competitors/remove"), data={"competitor": one})
    desk.post(at(row, "/unshare"), data={"user": leader})
    for model in (OpportunityParty, OpportunityCompetitor, Collaborator):
        assert db.session.scalar(select(model.id)) is None


def test_a_private_note_is_for_its_author_alone(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    desk = client.sign_in(cast.sales)
    desk.post(at(row, "/notes"), data={"text": "只给我看", "for": "me"})
    desk.post(at(row, "/notes"), data={"text": "大家都看", "for": "all"})
    assert "只给我看" in desk.get(at(row)).text
    others = client.sign_in(cast.sales_manager).get(at(row)).text
    assert "大家都看" in others
    assert "只给我看" not in others


def test_an_empty_note_is_refused_in_its_own_box(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    said = client.sign_in(cast.sales).post(at(row, "/notes"), data={"text": " ", "for": "me"})
    assert said.status_code == 422
    assert "Write something first" in said.text
    assert db.session.scalar(select(OpportunityNote.id)) is None


def test_winning_needs_a_reason_and_locks(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    desk = client.sign_in(cast.sales)
    assert (
        desk.post(at(row, "/win"), data={"reason_id": "", "version": str(row.version)}).status_code
        == 422
    )
    reason = a_reason("won").id
    assert (
        desk.post(
            at(row, "/win"), data={"reason_id": reason, "version": str(row.version)}
        ).status_code
        == 303
    )
    shown = desk.get(at(row)).text
    assert "It is locked" in shown
    assert desk.post(at(row, "/move"), data={"stage_id": 1}).status_code in (302, 303)
    assert fresh(row.id).state == "won"


def test_only_who_may_unlocks_and_says_why(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    desk = client.sign_in(cast.sales)
    desk.post(
        at(row, "/lose"), data={"reason_id": a_reason("lost").id, "version": str(row.version)}
    )
    assert desk.get(at(row, "/unlock")).status_code == 403
    leader = client.sign_in(cast.sales_manager)
    assert leader.post(at(row, "/unlock"), data={"reason": ""}).status_code == 422
    version = str(fresh(row.id).version)
    leader.post(at(row, "/unlock"), data={"reason": "客户改主意", "version": version})
    assert fresh(row.id).state == "open"


def test_it_is_handed_over_with_its_tasks(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {"owner_id": cast.sales_manager.id, "version": str(row.version), "stays": "y"}
    client.sign_in(cast.sales).post(at(row, "/hand-over"), data=form)
    assert fresh(row.id).owner_id == cast.sales_manager.id


def test_a_move_from_the_page_is_done_or_says_what_is_missing(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    need, desk, harbour = stage_of(row, "need").id, client.sign_in(cast.sales), cast.harbour.id
    desk.post(at(row, "/move"), data={"stage_id": need, "seen": row.version})
    assert "needs a contact" in desk.get(at(row)).text
    contact = add(Contact(customer_id=harbour, name="周敏"))
    fresh(row.id).contact_id = contact.id
    db.session.commit()
    desk.post(at(row, "/move"), data={"stage_id": need})
    assert fresh(row.id).stage_id == need


def test_customers_and_other_salespeople_do_not_find_it(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    assert client.sign_in(cast.lin).get(at(row)).status_code == 404
    assert client.sign_in(cast.keeper).get(at(row)).status_code in (403, 404)


def test_the_search_over_everything_finds_it(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    found = client.sign_in(cast.sales).get("/desk/search?q=haigang").text
    assert "OP-2026-000001" in found


def test_what_a_paper_wrote_back_is_told_in_each_readers_words(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    stored = [PaperLine(None, "存储", Decimal(12), "XPX", None, Decimal(1200))]
    write_back(
        row.id, "quotation", 1, "QT-1 v1", "issued", Decimal(1200), "CNY", stored,
        viewer(cast.sales), clock.now(),
    )  # fmt: skip
    db.session.commit()
    keep(cast)
    client.sign_in(cast.sales)
    number = cast.sales.id
    for locale, said in (("zh_CN", "12 板 = CNY 1,200.00"), ("en", "12 pallet = CNY 1,200.00")):
        db.session.get_one(User, number).locale = locale
        db.session.commit()
        assert said in words(client.get(at(row)).text)
