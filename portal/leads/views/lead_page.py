"""The page of one lead: what is known, what was done, how long it stays, who it may be already."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import MARKETS, SOURCES
from portal.kernel import clock
from portal.leads.actions.pool import end_of
from portal.leads.labels import LEADS, NOBODY, RATED, TOUCHED
from portal.leads.models import Lead, LeadPick
from portal.leads.queries import leads as queries
from portal.leads.queries.alike import likely
from portal.leads.rules.kinds import PICKS, TOUCHES, PickKind
from portal.leads.rules.pool import CAUSES, Cause, cools_off_until
from portal.leads.rules.states import LEAD_STEPS, LeadState, LeadStep
from portal.leads.views.lead_form import assign_form, touch_form
from portal.web.stepping import page_of
from portal.web.words import say

OPEN = (LeadState.POOL.value, LeadState.HELD.value)


def context(lead: Lead, form: Any = None) -> dict[str, Any]:
    """Everything on the page; `form`: the note of a touch that was refused."""
    may = steps_of(lead)
    return {
        "prospect": lead,
        "label": LEADS[lead.state],
        "rated": RATED.get(lead.rating),
        "may": may,
        "form": form or (touch_form(lead) if may["touch"] else None),
        "assign_form": assign_form(lead) if may["assign"] else None,
        "touches": [(row, TOUCHED[row.kind], NOBODY) for row in queries.touches_of(lead.id)],
        "log": [(row, PICKS[row.kind], _said(row)) for row in queries.picks_of(lead.id)],
        "likely": likely(lead, g.viewer) if lead.state in OPEN else None,
        "market": MARKETS.get(lead.market),
        "source": SOURCES.get(lead.source),
        "next_kind": TOUCHES.get(lead.next_touch_kind),
        **_days(lead),
        **_became(lead),
    }


def _days(lead: Lead) -> dict[str, Any]:
    """When it falls back, or from when on the viewer may pick it again."""
    today, settings, end = clock.today(), queries.lead_settings(), end_of(lead)
    is_pooled = lead.state == LeadState.POOL.value
    left_at = queries.left_at(lead.id, g.viewer.user_id) if is_pooled else None
    cools_until = cools_off_until(left_at, settings)
    return {
        "end": end,
        "cause": CAUSES[end.cause] if end else None,
        "days_left": (end.on - today).days if end else None,
        "is_near": bool(end and end.is_near(today, settings)),
        "cools_until": cools_until if cools_until and today < cools_until else None,
    }


def steps_of(lead: Lead) -> dict[str, bool]:
    """What this viewer may do with it now."""
    viewer, state = g.viewer, LeadState(lead.state)
    works, assigns = viewer.may(P.LEAD_WORK), viewer.may(P.LEAD_ASSIGN)
    is_mine = lead.owner_id == viewer.user_id and works
    hands = is_mine or assigns
    allowed = {
        "pick": works,
        "assign": assigns,
        "give_back": hands,
        "convert": hands and viewer.may(P.OPPORTUNITY_EDIT),
        "discard": hands,
        "reopen": hands,
    }
    steps = {name: ok and LEAD_STEPS.allows(state, LeadStep(name)) for name, ok in allowed.items()}
    edits = lead.state in OPEN and (assigns or (is_mine and state is LeadState.HELD))
    return {**steps, "touch": hands and state is LeadState.HELD, "edit": edits}


def _became(lead: Lead) -> dict[str, Any]:
    customer = lead.customer_id and page_of(
        "desk_customers.show", P.CUSTOMER_SEE, customer_id=lead.customer_id
    )
    opportunity = lead.opportunity_id and page_of(
        "desk_opportunities.show", P.OPPORTUNITY_SEE, opportunity_id=lead.opportunity_id
    )
    return {"customer_url": customer, "opportunity_url": opportunity}


def _said(row: LeadPick) -> str:
    """Why, in the reader's words."""
    if row.kind == PickKind.RECYCLED:
        return say(CAUSES[Cause(row.reason)])
    return row.reason


def room_words() -> dict[str, Any]:
    """How many leads the viewer holds, of how many."""
    held, most = queries.count_held(g.viewer.user_id), queries.lead_settings().capacity
    return {"held": held, "most": most, "room": _("%(held)s of %(most)s", held=held, most=most)}
