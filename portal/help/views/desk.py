"""Help at the desk, and the question mark in the head of every page that help says something about."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context, request

from portal.help.rules.book import Door
from portal.help.views.reading import help_url, open_book
from portal.web.doors import desk

bp = desk("help", __name__)
open_book(bp, Door.DESK)


@bp.app_context_processor
def about_this_page() -> dict[str, Any]:
    """`help_url` for the layouts."""
    if not has_request_context():  # a letter of the worker has no page
        return {"help_url": None}
    viewer = g.get("viewer")
    return {"help_url": help_url(request.endpoint, viewer.kind if viewer else "")}
