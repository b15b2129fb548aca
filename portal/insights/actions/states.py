"""The state of every customer, worked out daily (DOMAIN K1): only what became different is written, and told why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select, update

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.customers.rules.kinds import CustomerState
from portal.db import audit
from portal.db.base import db
from portal.insights.models import ClassOverride
from portal.insights.queries.class_facts import Batch
from portal.insights.queries.classes import Named
from portal.insights.queries.state_facts import Window, standings, window
from portal.insights.queries.tiers import insight_settings
from portal.insights.rules.kinds import Aspect
from portal.insights.rules.states import state_of
from portal.kernel.clock import business_day
from portal.kernel.text import Text

BATCH = 2_000
States = dict[int, tuple[CustomerState, Text]]


def states_on(batch: Batch, today: date, seen: Window | None = None) -> States:
    """Customer → its state on a day, and why; a customer that never ordered has none."""
    settings = insight_settings()
    seen = seen or window(settings, today)
    found = standings(batch, seen, settings, today)
    return {each: state_of(standing, today, settings) for each, standing in found.items()}


def next_batch(after: int) -> Batch | None:
    """The customers that come after one; None: there are none."""
    wanted = select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(BATCH)
    ids = list(db.session.scalars(wanted))
    return Batch(after, ids[-1]) if ids else None


def bring_up_to_date(batch: Batch, now: datetime) -> int:
    """Write the states that became different, each with an entry of history; what is set by hand wins. How many."""
    today = business_day(now)
    found, there, by_hand = states_on(batch, today), _there(batch), _by_hand(batch, today)
    changed = {
        customer_id: (there[customer_id], state, cause)
        for customer_id, (state, cause) in sorted(found.items())
        if customer_id in there and customer_id not in by_hand and there[customer_id] != state
    }
    if not changed:
        return 0
    rows = [{"row_id": each, "state_now": state.value} for each, (_was, state, _why) in changed.items()]  # fmt: skip
    statement = (
        update(Customer)
        .where(Customer.id == bindparam("row_id"))
        .values(state=bindparam("state_now"), version=Customer.version + 1, updated_at=now)
    )
    db.session.flush()
    db.session.connection().execute(statement, rows)
    db.session.expire_all()
    told = [
        (Named(each), {"state": was}, {"state": state.value, "on": today, "why": why.to_json()})
        for each, (was, state, why) in changed.items()
    ]
    audit.record_all(SYSTEM, "customer.classified", told, now)
    return len(changed)


def _there(batch: Batch) -> dict[int, str]:
    statement = select(Customer.id, Customer.state).where(
        batch.of(Customer.id), Customer.merged_into_id.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _by_hand(batch: Batch, today: date) -> set[int]:
    row = ClassOverride
    statement = visible(select(row.customer_id), row, SYSTEM).where(
        batch.of(row.customer_id), row.aspect == Aspect.STATE.value, row.ended_at.is_(None),
        row.until_on >= today,
    )  # fmt: skip
    return set(db.session.scalars(statement))
