"""Notes on an opportunity: shared with those who see it, or for their author alone; files (REQUIREMENTS O17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile, attach, remove
from portal.documents.models import Attachment
from portal.documents.rules.files import FileKind
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.text import t
from portal.opportunities.actions.holding import check_open, held, touch
from portal.opportunities.models import Opportunity, OpportunityNote
from portal.opportunities.rules import wording

MOST_FILES = 10
IMAGES = frozenset({"png", "jpeg"})


def write(
    opportunity: Opportunity, text: str, is_private: bool, actor: Viewer, now: datetime,
    files: Sequence[ReceivedFile] = (),
) -> OpportunityNote:  # fmt: skip
    """Note something. Of a private note no history, list or file tells, and it takes no files: others could open them.

    Whoever sees the opportunity may. Invalid at "text", "files".
    """
    row = _open(opportunity, actor)
    if actor.user_id is None:
        raise Forbidden()
    said = wording.lines_of(text)
    wrong = wording.needed(said, t("Write something first."), wording.LONGEST_TEXT)
    if wrong:
        raise Invalid(wrong, "text")
    if is_private and files:
        raise Invalid(t("A private note takes no files: attach them to the opportunity."), "files")
    note = OpportunityNote(
        customer_id=row.customer_id, opportunity_id=row.id, written_by=actor.user_id, written_at=now, text=said,
        is_private=is_private,
    )  # fmt: skip
    db.session.add(note)
    db.session.flush()
    if not is_private:
        touch(row, now)
        audit.record(actor, "opportunity.noted", row, now, after={"text": said[:200]})
        _keep(row, files, actor, now)
    return note


def add_files(
    opportunity: Opportunity, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> None:
    """Keep files beside it; the customer never sees them. Invalid at "files"."""
    row = _open(opportunity, actor)
    if not files:
        raise Invalid(t("Choose a file."), "files")
    _keep(row, files, actor, now)
    touch(row, now)


def remove_file(
    opportunity: Opportunity, attachment: Attachment, actor: Viewer, now: datetime
) -> None:
    """Take a file off it; history and archive keep it. NotFound for another record's."""
    row = _open(opportunity, actor)
    if (attachment.subject_type, attachment.subject_id) != (row.__tablename__, row.id):
        raise NotFound()
    if attachment.added_by != actor.user_id and not actor.may(Permission.OPPORTUNITY_EDIT):
        raise Forbidden()
    remove(attachment, actor, now)
    touch(row, now)


def _open(opportunity: Opportunity, actor: Viewer) -> Opportunity:
    row = held(opportunity, actor, permission=Permission.OPPORTUNITY_SEE)
    check_open(row)
    return row


def _keep(row: Opportunity, files: Sequence[ReceivedFile], actor: Viewer, now: datetime) -> None:
    if len(files) > MOST_FILES:
        raise Invalid(t("At most %(most)s files.", most=MOST_FILES), "files")
    for each in files:
        kind = FileKind.PHOTO if each.kind in IMAGES else FileKind.OTHER
        try:
            attach(row, each, kind, actor, now, is_shared=False)
        except Invalid as error:
            raise Invalid(error.text, "files") from None
