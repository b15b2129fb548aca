"""The first pages: what waits for whom, and the search over everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.customers.models import Customer
from portal.db.base import db
from portal.home.rules import greeting
from portal.kernel import clock
from portal.kernel.pinyin import search_words
from portal.quotations.models import Quotation, QuotationQuestion, QuotationVersion
from tests.cast import Cast

TODAY = date(2026, 3, 2)


def quotation(
    cast: Cast,
    of: Customer,
    state: str,
    now: datetime,
    number: str = "QT-2026-000128",
    **more: object,
) -> Quotation:
    """A quotation with one version in `state`, committed and readable."""
    values = {"valid_until": TODAY + timedelta(days=3), **more}
    issued = state in ("issued", "accepted", "declined")
    row = Quotation(
        customer_id=of.id, number=number, owner_id=cast.sales.id, title="上海 → 纽约 2×40HQ", state=state,
        issued_no=1 if issued else 0, valid_until=values["valid_until"],
        search_text=search_words(number, "上海 → 纽约", of.name_zh),
    )  # fmt: skip
    row.versions.append(
        QuotationVersion(
            customer_id=of.id, version_no=1, state=state, author_id=cast.sales.id, issued_at=now if issued else None,
            total_amount=Decimal(45700), total_currency="USD", **values,
        )
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    db.session.refresh(row)
    return row


@pytest.mark.parametrize(("hour", "said"), [
    (4, "Good evening"), (5, "Good morning"), (10, "Good morning"), (11, "Good day"), (13, "Good afternoon"),
    (17, "Good afternoon"), (18, "Good evening"), (23, "Good evening"), (0, "Good evening"),
])  # fmt: skip
def test_one_is_greeted_by_the_time_of_day(hour: int, said: str):
    assert str(greeting(hour)) == said


def test_the_hour_is_that_of_the_firms_zone(client, cast: Cast):
    client.sign_in(cast.lin)
    with clock.frozen(datetime(2026, 3, 2, 11, 0, tzinfo=UTC)):  # 19:00 in Shanghai
        assert "Good evening, Lin Xiaowen" in client.get("/my/").text


def test_nobody_in_particular_is_asked_to_sign_in(client, cast: Cast):
    assert client.get("/").headers["Location"] == "/login"


def test_an_empty_desk_says_so_and_offers_the_next_step(client, cast: Cast):
    page = client.sign_in(cast.administrator).get("/desk/").text
    assert "Nothing waits for you" in page and "New quotation" in page


def test_an_approver_sees_what_waits_and_the_author_does_not(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "pending_approval", now)
    said = "waits for your approval"
    assert said in client.sign_in(cast.sales_manager).get("/desk/").text
    assert said not in client.sign_in(cast.sales).get("/desk/").text


def test_the_author_sees_drafts_and_what_runs_out(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "draft", now, "QT-2026-000001")
    quotation(cast, cast.harbour, "issued", now, "QT-2026-000002")
    page = client.sign_in(cast.sales).get("/desk/").text
    assert "QT-2026-000001" in page and "QT-2026-000002 is valid until 2026-03-05" in page


@pytest.mark.parametrize(("state", "more", "said"), [
    ("accepted", {}, "QT-2026-000128 was accepted"),
    ("declined", {"decline_reason": "too dear"}, "too dear"),
])  # fmt: skip
def test_the_author_hears_of_answers(
    client, cast: Cast, now: datetime, state: str, more, said: str
):
    quotation(cast, cast.harbour, state, now, decided_at=now - timedelta(days=1), **more)
    assert said in client.sign_in(cast.sales).get("/desk/").text


def test_an_answer_of_long_ago_is_not_told_again(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "accepted", now, decided_at=now - timedelta(days=8))
    assert "was accepted" not in client.sign_in(cast.sales).get("/desk/").text


def test_an_open_question_waits_for_the_owner(client, cast: Cast, now: datetime):
    row = quotation(cast, cast.harbour, "issued", now)
    db.session.add(
        QuotationQuestion(
            quotation_id=row.id, customer_id=row.customer_id, version_no=1, asked_by="Lin",
            asked_at=now, question="含文件费吗？",
        )
    )  # fmt: skip
    db.session.commit()
    assert "含文件费吗？" in client.sign_in(cast.sales).get("/desk/").text


def test_a_customer_sees_the_quotation_that_waits_with_its_validity(
    client, cast: Cast, now: datetime
):
    quotation(cast, cast.harbour, "issued", now)
    page = client.sign_in(cast.lin).get("/my/").text
    assert "waits for your answer" in page and "valid until 2026-03-05" in page
    assert "1 thing waits for you." in page and "45,700.00" in page


def test_a_quotation_is_called_the_same_on_the_first_page_and_in_the_list(
    client, cast: Cast, now: datetime
):
    quotation(cast, cast.harbour, "issued", now)
    customer = client.sign_in(cast.lin)
    for address in ("/my/", "/my/quotations"):
        page = customer.get(address).text
        assert "chip chip-warn" in page and ">Issued<" not in page, address


def test_another_customer_sees_nothing_of_it(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "issued", now)
    assert "QT-2026-000128" not in client.sign_in(cast.erik).get("/my/").text


@pytest.mark.parametrize("state", ["draft", "pending_approval", "approved"])
def test_what_is_not_issued_does_not_exist_for_the_customer(client, cast: Cast, now, state: str):
    quotation(cast, cast.harbour, state, now)
    assert "QT-2026-000128" not in client.sign_in(cast.lin).get("/my/").text


def test_an_expired_quotation_waits_no_longer_and_says_so(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "issued", now, valid_until=TODAY - timedelta(days=1))
    page = client.sign_in(cast.lin).get("/my/").text
    assert "waits for your answer" not in page and "Expired" in page


def test_whoever_may_not_accept_is_not_asked_to(client, cast: Cast, now: datetime):
    quotation(cast, cast.harbour, "issued", now)
    page = client.sign_in(cast.clerk).get("/my/").text
    assert "waits for your answer" not in page and "QT-2026-000128" in page


def test_a_customer_sees_the_person_in_charge(client, cast: Cast):
    page = client.sign_in(cast.lin).get("/my/").text
    assert "Chen Li" in page and "mailto:chen.li@farhaven.example" in page


def test_first_pages_ask_the_database_little(client, cast: Cast, now: datetime):
    for number in range(5):
        quotation(cast, cast.harbour, "issued", now, f"QT-2026-00020{number}")
    client.sign_in(cast.sales).get("/desk/")
    assert len(client.queries) <= 4  # all that may wait is asked at once
    client.sign_in(cast.lin).get("/my/")
    assert len(client.queries) <= 6


@pytest.mark.parametrize("words", ["海港", "haigang", "hgsp", "HARBOUR"])
def test_the_search_finds_customers_by_any_way_of_typing(client, cast: Cast, words: str):
    db.session.add(cast.harbour)
    cast.harbour.search_text = search_words("海港食品", "Harbour Foods", "HARBOUR")
    db.session.commit()
    assert (
        "Harbour Foods" in client.sign_in(cast.customer_service).get(f"/desk/search?q={words}").text
    )


def test_the_search_finds_a_quotation_and_says_when_it_finds_nothing(client, cast: Cast, now):
    quotation(cast, cast.harbour, "draft", now)
    client.sign_in(cast.sales)
    assert "QT-2026-000128" in client.get("/desk/search?q=shanghai+niuyue").text
    assert "Nothing was found" in client.get("/desk/search?q=zzzz").text


def test_sales_do_not_find_customers_that_are_not_theirs(client, cast: Cast, now: datetime):
    stranger = Customer(
        code="OTHER", name_zh="外人", name_en="", kind="organisation", search_text="外人 other"
    )
    db.session.add(stranger)
    db.session.commit()
    assert "外人" not in client.sign_in(cast.sales).get("/desk/search?q=other").text
    assert "外人" in client.sign_in(cast.sales_manager).get("/desk/search?q=other").text


@pytest.mark.parametrize("words", ["", "%", "_", "<script>", "' OR 1=1", "a" * 500])
def test_odd_words_in_the_search_do_no_harm(client, cast: Cast, words: str):
    page = client.sign_in(cast.sales).get("/desk/search", query_string={"q": words})
    assert page.status_code == 200 and "<script>" not in page.text


@pytest.mark.one_database
def test_no_page_shows_a_way_into_a_room_that_is_not_there(client, cast: Cast):
    client.looks = False
    for user in cast.everybody():
        home = client.sign_in(user).get("/").headers["Location"]
        page = client.get(home).text
        for url in {part.split('"')[0] for part in page.split('href="/')[1:]}:
            if url.startswith(("desk", "my")):
                assert client.get(f"/{url}").status_code == 200, (user.name, url)
