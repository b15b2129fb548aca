"""The parts of an .xlsx around its cells: which sheets there are, the shared words, which styles are days."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Number formats that Excel has built in for dates and times."""
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|_.|\*.', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Workbook:
    """`sheets`: name → part, in the book's order. `days`: the cell styles that show a date."""

    sheets: dict[str, str]
    words: list[str]
    days: frozenset[int]
    from_1904: bool


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Everything but the cells. Raises ParseError, KeyError or ValueError for a damaged one."""
    targets = {
        one.get("Id", ""): _resolved(one.get("Target", ""))
        for one in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets: dict[str, str] = {}
    from_1904 = False
    for one in _elements(archive, "xl/workbook.xml", "sheet", "workbookPr"):
        if local(one.tag) == "workbookPr":
            from_1904 = one.get("date1904", "0") in ("1", "true")
            continue
        relation = next((value for key, value in one.items() if local(key) == "id"), "")
        part = targets.get(relation, "")
        if "/worksheets/" in part or part.startswith("worksheets/"):
            sheets[one.get("name", "")] = part
    return Workbook(sheets, _words(archive), _day_styles(archive), from_1904)


def local(tag: str) -> str:
    """A tag or attribute without its namespace; there are two of them for one format."""
    return tag.rpartition("}")[2]


def open_xml(archive: zipfile.ZipFile, part: str) -> IO[bytes]:
    """A part to be parsed. `check_archive` has refused document types, and with them all entities; a part
    in an encoding that could have hidden one from it (it does not begin with a plain <) is refused here.
    """
    stream = archive.open(part)
    if not stream.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):  # type: ignore[attr-defined]
        stream.close()
        raise ParseError(part)
    return stream


def _resolved(target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join("xl", target))


def _elements(archive: zipfile.ZipFile, part: str, *tags: str) -> Iterator[Element]:
    """Each finished element with one of the tags; what was passed is forgotten."""
    if part not in archive.namelist():
        return
    with open_xml(archive, part) as stream:
        for _, element in iterparse(stream):  # noqa: S314 - see `open_xml`
            if local(element.tag) in tags:
                yield element
                element.clear()


def _words(archive: zipfile.ZipFile) -> list[str]:
    return [text_of(element) for element in _elements(archive, "xl/sharedStrings.xml", "si")]


def text_of(element: Element) -> str:
    """The words of a text element: plain, or in runs of their own look; reading aids left out."""
    if len(element) == 1 and element[0].tag.endswith("}t"):
        return element[0].text or ""
    found = []
    for child in element:
        kind = local(child.tag)
        if kind == "t":
            found.append(child.text or "")
        elif kind == "r":
            found.append(text_of(child))
    return "".join(found)


def _day_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    formats: dict[int, str] = {}
    days: set[int] = set()
    for element in _elements(archive, "xl/styles.xml", "numFmt", "cellXfs"):
        if local(element.tag) == "numFmt":
            formats[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            continue
        for style, one in enumerate(element):
            number = int(one.get("numFmtId", "0"))
            if _shows_day(formats[number]) if number in formats else number in _DAYS:
                days.add(style)
    return frozenset(days)


def _shows_day(code: str) -> bool:
    plain = _NOT_LETTERS.sub("", code).lower()
    return plain != "general" and any(letter in plain for letter in "ymdhs")
