"""What time does to what is owed: standings, holds, reminders, confirmed statements that are invoiced already."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from portal.access.viewer import SYSTEM
from portal.billing.actions.holding import held_id
from portal.billing.actions.invoiced import follow
from portal.billing.models import Receivable, ReceivablePosting, Statement
from portal.billing.rules.states import StatementState
from portal.customers.models import CreditStanding, Customer, SettlementTerms
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel.errors import PortalError
from portal.receivables.actions import dunning, papers, standing
from portal.receivables.models import Receipt
from portal.receivables.queries.dunning import accounts_to_look_at

log = logging.getLogger(__name__)
STALE = timedelta(days=1)


def work_out_standings(now: datetime) -> str:
    """Credit standings of those whose postings changed since, and of everybody once a day; each its own transaction."""
    done = failed = 0
    for customer_id in _to_work_out(now):
        try:
            with unit_of_work():
                standing.work_out(customer_id, now)
            done += 1
        except PortalError as missing:  # a rate or a price is missing: the others go on
            log.warning("credit standing of customer %s: %s", customer_id, missing)
            with unit_of_work():
                standing.refresh(customer_id, now)
            failed += 1
    return f"{done} worked out, {failed} in part"


def remind(now: datetime) -> str:
    """Take the dunning steps that are due; each customer and currency its own transaction.

    Where a letter cannot be printed now, that customer's steps wait for the next time.
    """
    sent = waiting = 0
    for customer_id, currency in accounts_to_look_at(SYSTEM):
        try:
            with unit_of_work():
                sent += len(dunning.remind(customer_id, currency, now, papers.print_dunning))
        except PortalError as refused:
            log.warning("reminders of customer %s: %s", customer_id, refused)
            waiting += 1
    return f"{sent} reminders" + (f", {waiting} customers wait" if waiting else "")


def bill_confirmed(now: datetime) -> str:
    """Statements that were invoiced line by line before the last one was confirmed are billed now."""
    wanted = select(Statement.id).where(
        Statement.state == StatementState.CONFIRMED.value,
        Statement.gross_amount > 0,
        Statement.invoiced_amount >= Statement.gross_amount,
    )
    billed = 0
    for statement_id in list(db.session.scalars(wanted)):
        with unit_of_work():
            billed += follow(held_id(statement_id), SYSTEM, now)
    return f"{billed} billed"


def _to_work_out(now: datetime) -> Iterable[int]:
    """Whoever owes, paid, has terms or a standing, where that is a day old or older than the last posting."""
    posted = (
        select(func.max(ReceivablePosting.at))
        .where(ReceivablePosting.customer_id == Customer.id)
        .scalar_subquery()
    )
    known = [
        Customer.id.in_(select(model.customer_id))
        for model in (Receivable, Receipt, SettlementTerms, CreditStanding)
    ]
    worked = CreditStanding.worked_out_at
    wanted = (
        select(Customer.id)
        .outerjoin(CreditStanding, CreditStanding.customer_id == Customer.id)
        .where(or_(*known), or_(worked.is_(None), worked < now - STALE, worked < posted))
    )
    return list(db.session.scalars(wanted.order_by(Customer.id)))
