"""The register of requests, as one person sees their own."""

from __future__ import annotations

from sqlalchemy import select

from portal.db.base import db
from portal.privacy.models import PrivacyRequest

LATEST = 20


def asked_by(user_id: int | None) -> list[PrivacyRequest]:
    """What this person asked about their data, the latest first."""
    mine = select(PrivacyRequest).where(PrivacyRequest.asked_by_id == user_id)
    return list(db.session.scalars(mine.order_by(PrivacyRequest.id.desc()).limit(LATEST)))
