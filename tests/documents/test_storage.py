"""The archive in a bucket keeps the same promises as the one in a folder, and fails by saying so."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.catalogue.actions.archive import keep, path_of
from portal.documents import archive as archives
from portal.documents.archive import (
    Archive,
    ArchiveDamaged,
    ArchiveUnreachable,
    FolderArchive,
    archive_of,
    key_of,
)
from portal.documents.bucket import BucketArchive
from portal.kernel.errors import NotFound
from tests.bucket import NAME, Bucket, bucket

PLACE = f"s3://{NAME}/firm/papers"
QUICK = timedelta(seconds=2)
PAPER = b"%PDF-1.7 a paper"
DIGEST = hashlib.sha256(PAPER).hexdigest()


@pytest.fixture
def server() -> Iterator[Bucket]:
    with bucket() as opened:
        yield opened


@pytest.fixture(params=["folder", "bucket"])
def archive(request: pytest.FixtureRequest, server: Bucket, tmp_path: Path) -> Archive:
    if request.param == "folder":
        return FolderArchive(tmp_path / "archive", is_shared=True)
    return BucketArchive(PLACE, server.settings)


@pytest.fixture
def in_bucket(server: Bucket) -> BucketArchive:
    return BucketArchive(PLACE, server.settings, patience=QUICK)


def test_what_is_stored_is_read_back_under_its_sha256(archive: Archive) -> None:
    assert archive.store(PAPER) == DIGEST
    assert archive.read(DIGEST) == PAPER
    assert archive.store(PAPER) == DIGEST


def test_everything_that_is_there_is_named_in_order(archive: Archive) -> None:
    assert list(archive.names()) == []
    stored = {archive.store(str(each).encode()) for each in range(8)}
    assert list(archive.names()) == sorted(stored)


def test_an_unknown_file_is_not_found(archive: Archive) -> None:
    with pytest.raises(NotFound):
        archive.read("0" * 64)
    with pytest.raises(ValueError, match="64 hex digits"):
        archive.read("../../etc/passwd")


def test_many_at_once_store_the_same_bytes_once(archive: Archive) -> None:
    threads = [threading.Thread(target=archive.store, args=(PAPER,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert list(archive.names()) == [DIGEST]


def test_an_object_lies_below_the_prefix_and_nobody_elses_is_named(
    in_bucket: BucketArchive, server: Bucket
) -> None:
    server.objects["firm/papers/readme.txt"] = server.objects[f"other/{key_of(DIGEST)}"] = b"x"
    in_bucket.store(PAPER)
    assert f"firm/papers/{key_of(DIGEST)}" in server.objects
    assert list(in_bucket.names()) == [DIGEST]


def test_what_lies_there_is_never_written_over(in_bucket: BucketArchive, server: Bucket) -> None:
    server.objects[f"firm/papers/{key_of(DIGEST)}"] = b"damaged long ago"
    in_bucket.store(PAPER)
    with pytest.raises(ArchiveDamaged):
        in_bucket.read(DIGEST)


@pytest.mark.parametrize("fails", [[503], [503, 500]])
def test_a_short_trouble_is_waited_out(
    in_bucket: BucketArchive, server: Bucket, fails: list[int]
) -> None:
    server.fails = [*fails]
    assert in_bucket.store(PAPER) == DIGEST
    assert in_bucket.read(DIGEST) == PAPER


def test_a_bucket_without_conditions_is_written_all_the_same(
    in_bucket: BucketArchive, server: Bucket
) -> None:
    server.fails = [501]
    in_bucket.store(PAPER)
    assert server.asked == ["PUT", "PUT"]
    assert in_bucket.read(DIGEST) == PAPER


@pytest.mark.parametrize("fails", [[503] * 9, [403], [3.0] * 9], ids=["busy", "refused", "silent"])
def test_a_bucket_that_fails_is_told_and_nothing_is_half_stored(
    in_bucket: BucketArchive, server: Bucket, fails: list[int | float]
) -> None:
    server.fails = list(fails)
    with pytest.raises(ArchiveUnreachable) as told:
        in_bucket.store(PAPER)
    assert told.value.status == 503
    assert "kept" not in repr(told.value.__cause__)
    server.fails = []
    assert server.objects == {}


def test_a_wrong_key_is_a_clear_fault_and_not_a_lost_file(server: Bucket) -> None:
    with pytest.raises(ArchiveUnreachable):
        BucketArchive(PLACE, {**server.settings, "key": "other"}).read(DIGEST)


def test_a_bucket_that_is_not_there_is_told(server: Bucket) -> None:
    nowhere = {**server.settings, "endpoint": "http://127.0.0.1:1"}
    with pytest.raises(ArchiveUnreachable):
        BucketArchive(PLACE, nowhere, patience=QUICK).read(DIGEST)


def test_a_forked_process_does_not_hang_on_its_parents_bucket(in_bucket: BucketArchive) -> None:
    in_bucket.store(PAPER)
    in_bucket._opened = (os.getppid(), in_bucket._store())
    with pytest.raises(RuntimeError, match="forked"):
        in_bucket.read(DIGEST)


def test_the_settings_choose_the_place(tmp_path: Path, server: Bucket) -> None:
    common = {"INSTANCE": tmp_path, "S3": server.settings}
    own = archive_of({**common, "ARCHIVE": ""})
    assert isinstance(own, FolderArchive)
    assert (own.folder, own.is_shared) == (tmp_path / "archive", False)
    elsewhere = archive_of({**common, "ARCHIVE": str(tmp_path / "share")})
    assert elsewhere.is_shared
    far = archive_of({**common, "ARCHIVE": PLACE})
    assert (far.place, far.is_contained) == (PLACE, False)
    assert far.store(PAPER) == DIGEST


def test_a_file_that_came_in_at_one_server_is_read_at_another(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_chosen", [archive])
    mark = keep(tmp_path / "a", b"code;price")
    assert path_of(tmp_path / "b", mark).read_bytes() == b"code;price"
    assert path_of(tmp_path / "b", mark).is_relative_to(tmp_path / "b")
