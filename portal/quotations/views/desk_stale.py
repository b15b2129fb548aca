"""Two people on one draft: the later one is told who changed what, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import flash
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from portal.kernel.errors import StaleEdit
from portal.quotations.models import QuotationVersion
from portal.quotations.views.desk_door import went_well
from portal.web.fields import plain_number
from portal.web.words import say

Differences = list[tuple[str, str]]
SILENT = ("CSRFTokenField", "HiddenField", "FieldList")


def saved(
    form: FlaskForm, version: QuotationVersion, verb: Callable[[], object]
) -> tuple[bool, Differences]:
    """(saved, what is stored otherwise than typed). After a clash the form may be sent again as it stands."""
    stored = {
        field.short_name: _words(field, field.object_data) for field in form if _speaks(field)
    }
    try:
        return went_well(form, verb), []
    except StaleEdit as error:
        flash(say(error.text), "warning")
        form["version"].data = str(version.version)
        form["version"].raw_data = None
        return False, [
            (str(form[name].label.text), words)
            for name, words in stored.items()
            if words != _words(form[name], form[name].data)
        ]


def said(error: StaleEdit) -> None:
    """Who changed what, on top of the page that is drawn again."""
    flash(say(error.text), "warning")
    flash(_("What you typed is still in the fields. Compare, then save again."), "warning")


def _speaks(field: Field) -> bool:
    return field.type not in SILENT


def _words(field: Field, value: object) -> str:
    """A choice by its words, anything else as text."""
    choices = {str(each[0]): str(each[1]) for each in getattr(field, "choices", None) or ()}
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return plain_number(value)
    text = "" if value is None else str(value)
    return choices.get(text, text) or "—"
