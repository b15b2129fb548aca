"""gunicorn as it is served: two lengths in one request, TRACE, banners, its log; what proxies and services are told."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from portal.config import ROOT
from tests.bench.load import free_port

DEPLOY = ROOT / "portal" / "deploy"
TOKEN = "secret-of-a-link-that-opens-a-door"


class Served:
    """A server on the loopback and what it has written so far."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log

    def ask(self, request: bytes) -> bytes:
        """What comes back to these bytes until the server hangs up or is silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            found = b""
            try:
                while chunk := connection.recv(65536):
                    found += chunk
            except TimeoutError:
                pass
            return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """gunicorn with the portal's own settings and its log of requests, without a worker beside it."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    log = folder / "log"
    env = {
        **environ, "PORT": str(port), "PORTAL_INSTANCE": str(folder), "PORTAL_WORKER": "0", "ACCESS_LOG": "1",
        "WEB_WORKERS": "1", "PORTAL_BASE_URL": f"http://127.0.0.1:{port}", "DATABASE_URL": "",
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "portal/gunicorn_conf.py",
        "tests.deploy.served:app",
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        served, deadline = Served(port, log), time.monotonic() + 60
        while time.monotonic() < deadline and "The portal is ready" not in log.read_text(
            "utf-8", "replace"
        ):
            time.sleep(0.05)
        yield served
    finally:
        process.terminate()
        process.wait(30)


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /v HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
        b"POST /v HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
        b"POST /v HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET /v HTTP/1.1\r\nHost: x\r\nX: a\nb: c\r\nConnection: close\r\n\r\n",
        b"GET /v HTTP/1.1\r\nHost : x\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_of_two_lengths_is_refused(server: Served, request_bytes: bytes) -> None:
    assert status(server.ask(request_bytes)) in (400, 501)


def test_trace_is_refused(server: Served) -> None:
    answer = server.ask(
        b"TRACE /login HTTP/1.1\r\nHost: x\r\nX-Secret: 1\r\nConnection: close\r\n\r\n"
    )
    assert status(answer) in (400, 405) and b"X-Secret" not in answer


def test_no_version_is_told(server: Served) -> None:
    answer = server.ask(b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head = answer.partition(b"\r\n\r\n")[0]
    assert status(answer) == 200
    assert not re.search(rb"(?i)python|werkzeug|flask|gunicorn/\d|sqlalchemy", head)


def test_the_log_of_requests_holds_no_secret_and_no_search(server: Served) -> None:
    asked = f"GET /join/{TOKEN}?q=what-they-looked-for HTTP/1.1\r\nHost: x\r\nReferer: http://x/q/{TOKEN}\r\n"
    server.ask(f"{asked}Connection: close\r\n\r\n".encode())
    deadline = time.monotonic() + 5
    while (
        "/join/~" not in (written := server.log.read_text("utf-8")) and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    [line] = [each for each in written.splitlines() if "/join/~" in each]
    assert TOKEN not in written and "looked-for" not in written
    assert re.match(
        r"\[[^\]]+ [+-]\d{4}\] 127\.0\.0\.1 \"GET /join/~[0-9a-f]{8} HTTP/1\.1\" 404 ", line
    )


def test_the_proxies_speak_tls_1_2_and_1_3_alone() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert re.findall(r"ssl_protocols ([^;]+);", nginx) == ["TLSv1.2 TLSv1.3"]
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8") + (DEPLOY / "portal.caddy").read_text("utf-8")
    assert not re.search(r"tls1\.[01]|insecure|ciphers", caddy)  # Caddy's own choice is 1.2 and 1.3


def test_the_services_run_without_rights() -> None:
    walls = (DEPLOY / "walls.conf").read_text("utf-8")
    for line in (
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=\n",
    ):
        assert line in walls, line
    units = sorted(DEPLOY.glob("*.service"))
    assert len(units) >= 3
    for unit in units:
        assert not re.search(r"^User=root", unit.read_text("utf-8"), re.MULTILINE), unit.name
