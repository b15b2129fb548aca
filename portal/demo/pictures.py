"""The demo firm's logo and round seal, drawn: invented like the firm itself."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from portal.config import ROOT

SIZE, KEPT = 480, 240
ACCENT, WHITE, RED, CLEAR = (
    (11, 92, 107, 255),
    (255, 255, 255, 255),
    (200, 30, 30, 235),
    (0, 0, 0, 0),
)
FACE = ROOT / "static" / "fonts" / "PortalSansSC-Bold.ttf"
STAR = (
    (0, -100),
    (22, -31),
    (95, -31),
    (36, 12),
    (59, 81),
    (0, 38),
    (-59, 81),
    (-36, 12),
    (-95, -31),
    (-22, -31),
)


def logo() -> bytes:
    """A ship on the accent colour, as PNG."""
    picture = Image.new("RGBA", (SIZE, SIZE), CLEAR)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, SIZE - 1, SIZE - 1), 96, fill=ACCENT)
    pen.polygon(((90, 290), (390, 290), (340, 380), (140, 380)), fill=WHITE)
    for left, top in ((130, 210), (210, 210), (290, 210), (170, 140), (250, 140)):
        pen.rectangle((left, top, left + 66, top + 60), fill=WHITE)
    return _png(picture)


@cache
def seal(name: str) -> bytes:
    """A round company seal with `name` along its upper rim and a star, as PNG."""
    picture = Image.new("RGBA", (SIZE, SIZE), CLEAR)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((8, 8, SIZE - 9, SIZE - 9), outline=RED, width=12)
    centre = SIZE // 2
    pen.polygon([(centre + x * 4 // 5, centre + y * 4 // 5) for x, y in STAR], fill=RED)
    face = ImageFont.truetype(FACE, 46)
    for place, glyph in enumerate(name):
        angle = 125 - place * 250 / max(len(name) - 1, 1)
        _on_the_rim(picture, glyph, face, angle)
    return _png(picture)


def _on_the_rim(
    picture: Image.Image, glyph: str, face: ImageFont.FreeTypeFont, angle: float
) -> None:
    """One character, upright to the centre, `angle` degrees left of the top."""
    layer = Image.new("RGBA", picture.size, CLEAR)
    centre = SIZE // 2
    ImageDraw.Draw(layer).text((centre, 62), glyph, font=face, fill=RED, anchor="mm")
    picture.alpha_composite(
        layer.rotate(angle, center=(centre, centre), resample=Image.Resampling.BICUBIC)
    )


def _png(picture: Image.Image) -> bytes:
    """Drawn large and kept small: a picture is in every paper."""
    out = BytesIO()
    small = picture.resize((KEPT, KEPT), Image.Resampling.LANCZOS)
    small.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()
