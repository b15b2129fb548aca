"""What a watchman asks: whether the process answers, and whether pages can be served."""

from __future__ import annotations

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from portal.access.guards import public
from portal.upkeep import queries
from portal.web.doors import porch

bp = porch("upkeep", __name__)


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


def _said(words: str, status: int) -> Response:
    answer = Response(f"{words}\n", status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
