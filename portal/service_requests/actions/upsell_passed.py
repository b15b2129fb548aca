"""A chance to sell more becomes an opportunity in one step, and follows its state from then on (REQUIREMENTS S5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls
from portal.access.viewer import Viewer
from portal.customers.rules.kinds import Source
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, NotAllowedNow
from portal.kernel.text import t
from portal.opportunities.actions import course
from portal.opportunities.actions.opening import NewLine, NewOpportunity, open_
from portal.opportunities.models import Opportunity
from portal.opportunities.queries.people import may_own
from portal.opportunities.rules.kinds import OpportunityKind
from portal.opportunities.rules.states import OpportunityState
from portal.service_requests.actions.upselling import OVER, held
from portal.service_requests.models import Upsell
from portal.service_requests.rules.states import UPSELL_STEPS, UpsellState, UpsellStep

LONGEST_TITLE = 120


def pass_on(upsell: Upsell, actor: Viewer, now: datetime) -> Opportunity:
    """Make an opportunity of it, with its service item and amount; done twice it gives the same one.

    Whoever follows chances may pass one on, without the right to work on opportunities: it goes to whoever follows it
    and sells, else to the customer's owner, else to a leader of sales. NotAllowedNow for one that is won or dropped.
    """
    if not actor.may(Permission.UPSELL_EDIT):
        raise Forbidden()
    row = held(upsell)
    if row.opportunity_id is not None:
        with past_the_walls():
            return db.session.get_one(Opportunity, row.opportunity_id)
    if row.state in OVER:
        raise NotAllowedNow(t("It is won or dropped already."))
    seller = replace(actor, permissions=actor.permissions | {Permission.OPPORTUNITY_EDIT})
    made = open_(_new(row), seller, now)
    row.opportunity_id, row.updated_at = made.id, now
    audit.record(actor, "upsell.changed", row, now, after={"opportunity": made.number})
    return made


def follow(opportunity: Opportunity, actor: Viewer, now: datetime) -> None:
    """What became this opportunity is won, dropped or open again with it."""
    with past_the_walls():
        wanted = select(Upsell).where(Upsell.opportunity_id == opportunity.id)
        for row in db.session.scalars(wanted.with_for_update(of=Upsell)):
            _follow(row, opportunity, actor, now)


def _follow(row: Upsell, opportunity: Opportunity, actor: Viewer, now: datetime) -> None:
    step = _STEPS[OpportunityState(opportunity.state)]
    if not UPSELL_STEPS.allows(UpsellState(row.state), step):
        return
    before = {"state": row.state}
    reason = opportunity.outcome_reason
    row.end_reason = reason.name_zh if step is UpsellStep.DROP and reason is not None else ""
    row.state = UPSELL_STEPS.next(UpsellState(row.state), step).value
    row.updated_at = now
    after = {"state": row.state, "opportunity": opportunity.number}
    audit.record(actor, "upsell.changed", row, now, before=before, after=after)


def _new(row: Upsell) -> NewOpportunity:
    request, item = row.request, row.item
    first_line = next((line for line in row.text.splitlines() if line.strip()), row.number)
    lines = () if item is None else (NewLine(item.id, "", unit=item.main_unit),)
    from_request = request is not None
    return NewOpportunity(
        customer_id=row.customer_id, title=first_line.strip()[:LONGEST_TITLE], kind=OpportunityKind.EXPANSION.value,
        amount=row.amount, currency=row.currency, owner_id=row.owner_id if may_own(row.owner_id) else None,
        source=(Source.REQUEST if from_request else Source.OTHER).value,
        source_type="service_request" if request is not None else "upsell",
        source_id=request.id if request is not None else row.id,
        source_label=f"{request.number} · {row.number}" if request is not None else row.number,
        text=row.text, lines=lines,
    )  # fmt: skip


_STEPS = {
    OpportunityState.WON: UpsellStep.WIN,
    OpportunityState.LOST: UpsellStep.DROP,
    OpportunityState.OPEN: UpsellStep.REOPEN,
}

course.FOLLOWERS.append(follow)
