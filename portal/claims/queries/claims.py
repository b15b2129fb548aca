"""Claims as far as a viewer may see them; the parts of one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.claims.models import Claim, ClaimEvidence, RecourseReceipt
from portal.db.base import db


def claim_of_request(request_id: int) -> Claim | None:
    """The claim of a request, if it has one."""
    return db.session.scalar(select(Claim).where(Claim.request_id == request_id))


def evidence_of(claim: Claim) -> list[ClaimEvidence]:
    """The evidence list, in the order in which it was asked for."""
    wanted = select(ClaimEvidence).where(ClaimEvidence.claim_id == claim.id)
    return list(db.session.scalars(wanted.order_by(ClaimEvidence.id)))


def receipts_of(claim: Claim) -> list[RecourseReceipt]:
    """What came back from others, as it came."""
    wanted = select(RecourseReceipt).where(RecourseReceipt.claim_id == claim.id)
    return list(db.session.scalars(wanted.order_by(RecourseReceipt.on, RecourseReceipt.id)))


def about_shipment(shipment_id: int, viewer: Viewer) -> list[Claim]:
    """The claims about a shipment, the latest first; none for who may not see claims."""
    return _about(Claim.shipment_id == shipment_id, viewer)


def about_line(line_id: int, viewer: Viewer) -> list[Claim]:
    """The claims about a statement line, the latest first."""
    return _about(Claim.statement_line_id == line_id, viewer)


def _about(condition: ColumnElement[bool], viewer: Viewer) -> list[Claim]:
    if not viewer.may(Permission.CLAIM_SEE):
        return []
    wanted = visible(select(Claim), Claim, viewer).where(condition).order_by(Claim.id.desc())
    return list(db.session.scalars(wanted.limit(10)))
