"""A lead is written down and put right."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, NotAllowedNow, StaleEdit
from portal.kernel.text import t
from portal.leads.actions.hands import check_hands, check_space, log
from portal.leads.models import Lead
from portal.leads.queries.leads import held, sees_all
from portal.leads.rules.facts import LeadFacts, cleaned, search_text
from portal.leads.rules.kinds import PickKind
from portal.leads.rules.states import LeadState

SERIES = "LD"
EDITABLE = (LeadState.POOL.value, LeadState.HELD.value)


def record(
    facts: LeadFacts, actor: Viewer, now: datetime, *, to_pool: bool = False
) -> Lead:  # fmt: skip
    """Write a lead down: into the actor's hands, or into the pool.

    Raises InvalidMany by field, NotAllowedNow when the actor has no room for one more.
    """
    if not actor.may(P.LEAD_WORK):
        raise Forbidden()
    tidy = cleaned(facts)
    if not to_pool:
        check_space(actor.user_id, actor)
    number = next_number(SERIES, business_day(now).year)
    lead = Lead(
        **asdict(tidy), number=number, quiet_since=now, recorded_by=actor.user_id,
        search_text=search_text(tidy, number), created_at=now, updated_at=now,
    )  # fmt: skip
    lead.state = (LeadState.POOL if to_pool else LeadState.HELD).value
    if not to_pool:
        lead.owner_id, lead.held_at = actor.user_id, now
    db.session.add(lead)
    audit.record(actor, "lead.recorded", lead, now, after=_told(tidy))
    if not to_pool:
        log(lead, PickKind.PICKED, actor.user_id, actor, now)
    return lead


def change(lead: Lead, facts: LeadFacts, version: int, actor: Viewer, now: datetime) -> Lead:
    """Put right what is known of a lead that was read at `version`. Raises InvalidMany, StaleEdit, NotAllowedNow."""
    tidy = cleaned(facts)
    row = held(lead)
    if row.state == LeadState.POOL.value and not sees_all(actor):
        raise NotAllowedNow(t("Pick the lead first: it lies in the pool."))
    check_hands(row, actor)
    if row.state not in EDITABLE:
        raise NotAllowedNow(t("This lead is closed."))
    if row.version != version:
        raise StaleEdit(t("Somebody else changed this lead meanwhile. Look at it again."))
    before, after = _told(facts_of(row)), _told(tidy)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return row
    for name, value in asdict(tidy).items():
        setattr(row, name, value)
    row.search_text, row.updated_at = search_text(tidy, row.number), now
    db.session.flush()
    audit.record(
        actor, "lead.changed", row, now,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip
    return row


def facts_of(lead: Lead) -> LeadFacts:
    """A stored lead as plain values."""
    return LeadFacts(**{name: getattr(lead, name) for name in LeadFacts.__dataclass_fields__})


def _told(facts: LeadFacts) -> dict[str, Any]:
    amount = None if facts.amount is None else f"{facts.amount.normalize():f}"
    return {**asdict(facts), "amount": amount, "need": facts.need[:400]}
