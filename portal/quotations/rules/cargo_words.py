"""Cargo as a hand types it: `10 x 60*40*40 12kg` a line, `2x40HQ 1x20GP` for other boxes (REQUIREMENTS Q2)."""

from __future__ import annotations

import re
from decimal import Decimal

from portal.catalogue.rules.boxes import find_box
from portal.catalogue.rules.cargo import Piece
from portal.kernel.errors import Invalid
from portal.kernel.pinyin import normalise
from portal.kernel.text import t

MOST_LINES = 200
MOST_PIECES = 100_000
_SIZE = r"(\d+(?:\.\d+)?)"
_BY = r"\s*[x×*]\s*"
_PIECE = re.compile(
    rf"(?:(\d{{1,6}})\s*(?:pcs?|件|箱|ctns?|个)?{_BY})?{_SIZE}{_BY}{_SIZE}{_BY}{_SIZE}\s*(?:cm|厘米)?"
    r"(?:[\s,;@]+(\d+(?:\.\d+)?)\s*(?:kgs?|公斤|千克)?)?",
    re.IGNORECASE,
)
_BOX = re.compile(
    rf"(\d{{1,3}}){_BY}([0-9]{{2}}[^\s,;+]+)|([0-9]{{2}}[a-z]+){_BY}(\d{{1,3}})", re.IGNORECASE
)


def read_pieces(typed: str) -> tuple[Piece, ...]:
    """One kind of piece a line: count x length*width*height in cm, then kg of one. Invalid names the line."""
    found: list[Piece] = []
    for number, line in enumerate(typed.splitlines(), start=1):
        plain = normalise(line)
        if not plain:
            continue
        met = _PIECE.fullmatch(plain)
        if met is None or _may_lack_a_side(met):
            raise Invalid(
                t(
                    "Line %(number)s is not read: %(line)s. Write for example 10 x 60*40*40 12kg.",
                    number=number,
                    line=plain[:60],
                ),
                "pieces",
            )
        found.append(_piece(met, number))
    if len(found) > MOST_LINES:
        raise Invalid(t("At most %(most)s kinds of pieces.", most=MOST_LINES), "pieces")
    return tuple(found)


def pieces_words(pieces: tuple[Piece, ...]) -> str:
    """What `read_pieces` reads, a line each."""
    return "\n".join(
        f"{p.count} x {_plain(p.length_cm)}*{_plain(p.width_cm)}*{_plain(p.height_cm)}"
        + (f" {_plain(p.gross_kg)}kg" if p.gross_kg is not None else "")
        for p in pieces
    )


def read_boxes(typed: str) -> dict[str, int]:
    """Box type → count from `2x40HQ 1x20GP` or `40OT x 1`. Invalid for what is no box."""
    plain = normalise(typed)
    boxes: dict[str, int] = {}
    for met in _BOX.finditer(plain):
        count, written = (met[1], met[2]) if met[1] else (met[4], met[3])
        kind = find_box(written)
        if kind is None:
            raise Invalid(t("%(code)s is not a container type.", code=written), "boxes")
        boxes[kind.code] = boxes.get(kind.code, 0) + int(count)
    left = _BOX.sub("", plain).strip(" ,;+")
    if left:
        raise Invalid(
            t("Write boxes as 2x40HQ; this is not read: %(left)s", left=left[:40]), "boxes"
        )
    return boxes


def _may_lack_a_side(met: re.Match[str]) -> bool:
    """`10 x 60*40`: without a count, two ways of writing "by" say that a side was forgotten."""
    return met[1] is None and len(set(re.findall(r"[xX×*]", met[0]))) > 1


def _piece(met: re.Match[str], number: int) -> Piece:
    length, width, height = (Decimal(met[at]) for at in (2, 3, 4))
    count = int(met[1] or 1)
    if not (length and width and height and 0 < count <= MOST_PIECES):
        raise Invalid(
            t("Line %(number)s: a piece has a size and a count.", number=number), "pieces"
        )
    return Piece(length, width, height, count, Decimal(met[5]) if met[5] else None)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
