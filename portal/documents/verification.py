"""Proof of a paper: where its code leads, and what the code says about it today (REQUIREMENTS Q9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from portal.db.base import db
from portal.documents.models import Document
from portal.documents.rules.codes import read_code

SHOWN_OF_NUMBER = 3
NO_ADDRESS = "http://localhost"


class Standing(StrEnum):
    """What a paper is worth today."""

    VALID = "valid"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proof:
    """All that anybody may learn from a code: no customer, no amount, the number but for its middle."""

    code: str
    kind: str
    number: str
    issued_at: datetime
    valid_until: date | None
    standing: Standing
    sha256: str


_chosen: list[str] = []


def configure(base_url: str) -> None:
    """Say once, when the application is made, under which public address codes are proved."""
    _chosen[:] = [base_url.rstrip("/")]


def address_of(code: str) -> str:
    """What a paper's QR code holds."""
    return f"{_chosen[0] if _chosen else NO_ADDRESS}/v/{code}"


def proof_of(typed: str, today: date) -> Proof | None:
    """What a typed code proves on `today`; None when no paper of ours carries it.

    The caller's viewer must see every document: whoever holds a paper may prove it.
    """
    code = read_code(typed)
    if code is None:
        return None
    found = db.session.scalar(select(Document).where(Document.verification_code == code))
    return None if found is None else _proof(found, today)


def _proof(document: Document, today: date) -> Proof:
    until = date.fromisoformat(document.valid_until) if document.valid_until else None
    standing = Standing(document.state)
    if standing is Standing.VALID and until is not None and today > until:
        standing = Standing.EXPIRED
    return Proof(
        code=document.verification_code,
        kind=document.kind,
        number=masked(document.number),
        issued_at=document.created_at,
        valid_until=until,
        standing=standing,
        sha256=document.sha256,
    )


def masked(number: str) -> str:
    """QT-2026-000128-v2 as QT-…8-v2: enough to compare with the paper, nothing to count papers by."""
    head = number.partition("-")[0]
    tail = number[-SHOWN_OF_NUMBER - 2 :]
    return number if len(number) <= len(head) + len(tail) + 1 else f"{head}-…{tail}"
