"""The page on which people read, and try, what other systems may ask and tell."""

from __future__ import annotations

from flask import current_app, url_for

from portal.access.guards import public
from portal.api.rules.description import ABOUT, VERSION
from portal.api.views.docs_page import parts, tables
from portal.web.doors import porch
from portal.web.pages import page
from portal.web.problems import PROBLEMS

bp = porch("api_docs", __name__)


@bp.get("/api/v1/docs")
@public
def docs() -> str:
    """Every call with its parameters, an example and a form to try it."""
    return page(
        "api/docs.html", parts=parts(current_app.config["BASE_URL"]), tables=tables(), about=ABOUT,
        version=f"OpenAPI {VERSION}", problems=PROBLEMS, description_url=url_for("v1.openapi"),
    )  # fmt: skip
