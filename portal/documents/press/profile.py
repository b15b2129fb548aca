"""The colour profile that PDF/A asks for: sRGB in 588 bytes, made by LittleCMS, the same every day.

WeasyPrint's own profile is five times as long. Made in memory at the press's start.
"""

from __future__ import annotations

from PIL import ImageCms

DATE = slice(24, 36)
VERSION = slice(8, 12)
ICC_4_2 = bytes((4, 0x20, 0, 0))
FIRST_OF_2026 = bytes((0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))


def srgb() -> bytes:
    """An sRGB display profile, ICC version 4.2 (ISO 15076-1:2005, as ISO 19005-2 allows)."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    profile = bytearray(made.tobytes())
    profile[DATE] = FIRST_OF_2026
    profile[VERSION] = ICC_4_2
    return bytes(profile)
