"""Two people on one draft: the later one is told who changed what, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from portal.contracts.views.desk_contract_door import went_well
from portal.kernel.errors import StaleEdit
from portal.web.fields import plain_number
from portal.web.words import say

Differences = list[tuple[str, str]]
SILENT = ("CSRFTokenField", "HiddenField", "FieldList", "FileField")


def saved(
    form: FlaskForm, verb: Callable[[], Any], counter: int | None = None
) -> tuple[bool, Differences]:
    """(saved, what is stored otherwise than typed). After a clash the form may be sent again as it stands.

    `counter`: the record's own, where the form's object data does not carry it.
    """
    stored = {each.short_name: _words(each, each.object_data) for each in form if _speaks(each)}
    now = counter if counter is not None else form["version"].object_data
    try:
        return went_well(form, verb), []
    except StaleEdit as error:
        flash(say(error.text), "warning")
        form["version"].data = str(now)
        form["version"].raw_data = None
        return False, [
            (str(form[name].label.text), words)
            for name, words in stored.items()
            if words != _words(form[name], form[name].data)
        ]


def _speaks(field: Field) -> bool:
    return field.type not in SILENT


def _words(field: Field, value: object) -> str:
    """A choice by its words, anything else as text."""
    choices = {str(each[0]): str(each[1]) for each in getattr(field, "choices", None) or ()}
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, list):
        return ", ".join(choices.get(str(each), str(each)) for each in value) or "—"
    text = "" if value is None else str(value)
    return choices.get(text, text) or "—"
