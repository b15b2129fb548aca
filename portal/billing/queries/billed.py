"""Where something was billed: the way from a contract, an entitlement, a usage or a shipment to its statement lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.db.base import db
from portal.usage.models import UsageRecord

SHOWN = 8
L, S = StatementLine, Statement


class BilledOn(NamedTuple):
    """What one statement bills of it: so many lines, `gross` of them in `currency`; `line_id` is the first."""

    statement_id: int
    number: str
    state: str
    currency: str
    lines: int
    gross: Decimal
    line_id: int


def of_contract(contract_id: int, viewer: Viewer) -> list[BilledOn]:
    """The statements that bill what was used of a contract, the latest first."""
    return _billed(viewer, L.contract_id == contract_id)


def of_entitlement(entitlement_id: int, viewer: Viewer) -> list[BilledOn]:
    """The statements that bill the draws of an entitlement, its fees or its shortfall."""
    return _billed(viewer, L.entitlement_id == entitlement_id)


def of_usage(usage_id: int, viewer: Viewer) -> list[BilledOn]:
    """The statement that bills a usage record."""
    return _billed(viewer, L.usage_id == usage_id)


def of_shipment(shipment_id: int, viewer: Viewer) -> list[BilledOn]:
    """The statements that bill what a shipment used."""
    used = select(UsageRecord.id).where(UsageRecord.shipment_id == shipment_id)
    return _billed(viewer, L.usage_id.in_(used))


def _billed(viewer: Viewer, which: ColumnElement[bool]) -> list[BilledOn]:
    """One statement for all; a customer reads of what was published to it."""
    if not viewer.may(Permission.STATEMENT_SEE):
        return []
    named = (S.id, S.number, S.state, S.currency)
    sums = (func.count(), func.sum(L.gross_amount), func.min(L.id))
    wanted: Any = visible(select(*named, *sums), StatementLine, viewer).join(
        S, S.id == L.statement_id
    )
    wanted = wanted.where(which, L.until_revision.is_(None))
    if not viewer.is_staff:
        wanted = wanted.where(S.state.in_(sorted(CUSTOMER_SEES)))
    latest = wanted.group_by(*named, S.ends_on).order_by(S.ends_on.desc(), S.id.desc())
    return [BilledOn(*row) for row in db.session.execute(latest.limit(SHOWN))]
