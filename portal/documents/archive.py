"""The archive of printed papers: bytes under their SHA-256, written once, checked at every reading.

One interface, two places: a folder (the instance's own, or one that several servers mount) or an S3-compatible bucket
(bucket.py). Both name a file `ab/cdef…` for the SHA-256 `abcdef…`, so that any tool can copy one into the other.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from portal.kernel.errors import NotFound, PortalError
from portal.kernel.text import t

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
FOLDER = "archive"


class ArchiveDamaged(PortalError):
    """The stored bytes are no longer those that were stored: restore them from a backup."""

    status = 500
    code = "archive_damaged"


class ArchiveUnreachable(PortalError):
    """The place where the papers lie does not answer; nothing was stored, and nothing is lost."""

    status = 503
    code = "archive_unreachable"


class Archive(ABC):
    """Immutable files under their SHA-256.

    `is_shared`: other servers see it too; `is_contained`: a backup holds its files, not only their names; `place`:
    where it is, in words for an owner, without secrets.
    """

    is_shared: bool
    is_contained: bool
    place: str

    def store(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 (64 hex digits); the same bytes are kept once.

        Stored for good when it returns, and never by half. Raises ArchiveUnreachable.
        """
        digest = hashlib.sha256(content).hexdigest()
        self._put(digest, content)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes stored under `digest`. Raises NotFound, ArchiveDamaged or ArchiveUnreachable."""
        content = self._get(digest)
        if content is None:
            raise NotFound(t("This file is not in the archive."))
        if hashlib.sha256(content).hexdigest() != digest:
            raise ArchiveDamaged(
                t("The stored file %(digest)s has been damaged.", digest=digest[:12])
            )
        return content

    @abstractmethod
    def names(self) -> Iterator[str]:
        """The SHA-256 of every file that is there, in their order."""

    @abstractmethod
    def _put(self, digest: str, content: bytes) -> None:
        """Store under a name that may be there already."""

    @abstractmethod
    def _get(self, digest: str) -> bytes | None:
        """What is stored under a name; None for nothing."""


class FolderArchive(Archive):
    """A folder of read-only files."""

    is_contained = True

    def __init__(self, folder: Path, *, is_shared: bool = False) -> None:
        self.folder = folder
        self.is_shared = is_shared

    @property
    def place(self) -> str:  # type: ignore[override]
        """The folder."""
        return str(self.folder)

    def path(self, digest: str) -> Path:
        """Where the file lies or would lie; ValueError for anything but 64 hex digits."""
        return self.folder / key_of(digest)

    def names(self) -> Iterator[str]:
        """Each file's, but for those that are being written."""
        for path in sorted(self.folder.glob("??/*")):
            if SHA256.match(path.parent.name + path.name):
                yield path.parent.name + path.name

    def _put(self, digest: str, content: bytes) -> None:
        """On disk when it returns: written aside, synced, then put in place in one step."""
        path = self.path(digest)
        if path.exists():
            return
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

    def _get(self, digest: str) -> bytes | None:
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            return None


def key_of(digest: str) -> str:
    """The name of a file within its archive; ValueError for anything but 64 hex digits."""
    if not SHA256.match(digest):
        raise ValueError("an archive's key is 64 hex digits")
    return f"{digest[:2]}/{digest[2:]}"


_chosen: list[Archive] = []


def archive_of(config: Mapping[str, object]) -> Archive:
    """The archive that the settings name: ARCHIVE is empty, a folder, or s3://bucket/prefix (with S3)."""
    where, own = str(config["ARCHIVE"]), Path(str(config["INSTANCE"])) / FOLDER
    if where.startswith("s3://"):
        # Loaded only where it is used: the program that speaks to buckets is large.
        made: Archive = import_module("portal.documents.bucket").BucketArchive(where, config["S3"])
        return made
    folder = Path(where) if where else own
    return FolderArchive(folder, is_shared=folder.resolve() != own.resolve())


def configure(chosen: Archive) -> Archive:
    """Say once, when the application is made, where the archive lies."""
    _chosen[:] = [chosen]
    return chosen


def archive() -> Archive:
    """The archive in use; RuntimeError before `configure`."""
    if not _chosen:
        raise RuntimeError("the archive has not been configured")
    return _chosen[0]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
