"""Words that stand on paper: names and sentences in Chinese and English, and the paper's language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PaperLanguage(StrEnum):
    """What a printed paper is written in (DOMAIN Q6, a setting of each customer)."""

    ZH = "zh"
    EN = "en"
    BOTH = "zh+en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag of the document's main language."""
        return "en" if self is PaperLanguage.EN else "zh-CN"


@dataclass(frozen=True, slots=True)
class Words:
    """A name or sentence in both languages; `en` may be empty, then Chinese stands for both."""

    zh: str
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def parts(self, language: PaperLanguage) -> tuple[str, str]:
        """(first, second): what is printed large, and what follows it in small type, perhaps ""."""
        chinese, english = self.zh or self.en, self.en or self.zh
        if language is PaperLanguage.ZH:
            return chinese, ""
        if language is PaperLanguage.EN:
            return english, ""
        return chinese, "" if english == chinese else english

    def plain(self, language: PaperLanguage) -> str:
        """One line without markup, both languages side by side where the paper has both."""
        return " ".join(part for part in self.parts(language) if part)


NO_WORDS = Words("")


def same(text: str) -> Words:
    """What reads alike in both languages: a code, a number, a line somebody typed."""
    return Words(text, text)
