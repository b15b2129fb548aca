"""What became of the closed opportunities, by service item and by seller; SQL only adds, rules divide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.intake.rules.outcomes import Outcome
from portal.kernel.clock import business_day
from portal.opportunities.models import Opportunity, OpportunityLine
from portal.opportunities.rules.states import OpportunityState

__all__ = ["Outcome", "by_item", "by_owner"]
Of, S = Opportunity, OpportunityState
CLOSED = (S.WON.value, S.LOST.value)
SHOWN = (Of.currency, Of.state, Of.amount, Of.created_at, Of.closed_on)


def by_owner(viewer: Viewer) -> list[Outcome]:
    """By the name of whose opportunity it is."""
    return _added_up(select(User.name, *SHOWN).join(User, User.id == Of.owner_id), viewer)


def by_item(viewer: Viewer) -> list[Outcome]:
    """By the first service item of the opportunity."""
    first = OpportunityLine.opportunity_id == Of.id, OpportunityLine.position == 1
    return _added_up(
        select(OpportunityLine.name, *SHOWN).join(OpportunityLine, first[0] & first[1]), viewer
    )


def _added_up(statement: Any, viewer: Viewer) -> list[Outcome]:
    """One walk over the closed ones; the days between two dates are not every database's to count."""
    wanted: Select[Any] = visible(statement, Opportunity, viewer).where(Of.state.in_(CLOSED))
    sums: dict[tuple[str, str], list[Any]] = {}
    for name, currency, state, amount, opened, closed in db.session.execute(
        wanted.execution_options(yield_per=2_000)
    ):
        into = sums.setdefault((name, currency), [0, 0, Decimal(0), 0])
        into[0 if state == S.WON else 1] += 1
        if state == S.WON:
            into[2] += amount or Decimal(0)
            into[3] += (closed - business_day(opened)).days
    return [Outcome(*key, *sums[key]) for key in sorted(sums)]
