"""The customer does not agree with a line: raised, withdrawn, raised again to a manager (DOMAIN R3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.billing.actions import telling
from portal.billing.actions.confirming import note_confirmed
from portal.billing.actions.holding import check_revision, check_step, held_id, settle
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.rules import confirming as rules
from portal.billing.rules.credits import amount_checked
from portal.billing.rules.kinds import DisputeReason
from portal.billing.rules.states import (
    DISPUTE_STEPS,
    DisputeState,
    DisputeStep,
    LineState,
    StatementState,
    StatementStep,
)
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.documents.actions.attaching import ReceivedFile, attach
from portal.documents.rules.files import FileKind
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t

LONGEST_TEXT = 2000
MOST_FILES = 10


def raise_(
    line: StatementLine, reason: str, amount: Decimal, text: str, revision_no: int, actor: Viewer, now: datetime,
    files: Sequence[ReceivedFile] = (),
) -> Dispute:  # fmt: skip
    """Dispute `amount` (gross, at most the line's) of a line of the revision that was read; the rest can be confirmed.

    InvalidMany at reason, amount, text, files. OtherRevision for an old revision, NotAllowedNow for a line that was
    answered already.
    """
    _check_power(actor)
    dispute = take_no(line, reason, amount, text, revision_no, actor, now, files)
    telling.tell_deciders(dispute, "raised", actor, now)
    return dispute


def take_no(
    line: StatementLine, reason: str, amount: Decimal, text: str, revision_no: int, actor: Viewer, now: datetime,
    files: Sequence[ReceivedFile] = (), source: str = "",
) -> Dispute:  # fmt: skip
    """The same once it is known that `actor` may: nobody is told yet. `source`: whose words staff recorded."""
    statement = held_id(line.statement_id)
    row = _live_line(line.id)
    check_revision(statement, revision_no)
    if statement.state not in rules.ASKED:
        check_step(statement, StatementStep.DISPUTE)
    rules.check_dispute(StatementState(statement.state), LineState(row.state))
    if row.gross_amount <= 0:
        raise NotAllowedNow(t("Only a line that charges something can be disputed."))
    _check(reason, amount, text, row, statement, files)
    dispute = Dispute(
        number=next_number("DP", business_day(now).year), customer_id=statement.customer_id,
        statement_id=statement.id, line_id=row.id, reason=reason, currency=statement.currency,
        disputed_amount=amount, text=text.strip(), raised_by=actor.user_id, raised_at=now,
    )  # fmt: skip
    db.session.add(dispute)
    _disputed(row, actor, now)
    after = {
        "line": row.name_zh, "reason": reason, "amount": str(amount), "statement": statement.number
    }  # fmt: skip
    event = "dispute.raised_for" if source else "dispute.raised"
    said = " · ".join(filter(None, (source, text.strip())))
    audit.record(actor, event, dispute, now, after=after, reason=said[:LONGEST_TEXT])
    _keep(dispute, files, actor, now)
    settle(statement, actor, now)
    return dispute


def withdraw(dispute: Dispute, actor: Viewer, now: datetime) -> None:
    """The customer agrees after all: the line counts as confirmed."""
    _check_power(actor)
    statement, row = held(dispute)
    step(row, DisputeStep.WITHDRAW, now)
    line = _live_line(row.line_id)
    line.state = (
        LineState.ADJUSTED if row.granted_amount else rules.line_state_of(DisputeState.WITHDRAWN)
    )
    line.decided_by, line.decided_at = actor.user_id, now
    done = settle(statement, actor, now)
    audit.record(actor, "dispute.withdrawn", row, now)
    telling.tell_deciders(row, "withdrawn", actor, now)
    note_confirmed(statement, done, actor, now)


def raise_again(
    dispute: Dispute, text: str, actor: Viewer, now: datetime, files: Sequence[ReceivedFile] = ()
) -> None:  # fmt: skip
    """Once more, to a manager who did not decide it before; with what there is to add."""
    _check_power(actor)
    statement, row = held(dispute)
    if row.level >= rules.LAST_LEVEL:
        raise NotAllowedNow(t("It was before a manager already. That decision stands."))
    DISPUTE_STEPS.next(DisputeState(row.state), DisputeStep.RAISE_AGAIN)
    if not rules.may_raise_again(
        StatementState(statement.state), DisputeState(row.state), row.level
    ):
        check_step(statement, StatementStep.DISPUTE)
    line = _live_line(row.line_id)
    left = statement.confirmed_amount - line.gross_amount
    if statement.invoiced_amount > max(left, Decimal(0)):
        raise NotAllowedNow(t("This line is invoiced already. Please call us."))
    wrong = _wrong_text(text) or _wrong_files(files)
    if wrong:
        raise InvalidMany(wrong)
    step(row, DisputeStep.RAISE_AGAIN, now)
    row.level, row.again_text = rules.LAST_LEVEL, text.strip()
    row.first_decided_by, row.owner_id = row.decided_by, None
    _disputed(line, actor, now)
    settle(statement, actor, now)
    audit.record(actor, "dispute.raised_again", row, now, reason=text.strip())
    _keep(row, files, actor, now)
    telling.tell_deciders(row, "raised_again", actor, now, approval=True)


def held(dispute: Dispute) -> tuple[Statement, Dispute]:
    """The statement, then its dispute, as they stand now, held until the transaction ends."""
    statement = held_id(dispute.statement_id)
    wanted = select(Dispute).where(Dispute.id == dispute.id).with_for_update(of=Dispute)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return statement, row


def step(dispute: Dispute, which: DisputeStep, now: datetime) -> None:
    """Take a step of the disputes' table; NotAllowedNow where it has none."""
    dispute.state = DISPUTE_STEPS.next(DisputeState(dispute.state), which).value
    dispute.updated_at = now


def _check_power(actor: Viewer) -> None:
    if not actor.may(Permission.DISPUTE_RAISE):
        raise Forbidden()


def _live_line(line_id: int) -> StatementLine:
    """The line as it stands now; NotAllowedNow when a later revision has ended it."""
    wanted = select(StatementLine).where(StatementLine.id == line_id)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    if row.until_revision is not None:
        raise NotAllowedNow(t("A newer revision has replaced this line. Look at it first."))
    return row


def _disputed(line: StatementLine, actor: Viewer, now: datetime) -> None:
    line.state = LineState.DISPUTED
    line.decided_by, line.decided_at = actor.user_id, now


def _check(
    reason: str, amount: Decimal, text: str, line: StatementLine, statement: Statement, files: Sequence[ReceivedFile]
) -> None:  # fmt: skip
    wrong = _wrong_text(text) | _wrong_files(files)
    if reason not in set(DisputeReason):
        wrong["reason"] = t("Choose a reason.")
    try:
        amount_checked(amount, statement.currency, line.gross_amount)
    except Invalid as error:
        wrong["amount"] = error.text
    if wrong:
        raise InvalidMany(wrong)


def _wrong_text(text: str) -> dict[str, Text]:
    if len(text.strip()) < 2:
        return {"text": t("Say what is wrong, so that we can look into it.")}
    if len(text.strip()) > LONGEST_TEXT:
        return {"text": t("At most %(most)s characters.", most=LONGEST_TEXT)}
    return {}


def _wrong_files(files: Sequence[ReceivedFile]) -> dict[str, Text]:
    if len(files) > MOST_FILES:
        return {"files": t("At most %(most)s files.", most=MOST_FILES)}
    return {}


def _keep(dispute: Dispute, files: Sequence[ReceivedFile], actor: Viewer, now: datetime) -> None:
    for each in files:
        attach(dispute, each, FileKind.OTHER, actor, now)
