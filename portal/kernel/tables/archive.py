"""Look into an .xlsx before a parser does: is it one, and is it safe to unpack?

The parser lays a sheet out as a full rectangle, so that two cells at opposite corners would cost
the memory of every cell between. Sizes are therefore counted here, on the stream, nothing kept.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from typing import IO

from portal.kernel.errors import FileProblems
from portal.kernel.tables.refusals import Limits, refuse
from portal.kernel.tables.table import column_letter, column_number
from portal.kernel.text import t

_CHUNK = 1024 * 1024
_OVERLAP = 64
_ADDRESS = re.compile(rb"[\s\"']r\s*=\s*[\"']([A-Za-z]*)([0-9]+)")


def check_archive(stream: IO[bytes], name: str, limits: Limits) -> None:
    """Refuse what is no plain workbook or would be too large; leaves the stream at its start."""
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_kind(archive, name)
            _check_sizes(archive, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise _damaged(name) from error
    stream.seek(0)


def _damaged(name: str) -> FileProblems:
    return refuse(name, t("an Excel workbook that is not damaged; open it, save it again as .xlsx"))


def _check_kind(archive: zipfile.ZipFile, name: str) -> None:
    parts = {part.lower() for part in archive.namelist()}
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise refuse(name, t("a workbook without a password"))
    if any(part.endswith("vbaproject.bin") for part in parts):
        raise refuse(name, t("a workbook without macros; save it as .xlsx"))
    if "xl/workbook.bin" in parts:
        raise refuse(name, t("an .xlsx workbook; this one is in the binary .xlsb form"))
    if "[content_types].xml" not in parts or "xl/workbook.xml" not in parts:
        raise refuse(name, t("an Excel workbook (.xlsx) or a CSV file; this is some other archive"))


def _check_sizes(archive: zipfile.ZipFile, limits: Limits) -> None:
    budget = limits.unpacked
    for info in archive.infolist():
        budget -= _measure(archive, info, budget, limits)


def _measure(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: int, limits: Limits) -> int:
    """The true unpacked size of one part; the size written in the archive is not believed."""
    generous = copy.copy(info)
    generous.file_size = limits.unpacked + _CHUNK
    allowed = min(budget, max(limits.ratio_from, info.compress_size * limits.ratio))
    extent = _Extent(limits)
    size = 0
    with archive.open(generous) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                raise refuse(
                    f"{info.filename} > {allowed // _CHUNK} MB",
                    t("a workbook of ordinary size; this looks like a zip bomb"),
                )
            extent.look(chunk)
    return size


class _Extent:
    """The rectangle a worksheet would be laid out as, from the addresses in its text."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows = 0
        self.columns = 0
        self.tail = b""

    def look(self, chunk: bytes) -> None:
        text = self.tail + chunk
        self.tail = text[-_OVERLAP:]
        found = _ADDRESS.findall(text)
        if not found:
            return
        self.rows = max(self.rows, max(int(digits[:9]) for _, digits in found))
        widest = max({letters for letters, _ in found}, key=lambda x: (len(x), x.upper()))
        self.columns = max(self.columns, column_number(widest[:6].decode()))
        self._check()

    def _check(self) -> None:
        limits = self.limits
        if self.rows > limits.rows:
            raise refuse(
                f"A{self.rows}",
                t("at most %(rows)s rows; split the file", rows=f"{limits.rows:,}"),
            )
        if self.columns > limits.columns or self.rows * self.columns > limits.cells:
            raise refuse(
                f"{column_letter(self.columns)}{self.rows}",
                t(
                    "at most %(columns)s columns and %(cells)s cells; delete empty columns",
                    columns=limits.columns,
                    cells=f"{limits.cells:,}",
                ),
            )
