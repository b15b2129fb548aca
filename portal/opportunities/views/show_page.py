"""What the page of one opportunity shows: its course, worth, items, tasks, notes, and who has a part in it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import SOURCES
from portal.db.together import Inquiry
from portal.kernel import clock
from portal.kernel.units import unit_word
from portal.opportunities import labels
from portal.opportunities.actions.sharing import may_decide
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import beside, one, tasks
from portal.opportunities.queries.lists import is_overdue, is_stuck
from portal.opportunities.rules.kinds import AMOUNTS_FROM, KINDS, PARTY_ROLES
from portal.opportunities.rules.papers import PAPER_KINDS, PAPER_STEPS, Told
from portal.opportunities.rules.states import OpportunityState
from portal.web.chain import reached
from portal.web.filters import amount, quantity
from portal.web.words import say

PAGE = "opportunities/show.html"
PARTS = {
    "its_customer": beside.its_customer,
    "lines": beside.lines,
    "collaborators": beside.collaborators,
    "parties": beside.parties,
    "rivals": beside.competitors,
    "write_backs": beside.write_backs,
}
SOURCES_OF = {
    "service_request": ("desk_requests.show", "request_id", P.REQUEST_SEE),
    "lead": ("desk_leads.show", "lead_id", P.LEAD_SEE),
    "campaign": ("desk_campaigns.show", "campaign_id", P.CAMPAIGN_SEE),
    "upsell": ("desk_upsells.show", "upsell_id", P.UPSELL_SEE),
}
"""Where the record is that an opportunity came from."""


def context(row: Opportunity) -> dict[str, Any]:
    """All but the papers of later rooms."""
    today = clock.today()
    return {
        "row": row,
        "label": labels.STATES[row.state],
        "rating": labels.RATING_LABELS.get(row.rating),
        "overdue": is_overdue(row, today),
        "stuck": labels.STUCK if is_stuck(row, clock.now()) else None,
        "ways": one.ways(row, g.viewer),
        "days_in_stage": (today - clock.business_day(row.entered_stage_at)).days,
        "tasks": tasks.of_opportunity(row.id, g.viewer),
        "task_labels": labels.TASKS,
        "today": today,
        "notes_on_it": one.notes(row, g.viewer),
        "may": _may(row),
        **_words(row),
    }


def _words(row: Opportunity) -> dict[str, Any]:
    is_open = row.state == OpportunityState.OPEN.value
    return {
        "category": labels.CATEGORY_LABELS[row.category] if is_open else None,
        "kind": KINDS[row.kind],
        "source": SOURCES.get(row.source),
        "source_url": _source_url(row),
        "amount_from": AMOUNTS_FROM[row.amount_from],
    }


def parts_asked(row: Opportunity) -> Inquiry[dict[str, Any]]:
    """Items, people, third parties, competitors and what papers wrote back: asked with the papers."""
    asks = [read(row, g.viewer) for read in PARTS.values()]
    return Inquiry(asks, lambda *found: _parts(row, dict(zip(PARTS, found, strict=True))))


def _parts(row: Opportunity, found: dict[str, Any]) -> dict[str, Any]:
    return {
        **found,
        "forecasts": one.forecasts(row, found["collaborators"]),
        "party_roles": PARTY_ROLES,
        "threats": labels.THREAT_LABELS,
        "paper_kinds": PAPER_KINDS,
        "paper_steps": PAPER_STEPS,
        "unit_word": unit_word,
        "stood": _stood,
    }


def _stood(lines: Iterable[Told]) -> str:
    """How an item stood on a paper, in the reader's words: `2 pallet = CNY 1,200.00`."""
    return "; ".join(_line_words(each) for each in lines)


def _line_words(line: Told) -> str:
    counted = f"{quantity(Decimal(line['quantity']))} {say(unit_word(line['unit']))}"
    if not line["amount"]:
        return counted
    return f"{counted} = {line['currency']} {amount(Decimal(line['amount']), line['currency'])}"


def _may(row: Opportunity) -> dict[str, bool]:
    """Which steps the viewer may take from here."""
    is_open = row.state == OpportunityState.OPEN.value
    works = g.viewer.may(P.OPPORTUNITY_EDIT)
    decides = may_decide(row, g.viewer)
    return {
        "edit": works and is_open,
        "note": is_open,
        "hand_over": works and is_open and decides,
        "decide": decides,
        "unlock": works and not is_open and g.viewer.may(P.OPPORTUNITY_UNLOCK),
        "quote": works and is_open and g.viewer.may(P.QUOTATION_EDIT),
        "propose": works and is_open and g.viewer.may(P.PROPOSAL_EDIT),
    }


def _source_url(row: Opportunity) -> str | None:
    if row.source_id is None or row.source_type not in SOURCES_OF:
        return None
    endpoint, name, permission = SOURCES_OF[row.source_type]
    return reached(endpoint, permission, **{name: row.source_id})
