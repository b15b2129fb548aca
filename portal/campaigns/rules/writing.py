"""Texts of campaigns, notices and offers: in Chinese, in English, or in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

LONGEST_TEXT = 20_000
LONGEST_TITLE = {"zh": 120, "en": 160}


@dataclass(frozen=True, slots=True)
class Written:
    """A title (or subject) and a Markdown text in two languages; one of them may be missing."""

    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""

    def in_language(self, locale: str) -> tuple[str, str]:
        """Title and text for a reader of `locale`; what is missing is read in the other language."""
        ours, other = ("en", "zh") if locale == "en" else ("zh", "en")
        code = ours if getattr(self, f"title_{ours}") else other
        return getattr(self, f"title_{code}"), getattr(self, f"text_{code}")


def tidied(written: Written) -> Written:
    """Titles without idle blanks or line ends, texts with plain line ends."""
    return Written(
        " ".join(written.title_zh.split()),
        " ".join(written.title_en.split()),
        _lines(written.text_zh),
        _lines(written.text_en),
    )


def wrong_in(written: Written, title: str = "title") -> dict[str, Text]:
    """What is wrong by field; `title` is what the title's fields are called. `written` is tidied."""
    wrong: dict[str, Text] = {}
    for code, longest in LONGEST_TITLE.items():
        name, text = getattr(written, f"title_{code}"), getattr(written, f"text_{code}")
        if len(name) > longest:
            wrong[f"{title}_{code}"] = t("At most %(most)s characters.", most=longest)
        if len(text) > LONGEST_TEXT:
            wrong[f"text_{code}"] = t("At most %(most)s characters.", most=LONGEST_TEXT)
        if name and not text:
            wrong[f"text_{code}"] = t("Write the text that belongs to this title.")
        if text and not name:
            wrong[f"{title}_{code}"] = t("This text needs a title.")
    if not (written.title_zh or written.title_en) and not wrong:
        wrong[f"{title}_zh"] = t("Write it in Chinese, in English, or in both.")
    return wrong


def wrong_days(from_on: date | None, until_on: date | None) -> dict[str, Text]:
    """What is wrong with the days between which it is shown."""
    if from_on is None:
        return {"from_on": t("Say from which day it is shown.")}
    if until_on is not None and until_on < from_on:
        return {"until_on": t("Not before the first day.")}
    return {}


def check(wrong: Mapping[str, Text]) -> None:
    """Raises InvalidMany where there is something wrong."""
    if wrong:
        raise InvalidMany(dict(wrong))


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
