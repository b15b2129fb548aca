"""The files beside a record, as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.documents.models import Attachment
from portal.kernel.errors import Forbidden, NotFound

SEEN_WITH = {
    "contract": Permission.CONTRACT_SEE,
    "contract_amendment": Permission.CONTRACT_SEE,
    "booking": Permission.BOOKING_SEE,
    "shipment": Permission.SHIPMENT_SEE,
    "dispute": Permission.DISPUTE_SEE,
    "invoice": Permission.INVOICE_SEE,
    "statement_answer": Permission.STATEMENT_SEE,
    "service_request": Permission.REQUEST_SEE,
    "request_message": Permission.REQUEST_SEE,
    "internal_note": Permission.REQUEST_NOTE,
    "claim": Permission.CLAIM_SEE,
    "claim_evidence": Permission.CLAIM_SEE,
    "opportunity": Permission.OPPORTUNITY_SEE,
    "care_visit": Permission.CARE_SEE,
}
"""The kinds of record that files belong to, and what lets a person see the record."""

CHANGED_WITH = {
    "contract": Permission.CONTRACT_SIGN,
    "contract_amendment": Permission.CONTRACT_SIGN,
    "booking": Permission.BOOKING_DECIDE,
    "shipment": Permission.SHIPMENT_EDIT,
    "dispute": Permission.DISPUTE_DECIDE,
    "invoice": Permission.INVOICE_REGISTER,
    "statement_answer": Permission.STATEMENT_PUBLISH,
    "claim": Permission.CLAIM_DECIDE,
    "claim_evidence": Permission.CLAIM_DECIDE,
    "service_request": Permission.REQUEST_ASSIGN,
    "request_message": Permission.REQUEST_ASSIGN,
    "internal_note": Permission.REQUEST_ASSIGN,
    "opportunity": Permission.OPPORTUNITY_EDIT,
    "care_visit": Permission.CARE_WORK,
}


def attached_to(subject: Any, viewer: Viewer) -> list[Attachment]:
    """The files of `subject` in the order in which they came; a customer sees the shared ones."""
    statement = _seen(viewer).where(
        Attachment.subject_type == subject.__tablename__, Attachment.subject_id == subject.id
    )
    return list(db.session.scalars(statement.order_by(Attachment.id)))


def attached_to_each(subjects: Sequence[Any], viewer: Viewer) -> dict[int, list[Attachment]]:
    """The same of several records of one kind, by their ids, asked for once."""
    found: dict[int, list[Attachment]] = {each.id: [] for each in subjects}
    if not found:
        return found
    statement = _seen(viewer).where(
        Attachment.subject_type == subjects[0].__tablename__, Attachment.subject_id.in_(sorted(found))
    )  # fmt: skip
    for row in db.session.scalars(statement.order_by(Attachment.id)):
        found[row.subject_id].append(row)
    return found


def attachment(attachment_id: int, viewer: Viewer, *, to_change: bool = False) -> Attachment:
    """One file that the viewer may see, or take off its record.

    Raises NotFound for another customer's, a removed or an unshared one, Forbidden without the record's permission.
    """
    row = db.session.scalar(_seen(viewer).where(Attachment.id == attachment_id))
    if row is None:
        raise NotFound()
    if not viewer.may((CHANGED_WITH if to_change else SEEN_WITH)[row.subject_type]):
        raise Forbidden()
    return row


def _seen(viewer: Viewer) -> Select[Any]:
    statement = visible(select(Attachment), Attachment, viewer)
    statement = statement.where(Attachment.removed_at.is_(None))
    return statement if viewer.is_staff else statement.where(Attachment.is_shared.is_(True))
