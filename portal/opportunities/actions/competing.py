"""Competitors in an opportunity and what they do to it (REQUIREMENTS O13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, NotFound
from portal.kernel.text import Text, t
from portal.opportunities.actions.holding import touch, unlocked
from portal.opportunities.models import Competitor, Opportunity, OpportunityCompetitor
from portal.opportunities.rules import values, wording
from portal.opportunities.rules.kinds import Threat


@dataclass(frozen=True, slots=True)
class Rival:
    """A competitor, the price that it is said to offer (in the opportunity's currency), and its effect on us."""

    competitor_id: int
    threat: str = Threat.MIDDLE.value
    price: Decimal | None = None
    effect: str = ""


def put(
    opportunity: Opportunity, rival: Rival, actor: Viewer, now: datetime
) -> OpportunityCompetitor:
    """Name a competitor, or say anew what it does. InvalidMany by the names of `Rival`."""
    row = unlocked(opportunity, actor)
    found = _of(row, rival.competitor_id)
    effect = wording.lines_of(rival.effect)
    _check(row, rival, effect, found is not None)
    before = None if found is None else _said(found)
    if found is None:
        found = OpportunityCompetitor(
            customer_id=row.customer_id, opportunity_id=row.id, competitor_id=rival.competitor_id
        )
        db.session.add(found)
    found.threat, found.price, found.effect = rival.threat, rival.price, effect
    row.names_no_competitor = False
    _done(row, before, _said(found), actor, now)
    return found


def remove(opportunity: Opportunity, competitor_id: int, actor: Viewer, now: datetime) -> None:
    """It is out of the race. NotFound where it was not named."""
    row = unlocked(opportunity, actor)
    found = _of(row, competitor_id)
    if found is None:
        raise NotFound()
    before = _said(found)
    db.session.delete(found)
    _done(row, before, None, actor, now)


def say_none(opportunity: Opportunity, actor: Viewer, now: datetime) -> None:
    """We asked, and nobody competes. InvalidMany where competitors are named."""
    row = unlocked(opportunity, actor)
    named = select(OpportunityCompetitor.id).where(OpportunityCompetitor.opportunity_id == row.id)
    if db.session.scalar(named.limit(1)) is not None:
        raise InvalidMany({"competitors": t("Competitors are named. Remove them first.")})
    if not row.names_no_competitor:
        row.names_no_competitor = True
        _done(row, None, {"competitor": "none"}, actor, now)


def _of(row: Opportunity, competitor_id: int) -> OpportunityCompetitor | None:
    return db.session.scalar(
        select(OpportunityCompetitor).where(
            OpportunityCompetitor.opportunity_id == row.id,
            OpportunityCompetitor.competitor_id == competitor_id,
        )
    )


def _check(row: Opportunity, rival: Rival, effect: str, is_named: bool) -> None:
    known = db.session.get(Competitor, rival.competitor_id)
    usable = known is not None and (known.active or is_named)
    problems: dict[str, Text | None] = {
        "competitor_id": None if usable else t("Choose one of the list."),
        "threat": values.choice_problem(rival.threat, Threat),
        "price": values.amount_problem(rival.price, row.currency),
        "effect": wording.too_long(effect, 500),
    }
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)


def _said(found: OpportunityCompetitor) -> dict[str, Any]:
    name = db.session.get_one(Competitor, found.competitor_id).name_zh
    price = None if found.price is None else str(found.price)
    return {"competitor": name, "threat": found.threat, "price": price, "effect": found.effect}


def _done(row: Opportunity, before: Any, after: Any, actor: Viewer, now: datetime) -> None:
    touch(row, now)
    audit.record(actor, "opportunity.competitors", row, now, before=before, after=after)
