"""Files that come in: size-capped by Flask, their kind told by their content, never by their name."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from portal.kernel.errors import Invalid
from portal.kernel.text import t

ZIP, PNG, JPEG, PDF = b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"

KINDS = {"xlsx": "Excel (.xlsx)", "csv": "CSV", "png": "PNG", "jpeg": "JPEG", "pdf": "PDF"}
"""The kinds of file by the names that people know them by, the same in every language."""


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
    return Upload(body, _harmless(storage.filename), kind)


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
