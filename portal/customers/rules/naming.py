"""Names that mean the same firm, and codes made from names."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from portal.kernel.pinyin import initials, is_chinese, joined, normalise, syllables

LEGAL_FORMS_ZH = (
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "股份公司",
    "分公司",
    "公司",
    "集团",
    "股份",
)
LEGAL_FORMS_EN = re.compile(
    r"\b(?:ltd|limited|co|company|inc|incorporated|llc|corp|corporation|group|plc|gmbh|ag|kg|sa|sas"
    r"|bv|nv|srl|spa|oy|ab|as|pte|pty|the|and)\b"
)
ALIKE = 0.8
SHORTEST_PART = 3
CODE_LETTERS = 6
CODE_PATTERN = re.compile(r"[A-Z0-9][A-Z0-9-]{1,23}")
_NOT_WORD = re.compile(r"[^0-9a-z㐀-䶿一-鿿]+")


def name_core(name: str) -> str:
    """What is left of a firm's name without legal form, blanks and punctuation, in lower case.

    海港食品有限公司 → 海港食品; "Harbour Foods Ltd." → harbourfoods. A name that is nothing but a legal form stays.
    """
    core = "".join(_telling_words(name))
    for form in LEGAL_FORMS_ZH:
        if core.endswith(form) and core != form:
            core = core.removesuffix(form)
            break
    return core


def _telling_words(name: str) -> list[str]:
    """The words of a name that are not a Western legal form; all of them when nothing else is left."""
    spaced = _NOT_WORD.sub(" ", normalise(name).lower())
    return LEGAL_FORMS_EN.sub(" ", spaced).split() or spaced.split()


def are_alike(first: str, second: str) -> bool:
    """Whether two names are likely to be the same firm: a slip, a homophone, another legal form."""
    a, b = name_core(first), name_core(second)
    if not a or not b:
        return False
    if a == b or syllables(a) == syllables(b):
        return True
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= SHORTEST_PART and shorter in longer and 2 * len(shorter) > len(longer):
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE


def shortlist_words(name: str) -> list[str]:
    """Parts of a name by which those like it are found in a search column, the telling ones first.

    For a Chinese name its reading and each pair of neighbouring characters, for another its first letters.
    """
    core = name_core(name)
    if not is_chinese(core):
        return [normalise(name).lower()[:4]] if len(core) >= SHORTEST_PART else []
    pairs = [core[i : i + 2] for i in range(len(core) - 1)] or [core]
    return list(dict.fromkeys([joined(core), *pairs]))


def code_prefix(name: str) -> str:
    """The letters that a proposed code starts with: 海港食品有限公司 → HGSP, Nordwind Parts → NP."""
    core = name_core(name)
    letters = initials(core) if is_chinese(core) else initials(" ".join(_telling_words(name)))
    kept = re.sub(r"[^a-z0-9]", "", letters)[:CODE_LETTERS].upper()
    return kept if len(kept) > 1 else (re.sub(r"[^a-z0-9]", "", core)[:4].upper() or "C")


def next_code(prefix: str, taken: Collection[str]) -> str:
    """The first of `HGSP001`, `HGSP002`, … that is not taken."""
    serial = 1
    while f"{prefix}{serial:03d}" in taken:
        serial += 1
    return f"{prefix}{serial:03d}"
