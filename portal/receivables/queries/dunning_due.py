"""Everything that is to be reminded today, asked in two statements, however many customers owe (DOMAIN R10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.kept import Kept
from portal.db.together import Inquiry, Question, Rows, answers
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.queries.dunning import ladder
from portal.receivables.rules import dunning as rules
from portal.receivables.rules.dunning import Due, Reminder, Taken
from portal.receivables.rules.kinds import Channel

Account = tuple[int, str]
CALLED = (Channel.PHONE.value, Channel.PERSON.value)
TO_CALL = (DunningNotice.channel.in_(CALLED), DunningNotice.note == "")
R = Receivable


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder that nobody has taken yet."""

    customer: Customer
    currency: str
    reminder: Reminder


def due_today(viewer: Viewer, today: date) -> list[DueReminder]:
    """The steps to be taken, the latest step first, then the largest amount; those that a job takes are among them."""
    [found] = answers([due_asked(viewer, today)])
    ids = {customer_id for (customer_id, _currency), _reminder in found}
    wanted = visible(select(Customer), Customer, viewer).where(Customer.id.in_(sorted(ids)))
    customers = {row.id: row for row in db.session.scalars(wanted)} if ids else {}
    due = [DueReminder(customers[owner], currency, each) for (owner, currency), each in found]
    return sorted(
        due, key=lambda each: (-each.reminder.step.day, each.currency, -each.reminder.amount)
    )


def due_asked(viewer: Viewer, today: date) -> Inquiry[list[tuple[Account, Reminder]]]:
    """(customer and currency, step to be taken), in no order; to be asked with others."""
    steps = _STEPS.get()
    if not steps:
        return Inquiry((), list)
    last = today - timedelta(days=min(each.day for each in steps))

    def due(owed: Mapping[Account, list[Due]], taken: Mapping[Account, list[Taken]]) -> Any:
        return [
            (account, each)
            for account, items in owed.items()
            for each in rules.reminders(steps, items, taken.get(account, []), today)
        ]

    return Inquiry((_owed(viewer, last), _taken(viewer, last)), due)


def calls_to_make(viewer: Viewer) -> list[DunningNotice]:
    """Calls and persons' steps of which nobody has noted yet what came of them, the oldest first."""
    rows = visible(select(DunningNotice), DunningNotice, viewer).where(*TO_CALL)
    rows = rows.options(joinedload(DunningNotice.customer))
    return list(db.session.scalars(rows.order_by(DunningNotice.on, DunningNotice.id)))


def calls_count(viewer: Viewer) -> Select[Any]:
    """How many there are."""
    counted: Any = select(func.count(DunningNotice.id))
    found: Select[Any] = visible(counted, DunningNotice, viewer)
    return found.where(*TO_CALL)


def _open(statement: Any, viewer: Viewer, last: date) -> Select[Any]:
    seen: Select[Any] = visible(statement, Receivable, viewer)
    return seen.where(Receivable.open_amount > 0, Receivable.due_on <= last)


def _owed(viewer: Viewer, last: date) -> Question[dict[Account, list[Due]]]:
    columns: Any = (
        R.customer_id, R.currency, R.id, R.reference, R.due_on, R.open_amount, R.disputed_amount, R.promised_on
    )  # fmt: skip
    statement = _open(select(*columns), viewer, last).order_by(R.customer_id, R.due_on, R.id)

    def by_account(rows: Rows) -> dict[Account, list[Due]]:
        found: dict[Account, list[Due]] = {}
        for customer_id, currency, *due in rows:
            found.setdefault((customer_id, currency), []).append(Due(*due))
        return found

    return Question(statement, by_account)


def _taken(viewer: Viewer, last: date) -> Question[dict[Account, list[Taken]]]:
    notice = DunningNotice
    columns: Any = (notice.customer_id, notice.currency, notice.step_day, notice.receivables)
    owing = _open(select(R.customer_id), viewer, last)
    wanted = visible(select(*columns), notice, viewer).where(notice.customer_id.in_(owing))

    def by_account(rows: Rows) -> dict[Account, list[Taken]]:
        found: dict[Account, list[Taken]] = {}
        for customer_id, currency, step_day, receivables in rows:
            named = frozenset(int(each["id"]) for each in receivables)
            found.setdefault((customer_id, currency), []).append(Taken(step_day, named))
        return found

    return Question(wanted, by_account)


_STEPS = Kept(ladder, DunningStep)
