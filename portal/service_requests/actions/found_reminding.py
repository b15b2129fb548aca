"""What is overdue is said once: corrective actions to their owners, feedback sheets to their recipients."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.service_requests.actions.found_telling import tell_of_defect, tell_of_sheet
from portal.service_requests.models import Defect, FeedbackSheet

FROM_DAYS = timedelta(days=31)
"""What has been overdue for longer was told long ago."""


def remind(now: datetime) -> int:
    """Tell everybody whose day has passed; a second run tells nobody twice. How many rows are overdue."""
    today = business_day(now)
    defects = (
        select(Defect)
        .where(Defect.done_on.is_(None), Defect.due_on < today, Defect.due_on >= today - FROM_DAYS)
        .options(joinedload(Defect.request), joinedload(Defect.customer))
        .order_by(Defect.due_on, Defect.id)
    )
    sheets = (
        select(FeedbackSheet)
        .where(
            FeedbackSheet.answered_at.is_(None),
            FeedbackSheet.due_on < today,
            FeedbackSheet.due_on >= today - FROM_DAYS,
        )
        .options(joinedload(FeedbackSheet.request), joinedload(FeedbackSheet.customer))
        .order_by(FeedbackSheet.due_on, FeedbackSheet.id)
    )
    late, unanswered = list(db.session.scalars(defects)), list(db.session.scalars(sheets))
    for defect in late:
        tell_of_defect(defect, "overdue", SYSTEM, now)
    for sheet in unanswered:
        for user_id in {sheet.recipient_id, sheet.sent_by}:
            tell_of_sheet(sheet, "overdue", user_id, SYSTEM, now)
    return len(late) + len(unanswered)
