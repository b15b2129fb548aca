"""Files as they came, kept under their SHA-256 in the instance folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

FOLDER = "rate_sheets"


def keep(instance: Path, body: bytes, folder: str = FOLDER) -> str:
    """Keep a file; its SHA-256. The same bytes are kept once."""
    mark = hashlib.sha256(body).hexdigest()
    path = path_of(instance, mark, folder)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(body)
        part.replace(path)
    return mark


def path_of(instance: Path, mark: str, folder: str = FOLDER) -> Path:
    """Where the file with this SHA-256 lies."""
    return instance / folder / mark[:2] / mark
