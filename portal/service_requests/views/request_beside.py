"""What stands beside the talk: what the request is about, who works on it, what belongs with it, other rooms' parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import load_only

from portal.access.models import Assignment
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.labels import STATEMENTS
from portal.calls.models import Call, CallPlan
from portal.claims.models import Claim
from portal.customers.rules.kinds import Part
from portal.db.base import db
from portal.kernel.text import Text
from portal.rooms import offered
from portal.satisfaction.models import SurveyAnswer, SurveyInvitation
from portal.service_requests.models import (
    Defect,
    FeedbackSheet,
    RequestLine,
    RequestLink,
    RequestTask,
    ServiceRequest,
    Upsell,
)
from portal.service_requests.rules.kinds import LINK_WORDS, LinkKind
from portal.service_requests.views import found_cards
from portal.shipments.labels import SHIPMENTS
from portal.web.chain import CONTRACT, LINE, SHIPMENT, STATEMENT, ChainLink, linked
from portal.web.words import name_of

R = ServiceRequest
SHORT = load_only(R.number, R.title, R.state, R.severity, R.received_at, R.customer_id)
PARTS: dict[str, tuple[Any, ...]] = {
    "task": (RequestTask,),
    "defect": (Defect,),
    "feedback": (FeedbackSheet,),
    "goods": (RequestLine,),
    "upsell": (Upsell,),
    "claims": (Claim,),
    "satisfaction": (SurveyInvitation, SurveyAnswer),
    "calls": (Call, CallPlan),
}
"""Whose rows a card draws, so that one that has none is not read for; a room's card has the room's name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one query says of a request: its customer's owner, and which cards have something about it."""

    account_manager: str | None
    has: frozenset[str]


def standing(row: ServiceRequest) -> Standing:
    """One query for all of it."""
    owner = (
        select(User.name)
        .join(Assignment, Assignment.user_id == User.id)
        .where(Assignment.customer_id == row.customer_id, Assignment.part == Part.OWNER)
        .limit(1)
        .scalar_subquery()
    )
    there = [
        or_(*(select(model.id).where(model.request_id == row.id).exists() for model in models))
        for models in PARTS.values()
    ]
    name, *found = db.session.execute(select(owner, *there)).one()
    has_rows = (part for part, is_there in zip(PARTS, found, strict=True) if is_there)
    return Standing(name, frozenset(has_rows))


def cards(row: ServiceRequest, has: frozenset[str], viewer: Viewer) -> dict[str, Any]:
    """The facts of every card that has something, and which those are."""
    facts = found_cards.facts(row, viewer, has)
    for module in offered("request_cards"):
        if module.__name__.split(".")[1] in has:
            read: Callable[[ServiceRequest, Viewer], dict[str, Any]] = module.facts
            facts |= read(row, viewer)
    return facts | {"has": has}


def about(row: ServiceRequest) -> list[ChainLink]:
    """Contract, shipment, statement and its line, each with its page where the viewer may open it."""
    found = (_contract(row), _shipment(row), _statement(row), _line(row))
    return [each for each in found if each is not None]


def _contract(row: ServiceRequest) -> ChainLink | None:
    if row.contract is None:
        return None
    said, page = f"{row.contract.number} {row.contract.title}", "desk_contracts.show"
    return linked(CONTRACT, said, page, P.CONTRACT_SEE, contract_id=row.contract_id)


def _shipment(row: ServiceRequest) -> ChainLink | None:
    if row.shipment is None:
        return None
    said, state = row.shipment.number, SHIPMENTS[row.shipment.state].text
    page, right = "desk_shipments.show", P.SHIPMENT_SEE
    return linked(SHIPMENT, said, page, right, state=state, shipment_id=row.shipment_id)


def _statement(row: ServiceRequest) -> ChainLink | None:
    if row.statement is None:
        return None
    said, state = row.statement.number, STATEMENTS[row.statement.state].text
    page, right = "desk_statements.show", P.STATEMENT_SEE
    return linked(STATEMENT, said, page, right, state=state, statement_id=row.statement_id)


def _line(row: ServiceRequest) -> ChainLink | None:
    if row.statement_line is None:
        return None
    said, page = name_of(row.statement_line), "desk_statements.line"
    return linked(LINE, said, page, P.STATEMENT_SEE, line_id=row.statement_line_id)


def links(row: ServiceRequest, viewer: Viewer) -> list[tuple[Text, ServiceRequest, bool]]:
    """(how, which, whether the link may go again) of the requests that belong with this one, from either side."""
    there = and_(RequestLink.request_id == row.id, R.id == RequestLink.other_id)
    back = and_(RequestLink.other_id == row.id, R.id == RequestLink.request_id)
    pairs = select(RequestLink.kind, R).join(RequestLink, or_(there, back)).options(SHORT)
    found = db.session.execute(visible(pairs, R, viewer).order_by(RequestLink.id))
    return [(LINK_WORDS[LinkKind(kind)], other, kind == LinkKind.RELATED) for kind, other in found]
