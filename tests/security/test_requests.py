"""What is sent by hand instead of by our pages: odd numbers, doubled fields, foreign fields, forged cookies."""

from __future__ import annotations

from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select

from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.security.walk import ON_SQLITE, QuickClient, rules, settings

HUGE = ("9" * 10, "9" * 20, "9" * 400, "-1", "1e400", "0x10", "１２", "NaN", "Infinity")
LISTS = (
    "/desk/customers",
    "/desk/quotations",
    "/desk/usage",
    "/desk/requests",
    "/desk/shipments",
    "/desk/audit",
)


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_column_can_hold_ends_in_no_fault(
    app: PortalApp, cast: Cast, number: str
) -> None:
    client = QuickClient(app).sign_in(cast.administrator)
    for name in (
        "page",
        "size",
        "customer",
        "customer_id",
        "owner",
        "from",
        "year",
        "after",
        "sort",
    ):
        for url in ("/desk/customers", "/desk/usage"):
            assert client.get(url, query_string={name: number}).status_code < 500, (url, name)
    sent = {"customer_id": number, "amount": number, "quantity": number, "version": number}
    assert client.post("/desk/receipts/new", data=sent).status_code < 500


@pytest.mark.parametrize(
    "odd",
    ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u202e\u2066x", "\ufeff",
     "'\"`;--", "%00%0d%0a", "𝕏" * 300, "a" * 20_000],
)  # fmt: skip
def test_odd_signs_in_a_search_end_in_no_fault(app: PortalApp, cast: Cast, odd: str) -> None:
    client = QuickClient(app).sign_in(cast.sales_manager)
    for url in LISTS:
        assert client.get(url, query_string={"q": odd}).status_code < 500, url


