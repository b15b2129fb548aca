"""Answers that were recorded for a customer, as the pages of both doors show them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from portal.billing.models import Dispute, Statement, StatementAnswer
from portal.billing.queries.answers import answers_of, source_of
from portal.billing.rules.kinds import CHANNEL_WORDS, AnswerChannel
from portal.documents.attached import attached_to_each
from portal.documents.models import Attachment
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer: the way it came, its slip; `by` typed it in."""

    row: StatementAnswer
    channel: Text
    by: str
    files: list[Attachment]


def recorded_for(statement: Statement) -> list[Recorded]:
    """Every confirmation of a fetched statement that the customer did not type in itself."""
    rows = answers_of(statement, g.viewer)
    files = attached_to_each(rows, g.viewer)
    return [_drawn(row, files[row.id]) for row in rows]


def told_of(dispute: Dispute) -> Recorded | None:
    """Who told us of a dispute; None where the customer raised it itself. Its files are the dispute's."""
    row = source_of(dispute, g.viewer)
    return _drawn(row, []) if row is not None else None


def _drawn(row: StatementAnswer, files: list[Attachment]) -> Recorded:
    by = row.recorder.name if row.recorder is not None else ""
    return Recorded(row, CHANNEL_WORDS[AnswerChannel(row.channel)], by, files)
