"""What a watchman asks: whether the process answers, and whether pages can be served."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, url_for
from sqlalchemy.exc import SQLAlchemyError

from portal.access.guards import public
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.upkeep import queries
from portal.web.doors import porch

bp = porch("upkeep", __name__)
HOLDS = timedelta(days=180)
"""How long what `security.txt` says may be relied on, from the moment it is read."""


@bp.get("/healthz")
@public
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return _said("ok", 200)


@bp.get("/readyz")
@public
def ready() -> Response:
    """The database answers and is laid out as this program expects; nothing more is told to strangers."""
    try:
        good = queries.is_ready()
    except SQLAlchemyError:
        good = False
    return _said("ready", 200) if good else _said("not ready", 503)


@bp.get("/.well-known/security.txt")
@public
def security_contact() -> Response:
    """Where a weakness is told (RFC 9116); NotFound where the firm names nobody."""
    config = current_app.config
    if not config["SECURITY_CONTACT"]:
        raise NotFound()
    until = (clock.now() + HOLDS).strftime("%Y-%m-%dT%H:%M:%SZ")
    here = url_for(".security_contact", _external=True)
    lines = [
        f"Contact: {config['SECURITY_CONTACT']}",
        f"Expires: {until}",
        "Preferred-Languages: zh, en",
        f"Canonical: {here}",
    ]
    return _said("\n".join(lines), 200)


def _said(words: str, status: int) -> Response:
    answer = Response(f"{words}\n", status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
