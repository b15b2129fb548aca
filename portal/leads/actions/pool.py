"""The pool 公海: picking, assigning, giving back, falling back, discarding (REQUIREMENTS K6)."""

from __future__ import annotations

from datetime import datetime

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db import audit
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.kernel.text import Text, t
from portal.leads.actions import letters
from portal.leads.actions.hands import check_hands, check_space, log, needed_reason
from portal.leads.models import Lead
from portal.leads.queries.leads import held, lead_settings, left_at
from portal.leads.rules.kinds import PickKind
from portal.leads.rules.pool import FallsBack, check_cooled, cools_off_until, falls_back
from portal.leads.rules.states import LEAD_STEPS, LeadState, LeadStep
from portal.service_requests.queries import people


def pick(lead: Lead, actor: Viewer, now: datetime) -> Lead:
    """Take a lead out of the pool. Of two who pick at once one has it and the other is told.

    Raises NotAllowedNow when it is taken, when the actor holds too many, or had this one until lately.
    """
    if not actor.may(P.LEAD_WORK):
        raise Forbidden()
    row = held(lead)
    if row.state == LeadState.HELD.value:
        raise NotAllowedNow(_taken(row, actor))
    _may(row, LeadStep.PICK)
    until = cools_off_until(left_at(row.id, actor.user_id), lead_settings())
    check_cooled(until, business_day(now))
    check_space(actor.user_id, actor)
    _put_into_hands(row, LeadStep.PICK, actor.user_id, now)
    audit.record(actor, "lead.picked", row, now, after={"owner": actor.user_id})
    log(row, PickKind.PICKED, actor.user_id, actor, now)
    return row


def assign(lead: Lead, user_id: int, actor: Viewer, now: datetime, reason: str = "") -> Lead:
    """Put a lead into somebody's hands; whoever had it and whoever has it now are told.

    Raises Forbidden without the right, Invalid at "owner_id" for somebody who does not work on leads, NotAllowedNow
    when that person holds too many.
    """
    if not actor.may(P.LEAD_ASSIGN):
        raise Forbidden()
    row = held(lead)
    if not people.may(user_id, P.LEAD_WORK):
        raise Invalid(t("Choose somebody who works on leads."), "owner_id")
    if row.owner_id == user_id and row.state == LeadState.HELD.value:
        return row
    before = row.owner_id
    _may(row, LeadStep.ASSIGN)
    check_space(user_id, actor)
    said = reason.strip()[:500]
    if before is not None:
        log(row, PickKind.TAKEN, before, actor, now, said)
    _put_into_hands(row, LeadStep.ASSIGN, user_id, now)
    audit.record(
        actor, "lead.assigned", row, now, before={"owner": before}, after={"owner": user_id}, reason=said or None
    )  # fmt: skip
    log(row, PickKind.ASSIGNED, user_id, actor, now, said)
    letters.tell(row, "taken", before, actor, now)
    letters.tell(row, "given", user_id, actor, now)
    return row


def give_back(lead: Lead, reason: str, actor: Viewer, now: datetime) -> Lead:
    """Put a lead back into the pool for others, with the reason; its holder leaves it to them for a while."""
    row = held(lead)
    check_hands(row, actor)
    said = needed_reason(reason)
    _step(row, LeadStep.GIVE_BACK)
    owner_id = _lay_down(row, now)
    audit.record(
        actor, "lead.given_back", row, now, before={"owner": owner_id}, reason=said
    )  # fmt: skip
    log(row, PickKind.GIVEN_BACK, owner_id, actor, now, said)
    return row


def recycle(lead: Lead, actor: Viewer, now: datetime) -> bool:
    """Let a lead fall back whose day has come; False when it was touched, moved or ended meanwhile."""
    row = held(lead)
    end = end_of(row)
    if end is None or not end.is_due(business_day(now)):
        return False
    _step(row, LeadStep.RECYCLE)
    owner_id = _lay_down(row, now)
    told = {"owner": owner_id}, {"cause": end.cause.value}
    audit.record(actor, "lead.recycled", row, now, before=told[0], after=told[1])
    log(row, PickKind.RECYCLED, owner_id, actor, now, end.cause.value)
    letters.tell_end(row, "fell", owner_id, end, actor, now)
    return True


def warn(lead: Lead, actor: Viewer, now: datetime) -> bool:
    """Tell the holder of a lead that it falls back soon; once for each day that it would fall back on."""
    end = end_of(lead)
    if end is None or not end.is_near(business_day(now), lead_settings()):
        return False
    return letters.tell_end(lead, "soon", lead.owner_id, end, actor, now)


def end_of(lead: Lead) -> FallsBack | None:
    """When a held lead falls back, and why; None for one that is not held."""
    if lead.state != LeadState.HELD.value or lead.held_at is None:
        return None
    return falls_back(lead.held_at, lead.quiet_since, lead_settings())


def discard(lead: Lead, reason: str, actor: Viewer, now: datetime) -> Lead:
    """It comes to nothing; the reason is needed. One in the pool only who assigns leads may discard."""
    row = held(lead)
    check_hands(row, actor)
    said = needed_reason(reason)
    _step(row, LeadStep.DISCARD)
    row.ended_at, row.end_reason, row.updated_at = now, said, now
    audit.record(actor, "lead.discarded", row, now, reason=said)
    log(row, PickKind.DISCARDED, row.owner_id, actor, now, said)
    return row


def reopen(lead: Lead, reason: str, actor: Viewer, now: datetime) -> Lead:
    """A discarded lead is worth a try after all: it lies in the pool again."""
    row = held(lead)
    check_hands(row, actor)
    said = needed_reason(reason)
    _step(row, LeadStep.REOPEN)
    row.ended_at, row.end_reason = None, ""
    owner_id = _lay_down(row, now)
    audit.record(actor, "lead.reopened", row, now, reason=said)
    log(row, PickKind.REOPENED, owner_id, actor, now, said)
    return row


def _may(lead: Lead, which: LeadStep) -> LeadState:
    """The state after this step; NotAllowedNow for one that is not possible."""
    return LEAD_STEPS.next(LeadState(lead.state), which)


def _step(lead: Lead, which: LeadStep) -> None:
    lead.state = _may(lead, which).value


def _put_into_hands(lead: Lead, which: LeadStep, user_id: int | None, now: datetime) -> None:
    _step(lead, which)
    lead.owner_id, lead.held_at, lead.quiet_since, lead.updated_at = user_id, now, now, now


def _lay_down(lead: Lead, now: datetime) -> int | None:
    """Into the pool; who held it."""
    owner_id, lead.owner_id, lead.held_at = lead.owner_id, None, None
    lead.quiet_since, lead.next_touch_on, lead.next_touch_kind = now, None, ""
    lead.updated_at = now
    return owner_id


def _taken(lead: Lead, actor: Viewer) -> Text:
    if lead.owner_id == actor.user_id:
        return t("This lead is in your hands already.")
    name = lead.owner.name if lead.owner else ""
    return t("%(name)s was quicker: this lead is taken.", name=name)
