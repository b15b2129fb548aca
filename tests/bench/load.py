"""Serving the portal under gunicorn and asking it for pages, from another process, for a bounded time."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 45
"""gunicorn waits half a minute for a worker that it told to end while that one was still being born."""


@dataclass
class Measured:
    """What one address answered: seconds of every request, bytes, and what was not a 200."""

    name: str
    clients: int
    seconds: list[float] = field(default_factory=list)
    took: float = 0.0
    size: int = 0
    wrong: int = 0

    def point(self, percent: int) -> float:
        """The percentile in milliseconds."""
        if len(self.seconds) < 2:
            return 0.0
        return quantiles(self.seconds, n=100)[percent - 1] * 1000

    @property
    def rate(self) -> float:
        """Pages a second."""
        return len(self.seconds) / self.took if self.took else 0.0


def free_port() -> int:
    """A port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    application: str, environment: Mapping[str, str], port: int | None = None
) -> Iterator[tuple[int, psutil.Process, float]]:
    """gunicorn with the portal's own settings, at a free port unless one is named.

    Yields port, process, and seconds until the first answer.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn_conf.py", application]
    env = {**os.environ, **environment, "PORT": str(port), "LOG_LEVEL": "warning"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        _until_it_answers(port)
        yield port, psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            _once(port, "/login", "")
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def ask(port: int, name: str, path: str, cookie: str, *, clients: int, seconds: float) -> Measured:
    """Ask for `path` again and again with so many clients for so many seconds."""
    found = Measured(name, clients)
    _once(port, path, cookie)
    until = time.perf_counter() + seconds
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        own: list[float] = []
        wrong = size = 0
        while time.perf_counter() < until:
            start = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "br"})
            response = connection.getresponse()
            size = len(response.read())
            own.append(time.perf_counter() - start)
            wrong += response.status != 200
        connection.close()
        with lock:
            found.seconds += own
            found.wrong += wrong
            found.size = size

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.took = time.perf_counter() - began
    return found


def signed_in(port: int) -> str:
    """The session cookie that the plain application's /login gives."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/login")
        return (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]


def _once(port: int, path: str, cookie: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        connection.getresponse().read()


def memory_mb(process: psutil.Process) -> float:
    """Proportional memory (PSS) of a process and its children, in MB."""
    return sum(_pss(each) for each in (process, *process.children(recursive=True))) / 2**20


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except psutil.Error:
        return 0.0
