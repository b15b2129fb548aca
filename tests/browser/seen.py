"""What the browsers of all processes have looked at, so that none asks the same again."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit


def shape(url: str) -> str:
    """The kind of page behind an address: numbers and the query do not make another."""
    return re.sub(r"/\d+(?=/|$)", "/N", urlsplit(url).path)


class Seen:
    """A mark for each kind of page that somebody came to, and for each of its parts and features."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def __contains__(self, what: tuple[str, ...]) -> bool:
        return self._mark(what).exists()

    def first(self, what: tuple[str, ...]) -> bool:
        """Leave the mark; True for the first who does."""
        try:
            self._mark(what).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _mark(self, what: tuple[str, ...]) -> Path:
        return self._folder / hashlib.sha256("\n".join(what).encode()).hexdigest()
