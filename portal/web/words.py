"""From `Text` to words of the reader's language."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import get_locale, get_translations

from portal.kernel.text import Text


def say(value: Any) -> str:
    """A `Text` in the reader's language; anything else as it is."""
    return value.render(_translate) if isinstance(value, Text) else str(value)


def _translate(msgid: str) -> str:
    return str(get_translations().ugettext(msgid))


def locale_code() -> str:
    """`zh_CN` or `en`."""
    return "en" if str(get_locale() or "").startswith("en") else "zh_CN"


def name_of(row: Any) -> str:
    """A record's name in the reader's language, the other where that one is missing."""
    first, second = ("name_en", "name_zh") if locale_code() == "en" else ("name_zh", "name_en")
    return str(getattr(row, first, "") or getattr(row, second, "") or "")


def viewer_locale() -> str | None:
    """What Flask-Babel asks: the viewer's choice, or None for the default."""
    viewer = g.get("viewer")
    return viewer.locale if viewer is not None else None
