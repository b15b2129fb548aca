"""One POST to another machine: to the very address that was judged, with a limit on time and on what is read.

No redirect is followed, no proxy of the environment is used, and the name is resolved once: what was judged is what is
connected to, so a name that points elsewhere a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from portal.hooks.rules import addresses

CONNECT_SECONDS = 5
WHOLE_SECONDS = 15
ANSWER_BYTES = 2_000
Found = tuple[int, tuple[str, int]]
"""A family of addresses, and where to connect."""


class Blocked(OSError):
    """The name leads to an address that deliveries may not go to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `text` is cut."""

    status: int
    text: str
    took_ms: int


def post(url: str, headers: Mapping[str, str], body: bytes, private_ok: bool) -> Answer:
    """Send `body` as JSON. Raises Blocked, OSError or http.client.HTTPException when nothing came back."""
    host, port, tls = addresses.host_of(url)
    if not (tls or private_ok):
        raise Blocked("https is required")
    began = time.monotonic()
    connection = _Pinned(host, port, _resolved(host, port, private_ok), tls)
    watch = threading.Timer(WHOLE_SECONDS, connection.cut_off)
    watch.daemon = True
    watch.start()
    try:
        whole = {"Content-Type": "application/json", "User-Agent": "portal-webhooks", **headers}
        connection.request("POST", addresses.target_of(url), body, whole)
        response = connection.getresponse()
        text = response.read(ANSWER_BYTES).decode("utf-8", "replace")
        connection.check_in_time()
        return Answer(response.status, text, _since(began))
    finally:
        watch.cancel()
        connection.close()


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _resolved(host: str, port: int, private_ok: bool) -> list[Found]:
    """Where the name leads. Raises Blocked when any of it is closed to us, OSError when it leads nowhere."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_rest, where in found:
        address = ipaddress.ip_address(str(where[0]).partition("%")[0])
        if not addresses.may_go_to(address, private_ok):
            raise Blocked(f"{host} leads to {address}, where deliveries may not go")
    return [(int(family), (str(where[0]), port)) for family, *_rest, where in found]


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the given addresses, under the name's own certificate."""

    def __init__(self, host: str, port: int, where: list[Found], tls: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if tls else 80
        self._where = where
        self._tls = ssl.create_default_context() if tls else None
        self._raw: socket.socket | None = None
        self._is_cut = False

    def connect(self) -> None:
        """To the first address that answers."""
        self._raw = self._first()
        self.sock = self._raw
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self._raw, server_hostname=self.host)
            self._raw = self.sock
        self.check_in_time()

    def check_in_time(self) -> None:
        """Raise TimeoutError when it was cut off: what was read until then may look like a whole answer."""
        if self._is_cut:
            raise TimeoutError("it took too long")

    def cut_off(self) -> None:
        """The time is over: whoever waits on the socket is told."""
        self._is_cut = True
        if self._raw is not None:
            try:
                self._raw.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._raw.close()

    def _first(self) -> socket.socket:
        last: OSError = OSError("the name leads nowhere")
        for family, where in self._where:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(CONNECT_SECONDS)
            try:
                sock.connect(where)
            except OSError as error:
                sock.close()
                last = error
            else:
                return sock
        raise last
