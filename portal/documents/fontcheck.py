"""Proof at start-up that the papers' faces are there and cover the characters that names need."""

from __future__ import annotations

import struct
from pathlib import Path

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
FACES = ("PortalSansSC-Regular.ttf", "PortalSansSC-Bold.ttf")
RARE = (
    "喆堃镕犇淼昇祎翀玥彧雯昊晟睿璟珺琦玮炜烨煊钰锴赟頔甯婕婧妤旻昕昱暄曦熠玢珏珮琛琬瑄璇"
    "〇㛃䶮𬭊𫖯垚骉羴麤奭祉旸暐曌淦滢濛灏炘焯煜珩瑨璞甄砼礽祺禛竑筠翊芃苒茗莅菡蓥薇蘅"
)
NEEDED = RARE + "壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整零负′×·–−（）：；，。￥¥€m³℃①"


class FontsMissing(RuntimeError):
    """Papers would show empty boxes; the message says which face lacks what, and what to do."""


def check(folder: Path = FONTS, needed: str = NEEDED) -> None:
    """Raise FontsMissing unless every face in `folder` has a glyph for all of `needed`."""
    problems = []
    for name in FACES:
        try:
            covered = coverage((folder / name).read_bytes())
        except (OSError, struct.error, ValueError) as error:
            problems.append(f"{name} cannot be read ({error})")
            continue
        lacking = "".join(dict.fromkeys(sign for sign in needed if ord(sign) not in covered))
        if lacking:
            problems.append(f"{name} lacks {lacking}")
    if problems:
        raise FontsMissing(
            f"The printed papers' typefaces in {folder} are not in order: {'; '.join(problems)}. "
            "Restore them from the release or build them again (portal/documents/fonts/README.md)."
        )


def coverage(font: bytes) -> set[int]:
    """The code points that a TrueType file maps to glyphs (its full-range cmap, format 12).

    ValueError when the file has no such table.
    """
    return set(_glyphs(font))


def advances(font: bytes) -> dict[int, int]:
    """How wide each code point's glyph is, in the face's own units; ValueError as for `coverage`."""
    (count,) = struct.unpack_from(">H", font, _table(font, b"hhea") + 34)
    metrics = _table(font, b"hmtx")
    widths = struct.unpack_from(">" + "Hh" * count, font, metrics)[::2]
    return {code: widths[min(glyph, count - 1)] for code, glyph in _glyphs(font).items()}


def _glyphs(font: bytes) -> dict[int, int]:
    table = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, table + 2)
    for place in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", font, table + 4 + 8 * place)
        if (platform, encoding) == (3, 10):
            return _groups(font, table + offset)
    raise ValueError("no full-range character map")


def _table(font: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(count):
        name, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * place)
        if name == tag:
            return int(offset)
    raise ValueError(f"no {tag.decode()} table")


def _groups(font: bytes, start: int) -> dict[int, int]:
    kind, _, _, _, count = struct.unpack_from(">HHLLL", font, start)
    if kind != 12:
        raise ValueError("an unexpected kind of character map")
    glyphs: dict[int, int] = {}
    for place in range(count):
        first, last, glyph = struct.unpack_from(">LLL", font, start + 16 + 12 * place)
        glyphs.update((code, glyph + code - first) for code in range(first, last + 1))
    return {code: glyph for code, glyph in glyphs.items() if glyph}
