"""Reaching out to a lead: what was done, and when the next time is."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.leads.actions.hands import check_hands
from portal.leads.models import Lead, LeadTouch
from portal.leads.queries.leads import held
from portal.leads.rules.facts import TouchFacts, cleaned_touch
from portal.leads.rules.states import LeadState


def touch(lead: Lead, facts: TouchFacts, actor: Viewer, now: datetime) -> LeadTouch:
    """Note a call, visit, mail or message to a lead in hand; its days until it falls back count anew.

    Raises InvalidMany by field, NotAllowedNow for a lead that is in nobody's hands.
    """
    row = held(lead)
    check_hands(row, actor)
    if row.state != LeadState.HELD.value or row.held_at is None:
        raise NotAllowedNow(t("Pick the lead first: it is in nobody's hands."))
    tidy = cleaned_touch(facts, now, business_day(now))
    made = LeadTouch(
        lead_id=row.id, kind=tidy.kind, at=tidy.at, reached=tidy.reached, text=tidy.text,
        next_on=tidy.next_on, by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(made)
    row.quiet_since = max(row.quiet_since, min(tidy.at, now))
    row.next_touch_on, row.next_touch_kind, row.updated_at = tidy.next_on, tidy.next_kind, now
    after = {"kind": tidy.kind, "reached": tidy.reached, "text": tidy.text[:400]}
    audit.record(actor, "lead.touched", row, now, after=after)
    return made
