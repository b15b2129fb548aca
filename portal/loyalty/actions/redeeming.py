"""Points become a credit line on the next statement, exactly once; a cancelled one gives them back (K8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import crediting
from portal.billing.actions.crediting import Ask
from portal.billing.models import Credit
from portal.billing.queries.parties import party_for
from portal.billing.rules.states import CreditState
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.loyalty.actions import ledger
from portal.loyalty.actions.ledger import Cause
from portal.loyalty.models import PointsAccount, Redemption
from portal.loyalty.queries.points import lots, redeeming_rule
from portal.loyalty.rules.earning import check_redeemable, worth
from portal.loyalty.rules.kinds import EntryKind, RedemptionState
from portal.loyalty.rules.lots import Taken, taken

SOURCE = "points"
SERIES = "PR"
AT_LEAST = timedelta(days=30)
"""Points that are given back can be used so long at least, whatever day they would have expired on."""


def redeem(customer: Customer, points: int, actor: Viewer, now: datetime) -> Redemption:
    """`points` for a credit at the rule's value of today. Invalid at points; NotAllowedNow without a rule.

    Whoever redeems at the same time waits for the account, and finds what is left.
    """
    if not actor.may(Permission.POINTS_REDEEM):
        raise Forbidden()
    account = ledger.hold(customer.id, now)
    ledger.expire(account, now)
    rule = check_redeemable(points, account.balance, redeeming_rule(business_day(now)))
    used = taken(lots(customer.id), points)
    row = Redemption(
        number=next_number(SERIES, business_day(now).year), customer_id=customer.id, points=points,
        currency=rule.currency, amount=worth(points, rule), lots=[_kept(each) for each in used],
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    cause = Cause(f"redeem-{row.id}", row.number)
    ledger.take(account, EntryKind.REDEEM, points, cause, actor, now)
    row.credit_id = _credit(row, actor, now).id
    after = {"points": points, "amount": format_money(row.amount, row.currency)}
    audit.record(actor, "points.redeemed", row, now, after=after)
    return row


def cancel(redemption: Redemption, reason: str, actor: Viewer, now: datetime) -> Redemption:
    """Take the credit back before it stands on a statement: the points are there again. Invalid at reason."""
    if not actor.may(Permission.POINTS_EDIT):
        raise Forbidden()
    if len(reason.strip()) < 2:
        raise Invalid(t("Say why."), "reason")
    account = ledger.hold(redemption.customer_id, now)
    row = _held(redemption.id)
    if row.state == RedemptionState.CANCELLED or row.credit_id is None:
        raise NotAllowedNow(t("This redemption is cancelled already."))
    crediting.cancel(row.credit_id, reason, actor, now)
    row.state, row.reason = RedemptionState.CANCELLED.value, reason.strip()[:500]
    row.cancelled_at, row.cancelled_by = now, actor.user_id
    _give_back(row, account, actor, now)
    audit.record(
        actor, "points.redemption_cancelled", row, now, after={"points": row.points}, reason=row.reason
    )  # fmt: skip
    return row


def _give_back(row: Redemption, account: PointsAccount, actor: Viewer, now: datetime) -> None:
    """Each lot with the day on which it would have expired, or a little later."""
    for place, kept in enumerate(row.lots):
        known = kept["expires_on"]
        ends = max(date.fromisoformat(known), business_day(now) + AT_LEAST) if known else None
        cause = Cause(f"give-back-{row.id}-{place}", row.number, row.reason)
        ledger.add(account, EntryKind.GIVE_BACK, kept["points"], ends, cause, actor, now)


def _credit(row: Redemption, actor: Viewer, now: datetime) -> Credit:
    """Granted at once: the rule says what points are worth, and the firm set the rule."""
    with past_the_walls():
        party = db.session.get_one(Customer, party_for(row.customer_id, SYSTEM))
        ask = Ask(
            row.amount, f"{row.number} · {row.points}", served_id=row.customer_id, currency=row.currency,
            name_zh=f"积分抵扣 {row.number}", name_en=f"Points redeemed {row.number}",
        )  # fmt: skip
        credit = crediting.make(party, ask, SOURCE, row.id, actor, now)
        if credit.state == CreditState.PENDING_APPROVAL:
            crediting.grant(credit, None, SYSTEM, now)
        db.session.flush()
    return credit


def _held(redemption_id: int) -> Redemption:
    write_from_here(db.session())
    wanted = select(Redemption).where(Redemption.id == redemption_id).with_for_update()
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def _kept(each: Taken) -> dict[str, object]:
    ends = each.expires_on.isoformat() if each.expires_on else None
    return {"lot_id": each.lot_id, "points": each.points, "expires_on": ends}
