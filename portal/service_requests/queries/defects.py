"""Defects, their kinds and feedback sheets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.service_requests.models import Defect, DefectKind, FeedbackSheet, ServiceRequest

NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
REQUEST = (ServiceRequest.number, ServiceRequest.title, ServiceRequest.state)
MOST_SHOWN = 100
WITH_PARTIES = (
    joinedload(Defect.customer).load_only(*NAMES),
    joinedload(Defect.request).load_only(*REQUEST),
    joinedload(Defect.kind),
    joinedload(Defect.action_owner),
)
SHEET_PARTIES = (
    joinedload(FeedbackSheet.customer).load_only(*NAMES),
    joinedload(FeedbackSheet.request),
)


def defects(viewer: Viewer) -> Select[Any]:
    """Every defect that one may see."""
    return visible(select(Defect), Defect, viewer).options(*WITH_PARTIES)


def of_request(request_id: int, viewer: Viewer) -> list[Defect]:
    """The defects that one request showed, the oldest first."""
    wanted = defects(viewer).where(Defect.request_id == request_id).order_by(Defect.id)
    return list(db.session.scalars(wanted.limit(MOST_SHOWN)))


def kinds(*, active_only: bool = True) -> list[DefectKind]:
    """The firm's catalogue in its order."""
    wanted = select(DefectKind).order_by(DefectKind.position, DefectKind.id)
    if active_only:
        wanted = wanted.where(DefectKind.active.is_(True))
    return list(db.session.scalars(wanted))


def sheets(viewer: Viewer) -> Select[Any]:
    """Every feedback sheet that one may see."""
    return visible(select(FeedbackSheet), FeedbackSheet, viewer).options(*SHEET_PARTIES)


def sheets_of_request(request_id: int, viewer: Viewer) -> list[FeedbackSheet]:
    """The feedback sheets of one request, the oldest first."""
    wanted = sheets(viewer).where(FeedbackSheet.request_id == request_id)
    return list(db.session.scalars(wanted.order_by(FeedbackSheet.id).limit(MOST_SHOWN)))
