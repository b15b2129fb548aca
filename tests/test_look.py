"""The look's promises that can be counted: contrast, the weight and number of files of a first visit, one accent."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
TOKENS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", (CSS / "tokens.css").read_text()))
BASE = (ROOT / "templates" / "layouts" / "base.html").read_text(encoding="utf-8")
FILES = [*re.findall(r"""static_url\(["']([^"']+)["']\)""", BASE), "icons/sprite.svg"]

# (text, grounds it stands on); 4.5:1 is WCAG 2.2 AA for text, 3:1 for the edges of controls.
TEXT = [
    ("ink", ("paper", "ground", "sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft")),
    ("muted", ("paper", "ground", "sunken")),
    ("accent", ("paper", "ground", "sunken", "accent-soft")),
    ("good", ("paper", "good-soft")),
    ("warn", ("paper", "warn-soft")),
    ("bad", ("paper", "ground", "bad-soft")),
    ("paper", ("accent", "accent-strong")),
]
EDGES = [("edge", "paper"), ("accent", "paper"), ("warn-strong", "paper")]


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2, definition)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), [(t, g) for t, grounds in TEXT for g in grounds])
def test_text_is_readable_on_its_ground(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_are_seen(edge, ground):
    assert contrast(TOKENS[edge], TOKENS[ground]) >= 3


def test_a_first_visit_is_light_and_asks_for_few_files():
    weight = sum(len(brotli.compress((ROOT / "static" / f).read_bytes(), quality=5)) for f in FILES)
    assert len(FILES) + 1 <= 8
    assert weight <= 88_000  # of 100 KB: the rest is for the page itself and a logo


def test_colours_are_written_in_one_place():
    sheet = (CSS / "components.css").read_text()
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b", rules) == []
