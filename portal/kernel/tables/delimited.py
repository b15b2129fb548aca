"""Read a delimited text file (CSV): encoding and delimiter are found, not asked for."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import IO, TextIO

from portal.kernel.errors import FileProblems
from portal.kernel.tables.refusals import LIMITS, Limits, refuse
from portal.kernel.tables.table import NumberedRow, Row, Table, column_letter
from portal.kernel.text import t

_CHUNK = 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",\t;|"
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet would take for a formula, a Chinese one in their wide form too."""


def read_delimited(
    open_stream: Callable[[], IO[bytes]], name: str, limits: Limits = LIMITS
) -> Table:
    """The text file as a table; `open_stream` opens it anew each time. Raises FileProblems."""
    with closing(open_stream()) as stream:
        encoding = _encoding(stream, name)
    with closing(open_stream()) as stream:
        delimiter = _delimiter(stream, encoding)

    def rows() -> Generator[NumberedRow, None, None]:
        with io.TextIOWrapper(open_stream(), encoding=encoding, newline="") as text:
            yield from _rows(text, delimiter, limits)

    with closing(rows()) as first:
        if not any(any(cells) for _, cells in first):
            raise refuse(name, t("a file with a header row and at least one row below it"))
    return Table(name=name, sheet="", sheets=(), open_rows=rows)


def _encoding(stream: IO[bytes], name: str) -> str:
    """UTF-8, UTF-16 with its mark, or else GB18030, which holds GBK and GB2312."""
    head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        raise _not_text(name)
    for encoding in _ENCODINGS:
        stream.seek(0)
        if _decodes(stream, encoding, name):
            return encoding
    raise _not_text(name)


def _decodes(stream: IO[bytes], encoding: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK):
            if b"\x00" in chunk:
                raise _not_text(name)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _not_text(name: str) -> FileProblems:
    return refuse(name, t("an Excel workbook (.xlsx) or a CSV text file (UTF-8 or GB18030)"))


def _delimiter(stream: IO[bytes], encoding: str) -> str:
    """The mark that cuts the first rows into the most cells; a comma when in doubt."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    sample = text.read(_CHUNK // 8)
    text.detach()
    best, most = ",", 0
    for mark in _DELIMITERS:
        lines = csv.reader(io.StringIO(sample), delimiter=mark)
        try:
            count = sum(len(cells) - 1 for cells, _ in zip(lines, range(20), strict=False) if cells)
        except csv.Error:
            continue
        if count > most:
            best, most = mark, count
    return best


def _rows(text: TextIO, delimiter: str, limits: Limits) -> Iterator[NumberedRow]:
    reader = csv.reader(text, delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > limits.rows:
                raise refuse(
                    f"> {limits.rows:,}",
                    t("at most %(rows)s rows; split the file", rows=f"{limits.rows:,}"),
                )
            if len(cells) > limits.columns:
                raise refuse(
                    column_letter(len(cells)),
                    t("at most %(columns)s columns", columns=limits.columns),
                    row=number,
                )
            yield number, _values(cells)
    except (csv.Error, UnicodeDecodeError) as error:
        expected = t("cells in matching quotation marks, in one encoding")
        raise refuse(str(error), expected, row=number + 1) from error


def _values(cells: list[str]) -> Row:
    return [_unmarked(cell) if cell[:1] == "'" else cell or None for cell in cells]


def _unmarked(cell: str) -> str:
    """Without the apostrophe that `writing.safe_text` put before what looked like a formula."""
    return cell[1:] if cell[1:2] in ("'", *FORMULA_MARKS) and len(cell) > 1 else cell
