"""Files of a request: beside it, beside what was said to the customer, and beside what only the house reads (T11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.access.viewer import Viewer
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.errors import Invalid
from portal.service_requests.models import InternalNote, RequestMessage, ServiceRequest
from portal.service_requests.rules.wording import check_count

IMAGES = frozenset({"png", "jpeg"})


def keep(
    request: ServiceRequest, beside: ServiceRequest | RequestMessage | InternalNote,
    files: Sequence[ReceivedFile], actor: Viewer, now: datetime,
) -> None:  # fmt: skip
    """Keep files beside a request, a message or a note; those of a note, or of an internal request, are not shared.

    Raises Invalid at "files" for too many, or a form that is not kept.
    """
    shared = not request.is_internal and not isinstance(beside, InternalNote)
    check_count(len(files))
    for each in files:
        kind = FileKind.PHOTO if each.kind in IMAGES else FileKind.OTHER
        _keep(beside, each, kind, shared, actor, now)


def keep_authority(
    request: ServiceRequest, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> None:
    """Keep the papers that show a third party's right to speak for the customer."""
    check_count(len(files))
    for each in files:
        _keep(request, each, FileKind.AUTHORITY, not request.is_internal, actor, now)


def _keep(
    beside: ServiceRequest | RequestMessage | InternalNote, file: ReceivedFile, kind: FileKind, shared: bool,
    actor: Viewer, now: datetime,
) -> None:  # fmt: skip
    try:
        attach(beside, file, kind, actor, now, is_shared=shared)
    except Invalid as error:
        raise Invalid(error.text, "files") from None
