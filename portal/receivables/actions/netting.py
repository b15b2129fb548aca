"""A statement that came to a credit pays for what its customer owes 冲抵: both sides posted, undone with a trace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.actions import owing
from portal.billing.actions.owing import Source
from portal.billing.models import Receivable
from portal.billing.rules.kinds import PostingKind
from portal.db import audit
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow, StaleEdit
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.receivables.actions import standing
from portal.receivables.models import Netting
from portal.receivables.queries.netting import payable_by
from portal.receivables.queries.receipts import owed_of
from portal.receivables.rules.allocation import Share, Wish, by_hand, oldest_first


def net(
    credit: Receivable, wishes: Sequence[Wish] | None, on: date, actor: Viewer, now: datetime, seen: int | None = None
) -> list[Netting]:  # fmt: skip
    """Set a credit balance against open items of its customer and currency: `wishes` by hand, None: oldest due first.

    Both sides count from `on`, from the later of their own days where that is later. `seen`: the credit's version that
    was read; StaleEdit when it changed since, so that the same twice is done once. InvalidMany (`amount-<id>`), Invalid
    at "amount" or "on"; NotAllowedNow when nothing is left on either side.
    """
    take_turn(Turn.MONEY)
    rows = {row.id: row for row in owing.hold([credit.id, *payable_by(credit, actor)])}
    credit = rows.pop(credit.id)
    _check(credit, on, business_day(now), seen)
    shares = _shares(credit, rows, wishes)
    made = [_set_off(credit, rows[each.receivable_id], each, on, actor, now) for each in shares]
    paid = {
        rows[each.receivable_id].reference: format_money(each.amount, credit.currency)
        for each in shares
    }
    audit.record(actor, "receivable.netted", credit, now, after={"paid": paid})
    standing.refresh(credit.customer_id, now)
    return made


def undo(netting: Netting, reason: str, actor: Viewer, now: datetime) -> Netting:
    """Take it back, today: both sides are open again by as much. Once; with a reason."""
    why = reason.strip()[:300]
    if not why:
        raise Invalid(t("Say why it is undone."), "reason")
    take_turn(Turn.MONEY)
    rows = {row.id: row for row in owing.hold([netting.credit_id, netting.receivable_id])}
    taken = select(Netting.id).where(Netting.reverses_id == netting.id)
    if netting.reverses_id is not None or db.session.scalar(taken) is not None:
        raise NotAllowedNow(t("This was undone already."))
    credit, owed = rows[netting.credit_id], rows[netting.receivable_id]
    row = Netting(
        customer_id=credit.customer_id, credit_id=credit.id, receivable_id=owed.id,
        on=max(business_day(now), netting.on), amount=-netting.amount, reverses_id=netting.id, reason=why,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    _posted(row, credit, owed, PostingKind.NETTING_UNDONE, actor, now)
    after = {"reference": owed.reference, "amount": netting.amount}
    audit.record(actor, "receivable.netting_undone", credit, now, after=after, reason=why)
    standing.refresh(credit.customer_id, now)
    return row


def _check(credit: Receivable, on: date, today: date, seen: int | None) -> None:
    if seen is not None and seen != credit.version:
        raise StaleEdit(
            t("It has changed since you opened this page. Look at it again, then repeat.")
        )
    if credit.open_amount >= 0:
        raise NotAllowedNow(t("There is no credit left here."))
    if on > today:
        raise Invalid(t("This day is still to come."), "on")


def _shares(
    credit: Receivable, rows: dict[int, Receivable], wishes: Sequence[Wish] | None
) -> list[Share]:
    owed = {row.id: owed_of(row) for row in rows.values()}
    free = -credit.open_amount
    if wishes is not None:
        return by_hand(free, credit.currency, wishes, owed)
    shares = oldest_first(free, credit.currency, owed.values())
    if not shares:
        raise NotAllowedNow(t("This customer owes nothing that it could be set against."))
    return shares


def _set_off(
    credit: Receivable, owed: Receivable, share: Share, on: date, actor: Viewer, now: datetime
) -> Netting:
    row = Netting(
        customer_id=credit.customer_id, credit_id=credit.id, receivable_id=owed.id,
        on=max(on, credit.issued_on, owed.issued_on), amount=share.amount, by_id=actor.user_id, at=now,
    )  # fmt: skip
    _posted(row, credit, owed, PostingKind.NETTING, actor, now)
    return row


def _posted(
    row: Netting, credit: Receivable, owed: Receivable, kind: PostingKind, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    """Store it and move both sides towards zero by it, or away from it, on the same day."""
    db.session.add(row)
    db.session.flush()
    for side, other, change, name in (
        (credit, owed, row.amount, "credit"),
        (owed, credit, -row.amount, "owed"),
    ):
        source = Source("netting", row.id, other.reference)
        key = f"netting:{row.id}:{name}"
        owing.post(side, kind, key, row.on, change, source, actor, now, row.reason)
