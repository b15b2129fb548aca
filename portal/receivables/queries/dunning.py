"""Dunning steps, what was sent, and what a reminder would say."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.rules import dunning as rules
from portal.receivables.rules.dunning import Due, Reminder, Step, Taken
from portal.receivables.rules.kinds import Channel


def steps() -> list[DunningStep]:
    """All steps, the earliest first, those that are switched off too."""
    return list(db.session.scalars(select(DunningStep).order_by(DunningStep.day)))


def ladder() -> list[Step]:
    """The steps that are taken."""
    return [
        Step(row.day, Channel(row.channel), row.holds, row.stops) for row in steps() if row.active
    ]


def notices(viewer: Viewer) -> Select[Any]:
    """Everything that was sent or noted, joined to the customers for searching and sorting."""
    statement: Select[Any] = select(DunningNotice).join(
        Customer, Customer.id == DunningNotice.customer_id
    )
    return visible(statement.options(joinedload(DunningNotice.customer)), DunningNotice, viewer)


def notices_of(customer_id: int, viewer: Viewer) -> list[DunningNotice]:
    """What was sent to one customer, newest first."""
    statement = visible(select(DunningNotice), DunningNotice, viewer)
    wanted = statement.where(DunningNotice.customer_id == customer_id)
    return list(
        db.session.scalars(wanted.order_by(DunningNotice.on.desc(), DunningNotice.id.desc()))
    )


def accounts_to_look_at(viewer: Viewer) -> list[tuple[int, str]]:
    """(customer id, currency) of everybody who owes something."""
    columns = (Receivable.customer_id, Receivable.currency)
    owing = visible(select(*columns), Receivable, viewer).where(Receivable.open_amount > 0)
    rows = db.session.execute(owing.distinct().order_by(*columns))
    return [(row[0], row[1]) for row in rows]


def due_items(customer_id: int, currency: str, viewer: Viewer) -> list[Due]:
    """What one customer owes in one currency, oldest due first."""
    statement = visible(select(Receivable), Receivable, viewer).where(
        Receivable.customer_id == customer_id,
        Receivable.currency == currency,
        Receivable.open_amount > 0,
    )
    return [
        Due(
            row.id, row.reference, row.due_on, row.open_amount, row.disputed_amount, row.promised_on
        )
        for row in db.session.scalars(statement.order_by(Receivable.due_on, Receivable.id))
    ]


def taken_of(customer_id: int, currency: str, viewer: Viewer) -> list[Taken]:
    """The steps that were taken for it."""
    statement = visible(select(DunningNotice), DunningNotice, viewer).where(
        DunningNotice.customer_id == customer_id, DunningNotice.currency == currency
    )
    return [
        Taken(row.step_day, frozenset(int(each["id"]) for each in row.receivables))
        for row in db.session.scalars(statement)
    ]


def reminders_for(customer_id: int, currency: str, today: date, viewer: Viewer) -> list[Reminder]:
    """The steps that are to be taken today for one customer and currency."""
    return rules.reminders(
        ladder(),
        due_items(customer_id, currency, viewer),
        taken_of(customer_id, currency, viewer),
        today,
    )
