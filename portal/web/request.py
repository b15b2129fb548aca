"""The start of every request: who asks, in which language."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, abort, g, request, session
from flask_login import current_user

from portal.access.scope import set_viewer
from portal.access.viewer import NOBODY, Viewer
from portal.web import words
from portal.web.flask_app import open_for_writing

LANGUAGE_COOKIE = "lang"
LOCALES = ("zh_CN", "en")


def install(app: Flask, viewer_for: Callable[[int, int | None], Viewer]) -> None:
    """Name the viewer before any view runs; `viewer_for(user_id, chosen_customer_id)` comes from a later room."""

    @app.before_request
    def name_viewer() -> None:
        g.viewer = _anonymous(app.config["BABEL_DEFAULT_LOCALE"])
        if request.endpoint == "static" or request.endpoint is None:
            return
        if _holds_what_no_database_keeps():
            abort(400)
        open_for_writing()
        if current_user.is_authenticated:
            g.viewer = viewer_for(current_user.id, session.get("customer_id"))
        set_viewer(g.viewer)
        words.read_in(g.viewer.locale)


def _holds_what_no_database_keeps() -> bool:
    """Whether a text of the request holds a NUL: no keyboard writes it, and PostgreSQL refuses it."""
    sent = (request.form, request.args)
    texts = (text for form in sent for pair in form.items(multi=True) for text in pair)
    return "\x00" in request.path or any("\x00" in text for text in texts)


def _anonymous(default_locale: str) -> Viewer:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    locale = chosen if chosen in LOCALES else default_locale
    return Viewer(kind="public", name=NOBODY.name, locale=locale, ip=request.remote_addr)
