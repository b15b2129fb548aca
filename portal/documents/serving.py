"""Stored papers on their way to a browser: the very bytes, shown in the page, asked for again only when changed."""

from __future__ import annotations

from flask import Response, send_file

from portal.documents.archive import archive
from portal.documents.models import Document
from portal.kernel.errors import NotFound
from portal.kernel.text import t


def pdf_response(document: Document) -> Response:
    """The paper of a document that the viewer may see (the caller fetched it through the gate).

    Its SHA-256 is the ETag, so that a second look costs a 304. NotFound when the file is gone.
    """
    path = archive().path(document.sha256)
    if not path.is_file():
        raise NotFound(t("This file is not in the archive."))
    response = send_file(
        path,
        mimetype="application/pdf",
        download_name=document.file_name,
        etag=document.sha256,
        conditional=True,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
