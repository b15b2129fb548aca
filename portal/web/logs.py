"""What the portal writes about itself: one entry begins one line, its instant in UTC, and nothing that opens a door.

Two things go through every line. Control characters are written as \\x0a and the like, so that nobody's words can look
like an entry of their own. A secret in an address (/join/…, /q/…) becomes a short fingerprint: two entries about the
same link can be told to belong together, and neither opens it.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from typing import Any, cast

from flask import Flask
from flask.logging import wsgi_errors_stream

SECRET_AFTER = (
    "join",
    "reset",
    "tf-setup",
    "waiting",
    "wan-register",
    "wan-signin",
    "wan-verify",
    "q",
    "c",
    "s",
    "calendar",
)
"""First parts of the addresses whose next part is a secret; a test compares them with the routes."""
_SECRET = re.compile(rf"(/(?:{'|'.join(SECRET_AFTER)})/)([^/\s?#&\"'<>]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NAME = "portal log"
WHO_CAME_IN = ("accounts", "security")
"""Parts of the log that tell who signed in and who was refused, whatever the rest is told to leave out."""
FORM = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"


def plain(text: str) -> str:
    """`text` on one line, without secrets of addresses."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", masked(text))


def masked(text: str) -> str:
    """`text` with a fingerprint in the place of each secret of an address."""
    return _SECRET.sub(lambda found: f"{found[1]}{_fingerprint(found[2])}", text)


class OneLine(logging.Formatter):
    """An entry on one line; the lines of a traceback follow, each moved in, so that none looks like an entry."""

    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The entry's line."""
        record.message = plain(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """The traceback, moved in."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"  {plain(line)}" for line in lines)


def install(app: Flask) -> None:
    """Give the portal's own log its form, once for the process."""
    house = logging.getLogger(app.name)
    if not any(each.name == NAME for each in house.handlers):
        handler = logging.StreamHandler(cast(Any, wsgi_errors_stream))
        handler.set_name(NAME)
        handler.setFormatter(OneLine(FORM))
        house.addHandler(handler)
        for told in WHO_CAME_IN:
            house.getChild(told).setLevel(logging.INFO)


def _fingerprint(secret: str) -> str:
    return f"~{hashlib.sha256(secret.encode()).hexdigest()[:8]}"
