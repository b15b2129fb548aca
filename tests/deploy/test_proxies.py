"""The real Caddy and the real nginx, with the sites that `make install` writes, in front of the portal."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.behind import (
    Proxy,
    caddy,
    free_ports,
    nginx,
    portal,
    unpacked,
    write_sites,
)

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
          "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil",
          "SCRIPT_NAME": "/evil"}  # fmt: skip
ONCE = ("strict-transport-security", "x-content-type-options", "content-security-policy", "referrer-policy",
        "x-frame-options", "cache-control", "content-type")  # fmt: skip
SHEET = Path("static/css/tokens.css")
PARTIAL, TRIES = 18, 5
"""curl 7.88 may lose the words of an answer that comes while it still sends, and says so by this exit code."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Proxy]]:
    """One portal, and each proxy in front of it."""
    root = tmp_path_factory.mktemp("server")
    port, nginx_http, nginx_https, caddy_http, caddy_https = free_ports(5)
    write_sites(root, port, nginx_https)
    with ExitStack() as running_together:
        start = running_together.enter_context
        start(portal(root, port))
        found = (
            start(nginx(root, nginx_http, nginx_https)),
            start(caddy(root, caddy_http, caddy_https)),
        )
        yield {each.name: each for each in found}


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, house: dict[str, Proxy]) -> Proxy:
    return house[request.param]


def test_http_leads_to_https_at_the_same_address(proxy: Proxy) -> None:
    answer = proxy.ask("/login?next=%2Fmy%2F", tls=False)
    assert answer.status in (301, 308)
    assert re.fullmatch(r"https://localhost(:\d+)?/login\?next=%2Fmy%2F", answer.one("location"))


def test_a_page_comes_through_with_each_header_once(proxy: Proxy) -> None:
    answer = proxy.ask("/login")
    assert answer.status == 200 and b"<form" in answer.body
    assert {name: len(answer.all(name)) for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert "Secure" in answer.one("set-cookie") and "HttpOnly" in answer.one("set-cookie")
    assert "gunicorn" not in "".join(answer.all("server")) and not re.search(
        r"\d", "".join(answer.all("server"))
    )


def test_what_a_client_says_of_its_own_address_is_not_believed(proxy: Proxy) -> None:
    said = proxy.ask("/caller", FORGED).body.decode()
    assert said == f"127.0.0.1 https localhost:{proxy.https} "


def test_a_static_file_with_its_mark_is_kept_for_ever_and_comes_compressed(proxy: Proxy) -> None:
    address = re.search(rb"/static/css/tokens\.css\?v=\w+", proxy.ask("/login").body)
    assert address is not None
    answer = proxy.ask(address[0].decode(), {"Accept-Encoding": "gzip"})
    assert answer.one("cache-control") == "public, max-age=31536000, immutable"
    assert unpacked(answer) == SHEET.read_bytes() and len(answer.body) < SHEET.stat().st_size / 2
    assert answer.one("content-type").startswith("text/css")
    assert (
        len(answer.all("strict-transport-security"))
        == len(answer.all("x-content-type-options"))
        == 1
    )


def test_a_static_file_comes_in_brotli_where_the_proxy_can(proxy: Proxy) -> None:
    site = proxy.site.read_text()
    if proxy.name == "caddy" or "brotli_static on" in site:
        answer = proxy.ask("/static/css/tokens.css", {"Accept-Encoding": "br, gzip"})
        assert answer.body == Path(f"{SHEET}.br").read_bytes()
    else:
        assert "brotli" not in site


def test_a_static_file_without_a_mark_is_asked_for_again_within_the_hour(proxy: Proxy) -> None:
    assert proxy.ask("/static/icons/favicon.svg").one("cache-control") == "public, max-age=3600"


@pytest.mark.parametrize(
    "path",
    ["/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static../wsgi.py", "/static/nothing.css"],
)
def test_beside_the_static_files_nothing_is_served(proxy: Proxy, path: str) -> None:
    answer = proxy.ask(path)
    assert answer.status in (302, 400, 403, 404) and b"create_app" not in answer.body


@pytest.mark.parametrize("megabytes", [2, 9])
def test_a_file_that_is_too_large_is_told_on_a_clear_page(
    proxy: Proxy, megabytes: int, tmp_path: Path
) -> None:
    """The proxy says so before the portal hears of it, to a client that sends as browsers do."""
    (tmp_path / "large").write_bytes(bytes(megabytes * 1024 * 1024))
    for _attempt in range(TRIES):
        answer = subprocess.run(
            ["curl", "-sk", "--http2", "-w", "%{http_code}", "-F", f"file=@{tmp_path / 'large'}", f"https://localhost:{proxy.https}/swallow"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.stdout.endswith("413")
        if answer.returncode != PARTIAL:
            break
    assert "一次最多可上传 1 MB" in answer.stdout and "At most 1 MB" in answer.stdout


def test_what_is_not_too_large_comes_through_whole(proxy: Proxy) -> None:
    answer = proxy.ask("/swallow", body=bytes(1024 * 1024))
    assert (answer.status, answer.body) == (200, b"1048576")


def test_a_client_that_never_ends_its_question_is_let_go(proxy: Proxy) -> None:
    begun = time.monotonic()
    plain = socket.create_connection(("127.0.0.1", proxy.https), timeout=10)
    with ssl._create_unverified_context().wrap_socket(plain, server_hostname="localhost") as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while slow.recv(4096):
            pass
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize("make", [nginx, caddy])
def test_a_portal_that_is_being_started_anew_is_told_on_a_page_that_tries_again(
    make: object, tmp_path: Path
) -> None:
    nobody, http, https = free_ports(3)
    write_sites(tmp_path, nobody, https)
    with make(tmp_path, http, https) as proxy:  # type: ignore[operator]
        answer = proxy.ask("/desk/")
    assert answer.status == 502
    assert "马上回来" in answer.body.decode() and b'http-equiv="refresh"' in answer.body