@pytest.mark.parametrize(
    "path",
    [
        "/q/%00",
        "/v/%00",
        "/join/a%00b",
        "/s/%ff%fe",
        "/desk/customers/%2e%2e%2f",
        "/v/%F0%9F",
        "/c/%0d%0aX:%20y",
    ],
)
def test_odd_signs_in_an_address_end_in_no_fault(
    client: CheckingClient, cast: Cast, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code in (302, 308, 400, 404) and "X" not in answer.headers


def test_what_is_encoded_twice_is_decoded_once(app: PortalApp, cast: Cast) -> None:
    client = QuickClient(app).sign_in(cast.administrator)
    shown = client.get("/desk/customers?q=%253Cscript%253E").get_data(as_text=True)
    assert "%3Cscript%3E" in shown and "<script>" not in shown.replace("<script src", "")


@ON_SQLITE
def test_a_form_without_what_the_browser_would_have_checked_is_refused(
    app: PortalApp, cast: Cast
) -> None:
    client = QuickClient(app).sign_in(cast.administrator)
    for sent in ({}, {"email": "no address"}, {"email": "a@b.example", "roles": "god"}):
        assert client.post("/desk/staff/invite", data=sent).status_code in (404, 422)
    assert client.sign_in(cast.lin).post("/account", data={"name": ""}).status_code == 422


@ON_SQLITE
def test_fields_that_a_form_does_not_have_change_nothing(app: PortalApp, cast: Cast) -> None:
    """Mass assignment: one's own page with everything else that a user has."""
    columns = (
        "email",
        "password",
        "active",
        "kind",
        "fs_uniquifier",
        "roles",
        "is_staff",
        "tf_totp_secret",
    )
    before = _facts(cast.lin.id)
    sent = {"name": "林", "phone": "", "locale": "en", **dict.fromkeys(columns, "1"), "id": "1"}
    client = QuickClient(app).sign_in(cast.lin)
    assert client.post("/account", data=sent).status_code in (302, 303)
    after = _facts(cast.lin.id)
    assert {name for name in before if before[name] != after[name]} <= {
        "name",
        "locale",
        "version",
        "updated_at",
        "search_text",
    }


def _facts(user_id: int) -> dict[str, Any]:
    db.session.expire_all()
    row = db.session.execute(select(User.__table__).where(User.id == user_id)).mappings().one()
    return dict(row)


@ON_SQLITE
def test_a_customers_row_takes_no_owner_and_no_limit_from_a_customers_form(
    app: PortalApp, cast: Cast
) -> None:
    table = Customer.__table__
    read = select(table).where(table.c.id == cast.harbour.id)
    before = dict(db.session.execute(read).mappings().one())
    client = QuickClient(app).sign_in(cast.lin)
    evil = {
        "owner_id": "1",
        "state": "vip",
        "abc": "A",
        "customer_id": cast.nordwind.id,
        "credit_limit": "1",
    }
    for rule in rules(app):
        if rule.rule.startswith("/my/") and "POST" in (rule.methods or ()) and not rule.arguments:
            client.post(rule.rule, data=evil)
    db.session.expire_all()
    assert dict(db.session.execute(read).mappings().one()) == before


@ON_SQLITE
def test_a_field_that_comes_twice_or_in_the_address_does_not_count(
    app: PortalApp, cast: Cast
) -> None:
    client = QuickClient(app).sign_in(cast.lin)
    answer = client.post(
        "/language?locale=en&next=//evil.example", data={"locale": ["zh_CN", "en"]}
    )
    assert answer.location == "/" and "lang=zh_CN" in answer.headers["Set-Cookie"]
    assert client.post("/account?name=Evil&locale=en", data={}).status_code == 422


@ON_SQLITE
def test_a_cookie_that_was_altered_or_signed_by_another_key_is_nothing(
    app: PortalApp, cast: Cast
) -> None:
    client = QuickClient(app).sign_in(cast.administrator)
    assert client.get("/desk").status_code in (200, 302, 308)
    name = app.config["SESSION_COOKIE_NAME"]
    good = client.get_cookie(name, domain="portal.test")
    assert good is not None
    forged = _signed("another key of forty characters, and more", {"_user_id": "1", "_fresh": True})
    for cookie in (
        forged,
        f"{good.value[:-3]}abc",
        good.value.replace(".", "", 1),
        "e30.none.",
        "{}",
    ):
        stranger = QuickClient(app)
        stranger.set_cookie(name, cookie, domain="portal.test")
        answer = stranger.get("/desk/customers")
        assert answer.status_code == 302 and "/login" in answer.location


def _signed(key: str, session: dict[str, Any]) -> str:
    maker = SecureCookieSessionInterface()
    return str(
        URLSafeTimedSerializer(
            key,
            salt=maker.salt,
            serializer=maker.serializer,
            signer_kwargs={
                "key_derivation": maker.key_derivation,
                "digest_method": maker.digest_method,
            },
        ).dumps(session)
    )


@ON_SQLITE
def test_what_was_signed_for_one_purpose_serves_no_other(app: PortalApp, cast: Cast) -> None:
    """The mark of a known browser, signed by our own key, as session and as token of a form."""
    mark = URLSafeSerializer(app.config["SECRET_KEY"], salt="known browser").dumps(cast.lin.email)
    stranger = QuickClient(app)
    stranger.set_cookie(app.config["SESSION_COOKIE_NAME"], str(mark), domain="portal.test")
    assert stranger.get("/my/quotations").status_code == 302
    client = QuickClient(app).sign_in(cast.lin)
    client.get("/account")
    sent = {"locale": "en", "csrf_token": str(mark)}
    assert client.post("/language", data=sent, csrf=False).status_code == 400


@ON_SQLITE
def test_a_watchman_is_told_nothing_of_the_inside(client: CheckingClient) -> None:
    for url in ("/healthz", "/readyz"):
        assert client.get(url).text.strip() in ("ok", "ready", "not ready")


@ON_SQLITE
def test_whoever_finds_a_weakness_is_told_where_to_say_so(
    app: PortalApp, client: CheckingClient
) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    with settings(app, SECURITY_CONTACT="mailto:safety@farhaven.example"):
        told = client.get("/.well-known/security.txt")
    assert told.mimetype == "text/plain" and "Contact: mailto:safety@farhaven.example" in told.text
    assert (
        "Expires: 2026-" in told.text
        and f"Canonical: {app.config['BASE_URL']}/.well-known/" in told.text
    )
