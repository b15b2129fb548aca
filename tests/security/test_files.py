"""Files that come in and go out: by content, by name, by size, and what they may do where they are opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_options_header

from portal.documents.pictures import fit_for_paper
from portal.documents.rules.files import ACCEPTED
from portal.documents.rules.names import paper_file_name
from portal.kernel.errors import FileProblems, Invalid
from portal.kernel.tables.archive import check_archive
from portal.kernel.tables.refusals import LIMITS
from portal.web import uploads
from portal.web.exports import download
from portal.web.flask_app import PortalApp
from portal.web.uploads import received, several
from tests.security.walk import ON_SQLITE

PDF, PNG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def sent(body: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(body), filename=name)


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def flood(width: int, height: int) -> bytes:
    """A PNG of some sixty bytes that says it has so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


WORKBOOK = packed("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (SVG, "logo.svg"), (SVG, "logo.png"), (b"<html><script>", "offer.pdf"), (b"MZ\x90\x00", "scan.pdf"),
        (b"\x7fELF\x00", "photo.jpg"), (b"GIF89a\x00", "photo.gif"), (b"PK\x03\x04junk", "list.xlsx"),
        (packed("evil.exe"), "list.xlsx"), (packed("xl/workbook.xml", "xl/vbaProject.bin"), "list.xlsx"),
        (b"#!/bin/sh\nrm", "scan"), (b"<?php system(1);", "photo.php"), (b"", "empty.pdf"),
    ],
)  # fmt: skip
def test_what_is_not_one_of_the_kinds_is_refused_whatever_its_name(body: bytes, name: str) -> None:
    with pytest.raises(Invalid):
        received(sent(body, name), "file", ACCEPTED)


@pytest.mark.parametrize(
    "name",
    [
        "run.exe",
        "page.html",
        "page.SVG",
        "a.pdf.bat",
        "macro.xlsm",
        "list.hta",
        "x.js",
        "photo.png",
    ],
)
def test_a_paper_under_another_kinds_ending_is_refused(name: str) -> None:
    """A PDF's first bytes before a script: harmless here, run by its ending on the reader's machine."""
    with pytest.raises(Invalid, match="ends in"):
        received(sent(PDF + b"\r\n@echo off", name), "file", ACCEPTED)


@pytest.mark.parametrize(
    ("body", "name", "kept"),
    [
        (PDF, "提单 v1.2.PDF", "提单 v1.2.PDF"), (PDF, "scan", "scan.pdf"), (PDF, "合同2.0", "合同2.0.pdf"),
        (PNG, "screen.jpg", "screen.png"), (b"\xff\xd8\xff", "IMG_1.JPEG", "IMG_1.JPEG"),
        (WORKBOOK, "list.xlsx", "list.xlsx"),
    ],
)  # fmt: skip
def test_an_honest_name_is_kept_and_a_missing_ending_is_given(
    body: bytes, name: str, kept: str
) -> None:
    assert received(sent(body, name), "file", ACCEPTED).name == kept


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf", "..\\..\\boot.pdf", "C:\\x\\y.pdf", "/etc/cron.d/x.pdf", "a\x00b.pdf",
        "a\r\nSet-Cookie: x.pdf", "invoice\u202efdp.pdf", "a\u200b\u2066b.pdf", "x" * 500 + ".pdf", "....pdf",
        'q"uo<te>.pdf', "a|b?.pdf", ".htaccess.pdf",
    ],
)  # fmt: skip
def test_a_name_loses_paths_controls_and_what_turns_it_around(name: str) -> None:
    kept = received(sent(PDF, name), "file", ACCEPTED).name
    assert kept.endswith(".pdf") or kept == "pdf.pdf"
    assert kept.isprintable() and not re.search(r'[/\\<>:"|?*]|^\.', kept) and len(kept) <= 130


@ON_SQLITE
@pytest.mark.parametrize(
    "name",
    ["报价 单.pdf", 'a"; filename=evil.exe', "a\r\nX: y", "é;ü", "\u202egnp.exe", "%2e%2e%2f"],
)
def test_a_name_goes_out_encoded_and_breaks_no_header(app: PortalApp, name: str) -> None:
    with app.test_request_context("/"):
        told = download(b"x", name, "application/pdf").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~/-]+", told)
    assert parse_options_header(told)[1]["filename"] == name


def test_a_papers_own_name_is_cleaned_too() -> None:
    name = paper_file_name("a/../b\\c\u202e\r\n", "报价单", "QT-1")
    assert not re.search(r"[/\\\r\n\u202e]", name) and name.endswith(".pdf")


def test_a_picture_of_more_pixels_than_anybody_should_open_is_refused() -> None:
    with pytest.raises(Invalid, match="pixels"):
        received(sent(flood(60_000, 60_000), "photo.png"), "file", ACCEPTED)
    assert received(sent(flood(8_000, 6_000), "photo.png"), "file", ACCEPTED).kind == "png"


def test_a_logo_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Invalid, match="pixels"):
        fit_for_paper(flood(30_000, 30_000))


def test_a_logo_is_drawn_anew_without_what_else_was_in_the_file() -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "JPEG", comment=b"GPS 31.2,121.5 <script>")
    drawn = fit_for_paper(out.getvalue() + b"<script>alert(1)</script>")
    assert drawn.startswith(PNG) and b"script" not in drawn and b"GPS" not in drawn


def test_an_archive_of_too_many_parts_is_refused_before_its_names_are_read() -> None:
    body = packed("xl/workbook.xml") + uploads.PART * (uploads.MOST_PARTS + 1)
    with pytest.raises(Invalid):
        received(sent(body, "list.xlsx"), "file", (*ACCEPTED, "unknown"))


def test_an_archive_of_more_parts_than_a_workbook_has_is_not_unpacked() -> None:
    names = [f"xl/media/{number}.bin" for number in range(uploads.MOST_PARTS + 1)]
    body = packed("[Content_Types].xml", "xl/workbook.xml", *names)
    with pytest.raises(FileProblems):
        check_archive(io.BytesIO(body), "list.xlsx", LIMITS)


def test_ten_files_of_ten_megabytes_are_the_most_at_once() -> None:
    with pytest.raises(Invalid):
        several([sent(PDF, f"{n}.pdf") for n in range(11)], "files", ACCEPTED)
    large = PDF + b"\0" * (uploads.LARGEST_MB * 1024 * 1024)
    with pytest.raises(Invalid, match="larger"):
        several([sent(large, "1.pdf")], "files", ACCEPTED)


@ON_SQLITE
def test_a_request_larger_than_the_limit_is_not_read(app: PortalApp) -> None:
    assert 0 < app.config["MAX_CONTENT_LENGTH"] <= 200 * 1024 * 1024
    assert 0 < app.config["MAX_FORM_MEMORY_SIZE"] <= 16 * 1024 * 1024
    assert 0 < app.config["MAX_FORM_PARTS"] <= 50_000
