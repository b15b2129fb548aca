"""The machines' door /api/v1, with everything that answers there, and its description."""

from __future__ import annotations

from flask import Response, request

from portal.access.guards import public
from portal.api.rules.description import description
from portal.api.views import bills, pushes, reads
from portal.api.views.door import bp, json_answer
from portal.web.problems import PROBLEMS
from portal.web.words import say

__all__ = ["bills", "bp", "pushes", "reads"]


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """The description of the door as OpenAPI 3.1, in the language that is asked for."""
    response = json_answer(description(say, PROBLEMS))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
