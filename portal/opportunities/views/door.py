"""The staff's doors of this room, and what every view behind them needs: the row, the way back."""

from __future__ import annotations

from flask import Response, g, request

from portal.opportunities.models import Opportunity
from portal.opportunities.queries import one
from portal.web import doors
from portal.web.stepping import as_id, to

HERE = "portal.opportunities.views"
bp = doors.desk("opportunities", f"{HERE}.desk")
method_door = doors.desk("sales_methods", f"{HERE}.desk_methods")
word_door = doors.desk("sales_words", f"{HERE}.desk_words")
competitor_door = doors.desk("competitors", f"{HERE}.desk_competitors")


def opportunity_of(opportunity_id: int) -> Opportunity:
    """The opportunity of an address with everything that its page names; NotFound otherwise."""
    return one.one(opportunity_id, g.viewer, g.guard_permission)


def seen() -> int | None:
    """The state of the record that the page showed which sent this request; None when it does not say."""
    return as_id(request.form.get("seen") or request.form.get("version"))


def to_page(opportunity_id: int, anchor: str | None = None) -> Response:
    """To the opportunity's page."""
    return to("desk_opportunities.show", opportunity_id=opportunity_id, anchor=anchor)
