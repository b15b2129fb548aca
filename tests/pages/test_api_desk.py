"""Keys at the desk: issued with a secret that is shown once, looked at, revoked; and the page of the description."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.api.models import ApiToken
from portal.api.rules.operations import OPERATIONS
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.web.problems import PROBLEMS
from tests.api import Caller, a_key
from tests.cast import Cast
from tests.client import CheckingClient

FIELDS = {
    "name": "WMS Yangshan",
    "system": "wms",
    "expires_on": "2026-12-31",
    "customer_code": "",
    "scopes": ["usage:write", "customers:read"],
}


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    """The administrator's browser."""
    return client.sign_in(cast.administrator)


def test_a_new_key_is_shown_once_and_opens(desk: CheckingClient, cast: Cast) -> None:
    answer = desk.post("/desk/keys/new", data=FIELDS)
    (key,) = re.findall(r"portal_[0-9a-f]{12}_[0-9a-f]{48}", answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"
    row = db.session.scalars(select(ApiToken)).one()
    assert (row.name, row.scopes) == ("WMS Yangshan", ["customers:read", "usage:write"])
    for url in (f"/desk/keys/{row.id}", "/desk/keys"):
        shown = desk.get(url).text
        assert key not in shown and key.rpartition("_")[2] not in shown
    assert Caller(desk, key).get("/customers").status_code == 200
    assert Caller(desk, key).get("/contracts").status_code == 403


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"system": "WMS"}, "small letters"),
        ({"system": "storage"}, "itself uses this name"),
        ({"expires_on": "2026-03-01"}, "This day is past."),
        ({"customer_code": "NOBODY"}, "No customer has this code."),
        ({"scopes": []}, "Choose at least one."),
    ],
)
def test_a_key_that_cannot_be_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, change: dict[str, object], told: str
) -> None:
    answer = desk.post("/desk/keys/new", data={**FIELDS, **change})
    assert answer.status_code == 422 and told in answer.text
    assert db.session.scalar(select(ApiToken.id)) is None


def test_a_key_of_one_customer_names_it(desk: CheckingClient, cast: Cast) -> None:
    desk.post("/desk/keys/new", data={**FIELDS, "customer_code": "harbour"})
    assert db.session.scalars(select(ApiToken.customer_id)).one() == cast.harbour.id
    assert "海港食品" in desk.get("/desk/keys").text


def test_a_revoked_key_says_why_and_is_never_revoked_twice(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    row, key = a_key()
    url = f"/desk/keys/{row.id}"
    desk.post(f"{url}/revoke", data={"reason": ""})
    assert Caller(desk, key).get("/customers").status_code == 200
    done = desk.post(f"{url}/revoke", data={"reason": "lost"}, follow_redirects=True).text
    assert "The key opens nothing" in done
    assert Caller(desk, key).get("/customers").status_code == 401
    again = desk.post(f"{url}/revoke", data={"reason": "x"}, follow_redirects=True).text
    assert "This key was revoked already." in again and "lost" in again


def test_history_keeps_who_issued_and_revoked_and_no_secret(
    desk: CheckingClient, cast: Cast
) -> None:
    shown = desk.post("/desk/keys/new", data=FIELDS).text
    secret = re.findall(r"portal_[0-9a-f]{12}_([0-9a-f]{48})", shown)[0]
    row_id = db.session.scalars(select(ApiToken.id)).one()
    desk.post(f"/desk/keys/{row_id}/revoke", data={"reason": "lost"})
    wanted = select(AuditEntry).where(AuditEntry.subject_type == "api_token")
    kept = list(db.session.scalars(wanted.order_by(AuditEntry.id)))
    assert [each.event for each in kept] == ["api_token.issued", "api_token.revoked"]
    assert {each.actor_name for each in kept} == {"Admin"}
    assert secret not in str([each.after for each in kept])


def test_the_list_is_narrowed_by_state_and_words(desk: CheckingClient, cast: Cast) -> None:
    a_key(name="Kingdee", system="erp")
    a_key(name="Yangshan")
    found = desk.get("/desk/keys?state=active&q=king").text
    assert "Kingdee" in found and "Yangshan" not in found
    assert "Kingdee" not in desk.get("/desk/keys?state=revoked").text


def test_an_auditor_reads_keys_and_changes_none(client: CheckingClient, cast: Cast) -> None:
    row, _key = a_key()
    reader = client.sign_in(cast.auditor)
    assert reader.get(f"/desk/keys/{row.id}").status_code == 200
    assert reader.get("/desk/keys/new").status_code == 403
    assert reader.post(f"/desk/keys/{row.id}/revoke", data={"reason": "x"}).status_code == 403
    assert client.sign_in(cast.sales).get("/desk/keys").status_code == 403


def test_issuing_asks_for_a_sign_in_of_a_moment_ago(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.administrator)
    with client.session_transaction() as session:
        session["fs_paa"] = 0
        session.pop("fs_gexp", None)
    answer = client.get("/desk/keys/new")
    assert answer.status_code == 302 and "/verify" in answer.headers["Location"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_of_the_description_shows_every_call_and_problem(
    client: CheckingClient, cast: Cast, language: str
) -> None:
    client.set_cookie("lang", language)
    text = client.get("/api/v1/docs").text
    for call in OPERATIONS:
        assert f'id="call-{call.key}"' in text and call.path in text
    assert all(f'id="problem-{code}"' in text for code in PROBLEMS)
    assert f'lang="{language.replace("_", "-")}"' in text


def test_the_description_is_read_in_two_languages(client: CheckingClient) -> None:
    told = [
        client.get("/api/v1/openapi.json", headers={"Accept-Language": each}).json
        for each in ("en", "zh-CN")
    ]
    assert [each["openapi"] for each in told] == ["3.1.0", "3.1.0"]
    assert told[0]["paths"].keys() == told[1]["paths"].keys()
