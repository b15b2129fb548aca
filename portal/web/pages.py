"""Answering with a page: whole, or only its list region when htmx asks."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, render_template

from portal.web.flask_app import refuse

LAYOUT = frozenset({"links", "locale", "nav"})
"""What every page has from the house (`portal.web.filters`); a page that used one as its own lost the way out."""


def page(template: str, **context: Any) -> str:
    """A whole page. Raises TypeError for a name that belongs to the layout."""
    if taken := LAYOUT & context.keys():
        raise TypeError(f"{template} may not call something of its own {sorted(taken)}")
    return render_template(template, viewer=g.viewer, **context)


def refused(template: str, **context: Any) -> Response:
    """The page again with its errors: 422, and nothing of the request is kept."""
    return refuse(make_response(page(template, **context), 422))
