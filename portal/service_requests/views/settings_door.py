"""The door of the service settings, its tabs, and a form that keeps what was typed when somebody was quicker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _

from portal.kernel.errors import StaleEdit
from portal.web import doors
from portal.web.forms import attempted
from portal.web.words import say

settings_door = doors.desk(
    "service_settings", "portal.service_requests.views.desk_service_settings"
)
LONGEST_COUNTER = 9


def tabs(here: str) -> list[tuple[str, str, bool, None]]:
    """The parts of the settings."""
    parts = [
        ("index", _("Targets")),
        ("deadlines", _("Deadlines of law")),
        ("days", _("Working days")),
        ("values", _("Hours and limits")),
    ]
    return [
        (words, url_for(f"desk_service_settings.{name}"), name == here, None)
        for name, words in parts
    ]


def seen(form: Any) -> int:
    """The version that a form was drawn from; -1, which no row has, when somebody tampered."""
    text = form.version.data or ""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_COUNTER else -1


def saved(form: Any, verb: Callable[[], Any], version: Callable[[], int]) -> bool:
    """Whether `verb` did its work; else what it refused is told, and the form goes on from the `version` of now."""

    def done() -> bool:
        verb()
        return True

    try:
        return bool(attempted(form, done))
    except StaleEdit as error:
        flash(say(error.text), "error")
        form.version.data = str(version())
        return False
