"""Open any table file that people send: its content says what it is, not its name."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

from portal.kernel.errors import FileProblems
from portal.kernel.tables.delimited import read_delimited
from portal.kernel.tables.excel import read_excel
from portal.kernel.tables.refusals import LIMITS, Limits, refuse
from portal.kernel.tables.table import Table
from portal.kernel.text import Text, t

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXCEL_NAMES = (".xlsx", ".xlsm", ".xltx")


def open_table(
    source: Path | bytes, name: str = "", sheet: str | None = None, limits: Limits = LIMITS
) -> Table:
    """One sheet of an .xlsx workbook, or a CSV file, as a `Table`.

    `source` is a path or the bytes of an upload, `name` the file name its owner knows it by,
    `sheet` the sheet to read (the first with content when None; text files have no sheets).
    Raises FileProblems for whatever is no safe, readable table.
    """
    shown = name or (source.name if isinstance(source, Path) else "")
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size == 0:
        raise refuse(shown, t("a file that is not empty"))
    if size > limits.packed:
        raise refuse(
            f"{shown} ({size >> 20} MB)",
            t("at most %(size)s MB", size=limits.packed >> 20),
        )
    with _open(source) as stream:
        head = stream.read(4096)
        if head.startswith(_OLE):
            raise _old_or_locked(stream, shown)
    if head.startswith(_ZIP):
        return read_excel(lambda: _open(source), shown, sheet, limits)
    wrong = _other_kind(head, shown)
    if wrong is not None:
        raise refuse(shown, wrong)
    return read_delimited(lambda: _open(source), shown, limits)


def _open(source: Path | bytes) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def _old_or_locked(stream: IO[bytes], name: str) -> FileProblems:
    stream.seek(0)
    if _ENCRYPTED in stream.read():
        return refuse(name, t("a workbook without a password"))
    return refuse(
        name, t("an .xlsx workbook; this one is in the old .xls form: open it, save it as .xlsx")
    )


def _other_kind(head: bytes, name: str) -> Text | None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        return t("an .xlsx workbook or a CSV file; this is a web page saved under that name")
    if start.startswith(b"%pdf"):
        return t("an .xlsx workbook or a CSV file; this is a PDF")
    if name.lower().endswith(_EXCEL_NAMES):
        return t("an Excel workbook; the content of this file is not one")
    return None
