"""Icons: the vendored pictures in one file, which a browser fetches once and keeps.

Written into every page they were 5 of the 9 KB of a list. `static/icons/sprite.svg` holds every
vendored picture under its name. After adding one to `static/vendor/bootstrap-icons/`, make it anew:
`python -c "from portal.web.icons import write_sprite; write_sprite()"`.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import g, url_for
from markupsafe import Markup

STATIC = Path(__file__).resolve().parents[2] / "static"
FOLDER = STATIC / "vendor" / "bootstrap-icons"
SPRITE = STATIC / "icons" / "sprite.svg"
HIDDEN = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>')
SPOKEN = Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>')


def icon(name: str, label: str | None = None) -> Markup:
    """The icon of that name, as high as the text around it.

    Beside a word it says nothing of its own and is hidden from screen readers; standing alone it needs a `label`.
    Raises `LookupError` for a name that is not among the vendored files.
    """
    if name not in _known():
        raise LookupError(f"no icon {name!r} in {SPRITE.name}: add the file, then write_sprite()")
    if "icon_file" not in g:
        g.icon_file = url_for("static", filename="icons/sprite.svg", v=_digest())
    return _drawn(g.icon_file, name) if label is None else SPOKEN.format(label, g.icon_file, name)


@cache
def _drawn(file: str, name: str) -> Markup:
    """A list draws the same few icons over and over."""
    return HIDDEN.format(file, name)


def sprite() -> str:
    """One SVG with each vendored picture as a symbol under its file's name."""
    symbols = "\n".join(_symbol(path) for path in sorted(FOLDER.glob("*.svg")))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def write_sprite() -> None:
    """Make the file anew from the vendored pictures."""
    SPRITE.write_text(sprite(), encoding="utf-8")


def _symbol(path: Path) -> str:
    drawing = re.sub(r"\n\s*", "", path.read_text(encoding="utf-8"))
    found = re.fullmatch(r'<svg [^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', drawing)
    if found is None:
        raise ValueError(f"{path.name} is not a picture of the icon set")
    return f'<symbol id="{path.stem}" viewBox="{found[1]}">{found[2]}</symbol>'


@cache
def _known() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


@cache
def _digest() -> str:
    return hashlib.sha256(SPRITE.read_bytes()).hexdigest()[:12]
