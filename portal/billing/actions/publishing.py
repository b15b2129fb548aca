"""A reviewed statement becomes its first revision: frozen, owed, told to the customer (DOMAIN R1, R4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import owing, storage_usage, telling
from portal.billing.actions.holding import held, move
from portal.billing.actions.papers import supersede_earlier
from portal.billing.actions.reviewing import check_seen
from portal.billing.actions.rows import hash_of, repeat_sums
from portal.billing.models import Statement, StatementLine, StatementRevision
from portal.billing.queries.owing import open_of, paid_since
from portal.billing.rules.due import answer_by, deemed_on, due_on, payment_terms
from portal.billing.rules.states import StatementStep
from portal.contracts.models import Contract, ContractTerms
from portal.contracts.queries.standing import terms_of
from portal.customers.models import SettlementTerms
from portal.customers.rules.settlement import DueFrom, SettlementKind
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.workcalendar import CHINA

CONFIRM_DAYS = 7
"""Days to answer where the settlement terms do not say (DOMAIN R4)."""


def publish(
    statement: Statement, actor: Viewer, now: datetime, seen: int | None = None
) -> StatementRevision:
    """Freeze revision 1, open what is owed, and tell the customer; what arrives from now on is the next period's.

    `seen`: the version that was read; StaleEdit when it changed since.
    """
    row = held(statement)
    check_seen(row, seen)
    move(row, StatementStep.PUBLISH, now)
    row.published_at = now
    fix_terms(row, now)
    revision = new_revision(row, "", actor, now)
    owing.issue(row, actor, now)
    storage_usage.post(row, actor, now)
    after = {
        "revision": 1, "gross": str(row.gross_amount), "lines": row.line_count, "sha256": revision.sha256,
        "due_on": row.due_on,
    }  # fmt: skip
    audit.record(actor, "statement.published", row, now, after=after)
    telling.tell_customer(row, "published", actor, now)
    return revision


def new_revision(
    statement: Statement, reason: str, actor: Viewer, now: datetime
) -> StatementRevision:
    """The statement's live lines as its next revision, with its sums and hash; the statement repeats them."""
    db.session.flush()
    repeat_sums(statement)
    statement.revision_no += 1
    statement.updated_at = now
    number = statement.revision_no
    revision = StatementRevision(
        customer_id=statement.customer_id, statement_id=statement.id, number=number, reason=reason,
        sha256=hash_of(statement, number), line_count=statement.line_count, net_amount=statement.net_amount,
        tax_amount=statement.tax_amount, gross_amount=statement.gross_amount, published_at=now,
        published_by=actor.user_id, **_carried(statement),
    )  # fmt: skip
    statement.content_hash = revision.sha256
    db.session.add(revision)
    db.session.flush()
    supersede_earlier(statement)
    return revision


def fix_terms(statement: Statement, now: datetime) -> None:
    """Freeze when it is to be answered and paid, as the settlement terms and the billed contracts say today."""
    today = business_day(now)
    own = db.session.scalar(
        select(SettlementTerms).where(SettlementTerms.customer_id == statement.customer_id)
    )
    agreed = [terms_of(each, statement.ends_on) for each in _contracts(statement)]
    payment = payment_terms(
        own.kind if own else SettlementKind.MONTHLY.value,
        own.payment_days if own else None,
        own.due_from if own else DueFrom.STATEMENT.value,
        [(each.payment_days, each.payment_from) for each in agreed],
        next_working_day=own.next_working_day if own else False,
    )
    statement.due_on = due_on(
        statement.ends_on, payment, last_service_on=_last_service(statement), calendar=CHINA
    )
    statement.terms = {
        "kind": own.kind if own else SettlementKind.MONTHLY.value,
        "payment_days": payment.days,
        "payment_from": payment.due_from.value,
        "next_working_day": payment.next_working_day,
        "due_on": statement.due_on.isoformat(),
        "confirm_days": own.confirm_days if own else CONFIRM_DAYS,
    }
    start_clock(statement, today, _silence(agreed))


def start_clock(statement: Statement, today: date, silence: Iterable[int | None]) -> None:
    """From today the customer has its days to answer; `silence`: days after which it is a yes, by contract."""
    days = list(silence)
    deemed = deemed_on(today, days)
    by = answer_by(today, (statement.terms or {}).get("confirm_days", CONFIRM_DAYS))
    statement.deemed_on, statement.reminded_at = deemed, None
    statement.terms = {
        **(statement.terms or {}),
        "answer_by": (min(by, deemed) if deemed else by).isoformat(),
        "deemed_days": (deemed - today).days if deemed else None,
        "noticed_revision": statement.revision_no + 1,
        "noticed_on": today.isoformat(),
    }


def restart_clock(statement: Statement, now: datetime) -> None:
    """The days to answer begin again: the next revision says something else."""
    agreed = [terms_of(each, statement.ends_on) for each in _contracts(statement)]
    start_clock(statement, business_day(now), _silence(agreed))


def _silence(agreed: Iterable[ContractTerms]) -> list[int | None]:
    return [each.deemed_confirmation_days for each in agreed]


def _contracts(statement: Statement) -> list[Contract]:
    """The contracts that the live lines name, by id."""
    named = select(StatementLine.contract_id).where(
        StatementLine.statement_id == statement.id, StatementLine.until_revision.is_(None)
    )
    wanted = select(Contract).where(Contract.id.in_(named)).order_by(Contract.id)
    return list(db.session.scalars(wanted))


def _last_service(statement: Statement) -> date | None:
    wanted = StatementLine.statement_id == statement.id, StatementLine.until_revision.is_(None)
    return db.session.scalar(select(func.max(StatementLine.ends_on)).where(*wanted))


def _carried(statement: Statement) -> dict[str, Any]:
    """What was owed when the statement before was published and what was paid since, as the paper tells it.

    opening - received + this statement = what is owed now; later revisions repeat the first one's figures.
    """
    first = db.session.scalar(
        select(StatementRevision).where(
            StatementRevision.statement_id == statement.id, StatementRevision.number == 1
        )
    )
    if first is not None:
        return {"opening_amount": first.opening_amount, "received_amount": first.received_amount}
    earlier = select(func.max(Statement.published_at)).where(
        Statement.customer_id == statement.customer_id, Statement.currency == statement.currency,
        Statement.id != statement.id,
    )  # fmt: skip
    before = db.session.scalar(earlier)
    since = business_day(before) if before else None
    received = (
        paid_since(statement.customer_id, statement.currency, since, SYSTEM)
        if since
        else Decimal(0)
    )
    owed = open_of(statement.customer_id, statement.currency, SYSTEM)
    return {"opening_amount": owed + received, "received_amount": received}
