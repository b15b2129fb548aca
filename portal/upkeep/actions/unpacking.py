"""A backup opened again: read once from end to end, each byte checked against what the manifest says."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from portal.db import dumps
from portal.documents.archive import FOLDER as ARCHIVE
from portal.documents.archive import Archive, ArchiveDamaged, FolderArchive, archive
from portal.kernel.errors import NotFound
from portal.upkeep.actions.packing import (
    CHUNK,
    DATABASE,
    LISTED,
    MANIFEST,
    SECRET,
    STAMP,
    mark_of,
)
from portal.upkeep.rules.manifest import Manifest, NoManifest, differences, from_json

ARCHIVED = re.compile(rf"{ARCHIVE}/([0-9a-f]{{2}})/([0-9a-f]{{62}})")


class Unreadable(RuntimeError):
    """It cannot be opened: not ours, cut short, or encrypted for somebody else."""


class Refused(RuntimeError):
    """Restoring would overwrite what is there, or the house is open; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found in a backup: its manifest, the files' hashes, and the names of the archive's whole files.

    `listed`: of papers that lie elsewhere only the names.
    """

    manifest: Manifest
    files: dict[str, str]
    archived: set[str]
    listed: set[str]
    damaged: list[str]

    @property
    def papers(self) -> set[str]:
        """Every file of the archive that it has, here or there."""
        return self.archived | self.listed


def verify(path: Path, url: str, scratch: Path, identity: Path | None = None) -> list[str]:
    """Restore a backup to a scratch place and compare: rows of each table, every file's hash, every paper there.

    `url` is the database beside which PostgreSQL makes a scratch one; papers that are only listed are read where they
    lie. What is wrong, as sentences; none: it is whole. Raises Unreadable, ArchiveUnreachable.
    """
    opened = unpack(path, scratch, identity, keep_archive=False)
    with dumps.scratch(_beside(url, opened.manifest), scratch) as to:
        dumps.restore(to, scratch / DATABASE)
        tables, faults = dumps.counts_of(to), dumps.faults_of(to)
        lacking = sorted(dumps.named_files(to) - opened.papers)
    wrong = differences(opened.manifest, tables, opened.files, len(opened.papers))
    wrong += [f"archive file {name[:12]}: altered" for name in opened.damaged]
    wrong += _unread(opened.listed)
    wrong += [f"archive file {name[:12]}: named by a record, and missing" for name in lacking]
    return wrong + faults


def restore(
    path: Path, instance: Path, url: str, secret: str, now: datetime, *, replace: bool = False,
    identity: Path | None = None, into: Archive | None = None,
) -> Path | None:  # fmt: skip
    """Put a backup into an instance; what was there is kept in a folder beside, which is returned.

    `into`: where the instance keeps its papers, its own folder unless given. One that is shared only gains files.

    Nothing is touched before the whole backup has been read and found right. Raises Refused, Unreadable.
    """
    if not replace and not dumps.is_empty(url):
        raise Refused("there is a database already: say --replace to put it aside")
    scratch = instance / f".restoring-{now.strftime(STAMP)}"
    scratch.mkdir(mode=0o700)
    papers = into or FolderArchive(instance / ARCHIVE)
    try:
        opened = unpack(path, scratch, identity, keep_archive=True)
        _check(opened, url, secret, papers)
        if others := dumps.others_at(url):
            raise Refused(f"{others} connections are open to the database: stop every server first")
        if papers.is_shared:
            _hand_over(scratch / ARCHIVE, papers)
        return _take_place(scratch, instance, url, now)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def unpack(path: Path, to: Path, identity: Path | None, *, keep_archive: bool) -> Opened:
    """Read a backup into the folder `to`; the archive's files only if they are wanted. Raises Unreadable."""
    files, archived, damaged = dict[str, str](), set[str](), list[str]()
    try:
        with _stream(path, identity) as stream, tarfile.open(fileobj=stream, mode="r|gz") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None:
                    continue
                if met := ARCHIVED.fullmatch(member.name):
                    name = met[1] + met[2]
                    good = _copied(source, to / member.name if keep_archive else None) == name
                    (archived.add if good else damaged.append)(name)
                elif member.name in (DATABASE, SECRET, MANIFEST, LISTED):
                    files[member.name] = _copied(source, to / member.name)
        manifest = from_json((to / MANIFEST).read_text())
    except (tarfile.TarError, OSError, EOFError, NoManifest) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
    files.pop(MANIFEST)
    listed = set((to / LISTED).read_text().split()) if LISTED in files else set()
    return Opened(manifest, files, archived, listed, damaged)


