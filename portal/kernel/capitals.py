"""Amounts in words, so that a figure cannot be altered: 大写金额 and SAY ... ONLY.

Source: DOMAIN F8, after the Chinese rules for filling in bills (正确填写票据和结算凭证的基本规定).
"""

from __future__ import annotations

from decimal import Decimal

from portal.kernel.errors import Invalid
from portal.kernel.money import currency_of, minor_units, round_money
from portal.kernel.text import t

_LIMIT = Decimal(10) ** 15
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")

_ONES = (
    *("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"),
    *("TEN", "ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN"),
    *("SEVENTEEN", "EIGHTEEN", "NINETEEN"),
)
_TENS = ("", "", "TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")
_THOUSANDS = ("", " THOUSAND", " MILLION", " BILLION", " TRILLION")
# Plural and minor unit as trade documents say them; others use the ISO name and a fraction.
_SPOKEN = {
    "USD": ("US DOLLARS", "CENTS"),
    "CNY": ("CHINESE YUAN", ""),
    "EUR": ("EUROS", "CENTS"),
    "GBP": ("POUNDS STERLING", "PENCE"),
    "HKD": ("HONG KONG DOLLARS", "CENTS"),
    "AUD": ("AUSTRALIAN DOLLARS", "CENTS"),
    "CAD": ("CANADIAN DOLLARS", "CENTS"),
    "NZD": ("NEW ZEALAND DOLLARS", "CENTS"),
    "SGD": ("SINGAPORE DOLLARS", "CENTS"),
    "JPY": ("JAPANESE YEN", ""),
    "CHF": ("SWISS FRANCS", ""),
}


def capital_amount(amount: Decimal, currency: str = "CNY") -> str:
    """人民币壹仟肆佰零玖元伍角: prefix, capitals, 整 after 元; 负 before a negative; below 10^15.

    Invalid for a currency with three decimals, which has no 厘 here.
    """
    if minor_units(currency) > 2:
        raise Invalid(t("Amounts in %(currency)s are not written in capitals.", currency=currency))
    rounded = _within_limit(round_money(amount, currency))
    sign = "负" if rounded < 0 else ""
    fen = int(abs(rounded).scaleb(2))
    yuan, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_chinese_whole(yuan)}元" if yuan or not fen else ""
    if not jiao and not cents:
        words += "整"
    else:
        if jiao:
            words += f"{_DIGITS[jiao]}角"
        elif yuan:
            words += "零"
        if cents:
            words += f"{_DIGITS[cents]}分"
    return f"{currency_of(currency).name_zh}{sign}{words}"


def english_amount(amount: Decimal, currency: str = "USD") -> str:
    """SAY US DOLLARS ONE THOUSAND FOUR HUNDRED AND NINE AND CENTS FIFTY ONLY; below 10^15."""
    known = currency_of(currency)
    rounded = _within_limit(round_money(amount, currency))
    name, cents_word = _SPOKEN.get(currency, (known.name_en.upper(), ""))
    whole = int(abs(rounded))
    fraction = int((abs(rounded) - whole).scaleb(known.minor))
    sign = "MINUS " if rounded < 0 else ""
    words = f"SAY {name} {sign}{_english_whole(whole)}"
    if fraction and cents_word:
        words += f" AND {cents_word} {_english_whole(fraction)}"
    elif fraction:
        words += f" AND {fraction:0{known.minor}d}/{10**known.minor}"
    return f"{words} ONLY"


def _within_limit(amount: Decimal) -> Decimal:
    if abs(amount) >= _LIMIT:
        raise Invalid(t("%(amount)s is too large to be written in words.", amount=amount))
    return amount


def _chinese_whole(number: int) -> str:
    """A whole number in capitals; 零 stands once for any run of skipped places."""
    if not number:
        return _DIGITS[0]
    words = ""
    gap = False
    for place in reversed(range(len(str(number)))):
        digit = number // 10**place % 10
        if digit:
            words += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place % 4]
            gap = False
        else:
            gap = bool(words)
        if place % 4 == 0 and place and number // 10**place % 10**4:
            words += _group_word(number, place)
            gap = False
    return words


def _group_word(number: int, place: int) -> str:
    """万 or 亿 after a group of four; 亿 of 万亿 is said once, after the lower group if any."""
    if place == 12 and number // 10**8 % 10**4:
        return "万"
    return _GROUPS[place // 4]


def _english_whole(number: int) -> str:
    if not number:
        return _ONES[0]
    parts = []
    for power in reversed(range(len(_THOUSANDS))):
        group = number // 1000**power % 1000
        if group:
            parts.append(f"{_english_hundreds(group)}{_THOUSANDS[power]}")
    last = number % 1000
    if len(parts) > 1 and 0 < last < 100:
        return f"{' '.join(parts[:-1])} AND {parts[-1]}"
    return " ".join(parts)


def _english_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{_ONES[hundreds]} HUNDRED"] if hundreds else []
    if rest:
        words.append(_ONES[rest] if rest < 20 else _english_tens(rest))
    return " AND ".join(words)


def _english_tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]
