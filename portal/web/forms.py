"""Forms and verbs: what a verb refuses is told at its field, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Response, flash
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations, translations
from wtforms import Form

from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text
from portal.web.errors import to_fields
from portal.web.pages import page, refused
from portal.web.words import name_of, say

T = TypeVar("T")
USUAL_CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "AUD", "SGD")


class InnerForm(Form):
    """A form inside a form: what its fields refuse is told in the reader's language, as the outer form's is."""

    class Meta:
        def get_translations(self, form: Form) -> Translations:
            """The words of WTForms in the reader's language."""
            return translations


def attempted(form: FlaskForm, verb: Callable[[], T]) -> T | None:
    """What `verb` gives; None when it refused: its messages are then at their fields, or flashed."""
    try:
        return verb()
    except (Invalid, InvalidMany) as error:
        if not to_fields(form, error):
            flash(say(error.text), "error")
        return None


def tried(form: FlaskForm, verb: Callable[[], T]) -> T | None:
    """The same; None also when it is not allowed now, or somebody was quicker: the page then says so."""
    try:
        return attempted(form, verb)
    except (NotAllowedNow, StaleEdit) as error:
        flash(say(error.text), "error")
        stands = error.version if isinstance(error, StaleEdit) else None
        if stands is not None and "version" in form:
            form["version"].data = str(stands)
        return None


def form_page(template: str, form: FlaskForm, **context: Any) -> Response | str:
    """A page with its form: fresh, or again with its errors and nothing kept of the request."""
    if form.is_submitted():
        return refused(template, form=form, **context)
    return page(template, form=form, **context)


def lazily(text: Text) -> LazyString:
    """A label that is put into words when it is drawn."""
    return LazyString(say, text)


def choices(words: Mapping[Any, Text]) -> Callable[[], Sequence[tuple[str, str]]]:
    """The choices of a select field, put into words for each request."""
    return lambda: [(str(value), say(text)) for value, text in words.items()]


def currency_choices() -> Sequence[tuple[str, str]]:
    """Every currency with its name: those that are asked for daily first, the others by code."""
    codes = dict.fromkeys((*USUAL_CURRENCIES, *sorted(CURRENCIES)))
    return [(code, f"{code} {name_of(CURRENCIES[code])}") for code in codes]
