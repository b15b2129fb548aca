"""One step from a button: done and said, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request

from portal.web.stepping import WRONG, done_at

LONGEST_COUNTER = 9


def done(back: str, said: str, verb: Callable[[], Any]) -> Response:
    """Back to the page either way; nothing of a refused request is kept."""
    return done_at(back, said, verb, WRONG)


def seen(name: str = "seen") -> int | None:
    """Which version of the record the page showed that sent this request; None when it does not say."""
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNTER else None
