"""One file that holds everything: the database's dump, the archive, the secret key, and a manifest of it all.

The database is dumped first: the archive only grows, and a row never names a file that is not there yet.
Of an archive in a bucket the backup holds the files' names, which are their hashes, and not the files: nothing in it is
ever written over, the bucket keeps its own copies, and all papers of all years over the net, every night, would be the
end of daily backups. Proving such a backup reads every one of them back.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from portal.db import dumps
from portal.documents.archive import FOLDER as ARCHIVE
from portal.documents.archive import Archive, FolderArchive, archive, key_of
from portal.upkeep.rules.manifest import Manifest

DATABASE, MANIFEST, SECRET = "database.dump", "manifest.json", "secret_key"
LISTED = "archive.list"
STAMP = "%Y%m%dT%H%M%SZ"
CHUNK = 1024 * 1024


class NotEncrypted(RuntimeError):
    """The program that encrypts is missing or refused; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a backup is of: the instance's folder, its database, the secret that is in use, its papers."""

    instance: Path
    engine: Engine
    revision: str
    secret: str
    archive: Archive = field(default_factory=archive)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup as it lies there."""

    path: Path
    size: int
    rows: int
    archived: int


def mark_of(secret: str) -> str:
    """A mark that tells one secret from another and gives nothing of it away."""
    return hashlib.sha256(f"backup mark:{secret}".encode()).hexdigest()[:16]


def make(place: Place, folder: Path, now: datetime, recipient: str = "") -> Made:
    """Write a backup into `folder`, on disk when it returns; `recipient` (age… or a gpg key) alone can read it.

    Written aside and put in place in one step: what is there under its name is whole. Raises NotEncrypted, DumpFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"portal-{now.strftime(STAMP)}.tar.gz{_suffix(recipient)}"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as made_in:
        dumped, aside = Path(made_in) / DATABASE, Path(made_in) / name
        tables = dumps.dump(place.engine, dumped)
        with _written(aside, recipient) as stream:
            archived = _pack(place, dumped, tables, now, stream)
        os.replace(aside, folder / name)
    _sync(folder)
    size = (folder / name).stat().st_size
    return Made(folder / name, size, sum(tables.values()), archived)


def made_in(folder: Path) -> dict[str, datetime]:
    """The backups that lie in `folder`, by name, and when each was made."""
    found = {}
    for path in folder.glob("portal-*.tar.gz*"):
        stamp = path.name.removeprefix("portal-").partition(".")[0]
        try:
            found[path.name] = datetime.strptime(f"{stamp}+0000", f"{STAMP}%z")
        except ValueError:
            continue  # somebody else's file
    return found


def sha256_of(path: Path) -> str:
    """Of a file that may be long."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(
    place: Place, dumped: Path, tables: dict[str, int], now: datetime, stream: IO[bytes]
) -> int:
    files = {DATABASE: sha256_of(dumped)}
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=1, mtime=0) as pressed,
        tarfile.open(fileobj=pressed, mode="w|") as tar,
    ):
        tar.add(dumped, DATABASE)
        secret = place.instance / SECRET
        if secret.exists():
            files[SECRET] = sha256_of(secret)
            tar.add(secret, SECRET)
        papers = place.archive
        names = list(papers.names())
        if isinstance(papers, FolderArchive):
            for name in names:
                tar.add(papers.path(name), f"{ARCHIVE}/{key_of(name)}")
        else:
            listed = "\n".join(names).encode()
            files[LISTED] = hashlib.sha256(listed).hexdigest()
            _add(tar, LISTED, listed, now)
        manifest = Manifest(
            now.isoformat(), place.engine.dialect.name, place.revision, tables, files, len(names),
            mark_of(place.secret),
        )  # fmt: skip
        _add(tar, MANIFEST, manifest.to_json().encode(), now)
    return len(names)


def _add(tar: tarfile.TarFile, name: str, body: bytes, now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(body), int(now.timestamp())
    tar.addfile(entry, io.BytesIO(body))


@contextmanager
def _written(path: Path, recipient: str) -> Iterator[IO[bytes]]:
    """The file, readable by its owner alone, through the program that encrypts it where somebody is named."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        if not recipient:
            yield file
        else:
            with _encrypting(recipient, file) as stream:
                yield stream
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _encrypting(recipient: str, file: IO[bytes]) -> Iterator[IO[bytes]]:
    command = _command(recipient)
    if shutil.which(command[0]) is None:
        raise NotEncrypted(f"{command[0]} is not installed: the backup cannot be encrypted")
    with subprocess.Popen(  # noqa: S603 - the program that encrypts, our own words
        command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.PIPE, bufsize=0
    ) as run:
        assert run.stdin is not None and run.stderr is not None
        try:
            yield run.stdin
            run.stdin.close()
        except BrokenPipeError:
            pass  # it said why on its error output
        said = run.stderr.read().decode(errors="replace").strip()
    if run.returncode:
        raise NotEncrypted(f"{command[0]}: {said[-1000:]}")


def _command(recipient: str) -> list[str]:
    if recipient.startswith("age1"):
        return ["age", "--recipient", recipient]
    return ["gpg", "--batch", "--yes", "--trust-model", "always", "--recipient", recipient, "--encrypt"]  # fmt: skip


def _suffix(recipient: str) -> str:
    if not recipient:
        return ""
    return ".age" if recipient.startswith("age1") else ".gpg"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
