"""States and kinds of requests in words, with their marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.kernel.text import t
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.kinds import STATE_WORDS, RequestState
from portal.web.labels import Label

STATES: Mapping[str, Label] = {
    RequestState.OPEN: Label(STATE_WORDS[RequestState.OPEN], "info", "hourglass-split"),
    RequestState.DONE: Label(STATE_WORDS[RequestState.DONE], "done", "check-circle"),
    RequestState.REFUSED: Label(STATE_WORDS[RequestState.REFUSED], "neutral", "x-circle"),
}
LATE = Label(t("Overdue"), "bad", "exclamation-triangle")


def label_of(row: PrivacyRequest, today: date) -> Label:
    """How a request stands: overdue where its day has passed."""
    late = row.state == RequestState.OPEN and row.due_on < today
    return LATE if late else STATES[row.state]
