"""The machines' door: who comes in, with what, and how a refusal is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.access.viewer import SYSTEM
from portal.api.actions import keys
from portal.api.models import ApiToken
from portal.api.rules.description import statuses
from portal.api.rules.operations import OPERATIONS
from portal.api.rules.scopes import Scope
from portal.db.base import db
from portal.kernel import clock
from portal.web import problems
from portal.web.install import csrf
from tests.api import EVERYTHING, Caller, a_key, caller
from tests.client import CheckingClient

ROUTES = [(each.method, each.path) for each in OPERATIONS]


def filled(path: str, row_id: int = 1) -> str:
    return "/".join(str(row_id) if part.startswith("{") else part for part in path.split("/"))


def called(system: Caller, method: str, path: str, **more):
    return system.get(path, **more) if method == "GET" else system.post(path, {}, **more)


def test_every_route_of_the_door_declares_its_scope(app):
    here = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("v1.")}
    views = [app.view_functions[endpoint] for endpoint in here - {"v1.openapi"}]
    assert [view for view in views if not isinstance(getattr(view, "scope", None), Scope)] == []


def test_every_described_call_has_its_route_and_every_route_its_description(app):
    here = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("v1.")}
    assert here == {f"v1.{each.key}" for each in OPERATIONS} | {"v1.openapi"}


def test_only_the_machines_door_is_free_of_csrf_tokens():
    one_click = "portal.campaigns.views.public.unsubscribe"  # RFC 8058: a mail program has no form
    assert {each.name for each in csrf._exempt_blueprints} == {"v1"}
    assert csrf._exempt_views == {one_click}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_key_nobody_comes_in_and_a_cookie_is_no_key(client, cast, method, path):
    client.sign_in(cast.administrator)
    url = f"/api/v1{filled(path)}"
    answer = client.open(url, method=method, csrf=False, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_key_that_is_not_for_it_is_refused(client, cast, method, path):
    needed = next(each.scope for each in OPERATIONS if (each.method, each.path) == (method, path))
    system = caller(client, [each for each in EVERYTHING if each != needed])
    answer = called(system, method, filled(path))
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert needed.value in answer.json["detail"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row, key, now: f"{key[:-1]}{'0' if key[-1] != '0' else '1'}",
        lambda row, key, now: key.upper(),
        lambda row, key, now: "portal_000000000000_" + "0" * 48,
        lambda row, key, now: "secret",
        lambda row, key, now: "",
        lambda row, key, now: keys.revoke(row, "lost", SYSTEM, now) or db.session.commit() or key,
        lambda row, key, now: (
            setattr(row, "expires_at", now - timedelta(seconds=1)) or db.session.commit() or key
        ),
    ],
)
def test_a_key_that_is_wrong_revoked_or_expired_does_not_open(client, cast, now, spoil):
    row, key = a_key()
    assert Caller(client, key).get("/customers").status_code == 200
    row = db.session.get_one(ApiToken, row.id)
    assert Caller(client, spoil(row, key, now)).get("/customers").status_code == 401


def test_the_key_of_another_kind_does_not_open(client, cast):
    _row, key = a_key()
    answer = client.get("/api/v1/customers", headers={"Authorization": f"Basic {key}"})
    assert answer.status_code == 401
    assert client.get(f"/api/v1/customers?key={key}").status_code == 401


def test_of_the_secret_nothing_but_its_hash_is_kept(cast, now):
    row, key = a_key()
    secret = key.rpartition("_")[2]
    kept = "".join(str(value) for value in vars(row).values())
    assert secret not in kept and len(row.secret_hash) == 64


def test_the_last_use_is_noted_at_most_once_a_minute(client, cast, now):
    row, key = a_key()
    system = Caller(client, key)
    system.get("/customers")
    with clock.frozen(now + timedelta(seconds=30)):
        system.get("/customers")
    assert db.session.get_one(ApiToken, row.id).last_used_at == now
    with clock.frozen(now + timedelta(seconds=61)):
        system.post("/usage", {})
    db.session.expire_all()
    used = db.session.get_one(ApiToken, row.id)
    assert (used.last_used_at, used.last_used_from) == (now + timedelta(seconds=61), "127.0.0.1")


def test_a_key_has_so_many_calls_a_minute(app, client, cast, monkeypatch):
    monkeypatch.setitem(app.config, "API_LIMIT", "2 per minute")
    system, other = caller(client), caller(client)
    answers = [system.get("/customers") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Remaining"] == "1"
    assert int(answers[2].headers["Retry-After"]) > 0
    assert answers[2].json["code"] == "too_many_requests"
    assert other.get("/customers").status_code == 200


def test_whoever_guesses_keys_is_slowed_and_a_right_key_is_not(client, cast, app):
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.77"}}
    guesses = [Caller(client, "wrong").get("/customers", **elsewhere) for _ in range(31)]
    assert [each.status_code for each in guesses[-2:]] == [401, 429]
    assert caller(client).get("/customers", **elsewhere).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/customers/999999", 404, "not_found"),
        ("GET", "/customers/9999999999", 404, "not_found"),
        ("DELETE", "/customers", 405, "method_not_allowed"),
        ("GET", "/usage", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(client, cast, method, path, status, code):
    _row, key = a_key()
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    answer = client.open(f"/api/v1{path}", method=method, headers=headers, csrf=False)
    assert (answer.status_code, answer.mimetype) == (status, problems.MEDIA_TYPE)
    assert (answer.json["code"], answer.json["status"]) == (code, status)
    assert answer.json["type"] == f"/api/v1/docs#problem-{code}"
    assert status != 405 or "GET" in answer.headers["Allow"] or "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"records": [' + b" " * 5_000_000, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(client, cast, body, content_type, status):
    answer = caller(client).post("/usage", body, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (status, problems.MEDIA_TYPE)


def test_a_crash_of_ours_is_told_without_its_inside(app, client, cast, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("portal.api.views.reads.paged", lambda *_a: 1 / 0)
    answer = caller(client).get("/customers")
    assert (answer.status_code, answer.json["code"]) == (500, "error")
    assert "division" not in answer.text


def test_every_problem_that_a_call_may_meet_is_described():
    known = {status for status, _title in problems.PROBLEMS.values()}
    assert {status for each in OPERATIONS for status in statuses(each)} <= known


def test_a_key_issued_for_a_day_opens_until_its_end(client, cast, now):
    _row, key = a_key(expires_on=date(2026, 3, 2))
    with clock.frozen(now.replace(hour=15, minute=59)):
        assert Caller(client, key).get("/customers").status_code == 200
    with clock.frozen(now.replace(hour=16)):
        assert Caller(client, key).get("/customers").status_code == 401


def test_the_client_of_these_tests_sends_no_token(client: CheckingClient, cast):
    assert caller(client).post("/usage", {}).status_code == 422
