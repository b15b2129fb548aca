"""A field that takes several files: what is refused is named, whatever its name pretends to be."""

from __future__ import annotations

import io
import zipfile

import pytest
from werkzeug.datastructures import FileStorage

from portal.documents.rules.files import ACCEPTED
from portal.kernel.errors import Invalid
from portal.web.uploads import several

PHOTO = b"\xff\xd8\xff\xe0 a photograph"


def sent(body: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(body), filename=name)


def packed(*names: str) -> bytes:
    """An archive that holds these files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return into.getvalue()


def refusal(*files: FileStorage) -> str:
    with pytest.raises(Invalid) as refused:
        several(files, "files", ACCEPTED)
    assert refused.value.field == "files"
    return str(refused.value.text)


def test_photographs_papers_and_workbooks_are_taken_in_their_order() -> None:
    book = packed("[Content_Types].xml", "xl/workbook.xml")
    files = [sent(PHOTO, "a.jpg"), sent(b"%PDF-1.7", "b.pdf"), sent(book, "c.xlsx")]
    assert [each.kind for each in several(files, "files", ACCEPTED)] == ["jpeg", "pdf", "xlsx"]


@pytest.mark.parametrize(("body", "name", "said"), [
    (b"MZ\x00\x01", "photo.jpg", "not one of"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo.svg", "not one of"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "old.doc", "not one of"),
    (packed("xl/workbook.xml", "xl/vbaProject.bin"), "sums.xlsx", "macros"),
    (packed("word/document.xml", "word/vbaProject.bin"), "letter.docm", "macros"),
    (packed("word/document.xml"), "letter.docx", "not one of"),
    (b"PK\x03\x04 no archive at all", "broken.xlsx", "not one of"),
    (b"", "empty.pdf", "empty"),
    (PHOTO + b"\0" * (10 * 1024 * 1024), "huge.jpg", "larger than 10 MB"),
])  # fmt: skip
def test_what_its_content_does_not_allow_is_refused_by_name(
    body: bytes, name: str, said: str
) -> None:
    told = refusal(sent(PHOTO, "good.jpg"), sent(body, name))
    assert name in told and said in told and "good.jpg" not in told


def test_each_of_several_bad_files_is_named() -> None:
    told = refusal(sent(b"", "one.pdf"), sent(b"MZ\x00", "two.png"))
    assert "one.pdf" in told and "two.png" in told


def test_two_hundred_files_are_refused_unread() -> None:
    assert refusal(*(sent(b"MZ\x00", f"{n}.jpg") for n in range(200))) == "At most 10 files."


def test_a_path_in_a_name_is_taken_off() -> None:
    files = [sent(PHOTO, "../../etc/cron.d/x.jpg"), sent(PHOTO, r"C:\photos\柜门.jpg")]
    assert [each.name for each in several(files, "files", ACCEPTED)] == ["x.jpg", "柜门.jpg"]
