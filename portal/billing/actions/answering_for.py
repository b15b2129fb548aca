"""Finance records what a customer answered on paper, by mail or telephone: a yes with its slip, or a dispute (R3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions import telling
from portal.billing.actions.confirming import take_yes
from portal.billing.actions.disputing import take_no
from portal.billing.actions.holding import held_id
from portal.billing.models import Dispute, Statement, StatementAnswer, StatementLine
from portal.billing.rules.answers import Heard, check_heard, check_paper
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden


def confirm_for(
    statement: Statement, line_ids: Iterable[int] | None, revision_no: int, heard: Heard, actor: Viewer, now: datetime,
    files: Sequence[ReceivedFile] = (),
) -> int:  # fmt: skip
    """Record that the customer confirmed these lines (None: all that are open) of that revision; how many lines.

    With the stamped slip in `files`, or `heard.no_paper`. Raises what `confirming.confirm` does, and InvalidMany by
    field. The customer reads in the history who recorded whose answer, and is told by mail.
    """
    row = _asked(statement.id, heard, actor, now)
    check_paper(heard, len(files))
    before = row.confirmed_amount
    count = take_yes(row, line_ids, revision_no, actor, now)
    answer = _kept(row, heard, count, row.confirmed_amount - before, actor, now)
    for each in files:
        attach(answer, each, FileKind.SIGNED_SCAN, actor, now)
    after = {
        "lines": count, "amount": str(answer.gross_amount), "revision": revision_no, "said_by": answer.said_by,
        "said_on": heard.said_on, "channel": answer.channel, "files": [each.name for each in files],
    }  # fmt: skip
    why = " · ".join(filter(None, (heard.source, answer.no_paper)))
    audit.record(actor, "statement.answered_for", row, now, after=after, reason=why)
    telling.tell_recorded(answer, actor, now)
    return count


def dispute_for(
    line: StatementLine, reason: str, amount: Decimal, text: str, revision_no: int, heard: Heard, actor: Viewer,
    now: datetime, files: Sequence[ReceivedFile] = (),
) -> Dispute:  # fmt: skip
    """Record that the customer does not agree with a line; its source stands on the dispute, files are not required.

    Raises what `disputing.raise_` does, and InvalidMany by field.
    """
    row = _asked(line.statement_id, heard, actor, now)
    dispute = take_no(
        line, reason, amount, text, revision_no, actor, now, files, source=heard.source
    )
    answer = _kept(row, heard, 1, dispute.disputed_amount, actor, now, dispute)
    telling.tell_deciders(dispute, "raised", actor, now)
    telling.tell_recorded(answer, actor, now)
    return dispute


def _asked(statement_id: int, heard: Heard, actor: Viewer, now: datetime) -> Statement:
    """The statement, held, where `actor` may record answers to it and what was heard makes sense."""
    if not actor.may(Permission.STATEMENT_PUBLISH):
        raise Forbidden()
    row, today = held_id(statement_id), business_day(now)
    check_heard(heard, business_day(row.published_at) if row.published_at else today, today)
    return row


def _kept(
    statement: Statement, heard: Heard, count: int, gross: Decimal, actor: Viewer, now: datetime,
    dispute: Dispute | None = None,
) -> StatementAnswer:  # fmt: skip
    row = StatementAnswer(
        customer_id=statement.customer_id, statement_id=statement.id, statement=statement,
        revision_no=statement.revision_no, dispute_id=dispute.id if dispute else None, dispute=dispute,
        channel=heard.channel, said_by=heard.said_by.strip(), said_on=heard.said_on, line_count=count,
        gross_amount=gross, no_paper=heard.no_paper.strip(), recorded_by=actor.user_id, recorded_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
