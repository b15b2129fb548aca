"""Countries by their Chinese and English names, and whether that makes a customer a foreign one."""

from __future__ import annotations

from functools import cache

from babel import Locale

from portal.intake.rules.spelling import Vocabulary

HOME = "CN"
_ALSO = {
    "KR": ("Korea", "韩国"),
    "US": ("USA", "United States of America", "美国"),
    "GB": ("UK", "England", "英国"),
    "CN": ("PRC", "P.R. China", "中国"),
}


@cache
def countries() -> Vocabulary:
    """The vocabulary of countries: each name gives the country's code."""
    english, chinese = Locale("en").territories, Locale("zh").territories
    codes = [code for code in map(str, english) if len(code) == 2 and code.isalpha()]
    words = {code: (english[code], chinese.get(code, ""), *_ALSO.get(code, ())) for code in codes}
    return Vocabulary.coded({code: tuple(filter(None, each)) for code, each in words.items()})
