"""A published statement is corrected by its next revision; the one before stays as it was (DESIGN section 4, R5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from portal.access.viewer import Viewer
from portal.billing.actions import crediting, owing, storage_usage, telling
from portal.billing.actions.confirming import note_confirmed
from portal.billing.actions.holding import check_step, held, reason_given, settle
from portal.billing.actions.publishing import new_revision, restart_clock
from portal.billing.actions.rows import free_usage, store
from portal.billing.models import BilledOnce, Credit, Statement, StatementLine, StatementRevision
from portal.billing.queries.unbilled import STORAGE_SOURCE
from portal.billing.rules.credits import credit_line
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.states import LINE_WORDS, LineState, StatementStep
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState


def revise(
    statement: Statement, ended: Sequence[StatementLine], added: Sequence[LineDraft], reason: str, actor: Viewer,
    now: datetime,
) -> StatementRevision:  # fmt: skip
    """Revision n+1: the `ended` lines leave, the `added` ones come; the customer has its days to answer again.

    Only lines that nobody answered may leave: what was confirmed is corrected by its negative copy beside a new line
    (`statement_lines.negative_of`), what is disputed by its decision. What only an ended line billed is free.
    """
    why = reason_given(reason, t("Say why it is revised."))
    row = held(statement)
    check_step(row, StatementStep.REVISE)
    if row.confirmed_at is not None:
        raise NotAllowedNow(t("It was confirmed: correct it by a credit on the next statement."))
    if not ended and not added:
        raise Invalid(t("Nothing would change."))
    before, leaving = row.gross_amount, _held_lines(row, ended)
    _exchange(row, leaving, added, why, actor, now)
    restart_clock(row, now)
    revision = new_revision(row, why, actor, now)
    owing.revised(row, before, actor, now)
    done = settle(row, actor, now)
    after = {
        "revision": revision.number, "gross": str(row.gross_amount), "ended": len(leaving), "added": len(added),
        "sha256": revision.sha256,
    }  # fmt: skip
    audit.record(
        actor, "statement.revised", row, now, before={"gross": str(before)}, after=after, reason=why
    )
    telling.tell_customer(row, "revised", actor, now, why)
    note_confirmed(row, done, actor, now)
    return revision


def place_credit(
    statement: Statement, credit: Credit, actor: Viewer, now: datetime
) -> StatementRevision:
    """Revision n+1 with the line of a granted credit; it asks the customer nothing new, so no clock starts again."""
    row = held(statement)
    check_step(row, StatementStep.REVISE)
    before = row.gross_amount
    draft = credit_line(credit, min(business_day(now), row.ends_on))
    line = store(row, [draft], from_revision=row.revision_no + 1)[0]
    line.state, line.decided_by, line.decided_at = LineState.CONFIRMED, actor.user_id, now
    crediting.place([credit.id], row, actor, now)
    revision = new_revision(row, f"{credit.number}: {credit.reason}"[:500], actor, now)
    owing.revised(row, before, actor, now)
    after = {
        "revision": revision.number, "gross": str(row.gross_amount), "credit": credit.number, "sha256": revision.sha256
    }  # fmt: skip
    audit.record(actor, "statement.revised", row, now, before={"gross": str(before)}, after=after)
    return revision


def _exchange(
    statement: Statement, leaving: Sequence[StatementLine], added: Sequence[LineDraft], reason: str, actor: Viewer,
    now: datetime,
) -> None:  # fmt: skip
    """Take lines out of the next revision and put others in, with the usage, days and storage that they bill."""
    for each in leaving:
        _check_may_leave(each)
    _check_may_be_reversed([each.reverses_id for each in added if each.reverses_id is not None])
    ids = [each.id for each in leaving]
    db.session.execute(delete(BilledOnce).where(BilledOnce.line_id.in_(ids)))
    for each in leaving:
        each.until_revision = statement.revision_no
    db.session.flush()
    _name_replaced(leaving, store(statement, added, from_revision=statement.revision_no + 1))
    free_usage(statement)
    _draw_anew(statement, leaving, reason, actor, now)


def _held_lines(statement: Statement, lines: Sequence[StatementLine]) -> list[StatementLine]:
    """The lines as they stand now; NotFound for one that does not belong to the statement (any more)."""
    wanted = {each.id for each in lines}
    asked = select(StatementLine).where(
        StatementLine.id.in_(wanted), StatementLine.statement_id == statement.id,
        StatementLine.until_revision.is_(None),
    )  # fmt: skip
    found = list(db.session.scalars(asked.execution_options(populate_existing=True)))
    if len(found) < len(wanted):
        raise NotFound()
    return sorted(found, key=lambda each: each.serial)


def _check_may_leave(line: StatementLine) -> None:
    if line.kind == LineKind.CREDIT:
        raise NotAllowedNow(t("A credit that was given stays."))
    if line.state != LineState.OPEN:
        words = {"name": line.name_zh, "state": LINE_WORDS[LineState(line.state)]}
        raise NotAllowedNow(
            t("“%(name)s” is “%(state)s”: correct it by a line beside it.", **words)
        )


def _check_may_be_reversed(line_ids: Sequence[int]) -> None:
    """NotAllowedNow for a line that is being decided, or has its negative copy already."""
    disputed = select(StatementLine.name_zh).where(
        StatementLine.id.in_(line_ids), StatementLine.state == LineState.DISPUTED.value
    )
    name = db.session.scalar(disputed.limit(1)) if line_ids else None
    if name is not None:
        raise NotAllowedNow(t("“%(name)s” is disputed: decide the dispute.", name=name))
    copies = select(StatementLine.id).where(
        StatementLine.reverses_id.in_(line_ids), StatementLine.until_revision.is_(None)
    )
    if line_ids and db.session.scalar(copies.limit(1)) is not None:
        raise NotAllowedNow(t("This line has its negative copy already."))


def _draw_anew(
    statement: Statement,
    leaving: Sequence[StatementLine],
    reason: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """What ended storage lines drew is given back, what the new ones draw is drawn; neither is billed again."""
    numbers = [f"{statement.number}/{each.serial}" for each in leaving]
    drawn = select(UsageRecord).where(
        UsageRecord.source == STORAGE_SOURCE, UsageRecord.reference.in_(numbers),
        UsageRecord.state == UsageState.MATCHED.value,
    )  # fmt: skip
    for each in db.session.scalars(drawn.order_by(UsageRecord.id)).all():
        recording.reverse(each, reason, actor, now).statement_id = statement.id
    storage_usage.post(statement, actor, now)


def _name_replaced(leaving: Sequence[StatementLine], coming: Sequence[StatementLine]) -> None:
    """A new line names the one that it stands for: of the same draw, or the only one."""
    by_draw = {_draw(each): each.id for each in leaving if each.usage_id is not None}
    for each in coming:
        each.replaces_id = by_draw.get(_draw(each))
    if len(leaving) == len(coming) == 1:
        coming[0].replaces_id = leaving[0].id


def _draw(line: StatementLine) -> tuple[int | None, int | None, str]:
    return line.usage_id, line.entitlement_id, line.part
