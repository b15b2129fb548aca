"""Look into an .xlsx before it is read: is it one, and is it safe to unpack?

Every part is unpacked once on the stream, with nothing kept, since the sizes written in an archive may lie.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from typing import IO

from portal.kernel.errors import FileProblems
from portal.kernel.tables.refusals import Limits, refuse
from portal.kernel.text import t

_CHUNK = 1024 * 1024
_OVERLAP = 200
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]+\d+):([A-Z]+\d+)")
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, KeyError, ValueError
)  # fmt: skip
"""What the zip reader raises on damaged or strange archives."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How spreadsheets pack their parts (ECMA-376, part 2, annex B); others would fail in ways of their own."""

Corners = tuple[str, str]


def damaged(name: str) -> FileProblems:
    """The refusal of a workbook that cannot be read to its end."""
    return refuse(name, t("an Excel workbook that is not damaged; open it, save it again as .xlsx"))


def check_archive(stream: IO[bytes], name: str, limits: Limits) -> dict[str, list[Corners]]:
    """Refuse what is no plain workbook or would be too large; leaves the stream at its start.

    Returns the merged blocks of each part, which stand behind the cells and would be met too late.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_kind(archive, name, limits)
            merges = _check_parts(archive, limits)
    except UNREADABLE as error:
        raise damaged(name) from error
    stream.seek(0)
    return merges


def _check_kind(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    if len(archive.infolist()) > limits.parts:
        raise refuse(name, t("a workbook of ordinary size; this looks like a zip bomb"))
    parts = {part.lower() for part in archive.namelist()}
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise refuse(name, t("a workbook without a password"))
    if any(info.compress_type not in _PACKINGS for info in archive.infolist()):
        raise damaged(name)
    if any(part.endswith("vbaproject.bin") for part in parts):
        raise refuse(name, t("a workbook without macros; save it as .xlsx"))
    if "xl/workbook.bin" in parts:
        raise refuse(name, t("an .xlsx workbook; this one is in the binary .xlsb form"))
    if "[content_types].xml" not in parts or "xl/workbook.xml" not in parts:
        raise refuse(name, t("an Excel workbook (.xlsx) or a CSV file; this is some other archive"))


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> dict[str, list[Corners]]:
    budget = limits.unpacked
    merges: dict[str, list[Corners]] = {}
    for info in archive.infolist():
        allowed = min(budget, max(limits.ratio_from, info.compress_size * limits.ratio))
        budget -= _unpack(archive, info, allowed, merges)
    return merges


def _unpack(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    allowed: int,
    merges: dict[str, list[Corners]],
) -> int:
    """The true unpacked size of one part; its merged blocks are added to `merges`."""
    generous = copy.copy(info)
    generous.file_size = allowed + 2 * _CHUNK
    size = 0
    tail = b""
    with archive.open(generous) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                expected = t("a workbook of ordinary size; this looks like a zip bomb")
                raise refuse(f"{info.filename} > {allowed // _CHUNK} MB", expected)
            text = tail + chunk
            if b"<!DOCTYPE" in text:
                raise refuse(info.filename, t("a workbook without document type declarations"))
            if b"mergeCell" in text:
                found = [(a.decode(), b.decode()) for a, b in _MERGE.findall(text)]
                known = merges.setdefault(info.filename, [])
                known += [corners for corners in found if corners not in known[-9:]]
            tail = text[-_OVERLAP:]
    return size
