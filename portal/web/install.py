"""Everything around the rooms: database, sessions, language, safety, errors, templates."""

from __future__ import annotations

from functools import partial
from wsgiref.headers import Headers

from flask import Flask
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from whitenoise import WhiteNoise

from portal import config
from portal.db.base import db
from portal.db.engine import prepare
from portal.web import errors, filters, headers, logs, words
from portal.web.words import ReadersBabel, viewer_locale

babel = ReadersBabel()
csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(get_remote_address, headers_enabled=True)
migrate = Migrate(directory=str(config.ROOT / "portal" / "db" / "migrations"), render_as_batch=True)

ONE_YEAR = 365 * 24 * 3600


def install_house(app: Flask) -> None:
    """Install what every page shares."""
    logs.install(app)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    migrate.init_app(app, db)
    translations = str(config.ROOT / "portal" / "translations")
    babel.init_app(app, locale_selector=viewer_locale, default_translation_directories=translations)
    words.install(app)
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    headers.install(app)
    errors.install(app)
    filters.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if not app.testing:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(config.ROOT / "static"),
            prefix="static/",
            max_age=ONE_YEAR,
            allow_all_origins=False,
            add_headers_function=partial(_static_headers, app.config["HTTPS"]),
        )


def _static_headers(https: bool, given: Headers, _path: str, _url: str) -> None:
    for name, value in headers.for_static(https).items():
        given[name] = value
