"""Telephone numbers as people write them, made into keys by which a caller is found again.

A key is the national number without prefix for a number of mainland China (13800138000, 75526581234) and the whole
number with its + for any other (+4940123456). Source: the numbering plan of MIIT (mobile 1[3-9], area codes 010,
02x and three digits, 400 and 800), ITU-T E.164 for the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.pinyin import normalise

MOST_DIGITS = 20
"""No number is longer; what is, is not one."""
SHORTEST = 3
COUNTRY = "86"
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(10|2[0-57-9])(\d{8})|([3-9]\d{2})(\d{7,8})")
LOCAL = re.compile(r"[2-9]\d{6,7}")
SERVICE = re.compile(r"[48]00\d{7}")
CARRIER_PREFIX = re.compile(r"(17951|17911|17909|17901|12593|10193)(?=0?1[3-9]\d{9}$)")
"""Cheap-call prefixes that a telephone system may leave before a mobile number."""

_EXTENSION = re.compile(
    r"(?:ext\.?|extension|x|转分机|分机号?|转|#|\*)\s*[:.]?\s*(\d{1,6})(?!\d)", re.IGNORECASE
)
_HARD = re.compile(r"[;,、|]|(?=/)")
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "\n": "|"})
_TAIL = re.compile(r"/\s*(\d{1,4})\s*")
_FOREIGN_TRUNK = re.compile(r"(?<=\d)\s*\(0\)")
_PIECE = re.compile(r"/?[+\d()\-.\s~]+", re.ASCII)


class PhoneKind(StrEnum):
    """What sort of number it is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    LOCAL = "local"  # a landline without its area code
    SERVICE = "service"  # 400 and 800
    FOREIGN = "foreign"
    OTHER = "other"  # 95338, 10086, or something that no plan knows


_WRITTEN = re.compile(r"\s*\+?[\d()\-.\s]+", re.ASCII)
_LEAST_TYPED = 7
"""Digits of the shortest number that somebody looks for; fewer are part of a code."""
_FIXED = (PhoneKind.LANDLINE, PhoneKind.LOCAL)


@dataclass(frozen=True, slots=True)
class Phone:
    """One number: the key it is found by, what it is, the extension behind it (digits)."""

    key: str
    kind: PhoneKind
    extension: str = ""

    @property
    def area(self) -> str:
        """The area code of a landline, without its 0."""
        met = LANDLINE.fullmatch(self.key) if self.kind is PhoneKind.LANDLINE else None
        return (met[1] or met[3]) if met else ""

    @property
    def shown(self) -> str:
        """The number as one reads it out: 138 0013 8000, 0755-26581234, 400-888-1234."""
        key = self.key
        if self.kind is PhoneKind.MOBILE:
            key = f"{key[:3]} {key[3:7]} {key[7:]}"
        elif self.kind is PhoneKind.LANDLINE:
            key = f"0{self.area}-{key[len(self.area) :]}"
        elif self.kind is PhoneKind.SERVICE:
            key = f"{key[:3]}-{key[3:6]}-{key[6:]}"
        return f"{key}-{self.extension}" if self.extension else key


def numbers_in(field: str) -> tuple[Phone, ...]:
    """Every number that stands in one field, in their order and each once; () where there is none.

    After a slash the last digits alone may follow (0755-26581234/36), and the area code need not be repeated.
    """
    found: list[Phone] = []
    for piece in _pieces(field):
        for each in _tail_of(found, piece) or _phones(piece):
            phone = _with_area(each, found[-1] if found else None)
            if all(phone.key != known.key for known in found):
                found.append(phone)
    return tuple(found)


def stored_keys(field: str) -> tuple[str, ...]:
    """The keys that a record with this field is found by."""
    return tuple(phone.key for phone in numbers_in(field))


def looks_like_one(words: str) -> bool:
    """Whether what was typed into a search can be a telephone number: digits and what people write between them."""
    typed = words.translate(_DASHES)
    digits = sum(each.isdecimal() for each in typed)
    return _WRITTEN.fullmatch(typed) is not None and _LEAST_TYPED <= digits <= MOST_DIGITS


