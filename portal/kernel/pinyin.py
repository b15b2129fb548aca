"""Chinese names made findable by what a hurried hand types: pinyin, initials, half-width or full-width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

READINGS = Path(__file__).parent / "reference" / "readings.txt"
PHRASES = Path(__file__).parent / "reference" / "phrases.txt"

_CHINESE = re.compile(r"[〇㐀-䶿一-鿿]")
_RUN = re.compile(r"[〇㐀-䶿一-鿿]+|[0-9a-z]+")

# The dictionary's first reading of these is the rarer one in names of places and firms (it reads 长 as in
# 市长, 都 as in "all"); phrases that it knows, such as 什么 or 董事长, are not touched.
CORRECTED = {"长": "chang", "都": "du", "什": "shi", "珲": "hun"}

# Names whose reading neither the dictionary nor the line above gets right.
NAMES = {
    "朝阳": ["chao", "yang"],
    "乐陵": ["lao", "ling"],
    "乐亭": ["lao", "ting"],
    "泊头": ["bo", "tou"],
    "漯河": ["luo", "he"],
    "闵行": ["min", "hang"],
    "单县": ["shan", "xian"],
    "蔚县": ["yu", "xian"],
    "厦门港": ["xia", "men", "gang"],
    "重庆港": ["chong", "qing", "gang"],
}


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
    return tuple(part for run in _RUN.findall(normalise(text).lower()) for part in _read(run))


def _read(run: str) -> Iterator[str]:
    """The syllables of a run of Chinese characters, the longest known phrase first; another run is one word."""
    if not is_chinese(run):
        yield run
        return
    single, (phrases, longest) = _readings(), _phrases()
    at = 0
    while at < len(run):
        for length in range(min(longest.get(run[at], 1), len(run) - at), 1, -1):
            said = phrases.get(run[at : at + length])
            if said is not None:
                yield from said
                at += length
                break
        else:
            yield single.get(run[at], run[at])
            at += 1


@cache
def _readings() -> dict[str, str]:
    """Each character's reading without tone (tests/pinyin_tables.py writes the table)."""
    lines = (line.split() for line in _lines(READINGS))
    return {character: said for said, characters in lines for character in characters}


@cache
def _phrases() -> tuple[dict[str, list[str]], dict[str, int]]:
    """The phrases read otherwise than character by character, and how long one with a given beginning may be."""
    phrases = {phrase: said for phrase, *said in (line.split() for line in _lines(PHRASES))}
    longest: dict[str, int] = {}
    for phrase in phrases:
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return phrases, longest


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


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
