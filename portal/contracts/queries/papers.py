"""The stored papers of contracts and amendments."""

from __future__ import annotations

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.documents.models import Document
from portal.kernel.errors import NotFound


def document_of(document_id: int | None, viewer: Viewer) -> Document:
    """One stored paper that the viewer may see; NotFound where nothing was printed yet."""
    statement = visible(select(Document), Document, viewer).where(Document.id == document_id)
    found = db.session.scalar(statement) if document_id is not None else None
    if found is None:
        raise NotFound()
    return found
