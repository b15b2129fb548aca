"""Chinese names made findable by what a hurried hand types: pinyin, initials, half-width or full-width."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin, load_phrases_dict, load_single_dict

_CHINESE = re.compile(r"[㐀-䶿一-鿿]")
_NOT_WORD = re.compile(r"[^0-9a-z㐀-䶿一-鿿]+")

# The dictionary's first reading of these is the rarer one in names of places and firms (it reads 长 as in
# 市长, 都 as in "all"); phrases that it knows, such as 什么 or 董事长, are not touched.
load_single_dict({ord("长"): "cháng", ord("都"): "dū", ord("什"): "shí", ord("珲"): "hún"})

# Names whose reading neither the dictionary nor the line above gets right.
load_phrases_dict(
    {
        "朝阳": [["cháo"], ["yáng"]],
        "乐陵": [["lào"], ["líng"]],
        "乐亭": [["lào"], ["tíng"]],
        "泊头": [["bó"], ["tóu"]],
        "漯河": [["luò"], ["hé"]],
        "闵行": [["mǐn"], ["háng"]],
        "单县": [["shàn"], ["xiàn"]],
        "蔚县": [["yù"], ["xiàn"]],
        "厦门港": [["xià"], ["mén"], ["gǎng"]],
        "重庆港": [["chóng"], ["qìng"], ["gǎng"]],
    }
)


def normalise(text: str) -> str:
    """`text` in half-width characters, with single blanks and none at the ends; case is kept.

    Compatibility forms are folded too (㎏ to kg, ³ to 3), so that pasted and typed text compare equal.
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_chinese(text: str) -> bool:
    """Whether any character of `text` is a Chinese one."""
    return _CHINESE.search(text) is not None


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """The reading of `text`: one lower-case syllable for each Chinese character, other words whole.

    Heteronyms are read by phrase: 重庆 chong qing, 厦门 xia men, 长沙 chang sha. ü is written v.
    """
    words = lazy_pinyin(normalise(text).lower(), errors="default", v_to_u=False)
    return tuple(part for word in words for part in _NOT_WORD.sub(" ", word).split())


def joined(text: str) -> str:
    """The full pinyin in one word: 上海 → shanghai."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """First letters of the syllables: 海港食品 → hgsp. Latin words give their first letter too."""
    return "".join(part[0] for part in syllables(text))


def search_words(*names: str) -> str:
    """Lower-case text for a search column: LIKE '%…%' finds a record by any way of typing its names.

    Holds each name, its pinyin joined and spaced, and its initials; empty names are left out.
    海港食品 is found by 海港, haigang, "hai gang" and hgsp.
    """
    words: dict[str, None] = {}
    for name in names:
        plain = normalise(name).lower()
        if not plain:
            continue
        words[plain] = None
        if is_chinese(plain):
            words[joined(plain)] = None
            words[" ".join(syllables(plain))] = None
            words[initials(plain)] = None
    return " ".join(words)
