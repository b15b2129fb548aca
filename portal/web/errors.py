"""Failures become pages in one place."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.access.viewer import NOBODY
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, MergedAway, PortalError, StaleEdit
from portal.kernel.text import Text, t
from portal.web import problems
from portal.web.outages import AWAY, RETRY_SECONDS, outage
from portal.web.words import say

STALE = t("Somebody else saved this record a moment ago. Look at it again, then repeat.")
NOTED = {400, 401, 403, 405, 413, 429}
"""Answers that tell of somebody who tries what the pages do not offer."""
security = logging.getLogger("portal.security")
TEMPLATES = {400, 403, 404, 409, 413, 422, 429, 500, 503}


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(MergedAway, _merged_away)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(StaleDataError, lambda _e: _portal_error(StaleEdit(STALE)))
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(OverflowError, _too_large)
    app.register_error_handler(DataError, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def to_fields(form: FlaskForm, error: Invalid | InvalidMany) -> bool:
    """Put the messages at their fields; False when one has no field in `form`, so that the page must say it."""
    messages = error.errors if isinstance(error, InvalidMany) else {error.field or "": error.text}
    known = {name: text for name, text in messages.items() if name in form}
    for name, text in known.items():
        form[name].errors = [*form[name].errors, say(text)]
    return len(known) == len(messages)


def _portal_error(error: PortalError) -> Response:
    _note(error.status, error.code)
    return _page(error.status, error.text, error=error)


def _merged_away(error: MergedAway) -> Response:
    """A page of the customer that was merged leads to the same page of the one that stays."""
    named = (request.view_args or {}).get("customer_id")
    if request.method not in ("GET", "HEAD") or named is None or request.endpoint is None:
        return _portal_error(error)
    db.session.rollback()
    here = {**request.args, **(request.view_args or {}), "customer_id": error.survivor_id}
    return redirect(url_for(request.endpoint, **here))  # type: ignore[return-value]


def _csrf_error(_error: CSRFError) -> Response:
    _note(403, "csrf")
    return _page(
        400,
        t("This page was open too long. Go back, load it anew and send it again."),
    )


def _integrity_error(error: IntegrityError) -> Response:
    current_app.logger.warning("refused by the database: %s", _first(error))
    return _page(
        409,
        t("The database refused this: a record with the same key exists, or one it needs is gone."),
    )


def _too_large(_error: OverflowError | DataError) -> Response:
    """A number that no column can hold: SQLite's driver says the one, PostgreSQL the other."""
    _note(400, "overflow")
    return _page(400, t("A number in this request is larger than any that there could be."))


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    _note(code, type(error).__name__)
    return _page(code, None, error=error)


def _crash(error: Exception) -> Response:
    why = outage(error)
    if why is not None:
        current_app.logger.error("outage: %s %s: %s", request.method, request.path, _first(error))
        if why is AWAY:
            _ask_for_nobody()
        return _page(503, why)
    current_app.logger.exception("unhandled: %s %s", request.method, request.path, exc_info=error)
    if current_app.testing:
        raise error
    return _page(500, None)


def _ask_for_nobody() -> None:
    """The page is drawn without anything that only the database knows: who it is that asks, for one."""
    known = g.get("viewer", NOBODY)
    g.viewer = replace(NOBODY, locale=known.locale)
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _first(error: Exception) -> str:
    """The first line of what was said: the next may name what was typed."""
    return str(getattr(error, "orig", error)).partition("\n")[0]


def _note(status: int, why: str) -> None:
    """Who was refused what, for whoever looks for somebody that tries doors; nothing that was typed."""
    if status in NOTED:
        who = g.viewer.user_id if "viewer" in g else None
        said = (status, why, who, request.remote_addr, request.method, request.endpoint)
        security.warning("refused: %s %s, user %s from %s, %s %s", *said)


def _page(status: int, text: Text | None, **context: Any) -> Response:
    db.session.rollback()
    if "viewer" not in g:
        g.viewer = NOBODY
    if problems.are_wanted():
        return problems.answer(status, text, context.get("error"))
    template = f"errors/{status if status in TEMPLATES else (400 if status < 500 else 500)}.html"
    said = say(text) if text else None
    response = make_response(render_template(template, message=said, **context), status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
