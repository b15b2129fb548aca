"""Several servers of one portal on loopback: gunicorn and `portal worker` as a firm runs them, Redis for throttles.

Each has an instance folder of its own, as on machines of their own; common are the database, the secret, the archive
and the place where throttles count.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.bench.load import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis that keeps nothing, reached by a socket in a folder of its own; where throttles count.

    The program is that of Debian's redis-tools, which comes without a service and goes by the name it is called.
    """
    with tempfile.TemporaryDirectory(prefix="portal-redis-", dir="/tmp") as folder:
        sock = Path(folder) / "s"
        options = {
            "--port": "0",
            "--unixsocket": str(sock),
            "--save": "",
            "--appendonly": "no",
            "--dir": folder,
        }
        command = ["redis-server", *(word for pair in options.items() for word in pair)]
        with running(command, {}, Path(folder) / "log", program=shutil.which("redis-check-rdb")):
            until(sock.exists)
            yield f"redis+unix://{sock}"


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path, program: str | None = None
) -> Iterator[int]:
    """A process and what it starts, until the end of the block; its group's number.

    `program` is started by the first word of the command as its name, where that is not where it lies.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, executable=program, cwd=ROOT, env={**os.environ, **environment},
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def web(environment: Mapping[str, str], instance: Path) -> Iterator[tuple[str, int]]:
    """A web server with two processes; its address and its process group."""
    port = free_port()
    more = {
        "PORT": str(port),
        "PORTAL_WORKER": "0",
        "WEB_WORKERS": "2",
        "PORTAL_INSTANCE": str(instance),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn_conf.py", "wsgi:app"]
    with running(command, {**environment, **more}, instance / "log") as group:
        yield f"http://127.0.0.1:{port}", group


@contextmanager
def worker(environment: Mapping[str, str], instance: Path) -> Iterator[int]:
    """A worker; its process group."""
    command = [sys.executable, "-m", "portal", "worker"]
    with running(
        command, {**environment, "PORTAL_INSTANCE": str(instance)}, instance / "log"
    ) as group:
        yield group


def folder(root: Path, name: str) -> Path:
    """An instance folder."""
    made = root / name
    made.mkdir(mode=0o700)
    return made


def until(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `true` gives as soon as it is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


class Browser:
    """Keeps cookies, which know no port: what one server sets, every server gets."""

    def __init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, address: str) -> tuple[int, bytes, str]:
        """Status, body, and where it was found in the end."""
        return self._open(Request(address))

    def post(self, page: str, to: str, **fields: str) -> tuple[int, bytes, str]:
        """Send a form of `page` to `to`."""
        _, body, _ = self.get(page)
        found = TOKEN.search(body.decode())
        assert found is not None, f"no form on {page}"
        sent = urlencode({**fields, "csrf_token": found[1]}).encode()
        return self._open(Request(to, data=sent, headers={"Referer": page}))

    def sign_in(self, server: str, email: str, password: str) -> int:
        """By the form; the status of the page that it led to."""
        login = f"{server}/login"
        return self.post(login, login, email=email, password=password)[0]

    def _open(self, request: Request) -> tuple[int, bytes, str]:
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), answer.url
        except HTTPError as refused:
            return refused.code, refused.read(), request.full_url
        except OSError:
            return 0, b"", request.full_url
