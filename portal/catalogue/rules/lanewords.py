"""The words of a lane search that are not places: boxes, weights, kinds of service, arrows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.rules.boxes import find_box
from portal.kernel.pinyin import is_chinese

TO, FROM = "\x02", "\x03"
"""Stand for an arrow or 到, and for 从."""

_TO_WORDS = frozenset({"到", "至", "去", "发", "发往", "运到", "运往", "to"})
_FROM_WORDS = frozenset({"从", "由", "自", "from"})
_ARROWS = re.compile(r"-+>|=+>|[→➔➜⇒⟶>~—–]+|--+")

_SERVICES = {
    "sea": "海运 sea ocean 船运 海",
    "sea fcl": "整箱 整柜 fcl 海运整箱 整箱海运",
    "sea lcl": "拼箱 拼柜 lcl 散货 海运拼箱 拼箱海运",
    "air": "空运 air 航空 airfreight 空",
    "rail": "铁路 班列 中欧班列 铁运 rail train railway",
    "road": "陆运 公路 卡车 拖车 汽运 road truck trucking",
    "road ftl": "整车 专车 ftl",
    "road ltl": "零担 拼车 ltl",
    "express": "快递 速递 express courier",
}
_BY_WORD = {word: service for service, words in _SERVICES.items() for word in words.split()}

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_WEIGHT = re.compile(_NUMBER + r"\s*(kgs?|公斤|千克|吨|tons?|mt|t)(?![a-z])", re.IGNORECASE)
_VOLUME = re.compile(_NUMBER + r"\s*(cbm|m3|立方米?|方)(?![a-z])", re.IGNORECASE)
_BOX = re.compile(
    r"(?<![0-9a-z.])(?:(?P<before>\d{1,3})\s*[x×*]\s*)?"
    r"(?P<feet>20|40|45|53)(?!\d)\s*(?P<mark>['′’])?\s*"
    r"(?P<kind>[a-z]{2,6}(?![a-z])|[一-鿿]{1,5})?"
    r"(?:\s*[x×*]\s*(?P<after>\d{1,3}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reader found and the text that is left."""

    rest: str
    boxes: tuple[tuple[str, int], ...] = ()
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None


def service_of(word: str) -> tuple[str, str]:
    """(category, load) that `word` names: 拼箱 is ("sea", "lcl"); both "" when it names none."""
    category, _, load = _BY_WORD.get(word.lower(), "").partition(" ")
    return category, load


def direction_of(word: str) -> str:
    """`TO` for 到, to and arrows, `FROM` for 从 and from, "" for any other word."""
    if word == TO or word.lower() in _TO_WORDS:
        return TO
    return FROM if word.lower() in _FROM_WORDS else ""


def take_measures(text: str) -> Taken:
    """Read the boxes, the weight (kg) and the volume (m³) out of a normalised text."""
    rest, weight = _take_quantity(_WEIGHT, _ARROWS.sub(f" {TO} ", text))
    rest, volume = _take_quantity(_VOLUME, rest)
    rest, boxes = _take_boxes(rest)
    return Taken(rest, boxes, weight, volume)


def _take_quantity(pattern: re.Pattern[str], text: str) -> tuple[str, Decimal | None]:
    met = pattern.search(text)
    if met is None:
        return text, None
    amount = Decimal(met[1].replace(",", ""))
    if met[2].lower() in {"吨", "ton", "tons", "mt", "t"}:
        amount *= 1000
    return f"{text[: met.start()]} {text[met.end() :]}", amount


def _take_boxes(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    boxes: list[tuple[str, int]] = []
    parts: list[str] = []
    start = 0
    for met in _BOX.finditer(text):
        code, end = _box_of(met)
        if code:
            boxes.append((code, int(met["before"] or met["after"] or 1)))
            parts.append(text[start : met.start()])
            start = end
    return " ".join((*parts, text[start:])).replace("+", " "), tuple(boxes)


def _box_of(met: re.Match[str]) -> tuple[str, int]:
    """The box code of a match and where its text ends; "" when the figure is no box."""
    kind = met["kind"] or ("尺" if met["mark"] else "")
    if not kind:
        return "", met.end()
    # "40高柜洛杉矶" is written without a blank: the longest beginning that is a box counts.
    shortest = 1 if is_chinese(kind) else len(kind)
    for length in range(len(kind), shortest - 1, -1):
        box = find_box(met["feet"] + kind[:length])
        if box is not None:
            whole = length == len(kind)
            return box.code, met.end() if whole else met.start("kind") + length
    return "", met.end()
