"""What is at stake in claims that are open, currency by currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.claims.models import Claim
from portal.claims.rules.states import OPEN
from portal.db.base import db

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stake:
    """Sums of the open claims of one currency."""

    currency: str
    count: int
    claimed: Decimal
    assessed: Decimal
    offered: Decimal
    agreed: Decimal


def open_sums(viewer: Viewer) -> list[Stake]:
    """One row for each currency, by its code."""
    amounts = (
        Claim.claimed_amount,
        Claim.assessed_amount,
        Claim.offered_amount,
        Claim.agreed_amount,
    )
    columns: list[Any] = [Claim.currency, func.count(Claim.id), *map(func.sum, amounts)]
    wanted = visible(select(*columns), Claim, viewer).where(
        Claim.state.in_([each.value for each in OPEN])
    )
    rows = db.session.execute(wanted.group_by(Claim.currency).order_by(Claim.currency))
    return [
        Stake(row[0], row[1], *(NOTHING if each is None else each for each in row[2:]))
        for row in rows
    ]
