"""From a text to the terms it is found by (REQUIREMENTS S8).

Chinese is written without blanks, so every two characters that stand together are a term: a two-character word
(报关, 押金) is one, a longer one is the terms inside it. A run of one character is that character. Latin words are
lower-cased and lose their plural; codes (CNSHA, 40HQ) and numbers are terms as they are. What every question holds
(请问, 怎么, how, the) ends a run and is no term. Texts and questions are read alike.
"""

from __future__ import annotations

import re

from portal.kernel.pinyin import normalise

LONGEST = 40
"""Characters that a term may have (the column's width); a longer word is none."""

STOP_PHRASES = (
    "为什么", "怎么办", "怎么样", "什么样", "是不是", "能不能", "可不可以", "有没有", "要不要", "需不需要", "多少钱",
    "请问", "什么", "怎么", "怎样", "如何", "哪些", "哪里", "哪个", "哪种", "多少", "多久", "是否", "能否", "可否",
    "可以", "需要", "应该", "一下", "一个", "这个", "那个", "这些", "那些", "我们", "你们", "他们", "以及", "或者",
    "还是", "如果", "因为", "所以", "但是", "已经", "还有", "想问", "咨询一下", "你好", "您好", "谢谢", "麻烦", "帮我",
)  # fmt: skip
_STOPPED = (
    "a about an and any are as at back be by can come could dear did do does for from get go had has have hello how i "
    "if in into is it its may me my need of on or our please regards shall should so than thank thanks that the their "
    "them then there these they this to us was we were what when where which who why will with would you your"
)
STOP_WORDS = frozenset(_STOPPED.split(" "))
_PARTICLES = r"(?<!目)的|了(?!解)|和(?!解)|[吗呢吧啊呀嘛您我你是]"
_STOPS = re.compile(
    "|".join(re.escape(each) for each in sorted(STOP_PHRASES, key=len, reverse=True))
    + f"|{_PARTICLES}"
)
_RUN = re.compile(
    r"(?P<chinese>[〇㐀-䶿一-鿿]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\da-z])|\d+\.\d+(?![\da-z.]))"
    r"|[a-z0-9]+(?:[./_-][a-z0-9]+)*"
)
_JOINT = re.compile(r"[./_-]")


def pieces(text: str) -> list[str]:
    """Every term of `text` as often as it stands there, in its order.

    >>> pieces("报关需要哪些资料？Customs for 40HQ, B/L")
    ['报关', '资料', 'custom', '40hq', 'bl']
    """
    found: list[str] = []
    for met in _RUN.finditer(_STOPS.sub(" ", normalise(text).lower())):
        if met["chinese"]:
            found += _pairs(met["chinese"])
        elif met["number"]:
            found.append(met["number"].replace(",", ""))
        else:
            found += _words(met[0])
    return [each for each in found if len(each) <= LONGEST]


def terms(text: str) -> tuple[str, ...]:
    """The terms of `text`, each once, in its order."""
    return tuple(dict.fromkeys(pieces(text)))


def characters(text: str) -> tuple[str, ...]:
    """The Chinese characters of `text`, each once: a title is found by one of them too."""
    runs = (met["chinese"] or "" for met in _RUN.finditer(normalise(text).lower()))
    return tuple(dict.fromkeys("".join(runs)))


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _words(token: str) -> list[str]:
    """The words of one token: B/L is bl, CNSHA-NLRTM two codes, SR-2026-000001 its parts and the whole."""
    parts = _JOINT.split(token)
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return ["".join(parts)]
    whole = [token] if len(parts) > 1 and any(map(str.isdigit, token)) else []
    words = [_singular(part) for part in parts if part not in STOP_WORDS]
    return [*whole, *(word for word in words if len(word) > 1 or word.isdigit())]


def _singular(word: str) -> str:
    """`claims` and `claim`, `duties` and `duty` are one term; `loss`, `status`, `basis` stay."""
    if len(word) < 4 or not word.isalpha() or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
