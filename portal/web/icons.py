"""Icons are the vendored SVG files, put into the page unchanged, so that they cost no request of their own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "bootstrap-icons"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def icon(name: str, label: str | None = None) -> Markup:
    """The icon of that name, as wide as the text around it.

    Beside a word it says nothing of its own and is hidden from screen readers; standing alone it needs a `label`.
    Raises `LookupError` for a name that is not among the vendored files.
    """
    picture = _picture(name)
    if label is None:
        return Markup('<span class="icon" aria-hidden="true">{}</span>').format(picture)
    return Markup('<span class="icon" role="img" aria-label="{}">{}</span>').format(label, picture)


@cache
def _picture(name: str) -> Markup:
    path = FOLDER / f"{name}.svg"
    if not NAME.fullmatch(name) or not path.is_file():
        raise LookupError(
            f"no icon {name!r} in {FOLDER.name}: add the file from the bootstrap-icons package"
        )
    return Markup(path.read_text(encoding="utf-8").strip())
