"""The goods of a return or the materials of a request."""

from __future__ import annotations

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.service_requests.models import RequestLine


def of_request(request_id: int, viewer: Viewer) -> list[RequestLine]:
    """The lines in their order."""
    wanted = visible(select(RequestLine), RequestLine, viewer)
    wanted = wanted.where(RequestLine.request_id == request_id)
    return list(db.session.scalars(wanted.order_by(RequestLine.position, RequestLine.id)))
