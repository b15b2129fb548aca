"""The customer confirms a statement, line by line or as a whole; silence counts only where it was agreed (R3, R4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from portal.access.permissions import Permission
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import invoiced, telling
from portal.billing.actions.holding import check_revision, check_step, held, held_id, settle
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.confirming import ASKED, check_confirm
from portal.billing.rules.due import is_deemed
from portal.billing.rules.states import LineState, StatementState, StatementStep
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t

REMIND_BEFORE = timedelta(days=2)
"""So long before the last day to answer the customer is reminded, once for each time that the days begin."""
L = StatementLine


def confirm(
    statement: Statement, line_ids: Iterable[int] | None, revision_no: int, actor: Viewer, now: datetime
) -> int:  # fmt: skip
    """Confirm these lines (None: all that are open) of the revision that was read; how many were confirmed by it.

    Lines that were confirmed before are left as they are. OtherRevision for an old revision; NotAllowedNow for a
    disputed line, and when nothing is left to confirm; NotFound for a line that is not on the statement.
    """
    if not actor.may(Permission.STATEMENT_CONFIRM):
        raise Forbidden()
    return take_yes(statement, line_ids, revision_no, actor, now)


def take_yes(
    statement: Statement, line_ids: Iterable[int] | None, revision_no: int, actor: Viewer, now: datetime
) -> int:  # fmt: skip
    """The same once it is known that `actor` may: the customer itself, or whoever records its answer."""
    row = held(statement)
    check_revision(row, revision_no)
    if row.state not in ASKED:
        check_step(row, StatementStep.CONFIRM)
    wanted = open_ids(row) if line_ids is None else _chosen(row, set(line_ids))
    if not wanted:
        raise NotAllowedNow(t("Nothing is left to be confirmed here."))
    _say_yes(wanted, actor, now)
    done = settle(row, actor, now)
    after = {"lines": len(wanted), "revision": row.revision_no, "amount": str(row.confirmed_amount)}
    if done:
        row.confirmed_by = actor.user_id
    else:
        audit.record(actor, "statement.lines_confirmed", row, now, after=after)
    note_confirmed(row, done, actor, now)
    return len(wanted)


def note_confirmed(statement: Statement, done: bool, actor: Viewer, now: datetime) -> None:
    """Where nothing is left to be said: its history and its publisher hear it; invoiced in full, it is billed too."""
    if not done:
        return
    after = {"revision": statement.revision_no, "amount": str(statement.confirmed_amount)}
    audit.record(actor, "statement.confirmed", statement, now, after=after)
    _completed(statement, actor, now)


def _completed(statement: Statement, actor: Viewer, now: datetime) -> None:
    statement.confirmed_at = now
    telling.tell_publisher(statement, "confirmed", actor, now)
    invoiced.follow(statement, actor, now)


def to_deem(now: datetime) -> list[int]:
    """Statements whose days for an answer, agreed in the contract, are over."""
    wanted = select(Statement.id).where(
        Statement.state.in_(sorted(ASKED)), Statement.deemed_on < business_day(now)
    )
    return list(db.session.scalars(wanted.order_by(Statement.id)))


def deem(now: datetime) -> int:
    """Confirm by silence what the contract lets be confirmed so, where the notice was really sent; how many statements.

    Lines in dispute stay so. The days count from the day on which the letter left, should that be later.
    """
    return sum(deem_one(each, now) for each in to_deem(now))


def remind(now: datetime) -> int:
    """Remind those who have not answered, some days before the last one; how many statements."""
    return sum(remind_one(each, now) for each in to_remind())


def to_remind() -> list[int]:
    """Statements that are to be answered and whose customer was not reminded yet."""
    wanted = select(Statement.id).where(
        Statement.state.in_(sorted(ASKED)), Statement.reminded_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(Statement.id)))


def open_ids(statement: Statement) -> list[int]:
    """The lines that are still to be confirmed."""
    wanted = select(L.id).where(
        L.statement_id == statement.id, L.until_revision.is_(None), L.state == LineState.OPEN.value
    )
    return list(db.session.scalars(wanted.order_by(L.serial)))


def _chosen(statement: Statement, line_ids: set[int]) -> list[int]:
    """Of the chosen lines those that are still open."""
    if not line_ids:
        raise Invalid(t("Choose at least one line."), "lines")
    asked = select(L.id, L.state).where(
        L.id.in_(line_ids), L.statement_id == statement.id, L.until_revision.is_(None)
    )
    found = db.session.execute(asked.order_by(L.serial)).all()
    if len(found) < len(line_ids):
        raise NotFound()
    for _each, state in found:
        if state != LineState.CONFIRMED:
            check_confirm(StatementState(statement.state), LineState(state))
    return [each for each, state in found if state == LineState.OPEN]


def _say_yes(line_ids: Sequence[int], actor: Viewer, now: datetime) -> None:
    for at in range(0, len(line_ids), 500):
        db.session.execute(
            update(L)
            .where(L.id.in_(line_ids[at : at + 500]))
            .values(state=LineState.CONFIRMED.value, decided_by=actor.user_id, decided_at=now)
        )


def deem_one(statement_id: int, now: datetime) -> bool:
    """Whether silence confirmed anything of this statement."""
    row = held_id(statement_id)
    last_day, wanted = _last_day(row), open_ids(row)
    if row.state not in ASKED or not wanted or not is_deemed(last_day, business_day(now)):
        return False
    _say_yes(wanted, SYSTEM, now)
    done = settle(row, SYSTEM, now)
    row.is_deemed = True
    after = {"lines": len(wanted), "revision": row.revision_no, "last_day": last_day}
    audit.record(SYSTEM, "statement.deemed_confirmed", row, now, after=after)
    telling.tell_customer(row, "deemed", SYSTEM, now)
    if done:
        _completed(row, SYSTEM, now)
    return True


def _last_day(statement: Statement) -> date | None:
    """The last day to answer, counted from the letter that was sent; None: silence says nothing."""
    terms = statement.terms or {}
    days = terms.get("deemed_days")
    if statement.deemed_on is None or days is None:
        return None
    sent_on = telling.first_notice(statement, terms.get("noticed_revision", 0))
    return None if sent_on is None else max(statement.deemed_on, sent_on + timedelta(days=days))


def remind_one(statement_id: int, now: datetime) -> bool:
    """Whether a reminder about this statement is due, and went into the outbox."""
    statement, limit = held_id(statement_id), business_day(now) + REMIND_BEFORE
    by, told_on = ((statement.terms or {}).get(name, "") for name in ("answer_by", "noticed_on"))
    if not by or by > limit.isoformat() or told_on >= business_day(now).isoformat():
        return False
    if not open_ids(statement):
        return False
    told = telling.tell_customer(statement, "reminder", SYSTEM, now)
    if not told:
        return False
    statement.reminded_at = now
    audit.record(SYSTEM, "statement.reminded", statement, now, after={"letters": told})
    return True
