"""What one cell of a rate sheet says, exactly, or what was expected (DOMAIN S6, section 15).

Every reader takes the raw cell and returns its value; None means blank. What cannot be read raises
`Unreadable` with the expectation in words. Missing is never zero; an explicit 0 is a price.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.kernel.money import CURRENCIES
from portal.kernel.tables import Cell
from portal.kernel.text import Text, t

PLACES = 6
LARGEST = Decimal(10) ** 12
_BLANK_MARKS = frozenset({"-", "--", "—", "——", "/", "N/A", "NA", "NIL", "无", "#N/A"})
_FREE_WORDS = frozenset({"免", "免费", "FREE", "FOC"})
_AT_COST_WORDS = frozenset({"实报实销", "AT COST", "ATCOST", "AS PER OUTLAY", "按实"})
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(\.\d{3})*,\d+")
_NUMBER_FIRST = re.compile(r"(?P<number>[+-]?[\d.,]+)\s*(?P<word>[^\d\s.,+-]\D*)")
_WORD_FIRST = re.compile(r"(?P<word>[^\d\s.,+-][^\d.,+-]*?)\s*(?P<number>[+-]?[\d.,]+)")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥"}
_SPACES = re.compile(r"\s+")
_CURRENCY_WORDS = {
    "RMB": "CNY", "CNH": "CNY", "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "US$": "USD",
    "美元": "USD", "美金": "USD", "HK$": "HKD", "港币": "HKD", "港元": "HKD", "欧元": "EUR",
    "日元": "JPY", "英镑": "GBP",
}  # fmt: skip


class Unreadable(Exception):
    """The cell does not say what its column promises."""

    def __init__(self, expected: Text) -> None:
        super().__init__(str(expected))
        self.expected = expected


class AtCost:
    """A price cell that says "what it will cost" instead of a number."""


AT_COST = AtCost()


def read_text(cell: Cell) -> str:
    """The cell's words with single blanks and half-width letters; empty for a blank cell."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell if cell.isascii() else cell.translate(_HALF_WIDTH)
        return _SPACES.sub(" ", text).replace(" ,", ",").strip()
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def read_words(cell: Cell) -> str:
    """The cell's words as they were typed, without blanks around: for notes and names."""
    return cell.strip() if isinstance(cell, str) else read_text(cell)


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing, or one of the marks that stand for nothing."""
    return cell is None or (isinstance(cell, str) and _blank_word(read_text(cell)))


def _blank_word(text: str) -> bool:
    return not text or text.upper() in _BLANK_MARKS


def read_number(cell: Cell) -> Decimal | None:
    """A number with a decimal point: `1250`, `1,250.00`, full-width; at most six decimals."""
    if isinstance(cell, Decimal):
        return _in_range(cell)
    if is_blank(cell):
        return None
    if isinstance(cell, str):
        return _number(read_text(cell))
    if isinstance(cell, date):
        raise Unreadable(t("a number; the spreadsheet has turned this cell into a date"))
    raise Unreadable(t("a number"))


def _number(text: str) -> Decimal:
    if _PLAIN.fullmatch(text):
        return _in_range(Decimal(text))
    if _GROUPED.fullmatch(text):
        return _in_range(Decimal(text.replace(",", "")))
    if _DECIMAL_COMMA.fullmatch(text):
        raise Unreadable(t("a decimal point, not a comma: 72.5 instead of 72,5"))
    if text.startswith("#"):
        raise Unreadable(t("a number; the formula in this cell has an error"))
    raise Unreadable(t("a number"))


def _in_range(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES and number != round(number, PLACES):
        raise Unreadable(t("at most %(places)s decimals", places=PLACES))
    if abs(number) >= LARGEST:
        raise Unreadable(t("a number below %(largest)s", largest=f"{LARGEST:,}"))
    return number


def read_currency(cell: Cell) -> str:
    """An ISO 4217 code, from the code or a usual Chinese word; empty for a blank cell."""
    text = read_text(cell).upper()
    if _blank_word(text):
        return ""
    code = _CURRENCY_WORDS.get(text, text)
    if code not in CURRENCIES:
        raise Unreadable(t("a currency code such as USD or CNY"))
    return code


def read_price(cell: Cell) -> tuple[Decimal | AtCost | None, str]:
    """A price and its currency (empty when the cell names none): `760 USD`, `USD 760`, `760`, `免`.

    A currency without a number is refused: the number was forgotten, and it is not zero.
    """
    if isinstance(cell, Decimal):
        return _in_range(cell), ""
    if is_blank(cell):
        return None, ""
    if not isinstance(cell, str):
        return read_number(cell), ""
    text = read_text(cell)
    word = text.upper()
    if word in _FREE_WORDS:
        return Decimal(0), ""
    if word in _AT_COST_WORDS:
        return AT_COST, ""
    found = _NUMBER_FIRST.fullmatch(text) or _WORD_FIRST.fullmatch(text)
    if found is not None:
        return _number(found["number"]), _currency_beside(found["word"].strip())
    code = _CURRENCY_WORDS.get(word, word)
    if code in CURRENCIES:
        expected = t("a number before %(currency)s; a missing price is not zero", currency=code)
        raise Unreadable(expected)
    return _number(text), ""


def _currency_beside(word: str) -> str:
    if word in ("$", "¥"):
        expected = t(
            "a currency code such as USD; the sign %(sign)s has several meanings", sign=word
        )
        raise Unreadable(expected)
    try:
        return read_currency(word)
    except Unreadable:
        expected = t("a number, alone or with a currency code such as USD or CNY")
        raise Unreadable(expected) from None


def read_percent(cell: Cell) -> Decimal | None:
    """A percentage as 4 for 4 %. A bare number under 1 could mean either and is refused."""
    if isinstance(cell, str) and not is_blank(cell):
        text = read_text(cell)
        if text.endswith("%"):
            return _number(text[:-1].strip())
    number = read_number(cell)
    if number is not None and 0 < abs(number) < 1:
        raise Unreadable(
            t("a percentage with its sign, or a number of 1 and more; 0.04 alone has two meanings")
        )
    return number


_DATE_FORMS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y", "%d-%b-%y",
    "%d %b %Y", "%d/%b/%Y", "%d%b%Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y",
    "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M",
)  # fmt: skip
_NUMERIC_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")
_SERIAL_START = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)


def read_day(cell: Cell) -> date | None:
    """A day: a spreadsheet date, its serial number, or one of the unambiguous spellings."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if is_blank(cell):
        return None
    text = read_text(cell)
    if text.isdigit() and int(text) in _SERIALS:
        return _SERIAL_START + timedelta(days=int(text))
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    if _NUMERIC_DATE.fullmatch(text):
        raise Unreadable(t("a date such as 2026-03-02; day and month could be exchanged here"))
    raise Unreadable(t("a date such as 2026-03-02"))


