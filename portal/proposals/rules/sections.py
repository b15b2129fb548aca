"""The parts of a proposal: headings and Markdown, each in Chinese and, where it is wanted, in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from portal.kernel.errors import Invalid
from portal.kernel.text import t

MOST_SECTIONS = 30
LONGEST_TITLE = 80
LONGEST_TEXT = 20_000
FIRST_WORDS: tuple[tuple[str, str], ...] = (
    ("客户需求", "What you need"),
    ("方案概述", "Our solution in brief"),
    ("服务内容与流程", "Services and how they run"),
    ("人员与分工", "People and their parts"),
    ("实施计划", "How and when we begin"),
    ("服务承诺", "What we promise"),
)
"""What a proposal is divided into where the firm has no outline of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One section; `zh` and `en` are Markdown. English may be missing: Chinese then stands for both."""

    title_zh: str
    title_en: str = ""
    zh: str = ""
    en: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read under its heading."""
        return not (self.zh.strip() or self.en.strip())


def from_json(stored: Any) -> tuple[Part, ...]:
    """The sections as a row keeps them."""
    return tuple(
        Part(**{name: str(each.get(name, "")) for name in Part.__slots__}) for each in stored or ()
    )


def to_json(parts: Iterable[Part]) -> list[dict[str, str]]:
    """The same as a column keeps it."""
    return [asdict(each) for each in parts]


def first_parts() -> tuple[Part, ...]:
    """The headings to begin with."""
    return tuple(Part(zh, en) for zh, en in FIRST_WORDS)


def checked(typed: Iterable[Mapping[str, str] | Part]) -> tuple[Part, ...]:
    """What was written, without the white space around it.

    Raises Invalid for a section without a heading that has text, for too long ones, and for too many.
    """
    parts = []
    for place, each in enumerate(typed, start=1):
        words = asdict(each) if isinstance(each, Part) else dict(each)
        part = Part(**{name: (words.get(name) or "").strip() for name in Part.__slots__})
        if not part.title_zh and not part.title_en:
            if part.is_empty:
                continue
            raise Invalid(t("Section %(place)s has a text but no heading.", place=place))
        _check_lengths(part, place)
        parts.append(
            part if part.title_zh else Part(part.title_en, part.title_en, part.zh, part.en)
        )
    if len(parts) > MOST_SECTIONS:
        raise Invalid(t("A proposal has at most %(count)s sections.", count=MOST_SECTIONS))
    return tuple(parts)


def moved(parts: Sequence[Part], place: int, by: int) -> tuple[Part, ...]:
    """The sections with the one at `place` (from 0) one place up (-1) or down (1); as they are at the ends."""
    to = place + by
    if not (0 <= place < len(parts) and 0 <= to < len(parts)):
        return tuple(parts)
    found = list(parts)
    found[place], found[to] = found[to], found[place]
    return tuple(found)


def without(parts: Sequence[Part], place: int) -> tuple[Part, ...]:
    """The sections without the one at `place` (from 0)."""
    return tuple(each for at, each in enumerate(parts) if at != place)


def _check_lengths(part: Part, place: int) -> None:
    if max(len(part.title_zh), len(part.title_en)) > LONGEST_TITLE:
        raise Invalid(t("The heading of section %(place)s is too long.", place=place))
    if max(len(part.zh), len(part.en)) > LONGEST_TEXT:
        raise Invalid(t("The text of section %(place)s is too long.", place=place))
