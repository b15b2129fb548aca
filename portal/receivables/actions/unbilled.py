"""What a settlement party has used and not been billed for: the unbilled part of its exposure (DOMAIN E8)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select

from portal.access.viewer import SYSTEM
from portal.billing.actions.gathering import gather
from portal.billing.models import Statement
from portal.billing.rules.states import StatementState
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.period import Period

ZERO = Decimal(0)


def unbilled_sums(party_id: int, now: datetime) -> dict[str, Decimal]:
    """Currency → gross of everything up to today that is on no published statement; drafts count here.

    Worked out by the same path as a bill for the running month. Invalid where a price or a rate is missing.
    """
    today = business_day(now)
    first = today.replace(day=1)
    month = Period(first, today)
    found = _on_drafts(party_id, month)
    for content in gather(party_id, month, SYSTEM, today):
        gross = sum((line.gross_amount for line in content.lines), ZERO)
        found[content.currency] = found.get(content.currency, ZERO) + gross
    return found


def _on_drafts(party_id: int, month: Period) -> dict[str, Decimal]:
    """What stands on drafts and statements under review; a draft of just this period is gathered anew."""
    anew = and_(
        Statement.state == StatementState.DRAFT.value,
        Statement.starts_on == month.start_on,
        Statement.ends_on == month.end_on,
    )
    waiting = or_(
        Statement.state == StatementState.UNDER_REVIEW.value,
        Statement.state == StatementState.DRAFT.value,
    )
    sums = select(Statement.currency, func.sum(Statement.gross_amount)).where(
        Statement.customer_id == party_id, waiting, ~anew
    )
    return {row[0]: row[1] for row in db.session.execute(sums.group_by(Statement.currency))}
