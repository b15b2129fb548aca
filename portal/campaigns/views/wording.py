"""Texts in two languages as one reader reads them."""

from __future__ import annotations

from typing import Any

from portal.campaigns.rules.writing import Written
from portal.web.words import locale_code


def title_alone(row: Any) -> tuple[str, str]:
    """The title of a row that was read without its text."""
    return Written(row.title_zh, row.title_en).in_language(locale_code())


def in_my_language(row: Any) -> tuple[str, str]:
    """Title and Markdown text of a notice or an offer in the reader's language, else in the other."""
    written = Written(row.title_zh, row.title_en, row.text_zh, row.text_en)
    return written.in_language(locale_code())
