"""Backups on a real database: consistent while somebody writes, proven, brought back, and refused when wrong."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import create_engine, func, select, text

from portal.customers.models import Site
from portal.db import dumps
from portal.db.base import db
from portal.documents.archive import FolderArchive, archive, configure
from portal.documents.bucket import BucketArchive
from portal.documents.models import Attachment
from portal.upkeep.actions import packing, unpacking
from portal.upkeep.in_use import InUse, alone, hold
from tests.bucket import NAME, Bucket, bucket
from tests.cast import Cast
from tests.factories import add

SECRET = "s" * 40
PAPER = b"%PDF-1.7 a paper"


@pytest.fixture
def place(cast: Cast, tmp_path: Path) -> Iterator[packing.Place]:
    """An instance with the cast in its database, one stored file and a secret of its own."""
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "secret_key").write_text(SECRET)
    before = archive()
    configure(FolderArchive(instance / "archive")).store(PAPER)
    db.session.commit()
    yield packing.Place(instance, db.engine, "0001", SECRET)
    configure(before)


def url() -> str:
    return db.engine.url.render_as_string(hide_password=False)


def verified(path: Path, tmp_path: Path) -> list[str]:
    scratch = tmp_path / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return unpacking.verify(path, url(), scratch)


@pytest.mark.both_databases
def test_a_backup_is_one_file_that_proves_itself(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    assert [path.name for path in made.path.parent.iterdir()] == ["portal-20260302T020000Z.tar.gz"]
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.rows > 20 and made.archived == 1
    assert verified(made.path, tmp_path) == []


@pytest.mark.both_databases
def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(
    place: packing.Place, cast: Cast, tmp_path: Path, now: datetime
) -> None:
    harbour, stop = cast.harbour.id, threading.Event()
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                pair = [Site(customer_id=harbour, name=f"仓{n}", address="路") for n in (1, 2)]
                db.session.add_all(pair)
                db.session.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = packing.make(place, tmp_path / "backups", now)
    finally:
        stop.set()
        writer.join()
    assert verified(made.path, tmp_path) == []
    with tarfile.open(made.path) as tar:
        manifest = unpacking.from_json(tar.extractfile("manifest.json").read().decode())  # type: ignore[union-attr]
    assert manifest.tables["site"] % 2 == 0
    db.session.rollback()
    assert manifest.tables["site"] <= db.session.scalar(select(func.count()).select_from(Site))


def altered(path: Path, name: str, body: bytes | None) -> Path:
    """The same backup with one member changed, or left out."""
    wrong = path.with_name("wrong.tar.gz")
    with tarfile.open(path) as source, tarfile.open(wrong, "w:gz") as target:
        for member in source:
            content = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == name or (name == "archive" and member.name.startswith(name)):
                if body is None:
                    continue
                content = body
                member.size = len(body)
            target.addfile(member, io.BytesIO(content))
    return wrong


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("secret_key", b"x" * 40, "file secret_key: altered"),
        ("secret_key", None, "file secret_key: missing"),
        ("archive", b"%PDF altered", "archive: 0 files, 1 expected"),
        ("archive", None, "archive: 0 files, 1 expected"),
    ],
)
def test_what_was_altered_or_lost_is_named(
    place: packing.Place, tmp_path: Path, now: datetime, name: str, body: bytes | None, said: str
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    assert said in verified(altered(made.path, name, body), tmp_path)


def test_a_paper_that_a_record_names_and_the_backup_lacks_is_named(
    place: packing.Place, cast: Cast, tmp_path: Path, now: datetime
) -> None:
    add(Attachment(customer_id=cast.harbour.id, subject_type="shipment", subject_id=1, file_name="a.pdf",
                   media_type="application/pdf", sha256="f" * 64, size=1, added_at=now))  # fmt: skip
    db.session.commit()
    made = packing.make(place, tmp_path / "backups", now)
    assert verified(made.path, tmp_path) == [
        "archive file ffffffffffff: named by a record, and missing"
    ]


@pytest.mark.parametrize("cut", [0, 40, 2000])
def test_a_file_that_is_cut_short_or_none_of_ours_cannot_be_read(
    place: packing.Place, tmp_path: Path, now: datetime, cut: int
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    short = tmp_path / "short.tar.gz"
    short.write_bytes(made.path.read_bytes()[:cut] or b"hello")
    with pytest.raises(unpacking.Unreadable):
        verified(short, tmp_path)


@pytest.mark.both_databases
def test_a_backup_comes_back_and_what_was_there_is_kept_aside(
    place: packing.Place, cast: Cast, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    before = {path: path.read_bytes() for path in place.instance.rglob("*") if path.is_file()}
    (place.instance / "secret_key").write_text("another secret that came later, long enough")
    is_server = db.engine.dialect.name == "postgresql"
    target = url() if is_server else f"sqlite:///{place.instance / 'portal.db'}"
    add(Site(customer_id=cast.harbour.id, name="later", address="x"))
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    aside = unpacking.restore(made.path, place.instance, target, SECRET, now, replace=True)
    assert aside is not None and (aside / "secret_key").read_text().startswith("another")
    assert {path: path.read_bytes() for path in before} == before
    assert dumps.counts_of(target)["site"] == 0
    assert not [path for path in place.instance.iterdir() if path.name.startswith(".restoring")]


def where(place: packing.Place) -> str:
    """The database to restore into: the server's own, or the instance's file with the same content."""
    if db.engine.dialect.name == "sqlite":
        dumps.dump(db.engine, place.instance / "portal.db")
        return f"sqlite:///{place.instance / 'portal.db'}"
    return url()


@pytest.mark.both_databases
def test_tables_of_a_later_release_are_gone_after_the_restore_and_kept_aside(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    target = where(place)
    engine = create_engine(target)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE later (customer_id INTEGER REFERENCES customer (id))")
        )
        connection.execute(text("INSERT INTO later SELECT id FROM customer"))
    engine.dispose()
    db.session.remove()
    db.engine.dispose()
    aside = unpacking.restore(made.path, place.instance, target, SECRET, now, replace=True)
    assert "later" not in dumps.counts_of(target)
    assert dumps.counts_of(target)["customer"] > 0
    assert aside is not None
    kept = aside / ("portal.db" if target.startswith("sqlite") else "database.dump")
    assert b"later" in kept.read_bytes()


@pytest.mark.one_database("postgresql")
def test_a_server_that_refuses_keeps_its_database_and_the_instance_its_files(
    place: packing.Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # there the file takes the other's place
    made = packing.make(place, tmp_path / "backups", now)
    before, db_url = dumps.counts_of(url()), url()
    files = {path: path.read_bytes() for path in place.instance.rglob("*") if path.is_file()}
    db.session.remove()
    db.engine.dispose()
    whole = shutil.which("pg_restore")
    cut_short = tmp_path / "bin/pg_restore"
    cut_short.parent.mkdir()
    cut_short.write_text(f'#!/bin/bash\n{whole} "$@" | head -n 400; exit 1\n')
    cut_short.chmod(0o755)
    monkeypatch.setenv("PATH", f"{cut_short.parent}:{os.environ['PATH']}")
    with pytest.raises(dumps.DumpFailed):
        unpacking.restore(made.path, place.instance, db_url, SECRET, now, replace=True)
    assert dumps.counts_of(db_url) == before
    found = {path: path.read_bytes() for path in place.instance.rglob("*") if path.is_file()}
    found.pop(place.instance / "in-use", None)
    assert found == files


@pytest.mark.both_databases
def test_a_restore_over_a_database_wants_to_be_said(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    with pytest.raises(unpacking.Refused, match="--replace"):
        unpacking.restore(made.path, place.instance, url(), SECRET, now)


def test_a_damaged_backup_touches_nothing(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    wrong = altered(made.path, "archive", b"%PDF altered")
    before = dumps.counts_of(url())
    with pytest.raises(unpacking.Unreadable, match="damaged"):
        unpacking.restore(wrong, place.instance, url(), SECRET, now, replace=True)
    assert dumps.counts_of(url()) == before
    assert (place.instance / "secret_key").read_text() == SECRET


def test_a_backup_of_another_key_is_refused_where_the_key_is_not_in_it(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    (place.instance / "secret_key").unlink()
    made = packing.make(place, tmp_path / "backups", now)
    with pytest.raises(unpacking.Refused, match="nobody could sign in"):
        unpacking.restore(made.path, place.instance, url(), "t" * 40, now, replace=True)


@pytest.fixture
def in_a_bucket(place: packing.Place) -> Iterator[tuple[packing.Place, Bucket]]:
    """The same instance with its papers in a bucket, two pages of a list."""
    with bucket() as server:
        papers = configure(BucketArchive(f"s3://{NAME}/firm", server.settings))
        for each in range(5):
            papers.store(b"%d" % each)
        yield replace(place, archive=papers), server


def test_of_papers_in_a_bucket_the_backup_holds_the_hashes_and_reads_them_back(
    in_a_bucket: tuple[packing.Place, Bucket], tmp_path: Path, now: datetime
) -> None:
    place, server = in_a_bucket
    made = packing.make(place, tmp_path / "backups", now)
    assert made.archived == 5
    with tarfile.open(made.path) as tar:
        assert tar.getnames() == ["database.dump", "secret_key", "archive.list", "manifest.json"]
    assert verified(made.path, tmp_path) == []
    lost, changed, *_ = sorted(server.objects)
    del server.objects[lost]
    server.objects[changed] = b"changed"
    said = [line.rpartition(": ")[2] for line in verified(made.path, tmp_path)]
    assert said == [f"missing in s3://{NAME}/firm", f"altered in s3://{NAME}/firm"]


def test_a_restore_wants_the_bucket_that_its_backup_lists(
    in_a_bucket: tuple[packing.Place, Bucket], tmp_path: Path, now: datetime
) -> None:
    place, server = in_a_bucket
    made = packing.make(place, tmp_path / "backups", now)
    with pytest.raises(unpacking.Refused, match="5 papers"):
        unpacking.restore(made.path, place.instance, url(), SECRET, now, replace=True)
    server.objects.pop(min(server.objects))
    with pytest.raises(unpacking.Refused, match="1 papers that the backup lists are not in s3"):
        unpacking.restore(
            made.path, place.instance, url(), SECRET, now, replace=True, into=place.archive
        )


def test_a_backup_with_papers_fills_a_shared_archive_that_lacks_them(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    (tmp_path / "new").mkdir()
    share = FolderArchive(tmp_path / "share", is_shared=True)
    kept = share.store(b"already there")
    target = url() if "postgres" in url() else f"sqlite:///{tmp_path / 'new.db'}"
    db.session.remove()
    db.engine.dispose()
    unpacking.restore(made.path, tmp_path / "new", target, SECRET, now, replace=True, into=share)
    assert set(share.names()) == {kept, hashlib.sha256(PAPER).hexdigest()}
    assert not (tmp_path / "new" / "archive").exists()


def test_nothing_is_restored_into_a_house_that_is_open(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(InUse):
        hold(tmp_path)
    hold(tmp_path)
    with pytest.raises(InUse), alone(tmp_path):
        raise AssertionError("two hold it")


@pytest.mark.both_databases
def test_no_server_is_robbed_of_its_tables_while_it_is_connected(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    made = packing.make(place, tmp_path / "backups", now)
    if db.engine.dialect.name == "sqlite":
        assert dumps.others_at(url()) == 0  # there the lock of the folder tells
        return
    with db.engine.connect(), pytest.raises(unpacking.Refused, match="stop every server first"):
        unpacking.restore(made.path, place.instance, url(), SECRET, now, replace=True)
    assert (place.instance / "secret_key").read_text() == SECRET


def test_an_encrypted_backup_is_read_by_its_recipient_alone(
    place: packing.Place, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    who = "owner@farhaven.example"
    subprocess.run(
        ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", who, "default", "default"],
        check=True, capture_output=True,
    )  # fmt: skip
    made = packing.make(place, tmp_path / "backups", now, who)
    assert made.path.suffix == ".gpg" and b"secret" not in made.path.read_bytes()
    assert verified(made.path, tmp_path) == []
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    with pytest.raises(unpacking.Unreadable):
        verified(made.path, tmp_path)


def test_an_unknown_recipient_leaves_no_backup_behind(
    place: packing.Place, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(packing.NotEncrypted):
        packing.make(place, tmp_path / "backups", now, "nobody@nowhere.example")
    assert list((tmp_path / "backups").iterdir()) == []
