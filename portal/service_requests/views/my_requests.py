"""The customers' requests: the list, and one followed to its end; what they write hangs on the same door."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.service_requests.forms.my import ReplyForm
from portal.service_requests.queries import mine
from portal.service_requests.views import my_opening, my_steps
from portal.service_requests.views.my_door import door as bp
from portal.service_requests.views.my_door import request_of
from portal.service_requests.views.my_request_list import requests_list
from portal.service_requests.views.my_request_page import context
from portal.service_requests.views.my_words import MY_REQUESTS
from portal.web.chain import reached
from portal.web.listing import list_page
from portal.web.pages import page

MODULES = (my_opening, my_steps)
"""They hang their views on the same door."""

bp.add_app_template_filter(lambda state: MY_REQUESTS[state], "my_request_label")


@bp.get("/requests")
@requires(P.REQUEST_SEE)
def index() -> Any:
    """Every request of ours, what waits for us first."""
    claims = reached("my_claims.index", P.CLAIM_SEE)
    template = "service_requests/my_index.html"
    return list_page(requests_list(g.viewer), mine.requests(g.viewer), template, claims=claims)


@bp.get("/requests/<int:request_id>")
@requires(P.REQUEST_SEE)
def show(request_id: int) -> Any:
    """What was said, how far it is, and what may be done now."""
    row = request_of(request_id)
    return page("service_requests/my_show.html", form=ReplyForm(), **context(row))
