"""Every address: one guard, the right door, and no other customer's row behind any id."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.access.permissions import Permission
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient

ALLOWED = {"public", "signed_in"}
OURS = ("desk_", "my_")
MACHINES, READABLE = "/api/v1/", ("/api/v1/docs", "/api/v1/openapi.json")


def rules(app: PortalApp) -> list:  # type: ignore[type-arg]
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ("static", "security.static")
    ]


def test_every_endpoint_declares_exactly_one_guard(app: PortalApp) -> None:
    bare = [
        rule.endpoint
        for rule in rules(app)
        if (guard := getattr(app.view_functions[rule.endpoint], "guard", None)) not in ALLOWED
        and not isinstance(guard, Permission)
    ]
    assert bare == []


def test_the_desk_starts_with_desk_and_the_customers_door_with_my(app: PortalApp) -> None:
    for rule in rules(app):
        if rule.endpoint.startswith("desk_"):
            assert rule.rule.startswith("/desk")
        if rule.endpoint.startswith("my_"):
            assert rule.rule.startswith("/my")


def test_nothing_behind_a_door_is_public(app: PortalApp) -> None:
    for rule in rules(app):
        if rule.endpoint.startswith(OURS):
            assert getattr(app.view_functions[rule.endpoint], "guard", None) != "public", rule


def test_no_address_answers_both_get_and_a_permission_by_delete_or_put(app: PortalApp) -> None:
    for rule in rules(app):
        assert not {"PUT", "PATCH", "DELETE"} & (rule.methods or set()), rule


@pytest.fixture
def guessing(app: PortalApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address is tried, secrets and keys missing: nobody is slowed."""
    monkeypatch.setitem(app.config, "GUESS_LIMIT", "100000 per minute")


def plain_urls(app: PortalApp) -> list[str]:
    return sorted(
        {r.rule for r in rules(app) if "<" not in r.rule and "GET" in (r.methods or set())}
    )


@pytest.mark.parametrize("who", [
    "administrator", "sales", "lin",
    *(
        pytest.param(who, marks=pytest.mark.one_database)
        for who in ("sales_manager", "catalogue_manager", "customer_service", "keeper", "finance", "auditor", "clerk",
                    "erik")
    ),
])  # fmt: skip
def test_every_page_without_an_id_answers_each_role_without_a_fault(
    app: PortalApp, client: CheckingClient, cast: Cast, now: datetime, who: str, guessing: None
) -> None:
    client.looks = who in ("administrator", "lin")  # they come to every page of either door
    client.sign_in(getattr(cast, who))
    for url in plain_urls(app):
        known = (503,) if url == "/readyz" else (200, 302, 303, 403, 404)
        if url.startswith(MACHINES):
            known = (200,) if url in READABLE else (401,)  # a cookie is no key
        assert client.get(url).status_code in known, url  # tests make tables without migrations


def test_nobody_reaches_a_room_without_signing_in(
    app: PortalApp, client: CheckingClient, cast: Cast
) -> None:
    for url in plain_urls(app):
        if url.startswith(("/desk", "/my")):
            response = client.get(url)
            assert response.status_code == 302, url
            assert "/login" in response.headers["Location"]


def test_customers_find_no_desk_and_staff_no_customers_door(
    app: PortalApp, client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.lin)
    assert {client.get(url).status_code for url in plain_urls(app) if url.startswith("/desk")} == {
        404
    }
    client.sign_in(cast.administrator)
    assert {client.get(url).status_code for url in plain_urls(app) if url.startswith("/my")} == {
        404
    }


def test_an_id_that_does_not_exist_is_not_found_for_everybody(
    app: PortalApp, client: CheckingClient, cast: Cast, guessing: None
) -> None:
    for user in (cast.administrator, cast.lin):
        client.sign_in(user)
        for rule in rules(app):
            if "<int:" in rule.rule and "GET" in (rule.methods or set()):
                url = rule.rule
                for argument in rule.arguments:
                    url = url.replace(f"<int:{argument}>", "999999").replace(
                        f"<{argument}>", "none"
                    )
                    url = url.replace(f"<path:{argument}>", "none").replace(
                        f"<string:{argument}>", "none"
                    )
                missing = (401,) if url.startswith(MACHINES) else (403, 404)
                assert client.get(url).status_code in missing, url
