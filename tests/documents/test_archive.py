"""Papers are kept under their hash, written once, and checked when read."""

from __future__ import annotations

import hashlib

import pytest

from portal.documents.archive import ArchiveDamaged, FolderArchive
from portal.kernel.errors import NotFound


@pytest.fixture
def archive(tmp_path):
    return FolderArchive(tmp_path / "archive")


def test_what_is_stored_is_read_back_under_its_sha256(archive):
    digest = archive.store(b"paper")
    assert digest == hashlib.sha256(b"paper").hexdigest()
    assert archive.read(digest) == b"paper"
    assert archive.path(digest).relative_to(archive.folder).parts == (digest[:2], digest[2:])


def test_the_same_bytes_are_kept_once_and_no_half_file_stays(archive):
    assert archive.store(b"paper") == archive.store(b"paper")
    files = [path.name for path in archive.folder.rglob("*") if path.is_file()]
    assert files == [hashlib.sha256(b"paper").hexdigest()[2:]]


def test_a_stored_file_is_not_writable(archive):
    assert archive.path(archive.store(b"paper")).stat().st_mode & 0o222 == 0


def test_changed_bytes_are_noticed(archive):
    digest = archive.store(b"paper")
    archive.path(digest).chmod(0o640)
    archive.path(digest).write_bytes(b"other")
    with pytest.raises(ArchiveDamaged):
        archive.read(digest)


def test_an_unknown_file_is_not_found(archive):
    with pytest.raises(NotFound):
        archive.read("0" * 64)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_key_that_is_no_hash_never_reaches_the_disk(archive, key):
    with pytest.raises(ValueError):
        archive.path(key)


def test_a_failed_write_leaves_nothing_behind(archive, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("portal.documents.archive.os.replace", full)
    with pytest.raises(OSError, match="no space"):
        archive.store(b"paper")
    assert [path for path in archive.folder.rglob("*") if path.is_file()] == []
