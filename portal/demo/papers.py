"""Files that the demo's people attach and bring in: scans of signed papers, bills of lading, tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from PIL import Image, ImageDraw, ImageFont

from portal.demo import pictures
from portal.demo.firm import FIRM

PAGE, MARGIN, INK = (620, 877), 60, (40, 40, 60)
"""A4 at 75 dots to the inch: readable, and small in an archive."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it comes in by a form."""

    body: bytes
    name: str
    kind: str = "pdf"


def scan(name: str, title: str, lines: Sequence[str], *, sealed: bool = True) -> Paper:
    """One scanned page with a title, some lines, and our seal."""
    page = Image.new("RGB", PAGE, (252, 251, 247))
    pen = ImageDraw.Draw(page)
    pen.text((MARGIN, 70), title, font=ImageFont.truetype(pictures.FACE, 26), fill=INK)
    face = ImageFont.truetype(pictures.FACE, 15)
    for place, line in enumerate(lines):
        pen.text((MARGIN, 140 + place * 32), line, font=face, fill=INK)
    if sealed:
        mark = (
            Image.open(BytesIO(pictures.seal(FIRM["name_zh"]))).convert("RGBA").resize((130, 130))
        )
        page.paste(mark, (PAGE[0] - 220, 640), mark)
    out = BytesIO()
    page.save(out, "PDF", resolution=75)
    return Paper(out.getvalue(), f"{name}.pdf")


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a CSV file that Excel opens."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
