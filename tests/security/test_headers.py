"""What a browser is told with every answer: what may run, who may embed it, that nothing is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Response, request
from werkzeug.test import Client, EnvironBuilder

from portal import create_app
from portal.config import ROOT
from portal.db.base import db
from portal.web import exports, headers
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.security.walk import EVERYWHERE, ON_SQLITE, check, settings

TLS = {"HTTPS": True, "BASE_URL": "https://portal.test"}


@ON_SQLITE
@pytest.mark.parametrize(
    "url", ["/nowhere", "/desk", "/desk/customers/999999", "/v/none", "/login"]
)
def test_an_error_or_a_redirect_has_them_too(client: CheckingClient, cast: Cast, url: str) -> None:
    answer = client.get(url)
    check(url, answer)
    assert "no-store" in answer.headers["Cache-Control"]


@ON_SQLITE
def test_a_wrong_method_and_a_missing_token_have_them_too(
    client: CheckingClient, cast: Cast
) -> None:
    for answer in (client.delete("/login"), client.post("/login", csrf=False)):
        assert answer.status_code in (400, 405)
        check("/login", answer)


@ON_SQLITE
def test_a_file_can_do_nothing_where_it_is_opened(app: PortalApp) -> None:
    with app.test_request_context("/desk/files/1"):
        answer = app.process_response(exports.download(b"<script>", "a.html", "text/html"))
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in policy and "script-src" not in policy and "'self'" not in policy


@ON_SQLITE
def test_a_paper_in_the_browsers_viewer_can_load_nothing(app: PortalApp) -> None:
    with app.test_request_context("/my/documents/1"):
        paper = exports.download(b"%PDF", "报价单.pdf", "application/pdf", inline=True)
        policy = app.process_response(paper).headers["Content-Security-Policy"]
    assert (
        policy == "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_no_template_loads_anything_from_elsewhere() -> None:
    outside = re.compile(r"(?:src|href|action|srcset|poster)=[\"'](?:https?:)?//", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]
    assert len(pages) > 300
    assert [path.name for path in pages if outside.search(path.read_text("utf-8"))] == []


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> PortalApp:
    """The application as it is served behind TLS and one proxy: static files before Flask, no test switches."""
    folder = tmp_path_factory.mktemp("served")
    return create_app(
        {
            "INSTANCE": folder,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'served.db'}",
            "PROXIES": 1,
            **TLS,
        }
    )


def asked(app: PortalApp, path: str, host: str = "portal.test", **more: Any) -> Response:
    """What the application answers through everything that stands around Flask; behind TLS unless said otherwise."""
    told = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "198.51.100.7",
        **more.pop("headers", {}),
    }
    builder = EnvironBuilder(path=path, base_url=f"http://{host}", headers=told, **more)
    with Client(app.wsgi_app, Response).open(builder) as answer:
        answer.get_data()
        return answer  # type: ignore[return-value]


@pytest.mark.parametrize("path", ["css/tokens.css", "js/portal.js", "nothing/here.css"])
def test_static_files_have_the_headers_though_flask_does_not_see_them(
    serving: PortalApp, path: str
) -> None:
    answer = asked(serving, f"/static/{path}")
    assert answer.status_code == (404 if "nothing" in path else 200)
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"] == headers.TLS_ONLY
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_tls_is_promised_for_two_years_with_every_subdomain(serving: PortalApp) -> None:
    promised = asked(serving, "/healthz").headers["Strict-Transport-Security"]
    assert int(promised.partition("max-age=")[2].partition(";")[0]) >= 31_536_000
    assert "includeSubDomains" in promised


@ON_SQLITE
def test_without_tls_nothing_is_promised(client: CheckingClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/login").headers


def test_a_page_asked_for_in_the_clear_is_led_to_our_own_tls_address(serving: PortalApp) -> None:
    answer = asked(serving, "/v?code=1", headers={"X-Forwarded-Proto": "http"})
    assert (answer.status_code, answer.location) == (302, "https://portal.test/v?code=1")


def test_what_is_sent_in_the_clear_and_what_programs_ask_for_is_refused_not_redirected(
    serving: PortalApp,
) -> None:
    clear = {"X-Forwarded-Proto": "http"}
    assert asked(serving, "/login", headers=clear, method="POST").status_code in (400, 403)
    assert asked(serving, "/api/v1/statements", headers=clear).status_code in (400, 403)


def test_a_watchman_on_the_server_needs_no_tls(serving: PortalApp) -> None:
    assert (
        asked(
            serving, "/healthz", "127.0.0.1:8000", headers={"X-Forwarded-Proto": "http"}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "host",
    ["evil.example", "portal.test.evil.example", "evil.example:443", "portal.test@evil.example"],
)
def test_under_another_name_nothing_is_answered(serving: PortalApp, host: str) -> None:
    assert asked(serving, "/v", headers={"Host": host}).status_code == 400


def test_a_forwarded_name_is_not_believed(serving: PortalApp) -> None:
    answer = asked(serving, "/desk", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code in (302, 308) and "evil.example" not in str(answer.headers)


def test_the_clients_address_is_the_one_that_our_proxy_saw(serving: PortalApp) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1, 198.51.100.7", "X-Real-IP": "10.0.0.2"}
    seen: list[str | None] = []
    inner = serving.wsgi_app
    environ = EnvironBuilder(path="/", base_url="http://portal.test", headers=forged).get_environ()
    environ["REMOTE_ADDR"] = "127.0.0.1"
    layer: Any = inner
    while not hasattr(layer, "x_for"):
        layer = layer.application
    layer.app, kept = (lambda env, _start: seen.append(env["REMOTE_ADDR"]) or []), layer.app
    try:
        list(inner(environ, lambda *_args: None))  # type: ignore[arg-type]
    finally:
        layer.app = kept
    assert seen == ["198.51.100.7"]


@ON_SQLITE
def test_without_a_proxy_no_forwarded_address_is_believed(
    client: CheckingClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client.sign_in(cast.clerk).get("/my/users", headers={"X-Forwarded-For": "203.0.113.9"})
    client.post("/login", csrf=False, headers={"X-Forwarded-For": "203.0.113.9"})
    assert "from 127.0.0.1" in caplog.text and "203.0.113.9" not in caplog.text


def test_every_cookie_is_for_this_host_and_tls_alone(serving: PortalApp) -> None:
    with serving.app_context():
        db.create_all()
    with serving.test_request_context("/login", base_url="https://portal.test"):
        answer = serving.make_response("x")
        for name in ("session", "remember_token", "known", "lang"):
            answer.set_cookie(name, "x", httponly=True, samesite="Lax")
    cookies = [
        *answer.headers.getlist("Set-Cookie"),
        *asked(serving, "/login").headers.getlist("Set-Cookie"),
    ]
    assert len(cookies) > 4
    for each in cookies:
        assert each.startswith("__Host-") and "Domain" not in each and len(each) < 4096
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(each.split("; "))


def test_a_cookie_that_a_neighbour_could_set_is_not_read(serving: PortalApp) -> None:
    sent = {"Cookie": "lang=en; session=forged; __Host-lang=zh_CN"}
    with serving.test_request_context("/", base_url="https://portal.test", headers=sent):
        assert request.cookies.to_dict() == {"lang": "zh_CN"}


@pytest.mark.parametrize(
    "folder", ["/static/", "/static/css/", "/static", "/static/../portal/config.py"]
)
def test_a_folder_is_not_listed(serving: PortalApp, folder: str) -> None:
    assert asked(serving, folder).status_code in (404, 308)


@ON_SQLITE
def test_whole_addresses_begin_with_our_own_name_whoever_is_named_by_the_browser(
    app: PortalApp, client: CheckingClient, cast: Cast
) -> None:
    with (
        settings(app, BASE_URL="https://portal.example.cn"),
        app.test_request_context("/", base_url="http://evil.example"),
    ):
        assert app.url_for("documents.enter", _external=True) == "https://portal.example.cn/v"
