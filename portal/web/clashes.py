"""A stale edit on the page: who changed what; the form keeps what was typed and may be sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask_wtf import FlaskForm

from portal.kernel.edits import Clash, EditClash
from portal.web.forms import attempted

T = TypeVar("T", bound=FlaskForm)
SHOWN = 300
"""Characters of a text that the comparison shows; the whole stands in the form."""


@dataclass(frozen=True, slots=True)
class DrawnClash:
    """One field that somebody else changed, in words."""

    label: str
    who: str
    at: datetime
    was: str
    theirs: str
    yours: str
    yours_kept: bool


def begun(form: T, row: Any) -> T:
    """A form opened on `row`: it remembers the version it was read at."""
    if not form.is_submitted():
        form["version"].data = str(row.version)
    return form


def edited(
    form: FlaskForm, row: Any, verb: Callable[[], object], *, beyond: bool = False
) -> tuple[bool, list[DrawnClash]]:
    """(saved, clashes). After a clash the form holds your entries; sent again they stand.

    `beyond`: fields that the form does not show are named as well.
    """
    try:
        return attempted(form, verb) is not None, []
    except EditClash as clash:
        form["version"].data = str(row.version)
        return False, [_drawn(form, each) for each in clash.found if beyond or each.field in form]


def _drawn(form: FlaskForm, clash: Clash) -> DrawnClash:
    label = str(form[clash.field].label.text) if clash.field in form else clash.field
    return DrawnClash(
        label=label,
        who=clash.who,
        at=clash.at,
        was=_word(clash.was),
        theirs=_word(clash.theirs),
        yours=_word(clash.yours),
        yours_kept=True,
    )


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    text = "—" if value in (None, "") else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
