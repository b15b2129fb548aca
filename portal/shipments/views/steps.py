"""One step from a button: done and said, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request

from portal.kernel.errors import Invalid, InvalidMany
from portal.web.words import say

LONGEST_COUNTER = 9


def done(back: str, said: str, verb: Callable[[], Any]) -> Response:
    """Back to the page either way; nothing of a refused request is kept."""
    try:
        verb()
    except (Invalid, InvalidMany) as error:
        flash(say(error.text), "error")
        response: Response = redirect(back, 303)  # type: ignore[assignment]
        response.headers["X-Refused"] = "1"
        return response
    flash(said, "success")
    return redirect(back, 303)  # type: ignore[return-value]


def seen(name: str = "seen") -> int | None:
    """Which version of the record the page showed that sent this request; None when it does not say."""
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNTER else None
