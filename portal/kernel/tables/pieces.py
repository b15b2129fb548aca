"""A worksheet's XML in pieces of a few rows, each parsed on its own.

The parser builds a piece in one go, several times as quick as being told of every element, and what is held
is one piece, however long the sheet. Small pieces die before the garbage collector ages them: 8 KB took a
quarter of the time of 256 KB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError, fromstring

_CHUNK = 8 * 1024
_LONGEST_HEAD = 1024 * 1024
_LONGEST_ROW = 2 * 1024 * 1024
_ROOT = re.compile(rb"<(?:\w+:)?worksheet(?=[\s>])[^>]*>")
_START = re.compile(rb"<((?:\w+:)?)sheetData(?:\s[^>]*?)?(/?)>")
_OTHER_ENCODING = re.compile(rb"^[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)


def pieces(part: IO[bytes]) -> Iterator[Element]:
    """The rows of a worksheet as `sheetData` elements, in order. Raises ParseError for a broken one."""
    buffer, start, root = _head(part)
    if start[2]:
        return
    prefix = start[1]
    before, after = root + start[0], b"</%ssheetData></%sworksheet>" % (prefix, prefix)
    row_end, sheet_end = b"</%srow>" % prefix, b"</%ssheetData" % prefix
    while True:
        cut = buffer.rfind(row_end)
        if cut >= 0:
            cut += len(row_end)
            yield _parsed(before + buffer[:cut] + after)
            buffer = buffer[cut:]
        end = buffer.find(sheet_end)
        if end >= 0:
            yield _parsed(before + buffer[:end] + after)
            return
        chunk = part.read(_CHUNK)
        if not chunk or len(buffer) > _LONGEST_ROW:
            raise ParseError("the rows have no end")
        buffer += chunk


def _head(part: IO[bytes]) -> tuple[bytes, re.Match[bytes], bytes]:
    """What follows the start of the rows, that start, and the root's tag with its namespaces."""
    buffer = b""
    while len(buffer) < _LONGEST_HEAD:
        chunk = part.read(_CHUNK)
        buffer += chunk
        start = _START.search(buffer)
        root = _ROOT.search(buffer)
        if start is not None and root is not None:
            if _OTHER_ENCODING.search(buffer):
                raise ParseError("an encoding other than UTF-8")
            return buffer[start.end() :], start, root[0]
        if not chunk:
            break
    raise ParseError("a worksheet without rows")


def _parsed(piece: bytes) -> Element:
    # no document type, and so no entity, can stand inside a piece
    return fromstring(piece)[0]  # noqa: S314
