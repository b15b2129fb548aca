"""What lines are called that name no service, or a service and something more."""

from __future__ import annotations

from collections.abc import Mapping

from portal.billing.rules.kinds import LineKind

NAME_ZH, NAME_EN = 200, 240
"""Lengths that a line's names have room for."""

_WORDS: Mapping[LineKind, tuple[str, str]] = {
    LineKind.STORAGE_MINIMUM: ("最低月费补差", "difference to the minimum"),
    LineKind.SHORTFALL: ("保底补差", "shortfall of the commitment"),
    LineKind.TRUE_UP: ("超量清算", "settlement of overage"),
    LineKind.REVERSAL: ("红冲", "reversal"),
    LineKind.CREDIT: ("贷项", "credit"),
    LineKind.LATE_FEE: ("滞纳金", "late fee"),
}


def line_name(kind: LineKind, name_zh: str, name_en: str = "") -> tuple[str, str]:
    """(Chinese, English) name of a line of this kind for a service or a document; usage and fees are named as it is.

    Names that have no room are cut in front of the word that says what the line is.
    """
    words = _WORDS.get(kind)
    if words is None:
        return name_zh[:NAME_ZH], name_en[:NAME_EN]
    zh, en = words
    english = _joined(name_en, en, NAME_EN) if name_en else en.capitalize()
    return _joined(name_zh, zh, NAME_ZH), english


def _joined(name: str, word: str, room: int) -> str:
    separator = " · "
    return f"{name[: room - len(separator) - len(word)]}{separator}{word}" if name else word
