"""A state as it stands in a cell of a list: mark and word."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from portal.web.icons import icon
from portal.web.labels import Label
from portal.web.words import locale_code, say

CHIP = Markup('<span class="chip chip-{}">{}{}</span>')


def chip(label: Label) -> Markup:
    """The label drawn; a list draws the same few over and over."""
    return _drawn(label, icon(label.icon), locale_code())


@lru_cache(1024)
def _drawn(label: Label, mark: Markup, _locale: str) -> Markup:
    return CHIP.format(label.tone, mark, say(label.text))
