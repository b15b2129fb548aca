"""Closing a month of a warehouse and opening it again; both leave their entry in the history (DOMAIN section 16)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.warehouse.models import StockPeriod, Warehouse
from portal.warehouse.queries.books import closed_months
from portal.warehouse.rules import months


def close(warehouse: Warehouse, month_on: date, actor: Viewer, now: datetime) -> StockPeriod:
    """Close the month of `month_on`, and with it whatever is before; later papers count in the next one.

    Invalid while the month is not over, or when it is closed already.
    """
    _hold(warehouse)
    first = months.month_start(month_on)
    closed = closed_months([warehouse.id]).get(warehouse.id)
    months.check_closing(first, closed, clock.business_day(now))
    period = StockPeriod(
        warehouse_id=warehouse.id,
        warehouse=warehouse,
        month_on=first,
        closed_at=now,
        closed_by=actor.user_id,
    )
    db.session.add(period)
    audit.record(actor, "stock_period.closed", period, now, after=_told(period))
    return period


def reopen(period: StockPeriod, reason: str, actor: Viewer, now: datetime) -> None:
    """Open the last closed month again, with a reason. NotAllowedNow for an earlier one."""
    if not reason.strip():
        raise Invalid(t("Give the reason."), "reason")
    _hold(period.warehouse)
    if closed_months([period.warehouse_id])[period.warehouse_id] != period.month_on:
        raise NotAllowedNow(t("A later month is closed; open that one first."))
    audit.record(actor, "stock_period.reopened", period, now, before=_told(period), reason=reason)
    db.session.delete(period)
    db.session.flush()


def _hold(warehouse: Warehouse) -> None:
    """Nobody posts here meanwhile."""
    db.session.execute(select(Warehouse.id).where(Warehouse.id == warehouse.id).with_for_update())


def _told(period: StockPeriod) -> dict[str, str]:
    return {"warehouse": period.warehouse.code, "month": f"{period.month_on:%Y-%m}"}
