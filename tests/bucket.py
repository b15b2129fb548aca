"""An S3-like bucket of the tests' own on loopback: put (also only where nothing is), get, head, list, delete.

It keeps what it holds in memory, refuses bytes that are not those which were signed, and fails when it is told to.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

NAME = "papers"
PAGE = 3
"""Objects in one answer of a list: so few that even a test's has several."""


class Bucket(ThreadingHTTPServer):
    """`objects`: key → bytes. `fails`: what comes instead of answers, in turn: a status, or seconds of silence."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.objects: dict[str, bytes] = {}
        self.fails: list[int | float] = []
        self.asked: list[str] = []
        self.lock = threading.Lock()

    def handle_error(self, *_who: object) -> None:
        """Somebody who hung up is no fault of ours."""

    @property
    def settings(self) -> dict[str, str]:
        """What a client must know."""
        address = f"http://127.0.0.1:{self.server_port}"
        return {"endpoint": address, "region": "here", "key": "known", "secret": "kept"}


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A bucket that is open meanwhile."""
    with Bucket() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Door(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body, parts = (
            self.rfile.read(int(self.headers.get("Content-Length", 0))),
            urlsplit(self.path),
        )
        self.server.asked.append(self.command)
        failing = self.server.fails.pop(0) if self.server.fails else None
        if isinstance(failing, float):
            time.sleep(failing)
        if failing is not None:
            return self._refuse(int(failing), "NotImplemented" if failing == 501 else "SlowDown")
        if "Credential=known/" not in self.headers.get("Authorization", ""):
            return self._refuse(403, "AccessDenied")
        key = unquote(parts.path).removeprefix(f"/{NAME}").lstrip("/")
        with self.server.lock:
            return getattr(self, f"_{self.command.lower()}")(key, body, parse_qs(parts.query))

    do_PUT = do_GET = do_HEAD = do_DELETE = _answer

    def _put(self, key: str, body: bytes, _query: dict[str, list[str]]) -> None:
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            return self._refuse(400, "XAmzContentSHA256Mismatch")
        if self.headers.get("If-None-Match") == "*" and key in self.server.objects:
            return self._refuse(412, "PreconditionFailed")
        self.server.objects[key] = body
        return self._send(200, b"", ETag='"x"')

    def _get(self, key: str, _body: bytes, query: dict[str, list[str]]) -> None:
        if "list-type" in query:
            return self._list(query)
        if key not in self.server.objects:
            return self._refuse(404, "NoSuchKey")
        return self._send(
            200, self.server.objects[key], ETag='"x"', Last_Modified=formatdate(usegmt=True)
        )

    _head = _get

    def _delete(self, key: str, _body: bytes, _query: dict[str, list[str]]) -> None:
        self.server.objects.pop(key, None)
        self._send(204, b"")

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = [
            key for key in sorted(self.server.objects) if key.startswith(prefix) and key > after
        ]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-03-02T02:00:00.000Z</LastModified>"
            f"<ETag>x</ETag><Size>{len(self.server.objects[key])}</Size></Contents>" for key in keys[:PAGE]
        )  # fmt: skip
        more = (
            f"<NextContinuationToken>{escape(keys[PAGE - 1])}</NextContinuationToken>"
            if keys[PAGE:]
            else ""
        )
        self._send(200, f"<ListBucketResult>{rows}{more}</ListBucketResult>".encode())

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, f"<Error><Code>{code}</Code></Error>".encode())

    def _send(self, status: int, body: bytes, **heads: str) -> None:
        self.send_response(status)
        for name, value in {**heads, "Content_Length": str(len(body))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Silent."""
