"""The press's own process: warms one engine, then forks workers that share its memory.

Every worker takes connections from the one listening socket, so the kernel keeps the queue and its
bound. A worker that takes too long is ended by its own alarm; one that dies is replaced. Nothing here
imports the portal: `python -m press` starts with WeasyPrint alone in memory.
"""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .engine import Engine
from .wire import Broken, receive, send

WAITING = 32
ACCEPT_SECONDS = 2.0
SPEAK_SECONDS = 10.0
DOCUMENTS_EACH = 500
GROWTH_KB = 48 * 1024
"""A worker that a long paper has made so much larger ends after it: its memory goes back to the system at once."""
BREATH = 0.2
USED = b"."
STOP = b"!"


def listen(path: Path) -> socket.socket:
    """The socket, owned by this user alone; whoever starts second leaves quietly."""
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(0)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    listener.bind(str(path))
    os.umask(before)
    listener.listen(WAITING)
    return listener


class Press:
    """The parent: keeps `size` workers alive until its starter is gone or, where that is 0, nobody came for long.

    Who the starter is must be told: one that ended while the engine warmed can no longer be asked for.
    """

    def __init__(
        self, listener: socket.socket, size: int, idle_seconds: float, starter: int
    ) -> None:
        self.listener = listener
        self.path = Path(listener.getsockname())
        self.size = size
        self.idle_seconds = idle_seconds
        self.starter = starter
        self.workers: set[int] = set()
        self.reports, self.report = os.pipe()
        self.last_use = time.monotonic()

    def run(self, work: Callable[[socket.socket, int], None]) -> None:
        """Until it is time to go: replace the dead, notice use."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the starter; we follow it
        try:
            while not self._is_over():
                while len(self.workers) < self.size:
                    self._fork(work)
                if select.select([self.reports], [], [], BREATH)[0]:
                    if STOP in os.read(self.reports, 4096):
                        return
                    self.last_use = time.monotonic()
                self._bury()
        finally:
            for worker in self.workers:
                os.kill(worker, signal.SIGKILL)

    def _fork(self, work: Callable[[socket.socket, int], None]) -> None:
        worker = os.fork()
        if worker:
            self.workers.add(worker)
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            work(self.listener, self.report)
        except BaseException:
            traceback.print_exc()
        os._exit(0)

    def _bury(self) -> None:
        while self.workers:
            dead, _ = os.waitpid(-1, os.WNOHANG)
            if not dead:
                return
            self.workers.discard(dead)

    def _is_over(self) -> bool:
        if not self.path.exists():
            return True  # nobody can find us any more
        if self.starter:
            return os.getppid() != self.starter
        return time.monotonic() - self.last_use > self.idle_seconds


def worker(engine: Engine, seconds: int) -> Callable[[socket.socket, int], None]:
    """What one worker does: take a connection, print, answer; up to its share of documents or memory."""

    def work(listener: socket.socket, report: int) -> None:
        parent = os.getppid()
        listener.settimeout(ACCEPT_SECONDS)
        allowed = _peak_kb() + GROWTH_KB
        for _ in range(DOCUMENTS_EACH):
            connection = _next(listener, parent)
            with connection:
                connection.settimeout(SPEAK_SECONDS)
                signal.alarm(seconds)
                if not serve(engine, connection):
                    os.write(report, STOP)
                    return
                signal.alarm(0)
            os.write(report, USED)
            if _peak_kb() > allowed:
                return
            gc.collect()

    return work


def serve(engine: Engine, connection: socket.socket) -> bool:
    """One job; False when asked to stop. What goes wrong with the document is answered; a caller
    who left is let go."""
    try:
        header, blobs = receive(connection)
        if header.get("stop"):
            return False
        html, css, *pictures = blobs
        try:
            named = dict(zip(header["pictures"], pictures, strict=True))
            paper, pages = engine.print(html, css, named, _teller(connection, header))
        except Broken:
            raise
        except Exception as error:
            send(connection, {"ok": False, "reason": f"{type(error).__name__}: {error}"})
            return True
        send(connection, {"ok": True, "pages": pages}, [paper])
    except (Broken, OSError, ValueError):
        return True
    return True


def _teller(connection: socket.socket, header: dict[str, Any]) -> Callable[[int], None] | None:
    """Says each page to a caller who asked to be told; Broken, and so no more pages, once that caller left."""
    if not header.get("tells"):
        return None

    def tell(page: int) -> None:
        try:
            send(connection, {"page": page})
        except OSError as error:
            raise Broken(str(error)) from error

    return tell


def _peak_kb() -> int:
    """The most memory that this process has held, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _next(listener: socket.socket, parent: int) -> socket.socket:
    while True:
        if os.getppid() != parent:
            os._exit(0)
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        return connection