def sought_keys(number: str) -> tuple[str, ...]:
    """The keys to look a caller up by, the surest first: a landline is also sought as written without its area code."""
    keys: list[str] = []
    for phone in numbers_in(number)[:1]:
        keys.append(phone.key)
        if phone.kind is PhoneKind.LANDLINE:
            keys.append(phone.key[len(phone.area) :])
    return tuple(keys)


def first_key(number: str) -> str:
    """The key of the first number in a field; "" where there is none."""
    return next(iter(stored_keys(number)), "")


def _pieces(field: str) -> list[str]:
    """The field cut where one number surely ends; an extension stays with its number as ~digits."""
    plain = normalise(field[:200].translate(_DASHES))
    plain = _EXTENSION.sub(r"~\1", _FOREIGN_TRUNK.sub("", plain))
    pieces = (met for cut in _HARD.split(plain) for met in _PIECE.findall(cut))
    return [piece for piece in pieces if re.search(r"\d", piece)]


def _phones(piece: str) -> list[Phone]:
    """The numbers of a piece: one, unless its parts between blanks are numbers of their own."""
    whole = _read(piece)
    words = piece.split()
    if whole.kind is not PhoneKind.OTHER or len(words) < 2:
        return [whole] if _fits(whole) else []
    for end in range(len(words) - 1, 0, -1):
        first = _read(" ".join(words[:end]))
        if first.kind is not PhoneKind.OTHER:
            return [first, *_phones(" ".join(words[end:]))]
    return [whole] if _fits(whole) else []


def _fits(phone: Phone) -> bool:
    return SHORTEST <= len(phone.key) <= MOST_DIGITS and phone.key != "+"


def _read(piece: str) -> Phone:
    """One number with its extension; a short group behind a dash is one, when what stands before is whole."""
    body, _mark, extension = piece.partition("~")
    phone = _classified(body)
    if extension or phone.kind is not PhoneKind.OTHER:
        return Phone(phone.key, phone.kind, re.sub(r"\D", "", extension))
    head, dash, tail = body.rstrip().rpartition("-")
    if dash and 0 < len(tail.strip()) <= 6 and tail.strip().isdecimal():
        before = _classified(head)
        if before.kind is not PhoneKind.OTHER:
            return Phone(before.key, before.kind, tail.strip())
    return phone


def _classified(body: str) -> Phone:
    digits = re.sub(r"\D", "", body)
    is_whole = body.strip().lstrip("(").startswith("+")
    if not is_whole and digits.startswith("00"):
        digits, is_whole = digits[2:], True
    if is_whole and not digits.startswith(COUNTRY):
        return Phone(f"+{digits}", PhoneKind.FOREIGN if 7 <= len(digits) <= 15 else PhoneKind.OTHER)
    if is_whole or (digits.startswith(COUNTRY) and len(digits) >= 12):
        inner = _national(digits.removeprefix(COUNTRY))
        if is_whole or inner.kind is not PhoneKind.OTHER:
            return inner
    return _national(digits)


def _national(digits: str) -> Phone:
    bare = CARRIER_PREFIX.sub("", digits).removeprefix("0")
    if MOBILE.fullmatch(bare):
        return Phone(bare, PhoneKind.MOBILE)
    if SERVICE.fullmatch(bare):
        return Phone(bare, PhoneKind.SERVICE)
    if LANDLINE.fullmatch(bare) and (digits.startswith("0") or len(bare) >= 10):
        return Phone(bare, PhoneKind.LANDLINE)
    if LOCAL.fullmatch(digits):
        return Phone(digits, PhoneKind.LOCAL)
    return Phone(digits if len(digits) >= SHORTEST else "", PhoneKind.OTHER)


def _tail_of(found: list[Phone], piece: str) -> list[Phone]:
    """0755-26581234/36: the number before with these last digits; [] where the piece is no such tail."""
    met = _TAIL.fullmatch(piece)
    if met is None or not found or found[-1].kind not in _FIXED:
        return []
    before = found[-1]
    return [Phone(before.key[: -len(met[1])] + met[1], before.kind)]


def _with_area(phone: Phone, before: Phone | None) -> Phone:
    """A landline without its area code has that of the one before it in the field."""
    if before is not None and before.area and phone.kind is PhoneKind.LOCAL:
        return Phone(before.area + phone.key, PhoneKind.LANDLINE, phone.extension)
    return phone
