"""Signing in and out by the form, and what does not let anybody in."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import pytest

from portal.access.permissions import Role
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast, staff
from tests.client import CheckingClient

WRONG = "The e-mail address or the password is wrong."


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


def sign_in(client: CheckingClient, email: str, password: str = PASSWORD, **more: str):
    return client.post("/login", data={"email": email, "password": password, **more})


def test_staff_come_in_by_the_form_and_land_at_their_desk(client, cast: Cast):
    response = sign_in(client, cast.sales.email)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/").headers["Location"] == "/desk/"


def test_a_customers_user_lands_at_the_customers_door(client, cast: Cast):
    sign_in(client, cast.lin.email)
    assert client.get("/").headers["Location"] == "/my/"


def test_the_address_may_be_typed_in_any_case_and_with_blanks(client, cast: Cast):
    assert sign_in(client, f"  {cast.sales.email.upper()} ").status_code == 302


def test_whoever_was_sent_to_sign_in_goes_on_to_where_they_wanted(client, cast: Cast):
    asked = client.get("/desk/staff?role=sales")
    page = client.get(asked.headers["Location"])
    assert 'name="next" type="hidden" value="/desk/staff?role=sales"' in page.text
    done = sign_in(client, cast.administrator.email, next="/desk/staff?role=sales")
    assert done.headers["Location"] == "/desk/staff?role=sales"


@pytest.mark.parametrize("address", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "javascript:alert(1)", "///evil.example", "http:evil.example",
])  # fmt: skip
def test_nobody_is_sent_to_another_site_after_signing_in(client, cast: Cast, address: str):
    page = client.get("/login", query_string={"next": address}).text
    assert '<input id="next" name="next" type="hidden" value="">' in page
    goes_to = sign_in(client, cast.sales.email, next=address).headers["Location"]
    assert urlsplit(urljoin("http://portal.test/login", goes_to)).netloc == "portal.test"
    assert not re.search(r"[\\\s]", goes_to)


@pytest.mark.parametrize("password", ["wrong horse battery", "", "x" * 5000])
def test_a_wrong_password_is_told_without_saying_whether_the_address_is_known(
    client, cast: Cast, password: str
):
    known = sign_in(client, cast.sales.email, password)
    unknown = sign_in(client, "nobody@farhaven.example", password)
    assert known.status_code == unknown.status_code == 422
    assert known.text.count(WRONG) == unknown.text.count(WRONG) == 1
    assert known.text.replace(cast.sales.email, "") == unknown.text.replace(
        "nobody@farhaven.example", ""
    )


def test_what_was_typed_stays_except_for_the_password(client, cast: Cast):
    page = sign_in(client, "nobody@farhaven.example", "secret words here")
    assert "nobody@farhaven.example" in page.text and "secret words" not in page.text


def test_a_blocked_person_gets_the_same_answer_as_a_stranger(client, cast: Cast, database):
    cast.sales.active = False
    db.session.commit()
    assert WRONG in sign_in(client, cast.sales.email).text


def test_somebody_who_has_not_joined_cannot_sign_in(client, cast: Cast):
    user = staff("New Person", Role.SALES)
    user.password = None
    db.session.commit()
    assert sign_in(client, user.email, "").status_code == 422
    assert sign_in(client, user.email, PASSWORD).status_code == 422


def test_signing_out_ends_the_session_and_only_a_post_does_it(client, cast: Cast):
    sign_in(client, cast.sales.email)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/desk/").status_code == 302


def test_a_form_from_another_site_signs_nobody_in(client, cast: Cast):
    answer = client.post(
        "/login", data={"email": cast.sales.email, "password": PASSWORD}, csrf=False
    )
    assert answer.status_code == 400


def test_the_session_is_another_one_after_signing_in(client, cast: Cast):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    sign_in(client, cast.sales.email)
    with client.session_transaction() as after:
        assert after["_user_id"] == cast.sales.fs_uniquifier


def test_sign_in_takes_the_writers_place_for_its_own_row_alone(app, client, cast: Cast):
    statements = sign_in(client, cast.sales.email) and client.queries
    writes = [s for s in statements if s.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert writes and all(" sign_in " in write for write in writes)
    assert app.view_functions["security.login"].reads_first


def test_the_language_is_kept_in_a_cookie_and_with_the_user(client, cast: Cast, now: datetime):
    client.sign_in(cast.sales)
    answer = client.post("/language", data={"locale": "zh_CN", "next": "/desk/"})
    assert answer.headers["Location"] == "/desk/"
    assert "lang=zh_CN" in answer.headers["Set-Cookie"]
    assert 'lang="zh-CN"' in client.get("/desk/").text


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", ""])
def test_the_language_switch_sends_nobody_away(client, cast: Cast, address: str):
    answer = client.post("/language", data={"locale": "en", "next": address})
    assert answer.headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(client, cast: Cast):
    answer = client.post("/language", data={"locale": "xx", "next": "/login"})
    assert answer.status_code == 302 and "lang=" not in answer.headers.get("Set-Cookie", "")


def test_labels_messages_and_links_speak_the_readers_language(client, cast: Cast):
    client.set_cookie("lang", "zh_CN", domain="portal.test")
    page = sign_in(client, "nobody@farhaven.example").text
    assert all(words in page for words in ("邮箱", "忘记密码？", "邮箱或密码不正确。"))
    assert "E-mail" not in page and "Forgot" not in page


@pytest.mark.parametrize(
    ("reads", "speaks"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("ja", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_whoever_reads_no_chinese_is_asked_in_english(app: PortalApp, reads: str, speaks: str):
    page = app.test_client().get("/login", headers={"Accept-Language": reads}).text
    assert f'<html lang="{speaks}">' in page


def test_what_one_chose_counts_for_more_than_the_browsers_language(client: CheckingClient):
    client.set_cookie("lang", "zh_CN", domain="portal.test")
    page = client.get("/login", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="zh-CN">' in page


@pytest.mark.parametrize("path", ["/login", "/reset"])
def test_pages_of_signing_in_are_kept_by_no_browser(client: CheckingClient, path: str):
    assert client.get(path).headers["Cache-Control"] == "private, no-store"
