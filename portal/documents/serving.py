"""Stored papers on their way to a browser: the very bytes, shown in the page."""

from __future__ import annotations

from flask import Response, request

from portal.documents.archive import archive
from portal.documents.models import Attachment, Document
from portal.web.exports import download


def pdf_response(document: Document) -> Response:
    """The paper of a document that the viewer may see (the caller fetched it through the gate).

    Its SHA-256 is the ETag: who still holds it is answered 304; a browser is told to keep no copy. Raises NotFound
    when the file is gone, ArchiveDamaged when it is not what was stored.
    """
    if request.if_none_match.contains(document.sha256):
        response = Response(status=304)
    else:
        content = archive().read(document.sha256)
        response = download(content, document.file_name, "application/pdf", inline=True)
    response.set_etag(document.sha256)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_response(attachment: Attachment) -> Response:
    """An attached file that the viewer may see: always a download, so that nothing in it runs in our name."""
    content = archive().read(attachment.sha256)
    return download(content, attachment.file_name, attachment.media_type)
