"""What a view reads from an address or a small form, and how one step from a button is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, g, redirect, request, url_for

from portal.access.permissions import Permission
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, PortalError, StaleEdit
from portal.kernel.text import t
from portal.web.flask_app import refuse
from portal.web.words import say

LONGEST_ID = 9
LONGEST_REASON = 1000
WRONG = (Invalid, InvalidMany)
REFUSED = (*WRONG, NotAllowedNow)
STALE_TOO = (*REFUSED, StaleEdit)
"""What a step from a button may be refused with and its page then says; the rest has pages of its own."""


def number_in(name: str) -> int | None:
    """The id that the address or form gives under `name`; None for what is none."""
    return as_id(request.values.get(name, ""))


def as_id(text: str | int | None) -> int | None:
    """An id out of typed words, or as a form began with it; None for what is none."""
    plain = str(text or "")
    short = plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST_ID
    return int(plain) if short and int(plain) else None


def version_in(text: str | int | None) -> int:
    """The version that a form was opened with; 0 for none."""
    return as_id(text) or 0


def typed(name: str, longest: int) -> str:
    """Words in the address or form."""
    return request.values.get(name, "").strip()[:longest]


def written(name: str, longest: int = LONGEST_REASON) -> str:
    """What was written into a step's question."""
    return request.form.get(name, "").strip()[:longest]


def day_in(name: str) -> date | None:
    """The day that the address or form gives under `name`; None for what is none."""
    try:
        return date.fromisoformat(request.values.get(name, ""))
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


def to(endpoint: str, *, anchor: str | None = None, **values: Any) -> Response:
    """After a form: there."""
    return redirect(url_for(endpoint, _anchor=anchor, **values), 303)  # type: ignore[return-value]


def done(
    there: Response,
    said: str,
    verb: Callable[[], Any],
    refusals: tuple[type[PortalError], ...] = REFUSED,
) -> Response:
    """One step from a button: done and said, or refused with the reason and nothing kept; to `there` either way."""
    try:
        verb()
    except refusals as error:
        flash(reason_of(error), "error")
        return refuse(there)
    flash(said, "success")
    return there


def done_or_stale(there: Response, said: str, verb: Callable[[], Any]) -> Response:
    """The same where the button may have stood beside an older state."""
    return done(there, said, verb, STALE_TOO)


def done_at(
    url: str,
    said: str,
    verb: Callable[[], Any],
    refusals: tuple[type[PortalError], ...] = STALE_TOO,
) -> Response:
    """The same with an address to go to."""
    there: Response = redirect(url, 303)  # type: ignore[assignment]
    return done(there, said, verb, refusals)


def counter_in(text: str | None) -> int:
    """The counter of the state that a form showed; Invalid when it says something that no page of ours says."""
    plain = (text or "").strip()
    if not plain.isdecimal() or len(plain) > LONGEST_ID:
        raise Invalid(t("This form does not say which state it shows. Load the page again."))
    return int(plain)


def check_counter(row: Any, counter: int) -> None:
    """StaleEdit when that is not the state of `row` now."""
    if counter != row.version:
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )


def check_seen(row: Any, counter: str | None) -> None:
    """StaleEdit when the form that sent this request showed another state of `row`; Invalid for no counter at all."""
    check_counter(row, counter_in(counter))


def fresh(form: Any, row: Any, check: Callable[[Any, str | None], None] = check_seen) -> bool:
    """Whether a form was filled in over what `row` says now; else the page says so, and keeps what was typed."""
    try:
        check(row, form.version.data)
    except (Invalid, StaleEdit) as error:
        flash(say(error.text), "error")
        form.version.data = str(row.version)
        return False
    return True


def reason_of(error: PortalError) -> str:
    """What was refused, in one sentence."""
    if isinstance(error, InvalidMany):
        return " ".join(say(text) for text in error.errors.values())
    return say(error.text)
