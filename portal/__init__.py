"""The portal: `create_app` puts the rooms together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal import config
from portal.accounts import sign_in
from portal.api.queries.keys import viewer_of_key
from portal.customers.queries import viewer_for
from portal.documents import installing as documents
from portal.kernel.loading import uncollected
from portal.rooms import register_rooms
from portal.web import request
from portal.web.flask_app import PortalApp
from portal.web.install import install_house


def create_app(settings: Mapping[str, Any] | None = None) -> PortalApp:
    """The WSGI application; `settings` override the environment's (tests, scripts)."""
    app = PortalApp(
        "portal",
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
        instance_path=str(config.ROOT / "instance"),
    )
    app.config.update(config.load())
    app.config.update(settings or {})
    with uncollected():
        install_house(app)
        # before sign-in, whose own hooks read the database
        request.install(app, viewer_for, viewer_of_key)
        sign_in.install(app)
        register_rooms(app)
        documents.install(app.config)
    return app
