"""Files as they came, kept under their SHA-256 in the instance folder.

Where several servers share an archive the file is kept there as well: the worker that reads it may be at another one.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from portal.documents.archive import archive

FOLDER = "rate_sheets"


def keep(instance: Path, body: bytes, folder: str = FOLDER) -> str:
    """Keep a file; its SHA-256. The same bytes are kept once."""
    mark = hashlib.sha256(body).hexdigest()
    if archive().is_shared:
        archive().store(body)
    path = _place(instance, mark, folder)
    if not path.exists():
        _write(path, body)
    return mark


def path_of(instance: Path, mark: str, folder: str = FOLDER) -> Path:
    """Where the file with this SHA-256 lies; brought here first where it came in at another server."""
    path = _place(instance, mark, folder)
    if archive().is_shared and not path.exists():
        _write(path, archive().read(mark))
    return path


def _place(instance: Path, mark: str, folder: str) -> Path:
    return instance / folder / mark[:2] / mark


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(body)
    part.replace(path)
