"""Files that come in: size-capped by Flask, their kind told by their content, never by their name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t

ZIP, PNG, JPEG, PDF = b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"

KINDS = {"xlsx": "Excel (.xlsx)", "csv": "CSV", "png": "PNG", "jpeg": "JPEG", "pdf": "PDF"}
"""The kinds of file by the names that people know them by, the same in every language."""
MOST_FILES = 10
LARGEST_MB = 10
"""Of a field that takes several files: how many, and how large each."""
MACROS, WORKBOOK = "vbaproject.bin", "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file: its bytes, a harmless name, and its kind by content."""

    body: bytes
    name: str
    kind: str


def received(storage: FileStorage | None, field: str, kinds: tuple[str, ...]) -> Upload:
    """The file of a form field, if its content is one of `kinds` (xlsx, csv, png, jpeg, pdf).

    Raises Invalid at `field` for a missing, empty or different file.
    """
    if storage is None or not storage.filename:
        raise Invalid(t("Choose a file."), field)
    body = storage.read()
    if not body:
        raise Invalid(t("The file is empty."), field)
    kind = kind_of(body)
    if kind not in kinds:
        wanted = ", ".join(KINDS[each] for each in kinds if each in KINDS)
        raise Invalid(t("This file is not one of: %(kinds)s.", kinds=wanted), field)
    if kind == "xlsx" and any(name.endswith(MACROS) for name in _names_in(body)):
        raise Invalid(t("Files with macros are not taken: save it without them first."), field)
    return Upload(body, _harmless(storage.filename), kind)


def several(sent: Sequence[FileStorage] | None, field: str, kinds: tuple[str, ...]) -> list[Upload]:
    """The files of a field that takes several, none if none was chosen.

    Raises Invalid at `field`, naming each file that is refused and why; or when there are too many to look at.
    """
    named = [each for each in sent or () if getattr(each, "filename", "")]
    if len(named) > MOST_FILES:
        raise Invalid(t("At most %(most)s files.", most=MOST_FILES), field)
    taken, refused = [], []
    for each in named:
        try:
            taken.append(_one_of_several(each, field, kinds))
        except Invalid as error:
            name = _harmless(each.filename or "")
            refused.append(t("%(file)s: %(what)s", file=name, what=error.text))
    if refused:
        raise Invalid(_together(refused), field)
    return taken


def _one_of_several(sent: FileStorage, field: str, kinds: tuple[str, ...]) -> Upload:
    """As `received`, but not larger than one of several may be, and Excel only where it holds a workbook."""
    file = received(sent, field, kinds)
    if len(file.body) > LARGEST_MB * 1024 * 1024:
        raise Invalid(t("larger than %(most)s MB.", most=LARGEST_MB), field)
    if file.kind == "xlsx" and WORKBOOK not in _names_in(file.body):
        wanted = ", ".join(KINDS[each] for each in kinds if each in KINDS)
        raise Invalid(t("This file is not one of: %(kinds)s.", kinds=wanted), field)
    return file


def _together(texts: Iterable[Text]) -> Text:
    return reduce(lambda one, other: t("%(one)s %(other)s", one=one, other=other), texts)


def _names_in(body: bytes) -> list[str]:
    """What an archive holds, in small letters; nothing of what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return [name.lower() for name in packed.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def kind_of(body: bytes) -> str:
    """`xlsx`, `png`, `jpeg`, `pdf`, `csv` or `unknown`, by the content alone."""
    for kind, start in (("xlsx", ZIP), ("png", PNG), ("jpeg", JPEG), ("pdf", PDF)):
        if body.startswith(start):
            return kind
    return "csv" if b"\x00" not in body[:65536] else "unknown"


def _harmless(name: str) -> str:
    """The name without any path, at most 120 characters; Chinese is kept."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(ch for ch in base if ch.isprintable() and ch not in '<>:"|?*')[-120:].strip(". ")
    return kept or secure_filename(base) or "file"
