"""Requests, their clocks, what is said, planned and found out about them."""

from __future__ import annotations

from portal.service_requests.models.clocks import (
    CalendarDay,
    LegalDeadline,
    RequestClock,
    SlaTarget,
)
from portal.service_requests.models.desk import CannedReply, SavedFilter
from portal.service_requests.models.found import Defect, DefectKind, FeedbackSheet, Upsell
from portal.service_requests.models.requests import (
    InternalNote,
    RequestCategory,
    RequestLine,
    RequestLink,
    RequestMessage,
    RequestShare,
    ServiceRequest,
)
from portal.service_requests.models.tasks import CalendarFeed, RequestTask

__all__ = [
    "CalendarDay",
    "CalendarFeed",
    "CannedReply",
    "Defect",
    "DefectKind",
    "FeedbackSheet",
    "InternalNote",
    "LegalDeadline",
    "RequestCategory",
    "RequestClock",
    "RequestLine",
    "RequestLink",
    "RequestMessage",
    "RequestShare",
    "RequestTask",
    "SavedFilter",
    "ServiceRequest",
    "SlaTarget",
    "Upsell",
]
