"""The readings that `portal/kernel/pinyin.py` knows, drawn from pypinyin: `python -m tests.pinyin_tables`.

Loading those whole holds 54 MB in every process. What a search needs is one reading without tones for each character,
and the phrases in which a character is read otherwise: 3,300 of 47,000.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from portal.kernel.pinyin import CORRECTED, NAMES, PHRASES, READINGS, is_chinese

SOURCE = (
    "# From pypinyin 0.55 (MIT, Huang Huang and contributors); made by tests/pinyin_tables.py\n"
)


def plain(reading: str) -> str:
    """`reading` without tone, ü written v."""
    return str(to_normal(reading))


def readings() -> dict[str, str]:
    """Each character's first reading, corrected where names read it otherwise."""
    first = {
        chr(code): plain(said.split(",")[0])
        for code, said in PINYIN_DICT.items()
        if is_chinese(chr(code))
    }
    return {**first, **CORRECTED}


def dictionary_phrases() -> dict[str, list[str]]:
    """Every phrase of Chinese characters alone, with a syllable for each; names that we read otherwise as we do."""
    return {
        phrase: [plain(each[0]) for each in parts]
        for phrase, parts in PHRASES_DICT.items()
        if len(parts) == len(phrase) and all(map(is_chinese, phrase))
    } | NAMES


def phrases() -> dict[str, list[str]]:
    """The phrases that are not read as their characters are one by one, and those around such a one.

    万里长城 is kept for the 里长 within it, which is read otherwise.
    """
    alone, said = readings(), dictionary_phrases()
    odd = {phrase for phrase, parts in said.items() if parts != [alone[each] for each in phrase]}
    return {
        phrase: parts
        for phrase, parts in said.items()
        if phrase in odd or any(part in odd for part in _parts(phrase))
    }


def _parts(phrase: str) -> Iterable[str]:
    ends = range(1, len(phrase) + 1)
    return (phrase[start:end] for end in ends for start in range(end - 1))


def _lines() -> tuple[Iterable[str], Iterable[str]]:
    by_reading: defaultdict[str, str] = defaultdict(str)
    for character, said in sorted(readings().items()):
        by_reading[said] += character
    singles = (f"{said} {characters}\n" for said, characters in sorted(by_reading.items()))
    return singles, (f"{phrase} {' '.join(parts)}\n" for phrase, parts in sorted(phrases().items()))


def main() -> None:
    """Write both tables anew."""
    for path, lines in zip((READINGS, PHRASES), _lines(), strict=True):
        path.write_text(SOURCE + "".join(lines), encoding="utf-8")
        sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
