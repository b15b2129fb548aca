"""The desk's way to attached files."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request
from flask_babel import gettext as _

from portal.access.guards import signed_in
from portal.documents.actions import attaching
from portal.documents.attached import attachment
from portal.documents.serving import file_response
from portal.kernel import clock
from portal.web.doors import desk
from portal.web.links import ours_or

bp = desk("files", __name__)


@bp.get("/files/<int:attachment_id>")
@signed_in
def download(attachment_id: int) -> Response:
    """The file, as it came in."""
    return file_response(attachment(attachment_id, g.viewer))


@bp.post("/files/<int:attachment_id>/remove")
@signed_in
def remove(attachment_id: int) -> Any:
    """Take a file off its record."""
    row = attachment(attachment_id, g.viewer, to_change=True)
    attaching.remove(row, g.viewer, clock.now())
    flash(_("The file was removed."), "good")
    return redirect(ours_or(request.form.get("back"), "/desk/"), 303)
