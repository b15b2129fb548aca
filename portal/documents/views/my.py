"""The customers' way to files that are shared with them."""

from __future__ import annotations

from flask import Response, g

from portal.access.guards import signed_in
from portal.documents.attached import attachment
from portal.documents.serving import file_response
from portal.web.doors import my

bp = my("files", __name__)


@bp.get("/files/<int:attachment_id>")
@signed_in
def download(attachment_id: int) -> Response:
    """The file, as it came in."""
    return file_response(attachment(attachment_id, g.viewer))
