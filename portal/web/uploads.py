"""Files that come in: size-capped by Flask, their kind told by their content, and their name held to it.

Excel (.xlsx): a workbook without macros, of at most MOST_PARTS parts; what it unpacks to is looked at where it is read
(kernel.tables). CSV (.csv .txt .tsv): text, read and never handed out again. PNG, JPEG (.png .jpg .jpeg .jpe .jfif): by
their first bytes, of at most MOST_PIXELS; logos and seals are drawn anew (documents.pictures). PDF: by its first bytes.
What is kept is handed out as a download that may do nothing in our name; what is refused is told at its field.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from PIL import Image
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
ENDINGS = {
    "xlsx": (".xlsx",),
    "csv": (".csv", ".txt", ".tsv"),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "pdf": (".pdf",),
}
PICTURES = ("png", "jpeg")
MOST_PARTS, PART = 5_000, b"PK\x01\x02"
"""A workbook has some twenty parts; an archive of a million would fill the memory with their names alone."""
MOST_PIXELS = 2 * (Image.MAX_IMAGE_PIXELS or 0)
"""Some 179 million: beyond it, opening the picture is an attack on whoever looks at it."""
READ_HERE = "unknown"
"""Among the kinds of a field: the file goes to the reader of tables, which says better what is wrong with it."""
_ENDING = re.compile(r"\.(?=\d*[a-z])[a-z0-9]{1,8}\Z", re.IGNORECASE)


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
        raise _other_kind(kinds, field)
    if kind == "xlsx":
        _check_workbook(body, field, kinds)
    if kind in PICTURES and _is_flood(body):
        raise Invalid(t("The picture has too many pixels."), field)
    name = _harmless(storage.filename)
    return Upload(body, name if READ_HERE in kinds else _named_as_it_is(name, kind, field), kind)


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
    """As `received`, but not larger than one of several may be."""
    file = received(sent, field, kinds)
    if len(file.body) > LARGEST_MB * 1024 * 1024:
        raise Invalid(t("larger than %(most)s MB.", most=LARGEST_MB), field)
    return file


def _other_kind(kinds: tuple[str, ...], field: str) -> Invalid:
    wanted = ", ".join(KINDS[each] for each in kinds if each in KINDS)
    return Invalid(t("This file is not one of: %(kinds)s.", kinds=wanted), field)


def _check_workbook(body: bytes, field: str, kinds: tuple[str, ...]) -> None:
    """An archive of ordinary size that is a workbook; whether it is one, the reader of tables says itself."""
    if body.count(PART) > MOST_PARTS:
        raise _other_kind(kinds, field)
    names = _names_in(body)
    if any(name.endswith(MACROS) for name in names):
        raise Invalid(t("Files with macros are not taken: save it without them first."), field)
    if READ_HERE not in kinds and WORKBOOK not in names:
        raise _other_kind(kinds, field)


def _is_flood(body: bytes) -> bool:
    """Whether the picture says that it has more pixels than anybody should open."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            Image.open(io.BytesIO(body), formats=("PNG", "JPEG")).close()
    except Image.DecompressionBombError:
        return True
    except (OSError, SyntaxError, ValueError):
        return False  # nothing here opens it, and its reader will be told that it is damaged
    return False


def _named_as_it_is(name: str, kind: str, field: str) -> str:
    """The name with an ending of its kind; Invalid for the ending of another, by which its reader's machine goes."""
    found = _ENDING.search(name)
    ending = found[0].lower() if found else ""
    if ending in ENDINGS[kind]:
        return name
    pictures = [each for one in PICTURES for each in ENDINGS[one]]
    if not ending or (kind in PICTURES and ending in pictures):
        return name.removesuffix(found[0] if found else "") + ENDINGS[kind][0]
    wrong = t(
        "The name ends in %(ending)s, but this is a file of the kind %(kind)s.",
        ending=ending,
        kind=KINDS[kind],
    )
    raise Invalid(wrong, field)


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
