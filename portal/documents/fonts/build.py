"""Make the two static TrueType faces of the printed papers from a registry package's Noto Sans SC.

    python -m portal.documents.fonts.build FOLDER_OF_THE_UNPACKED_PACKAGE

`FOLDER` is `@expo-google-fonts/noto-sans-sc` as npm unpacks it (static TrueType, one file a weight).
README.md beside this file gives the whole command. Only this file needs fontTools' subsetter.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.scaleUpem import scale_upem

FAMILY = "Portal Sans SC"
POSTSCRIPT = "PortalSansSC"
STATIC_FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
WEIGHTS = {
    "Regular": "400Regular/NotoSansSC_400Regular.ttf",
    "Bold": "700Bold/NotoSansSC_700Bold.ttf",
}

# Outlines are drawn again with fewer points and on a coarser grid: a fifth off every paper's size. The
# error stays under 0.7 % of the type size: 0.02 mm at 9 points, half a dot of a 600 dpi printer.
MERGE_ERROR = 2.0
CURVE_ERROR = 4.0
UNITS_PER_EM = 500

# Beside GBK: Latin with marks, Greek, Cyrillic, punctuation, arrows, units, ticks, full-width forms,
# the whole first CJK block (GBK lacks its last 90), and the planes' name characters of the
# 2013 table of general standard characters as far as the source face has them.
BLOCKS = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0370, 0x03FF), (0x0400, 0x045F), (0x1E00, 0x1EFF),
    (0x2010, 0x205E), (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x257F), (0x25A0, 0x25FF),
    (0x2600, 0x266F), (0x2700, 0x27BF), (0x3000, 0x303F), (0x3200, 0x33FF), (0x4E00, 0x9FFF),
    (0xFF00, 0xFFEF), (0x20000, 0x2EBEF),
)  # fmt: skip


# Frequent in names, and not among the everyday characters of GB 2312.
NAMES = "雯昊晟睿璟喆堃镕犇淼昇祎翀玥彧珺琦玮炜烨煊钰锴赟頔甯婕婧妤旻昕昱暄曦熠玢珏珮琛琬瑄璇"

# Extension A characters of the 2013 table of general standard characters: names and places.
EXTENSION_A = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙"
    "䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def wanted_codepoints() -> set[int]:
    """Every code point the faces should cover, whether or not the source has it."""
    wanted = {cp for first, last in BLOCKS for cp in range(first, last + 1)}
    wanted |= set(map(ord, EXTENSION_A))
    for codepoint in range(0x80, 0x10000):
        try:
            chr(codepoint).encode("gbk")
        except UnicodeEncodeError:
            continue
        wanted.add(codepoint)
    return wanted


def build(source: Path, target: Path, style: str) -> None:
    """Subset one face, lighten its outlines, give it the private name, and write it without hints."""
    font = TTFont(source)
    options = Options(
        layout_features=["kern"],
        drop_tables=["BASE", "vhea", "vmtx", "STAT", "DSIG", "gasp"],
        hinting=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        name_languages=[0x409],
        glyph_names=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted_codepoints() & set(font.getBestCmap()))
    subsetter.subset(font)
    _lighten(font)
    reorderGlyphs(font, _common_first(font))
    _rename(font, style)
    font.save(target, reorderTables=True)


def _lighten(font: TTFont) -> None:
    """Redraw every outline with fewer points, then round it to the coarser grid."""
    drawn = {}
    glyphs = font.getGlyphSet()
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Qu2CuPen(Cu2QuPen(pen, CURVE_ERROR), MERGE_ERROR, all_cubic=True))
        drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        font["glyf"][name] = glyph
    scale_upem(font, UNITS_PER_EM)


def _common_first(font: TTFont) -> list[str]:
    """Latin, then the everyday characters of GB 2312, then the rest.

    A subset keeps its glyph numbers, so its tables are as long as its highest one: with the everyday
    characters in front, a paper's subset is smaller and quicker to make.
    """
    rank: dict[int, int] = {}
    for place, codepoint in enumerate(_everyday()):
        rank.setdefault(codepoint, place)
    reverse: dict[str, int] = {}
    for codepoint, glyph in font.getBestCmap().items():
        reverse[glyph] = min(reverse.get(glyph, len(rank)), rank.get(codepoint, len(rank)))
    order = font.getGlyphOrder()
    return order[:1] + sorted(order[1:], key=lambda glyph: reverse.get(glyph, len(rank)))


def _everyday() -> list[int]:
    """Latin, signs and name characters, then GB 2312 row by row: its first 3,755 are the most used."""
    points = [cp for first, last in BLOCKS if last < 0x3000 for cp in range(first, last + 1)]
    points += map(ord, NAMES)
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                points.append(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return points


def _rename(font: TTFont, style: str) -> None:
    """A private, stable name; the licence reserves only 'Source', which is kept out of ours."""
    names = {1: FAMILY, 2: style, 3: f"{POSTSCRIPT}-{style};GBK", 4: f"{FAMILY} {style}",
             6: f"{POSTSCRIPT}-{style}"}  # fmt: skip
    for record_id, value in names.items():
        font["name"].removeNames(nameID=record_id)
        font["name"].setName(value, record_id, 3, 1, 0x409)


def main() -> None:
    """Build both faces and lay the licence beside them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="folder of the unpacked npm package")
    parser.add_argument("--into", type=Path, default=STATIC_FONTS)
    chosen = parser.parse_args()
    chosen.into.mkdir(parents=True, exist_ok=True)
    for style, file_name in WEIGHTS.items():
        target = chosen.into / f"{POSTSCRIPT}-{style}.ttf"
        build(chosen.package / file_name, target, style)
        print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")
    shutil.copyfile(chosen.package / "LICENSE_FONT", chosen.into / "OFL.txt")


if __name__ == "__main__":
    main()
