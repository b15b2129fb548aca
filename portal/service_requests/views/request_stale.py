"""Two people on one request: the later one reads what the first saved, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

SILENT = ("CSRFTokenField", "HiddenField")


def differences(form: FlaskForm, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, what is stored) of the fields that were typed otherwise."""
    return [
        (str(each.label.text), _words(each, stored[each.short_name]))
        for each in form
        if each.type not in SILENT
        and each.short_name in stored
        and _words(each, stored[each.short_name]) != _words(each, each.data)
    ]


def _words(field: Field, value: object) -> str:
    """A choice by its words, anything else as text."""
    known = {str(each[0]): str(each[1]) for each in getattr(field, "choices", None) or ()}
    text = "" if value is None else str(value)
    return known.get(text, text).strip() or "—"
