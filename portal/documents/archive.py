"""The archive of printed papers: bytes under their SHA-256, written once, checked at every reading."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from portal.kernel.errors import NotFound, PortalError
from portal.kernel.text import t

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
FOLDER = "archive"


class ArchiveDamaged(PortalError):
    """The stored bytes are no longer those that were stored: restore them from a backup."""

    status = 500
    code = "archive_damaged"


class Archive:
    """A folder of immutable files: `ab/cdef…` for the SHA-256 `abcdef…`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 (64 hex digits); the same bytes are kept once.

        On disk when it returns: written aside, synced, then put in place in one step.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(aside, 0o440)
            os.replace(aside, path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes stored under `digest`. Raises NotFound or ArchiveDamaged."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(t("This file is not in the archive.")) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise ArchiveDamaged(
                t("The stored file %(digest)s has been damaged.", digest=digest[:12])
            )
        return content

    def path(self, digest: str) -> Path:
        """Where the file lies or would lie; ValueError for anything but 64 hex digits."""
        if not SHA256.match(digest):
            raise ValueError("an archive's key is 64 hex digits")
        return self.folder / digest[:2] / digest[2:]


_chosen: list[Archive] = []


def configure(folder: Path) -> Archive:
    """Say once, when the application is made, where the archive lies."""
    _chosen[:] = [Archive(folder)]
    return _chosen[0]


def archive() -> Archive:
    """The archive in use; RuntimeError before `configure`."""
    if not _chosen:
        raise RuntimeError("the archive's folder has not been configured")
    return _chosen[0]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
