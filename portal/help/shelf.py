"""The pages of help as they are shipped, read once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from portal.help.rules.text import Written, written

FOLDER = Path(__file__).resolve().parent / "pages"
LANGUAGES = ("zh_CN", "en")


@cache
def page(key: str, language: str) -> Written:
    """One page in one language."""
    return written((FOLDER / language / f"{key}.md").read_text(encoding="utf-8"))