_DAYS = re.compile(r"(\d{1,3})(?:\s*[-~–至到]\s*(\d{1,3}))?\s*(?:天|日|DAYS?|D)?", re.IGNORECASE)


def read_days(cell: Cell) -> int | None:
    """A count of days; of a span such as `1-2天` the longer, which is what may be promised."""
    if is_blank(cell):
        return None
    found = _DAYS.fullmatch(read_text(cell))
    if found is None:
        raise Unreadable(t("a number of days such as 28 or 25-28"))
    return max(int(part) for part in found.groups() if part)


_MODE_ENDS = ("CY", "DOOR", "CFS", "SD", "RAMP")
_JOINED_MODE = re.compile(rf"({'|'.join(_MODE_ENDS)})({'|'.join(_MODE_ENDS)})")


def read_mode(cell: Cell) -> str:
    """A service mode in one spelling: `CY / CY`, `CYCY`, `cy-cy` are all `CY/CY`."""
    text = read_text(cell)
    parts = [part.strip() for part in re.split(r"[/\-]", text.upper())]
    if len(parts) == 2 and all(part in _MODE_ENDS for part in parts):
        return "/".join(parts)
    joined = _JOINED_MODE.fullmatch(text.upper().replace(" ", ""))
    return f"{joined[1]}/{joined[2]}" if joined else text


_YES = frozenset({"1", "Y", "YES", "TRUE", "是", "√", "X"})
_NO = frozenset({"0", "N", "NO", "FALSE", "否"})


def read_flag(cell: Cell) -> bool | None:
    """Yes or no; None for a blank cell, which says neither."""
    text = read_text(cell).upper()
    if not text:
        return None
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unreadable(t("yes or no"))


def read_codes(cell: Cell) -> tuple[str, ...]:
    """A list of codes: `DPA,OPA;SBF` in the order written, each once."""
    words = re.split(r"[,;、|]+", read_text(cell))
    return tuple(dict.fromkeys(word.strip().upper() for word in words if word.strip()))
