"""The start of every request: who asks, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Flask, abort, g, request, session
from flask_login import current_user

from portal.access.scope import set_viewer
from portal.access.viewer import NOBODY, Viewer
from portal.kernel import clock
from portal.web import words
from portal.web.doors import MACHINES
from portal.web.flask_app import open_for_writing

LANGUAGE_COOKIE = "lang"
LOCALES = ("zh_CN", "en")


def install(
    app: Flask,
    viewer_for: Callable[[int, int | None], Viewer],
    system_for: Callable[[str, datetime], Viewer | None],
) -> None:
    """Name the viewer before any view runs.

    `viewer_for(user_id, chosen_customer_id)` and `system_for(key, now)`, at the machines' door, come from later rooms.
    """

    @app.before_request
    def name_viewer() -> None:
        g.viewer = _anonymous(app.config["BABEL_DEFAULT_LOCALE"])
        if request.endpoint == "static" or request.endpoint is None:
            return
        if _holds_what_no_database_keeps():
            abort(400)
        open_for_writing()
        if request.blueprint == MACHINES:
            _forget_cookies(app)
            g.viewer = _machine(system_for, g.viewer)
        elif current_user.is_authenticated:
            g.viewer = viewer_for(current_user.id, session.get("customer_id"))
        set_viewer(g.viewer)
        words.read_in(g.viewer.locale)


def _holds_what_no_database_keeps() -> bool:
    """Whether a text of the request holds a NUL: no keyboard writes it, and PostgreSQL refuses it."""
    sent = (request.form, request.args)
    texts = (text for form in sent for pair in form.items(multi=True) for text in pair)
    return "\x00" in request.path or any("\x00" in text for text in texts)


def _forget_cookies(app: Flask) -> None:
    """Flask-Login is told that nobody is signed in, so that no later hook looks for a session."""
    g._login_user = app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def _machine(system_for: Callable[[str, datetime], Viewer | None], nobody: Viewer) -> Viewer:
    """Whose key came with the call; nobody without one that opens. Cookies count for nothing."""
    given = request.authorization
    key = given.token if given is not None and given.type == "bearer" else None
    found = system_for(key, clock.now()) if key else None
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"], nobody.locale)
    locale = "en" if wanted == "en" else "zh_CN"
    return replace(found or nobody, locale=locale, ip=request.remote_addr)


def _anonymous(default_locale: str) -> Viewer:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    locale = chosen if chosen in LOCALES else _readable(default_locale)
    return Viewer(kind="public", name=NOBODY.name, locale=locale, ip=request.remote_addr)


def _readable(default_locale: str) -> str:
    """English for a browser that reads English and no Chinese, else the portal's own language.

    A browser that names both is one of China's as often as not: it gets what everybody here gets.
    """
    read = {code.lower().partition("-")[0] for code in request.accept_languages.values()}
    return "en" if "en" in read and "zh" not in read else default_locale
