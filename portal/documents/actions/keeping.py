"""A printed paper goes into the archive, and its row says where it lies and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from portal.db.base import db
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.render import PrintedPaper


@dataclass(frozen=True, slots=True)
class PaperName:
    """What a paper is: its kind, number and file name, whose it is, and the record that it shows.

    `language`: as records store it (zh, en, zh_en). `code`: the verification code that is printed on it.
    """

    customer_id: int
    kind: str
    number: str
    file_name: str
    language: str
    subject_type: str
    subject_id: int
    code: str


def keep(
    printed: PrintedPaper, name: PaperName, by_id: int | None, now: datetime, state: str = "valid"
) -> Document:
    """Store the bytes once and for all and write their row; `state`: what the paper is worth from now on."""
    document = Document(
        customer_id=name.customer_id, kind=name.kind, number=name.number, file_name=name.file_name,
        sha256=archive().store(printed), size=len(printed), pages=printed.pages, language=name.language,
        subject_type=name.subject_type, subject_id=name.subject_id, verification_code=name.code, state=state,
        created_at=now, created_by=by_id,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()
    return document


def mark(document_ids: Iterable[int], state: str) -> None:
    """Say what papers are worth from now on: superseded, withdrawn."""
    wanted = list(document_ids)
    if wanted:
        db.session.execute(update(Document).where(Document.id.in_(wanted)).values(state=state))
