"""Everything that is to be reminded today, asked in three statements, however many customers owe (DOMAIN R10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.models import DunningNotice
from portal.receivables.queries.dunning import ladder
from portal.receivables.rules import dunning as rules
from portal.receivables.rules.dunning import Due, Reminder, Taken
from portal.receivables.rules.kinds import Channel

Account = tuple[int, str]
CALLED = (Channel.PHONE.value, Channel.PERSON.value)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder that nobody has taken yet."""

    customer: Customer
    currency: str
    reminder: Reminder


def due_today(viewer: Viewer, today: date) -> list[DueReminder]:
    """The steps to be taken, the latest step first, then the largest amount; those that a job takes are among them."""
    steps = ladder()
    if not steps:
        return []
    last = today - timedelta(days=min(each.day for each in steps))
    owed, customers = _owed(viewer, last)
    taken = _taken(owed, viewer)
    found = [
        DueReminder(customers[account[0]], account[1], each)
        for account, items in owed.items()
        for each in rules.reminders(steps, items, taken.get(account, []), today)
    ]
    return sorted(
        found, key=lambda each: (-each.reminder.step.day, each.currency, -each.reminder.amount)
    )


def calls_to_make(viewer: Viewer) -> list[DunningNotice]:
    """Calls and persons' steps of which nobody has noted yet what came of them, the oldest first."""
    wanted = visible(select(DunningNotice), DunningNotice, viewer).where(
        DunningNotice.channel.in_(CALLED), DunningNotice.note == ""
    )
    rows = wanted.options(joinedload(DunningNotice.customer))
    return list(db.session.scalars(rows.order_by(DunningNotice.on, DunningNotice.id)))


def _owed(viewer: Viewer, last: date) -> tuple[dict[Account, list[Due]], dict[int, Customer]]:
    wanted: Any = select(Receivable).options(joinedload(Receivable.customer))
    rows = visible(wanted, Receivable, viewer).where(
        Receivable.open_amount > 0, Receivable.due_on <= last
    )
    found: dict[Account, list[Due]] = {}
    customers: dict[int, Customer] = {}
    for row in db.session.scalars(
        rows.order_by(Receivable.customer_id, Receivable.due_on, Receivable.id)
    ):
        customers[row.customer_id] = row.customer
        found.setdefault((row.customer_id, row.currency), []).append(
            Due(row.id, row.reference, row.due_on, row.open_amount, row.disputed_amount, row.promised_on)
        )  # fmt: skip
    return found, customers


def _taken(accounts: Iterable[Account], viewer: Viewer) -> dict[Account, list[Taken]]:
    ids = sorted({customer_id for customer_id, _currency in accounts})
    columns = (
        DunningNotice.customer_id, DunningNotice.currency, DunningNotice.step_day, DunningNotice.receivables
    )  # fmt: skip
    wanted = visible(select(*columns), DunningNotice, viewer)
    found: dict[Account, list[Taken]] = {}
    for row in db.session.execute(wanted.where(DunningNotice.customer_id.in_(ids))):
        named = frozenset(int(each["id"]) for each in row.receivables)
        found.setdefault((row.customer_id, row.currency), []).append(Taken(row.step_day, named))
    return found