def _unread(listed: set[str]) -> list[str]:
    """What is wrong with papers that lie in the archive in use."""
    wrong = []
    for name in sorted(listed):
        try:
            archive().read(name)
        except (NotFound, ArchiveDamaged) as error:
            said = "missing" if isinstance(error, NotFound) else "altered"
            wrong.append(f"archive file {name[:12]}: {said} in {archive().place}")
    return wrong


def _hand_over(folder: Path, papers: Archive) -> None:
    """Give a shared archive what it lacks; the folder is gone afterwards."""
    for name in FolderArchive(folder).names():
        papers.store(FolderArchive(folder).read(name))
    shutil.rmtree(folder, ignore_errors=True)


def _check(opened: Opened, url: str, secret: str, papers: Archive) -> None:
    manifest = opened.manifest
    wrong = differences(manifest, manifest.tables, opened.files, len(opened.papers))
    if wrong or opened.damaged:
        raise Unreadable(f"the backup is damaged: {'; '.join(wrong) or opened.damaged[0]}")
    if not url.startswith(manifest.dialect):
        raise Refused(f"the backup is of {manifest.dialect}; this installation is not")
    if SECRET not in opened.files and manifest.secret_mark != mark_of(secret):
        raise Refused("the backup belongs to another PORTAL_SECRET_KEY: nobody could sign in")
    lacking = opened.listed - set(papers.names()) if opened.listed else set()
    if lacking:
        raise Refused(
            f"{len(lacking)} papers that the backup lists are not in {papers.place}: "
            "let PORTAL_ARCHIVE name the place that it was made from"
        )


def _take_place(scratch: Path, instance: Path, url: str, now: datetime) -> Path | None:
    """The old aside, the new in its place: files by renaming, within one folder; a server's database all or nothing."""
    aside = instance / f"before-restore-{now.strftime(STAMP)}"
    aside.mkdir(mode=0o700)
    is_file = dumps.is_file(url)
    if not is_file:
        _replace_at_server(url, scratch / DATABASE, aside)
    names = ("portal.db", "portal.db-wal", "portal.db-shm", ARCHIVE, SECRET)
    for path in (instance / name for name in names):
        if path.exists():
            os.replace(path, aside / path.name)
    if is_file:
        dumps.restore(url, scratch / DATABASE)
    for name in (ARCHIVE, SECRET):
        if (scratch / name).exists():
            os.replace(scratch / name, instance / name)
        elif (aside / name).exists():
            os.replace(aside / name, instance / name)
    if any(aside.iterdir()):
        return aside
    aside.rmdir()
    return None


def _replace_at_server(url: str, dumped: Path, aside: Path) -> None:
    """Before any file is moved: where the server refuses, everything is as it was."""
    try:
        if not dumps.is_empty(url):
            dumps.dump_at(url, aside / DATABASE)
        dumps.restore(url, dumped)
    except dumps.DumpFailed:
        shutil.rmtree(aside)
        raise


def _beside(url: str, manifest: Manifest) -> str:
    """Where the scratch database may lie; a backup of SQLite needs no server."""
    if manifest.dialect == dumps.SQLITE:
        return "sqlite://"
    if not url.startswith(manifest.dialect):
        raise Unreadable("a backup of PostgreSQL is verified on a PostgreSQL server")
    return url


def _copied(source: IO[bytes], to: Path | None) -> str:
    """The SHA-256 of what `source` holds, written to `to` where that is wanted."""
    digest = hashlib.sha256()
    with ExitStack() as opened:
        target = None if to is None else opened.enter_context(_new(to))
        while block := source.read(CHUNK):
            digest.update(block)
            if target is not None:
                target.write(block)
        if target is not None:
            target.flush()
            os.fsync(target.fileno())
    return digest.hexdigest()


def _new(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")


@contextmanager
def _stream(path: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """The backup's plain bytes, through the program that decrypts them where that is needed."""
    if path.suffix not in (".age", ".gpg"):
        with path.open("rb") as file:
            yield file
        return
    command = ["gpg", "--batch", "--decrypt", str(path)]
    if path.suffix == ".age":
        command = ["age", "--decrypt", "--identity", str(identity or ""), str(path)]
    if shutil.which(command[0]) is None:
        raise Unreadable(f"{command[0]} is not installed: the backup cannot be decrypted")
    with subprocess.Popen(  # noqa: S603 - the program that decrypts, our own words
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout is not None
        yield run.stdout
