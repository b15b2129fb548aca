"""Logos and seals as they go to paper: small, flat, and without anything hidden in the file."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageChops, UnidentifiedImageError

from portal.kernel.errors import Invalid
from portal.kernel.text import t

LONGEST_PIXELS = 208
MOST_PIXELS = 20_000_000
MOST_BYTES = 5 * 1024 * 1024
COLOURS = 16
OPAQUE_LEVELS = 8
SOFT_EDGE = 240
STEP = 40


def fit_for_paper(content: bytes, longest: int = LONGEST_PIXELS) -> bytes:
    """An uploaded PNG or JPEG, drawn anew as a PNG of at most `longest` pixels a side and 16 colours.

    Drawing anew drops whatever else the file carried. Clear pixels and soft edges take the prevailing
    colour, so that a one-colour seal costs a paper only its mask. Raises Invalid (field "picture") for
    anything that is not a PNG or JPEG, or is larger than 5 MB or 20 million pixels.
    """
    image = _opened(content).convert("RGBA")
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    mask = image.getchannel("A").point([_level(value) for value in range(256)])
    flat = image.convert("RGB")
    colour = _prevailing(flat, mask)
    flat.paste(colour, mask=mask.point([255] * SOFT_EDGE + [0] * (256 - SOFT_EDGE)))
    flat.paste(colour, mask=_near(flat, colour))
    flat = flat.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    if mask.getextrema() != (255, 255):
        flat.putalpha(mask)
    out = io.BytesIO()
    flat.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    if len(content) > MOST_BYTES:
        raise Invalid(t("The picture is larger than 5 MB."), field="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            if image.width * image.height > MOST_PIXELS:
                raise Invalid(t("The picture has too many pixels."), field="picture")
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(t("The picture has too many pixels."), field="picture") from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise Invalid(t("A picture must be a PNG or JPEG file."), field="picture") from error
    return image


def _level(value: int) -> int:
    """The nearest of eight steps of opacity."""
    return round(value * (OPAQUE_LEVELS - 1) / 255) * 255 // (OPAQUE_LEVELS - 1)


def _near(flat: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """A mask of the pixels that differ from `colour` by less than one step in every channel."""
    apart = ImageChops.difference(flat, Image.new("RGB", flat.size, colour)).split()
    furthest = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
    return furthest.point([255] * STEP + [0] * (256 - STEP))


def _prevailing(flat: Image.Image, mask: Image.Image) -> tuple[int, int, int]:
    """The most frequent colour among the opaque pixels; white when there is none."""
    seen = Image.composite(flat, Image.new("RGB", flat.size, "white"), mask)
    counted = seen.getcolors(flat.width * flat.height) or []
    inked = [(count, rgb) for count, rgb in counted if rgb != (255, 255, 255)]
    _, colour = max(inked, default=(0, (255, 255, 255)))
    assert isinstance(colour, tuple)
    return int(colour[0]), int(colour[1]), int(colour[2])
