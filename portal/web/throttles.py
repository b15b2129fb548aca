"""Public addresses that a secret opens: guessing is made slow, honest readers notice nothing."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g

from portal.web.install import limiter

MISSES = "30 per minute;200 per hour"
"""Wrong secrets from one address. GUESS_LIMIT of the configuration overrides it."""


def against_guessing(view: Any) -> Any:
    """`view` behind one shared limit on what was not found; past it the answer is 429 for a while."""
    limit = limiter.shared_limit(_limit, scope="guesses", deduct_when=_missed)
    return limit(view)


def _limit() -> str:
    return str(current_app.config.get("GUESS_LIMIT", MISSES))


def _missed(response: Response) -> bool:
    return response.status_code == 404 or bool(g.get("missed"))


def count_as_guess() -> None:
    """This request was a wrong guess though its answer is a page."""
    g.missed = True
