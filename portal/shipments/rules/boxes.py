"""Boxes of a shipment: read from a pasted list, counted by type and in TEU."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.kernel.boxes import BOX_LENGTHS, BOX_TYPES, find_box_type, natural_boxes, teu_of
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.text import t
from portal.shipments.rules import iso6346

MOST = 500


@dataclass(frozen=True, slots=True)
class Box:
    """One container; weight in kg, volume in m³."""

    number: str
    box_type: str
    seal: str = ""
    pieces: int | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None


def read_boxes(pasted: str) -> list[Box]:
    """One box a line: number, type, seal, weight in kg, pieces, volume in m³, apart by tabs, commas or blanks.

    `CSQU3054383 40HQ SL12345 12,500 480 61.5`; `-` stands for nothing. Raises FileProblems with line and column.
    """
    found: list[Box] = []
    problems: list[Problem] = []
    for row, line in enumerate(pasted.splitlines(), start=1):
        if not line.strip():
            continue
        box = _box(row, _cells(line), problems)
        if box is not None and box.number in {each.number for each in found}:
            problems.append(
                Problem(row, "number", box.number, t("a number that is not listed yet"))
            )
        elif box is not None:
            found.append(box)
    if len(found) > MOST:
        problems.append(
            Problem(None, None, str(len(found)), t("at most %(most)s boxes", most=MOST))
        )
    if problems:
        raise FileProblems(problems)
    return found


def written(boxes: Iterable[Box]) -> str:
    """The list as one would paste it."""
    return "\n".join(
        "\t".join(
            (
                box.number,
                box.box_type,
                box.seal or "-",
                *(_figure(value) for value in (box.weight_kg, box.pieces, box.volume_m3)),
            )
        ).rstrip("\t-")
        for box in boxes
    )


def count_by_type(types: Iterable[str]) -> Mapping[str, int]:
    """Box type → how many, in the order they come."""
    return Counter(types)


def totals(types: Iterable[str]) -> tuple[int, Decimal]:
    """(natural boxes, TEU)."""
    counted = count_by_type(types)
    return natural_boxes(counted), teu_of(counted)


def counted_for(unit: str, types: Iterable[str]) -> int | None:
    """How many of the boxes a line in `unit` is about; None when the unit counts no boxes.

    `40HQ` counts those alone, `40FT` every 40' type, `CNTR` all of them.
    """
    listed = list(types)
    if unit == "CNTR":
        return len(listed)
    if unit in BOX_LENGTHS:
        return sum(BOX_TYPES[each].length == BOX_LENGTHS[unit] for each in listed)
    return listed.count(unit) if unit in BOX_TYPES else None


def _cells(line: str) -> list[str]:
    """Tabs or semicolons part the cells, else blanks, else commas: where they do not, a comma groups thousands."""
    plain = unicodedata.normalize("NFKC", line).strip()
    joined = re.sub(r"^([A-Za-z]{4})[ \-]?(\d{6})[ \-]?(\d)\b", r"\1\2\3", plain)
    for apart in (r"\t|;", r",?\s+", r","):
        if re.search(apart, joined):
            return [part.strip() for part in re.split(apart, joined)]
    return [joined]


def _box(row: int, cells: list[str], problems: list[Problem]) -> Box | None:
    number, written_type, seal, weight, pieces, volume = (*cells, *[""] * 6)[:6]
    wrong: list[Problem] = []
    refused = iso6346.problem(number)
    if refused is not None:
        wrong.append(Problem(row, "number", number, refused))
    known = find_box_type(written_type) if written_type else None
    if known is None:
        wrong.append(Problem(row, "type", written_type, t("a container type such as 40HQ")))
    weight_kg = _measure(row, "weight", weight, wrong)
    volume_m3 = _measure(row, "volume", volume, wrong)
    count = _measure(row, "pieces", pieces, wrong)
    if count is not None and count != int(count):
        wrong.append(Problem(row, "pieces", pieces, t("a whole number")))
    problems.extend(wrong)
    if wrong or known is None:
        return None
    whole = None if count is None else int(count)
    seal = "" if seal == "-" else seal[:30]
    return Box(iso6346.cleaned(number), known.code, seal, whole, weight_kg, volume_m3)


def _measure(row: int, column: str, text: str, wrong: list[Problem]) -> Decimal | None:
    if text in ("", "-"):
        return None
    try:
        value = Decimal(text.replace(",", ""))
        if 0 < value < 10**9 and value == round(value, 6):
            return value
    except InvalidOperation:
        pass
    wrong.append(Problem(row, column, text, t("a positive number")))
    return None


def _figure(value: Decimal | int | None) -> str:
    if value is None:
        return "-"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
