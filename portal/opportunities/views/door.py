"""The staff's doors of this room, and what every view behind them needs: the row, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, flash, g, redirect, request, url_for

from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, PortalError, StaleEdit
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import one
from portal.web import doors
from portal.web.flask_app import refuse
from portal.web.forms import attempted
from portal.web.words import say

HERE = "portal.opportunities.views"
bp = doors.desk("opportunities", f"{HERE}.desk")
method_door = doors.desk("sales_methods", f"{HERE}.desk_methods")
word_door = doors.desk("sales_words", f"{HERE}.desk_words")
competitor_door = doors.desk("competitors", f"{HERE}.desk_competitors")
LONGEST_REASON = 1000
LONGEST_ID = 10
REFUSALS = (Invalid, InvalidMany, NotAllowedNow, StaleEdit)
T = TypeVar("T")


def opportunity_of(opportunity_id: int) -> Opportunity:
    """The opportunity of an address with everything that its page names; NotFound otherwise."""
    return one.one(opportunity_id, g.viewer, g.guard_permission)


def number_in(given: str | int | None) -> int | None:
    """An id or a version as an address, a form or the form's own row names it; None for anything else."""
    text = str(given or "")
    return int(text) if text.isdecimal() and len(text) < LONGEST_ID else None


def seen() -> int | None:
    """The state of the record that the page showed which sent this request; None when it does not say."""
    return number_in(request.form.get("seen") or request.form.get("version"))


def typed(name: str, longest: int = LONGEST_REASON) -> str:
    """What was written into a step's question."""
    return request.form.get(name, "").strip()[:longest]


def to(endpoint: str, *, anchor: str | None = None, **where: Any) -> Response:
    """To another page after a step."""
    return redirect(url_for(endpoint, _anchor=anchor, **where), 303)  # type: ignore[return-value]


def to_page(opportunity_id: int, anchor: str | None = None) -> Response:
    """To the opportunity's page."""
    return to("desk_opportunities.show", opportunity_id=opportunity_id, anchor=anchor)


def done(there: Response, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason and nothing kept; to `there` either way."""
    try:
        verb()
    except REFUSALS as error:
        flash(said_by(error), "error")
        return refuse(there)
    flash(said, "success")
    return there


def tried(form: Any, verb: Callable[[], T]) -> T | None:
    """What `verb` gives; None when it refused, or is not allowed now: the page then says so."""
    try:
        return attempted(form, verb)
    except (NotAllowedNow, StaleEdit) as error:
        flash(say(error.text), "error")
        return None


def said_by(error: PortalError) -> str:
    """What an error says, of several fields all of it."""
    many = getattr(error, "errors", None)
    return " ".join(say(text) for text in many.values()) if many else say(error.text)
