"""What a view reads from an address or a small form, and how one step from a button is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, g, redirect, request, url_for

from portal.access.permissions import Permission
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, PortalError
from portal.web.words import say

LONGEST_ID = 9


def number_in(name: str) -> int | None:
    """The id that the address or form gives under `name`; None for what is none."""
    return as_id(request.values.get(name, ""))


def as_id(text: str | None) -> int | None:
    """An id out of typed words; None for what is none."""
    plain = text or ""
    short = plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST_ID
    return int(plain) if short and int(plain) else None


def version_in(text: str | None) -> int:
    """The version that a form was opened with; 0 for none."""
    return as_id(text) or 0


def typed(name: str, longest: int) -> str:
    """Words in the address or form."""
    return request.values.get(name, "").strip()[:longest]


def day_in(name: str) -> date | None:
    """The day that the address gives under `name`; None for what is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def zone() -> ZoneInfo:
    """The firm's zone."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def local(at: datetime) -> datetime:
    """An instant on the firm's clock."""
    return at.astimezone(zone())


def instant_of(on: date, at: time) -> datetime:
    """A day and a time of the firm's clock as an instant."""
    return datetime.combine(on, at, zone())


def page_of(endpoint: str, permission: Permission, **values: Any) -> str | None:
    """A page of another room; None while that room is closed or not this viewer's."""
    if endpoint not in current_app.view_functions or not g.viewer.may(permission):
        return None
    return url_for(endpoint, **values)


def to(endpoint: str, **values: Any) -> Response:
    """After a form: there."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def done(there: Response, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; to the page either way."""
    try:
        verb()
    except (Invalid, InvalidMany, NotAllowedNow) as error:
        flash(reason_of(error), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(said, "success")
    return there


def reason_of(error: PortalError) -> str:
    """What was refused, in one sentence."""
    if isinstance(error, InvalidMany):
        return " ".join(say(text) for text in error.errors.values())
    return say(error.text)
