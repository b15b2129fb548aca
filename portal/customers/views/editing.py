"""A stale edit on the page: who changed what, what is kept of yours, and how to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field

from portal.customers.forms import VersionedForm
from portal.customers.views.words import in_words
from portal.kernel.edits import Clash, EditClash
from portal.web.clashes import DrawnClash
from portal.web.forms import attempted

Clashes = Sequence[DrawnClash]


def edited(form: VersionedForm, row: Any, verb: Callable[[], object]) -> tuple[bool, Clashes]:
    """(saved, clashes). After a clash the form holds your changes over theirs and may be sent again."""
    try:
        return attempted(form, verb) is not None, ()
    except EditClash as clash:
        drawn = [_drawn(form, each) for each in clash.found if each.field in form]
        for each in clash.found:
            if not each.yours_kept and each.field in form:
                _take(form[each.field], each.theirs)
        form.version.data = str(row.version)
        return False, drawn


def _take(field: Field, value: Any) -> None:
    """Put a stored value into a field that was sent with another."""
    if isinstance(field, DateField):
        value = date.fromisoformat(value) if value else None
    field.data, field.raw_data = value, None


def _drawn(form: FlaskForm, clash: Clash) -> DrawnClash:
    field = form[clash.field]
    return DrawnClash(
        label=str(field.label.text),
        who=clash.who,
        at=clash.at,
        was=_word(field, clash.was),
        theirs=_word(field, clash.theirs),
        yours=_word(field, clash.yours),
        yours_kept=clash.yours_kept,
    )


def _word(field: Field, value: Any) -> str:
    """A choice by its words on the form, anything else as history tells it."""
    options = getattr(field, "choices", None) or ()
    words = {str(each[0]): str(each[1]) for each in options}
    if isinstance(value, str | int) and str(value) in words and not isinstance(value, bool):
        return words[str(value)]
    return in_words(field.short_name, value)
