"""The staff's door of this room, and what every view behind it needs: the row, its version, the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, g, redirect, request, url_for
from flask_wtf import FlaskForm

from portal.access.guards import fetch
from portal.kernel import clock
from portal.kernel.errors import NotFound, StaleEdit
from portal.kernel.text import t
from portal.quotations import queries
from portal.quotations.models import Quotation, QuotationVersion
from portal.web import doors, stepping
from portal.web.forms import attempted

LONGEST_COUNTER = 9
bp = doors.desk("quotations", "portal.quotations.views.desk")


def quotation_and_version(
    quotation_id: int, number: int | None = None
) -> tuple[Quotation, QuotationVersion]:
    """The quotation of an address and its latest version, or the one with `number`; NotFound otherwise."""
    quotation = fetch(Quotation, quotation_id, options=queries.WITH_PARTIES)
    wanted = quotation.latest_no if number is None else number
    version = queries.version(quotation, wanted, g.viewer)
    if version is None:
        raise NotFound()
    return quotation, version


def seen() -> int | None:
    """Which state of the version the page showed that sent this request; None when it does not say.

    StaleEdit when it says something that no page of ours says.
    """
    text = request.values.get("seen") or request.values.get("version") or ""
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_COUNTER:
        raise StaleEdit(t("This form does not say which state it shows. Load the page again."))
    return int(text)


def today() -> date:
    """The business day."""
    return clock.today()


def back(quotation_id: int, anchor: str | None = None) -> Response:
    """To the quotation's page."""
    return redirect(url_for(".show", quotation_id=quotation_id, _anchor=anchor), 303)  # type: ignore[return-value]


def done(quotation_id: int, said: str, verb: Callable[[], Any]) -> Response:
    """One step from a button: done and said, or refused with the reason; back to the page either way."""
    return stepping.done(back(quotation_id), said, verb, stepping.WRONG)


def went_well(form: FlaskForm, verb: Callable[[], Any]) -> bool:
    """Whether `verb` went through; what it refused is told at its field or on top of the page."""
    return attempted(form, lambda: (verb(),)) is not None
