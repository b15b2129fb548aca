"""A class set by hand, with a reason and a last day; when that is over, what the run found counts again (DOMAIN K1)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.access.viewer import SYSTEM, Viewer
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.insights.models import Classification, ClassOverride
from portal.insights.queries.classes import latest_of
from portal.insights.rules.kinds import WORDS_OF, Aspect
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t

COLUMN_OF: dict[Aspect, str] = {
    Aspect.TIER: "segment",
    Aspect.STATE: "state",
    Aspect.ABC: "abc",
    Aspect.STRUCTURE: "structure",
}
"""The column of the customer that an aspect is kept in."""
LONGEST_DAYS = 731


def override(
    customer: Customer, aspect: Aspect, value: str, reason: str, until_on: date, actor: Viewer, now: datetime
) -> ClassOverride:  # fmt: skip
    """Set one class by hand from today until `until_on`; an earlier one of the aspect ends with it. InvalidMany."""
    today = business_day(now)
    wrong: dict[str, Text] = {}
    if value not in WORDS_OF[aspect]:
        wrong["value"] = t("Choose one of the list.")
    if not reason.strip():
        wrong["reason"] = t("Say why.")
    if not 0 <= (until_on - today).days <= LONGEST_DAYS:
        wrong["until_on"] = t("From today to two years from now.")
    if wrong:
        raise InvalidMany(wrong)
    column = COLUMN_OF[aspect]
    earlier = live(customer.id, aspect)
    if earlier is not None:
        earlier.ended_at, earlier.ended_by, earlier.end_reason = now, actor.user_id, reason
        db.session.flush()
    row = ClassOverride(
        customer_id=customer.id, aspect=aspect.value, value=value, reason=reason.strip(), from_on=today,
        until_on=until_on, set_by=actor.user_id, before=earlier.before if earlier else getattr(customer, column),
    )  # fmt: skip
    db.session.add(row)
    before = {column: getattr(customer, column)}
    setattr(customer, column, value)
    after = {column: value, "until": until_on}
    audit.record(
        actor, "customer.overridden", customer, now, before=before, after=after, reason=row.reason
    )
    return row


def end(row: ClassOverride, reason: str, actor: Viewer, now: datetime) -> None:
    """End it before its day; what the latest run found counts again."""
    if row.ended_at is not None:
        raise NotAllowedNow(t("This was ended already."))
    if not reason.strip():
        raise InvalidMany({"reason": t("Say why.")})
    _end(row, reason.strip(), actor, now)


def end_due(now: datetime) -> int:
    """End what is over since its last day; how many."""
    due = select(ClassOverride).where(
        ClassOverride.ended_at.is_(None), ClassOverride.until_on < business_day(now)
    )
    rows = list(db.session.scalars(due.order_by(ClassOverride.id)))
    for row in rows:
        _end(row, "", SYSTEM, now)
    return len(rows)


def live(customer_id: int, aspect: Aspect) -> ClassOverride | None:
    """The one that is not ended."""
    statement = select(ClassOverride).where(
        ClassOverride.customer_id == customer_id,
        ClassOverride.aspect == aspect.value,
        ClassOverride.ended_at.is_(None),
    )
    return db.session.scalar(statement)


def _end(row: ClassOverride, reason: str, actor: Viewer, now: datetime) -> None:
    row.ended_at, row.ended_by, row.end_reason = now, actor.user_id, reason[:500]
    aspect, customer = Aspect(row.aspect), row.customer
    column = COLUMN_OF[aspect]
    found = latest_of(row.customer_id)
    value = row.before if found is None else _found(found, aspect)
    before, after = {column: getattr(customer, column)}, {column: value}
    setattr(customer, column, value)
    audit.record(
        actor, "customer.override_ended", customer, now, before=before, after=after, reason=reason or None
    )  # fmt: skip


def _found(row: Classification, aspect: Aspect) -> str:
    return str(getattr(row, aspect.value))
