"""Endpoints and receivers for the tests of webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.hooks.actions import endpoints
from portal.hooks.actions.endpoints import EndpointFacts
from portal.hooks.models import HookDelivery, HookEndpoint
from portal.hooks.rules.kinds import HookKind
from tests.cast import Cast, viewer

ADDRESS = "https://erp.harbour.example/hook?key=abc"


@dataclass
class Receiver:
    """A program on loopback that takes what it is sent, or answers as told."""

    url: str = ""
    status: int = 200
    answer: bytes = b"ok"
    location: str = ""
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    heard = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard.taken.append((self.path, headers, self.rfile.read(length)))
            self.send_response(heard.status)
            if heard.location:
                self.send_header("Location", heard.location)
            self.send_header("Content-Length", str(len(heard.answer)))
            self.end_headers()
            self.wfile.write(heard.answer)

        def log_message(self, *_args: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        heard.url = f"http://127.0.0.1:{server.server_address[1]}/in"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield heard
        server.shutdown()


def an_endpoint(
    cast: Cast, now: datetime, *, on: bool = True, private: bool = True, **changes: Any
) -> HookEndpoint:
    """An endpoint of a program that hears of bookings; committed. `secret_shown` is what its owner was shown."""
    known: dict[str, Any] = {
        "name": "ERP", "kind": HookKind.SYSTEM, "url": ADDRESS, "events": ("quotation.declined", "request.opened"),
    }  # fmt: skip
    actor: Viewer = viewer(cast.administrator)
    with unit_of_work():
        facts = EndpointFacts(**{**known, **changes})
        row, secret = endpoints.create(facts, private, actor, now)
        if on:
            endpoints.switch_on(row, actor, now)
    db.session.refresh(row)
    row.secret_shown = secret
    return row


def deliveries() -> list[HookDelivery]:
    """All of them, as they are now."""
    db.session.expire_all()
    return list(db.session.scalars(db.select(HookDelivery).order_by(HookDelivery.id)))
