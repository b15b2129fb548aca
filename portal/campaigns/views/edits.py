"""Editing and stepping: what others changed meanwhile is shown, what is refused is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect

from portal.campaigns.forms.editing import Edited
from portal.customers.rules.edits import EditClash
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.web.forms import attempted
from portal.web.words import say

SHOWN = 200


def begun(form: Any, row: Any) -> Any:
    """A form opened on `row`: it remembers the version it was read at."""
    if not form.is_submitted():
        form.version.data = str(row.version)
    return form


def edited(form: Edited, row: Any, verb: Callable[[], object]) -> tuple[bool, list[dict[str, Any]]]:
    """(saved, clashes). After a clash the form holds your entries; sent again they stand."""
    try:
        return attempted(form, verb) is not None, []
    except EditClash as clash:
        form.version.data = str(row.version)
        return False, [_drawn(form, each) for each in clash.found if each.field in form]


def stepped(there: str, said: str, verb: Callable[[], object]) -> Response:
    """One step from a button: done and said, or refused with the reason; to `there` either way."""
    answer: Any = redirect(there, 303)
    try:
        verb()
    except (Invalid, InvalidMany, NotAllowedNow, EditClash) as error:
        texts = error.errors.values() if isinstance(error, InvalidMany) else [error.text]
        for text in texts:
            flash(say(text), "error")
        answer.headers["X-Refused"] = "1"
        return answer
    flash(said, "success")
    return answer


def _drawn(form: Edited, clash: Any) -> dict[str, Any]:
    return {
        "label": str(form[clash.field].label.text), "who": clash.who, "at": clash.at, "was": _word(clash.was),
        "theirs": _word(clash.theirs), "yours": _word(clash.yours), "yours_kept": True,
    }  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    text = "—" if value in (None, "") else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
