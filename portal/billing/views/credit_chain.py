"""From a credit back to what it was given for, the same at both doors: a disputed line, or a claim."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import DISPUTES, DISPUTES_FOR_CUSTOMERS
from portal.billing.models import Credit, Dispute, StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.billing.views.evidence import Evidence, evidence
from portal.claims.models import Claim
from portal.contracts.models import Contract
from portal.db.base import db
from portal.quotations.models import QuotationVersion
from portal.web import chain
from portal.web.chain import ChainLink, linked
from portal.web.words import name_of

DISPUTED = ("dispute", "dispute_again")
CLAIMED = "claim"


def behind_credit(credit: Credit, door: str) -> list[ChainLink]:
    """The row from the service item up to the dispute or the claim; empty for what was given out of goodwill."""
    if credit.source_type == CLAIMED:
        claim = _one(Claim, credit.source_id, P.CLAIM_SEE, _quoted(Claim.contract))
        return chain.claimed(claim, door) if claim is not None else []
    line = _one(StatementLine, credit.line_id, P.STATEMENT_SEE, joinedload(StatementLine.statement))
    found = []
    if line is not None and (door == "desk" or line.statement.state in CUSTOMER_SEES):
        found = [*before_bill(line, evidence(line), door), billed_line(line, door)]
    if credit.source_type in DISPUTED:
        dispute = _one(Dispute, credit.source_id, P.DISPUTE_SEE)
        found += [about(dispute, door)] if dispute is not None else []
    return found


def before_bill(line: StatementLine, found: Evidence, door: str) -> list[ChainLink]:
    """From the service item to the usage behind a line."""
    links = [*chain.sold(line.item), *chain.agreed(found.contract, door)]
    if (held := found.entitlement) is not None:
        name, endpoint = name_of(held.item), f"{door}_entitlements.show"
        see = P.ENTITLEMENT_SEE
        links.append(linked(chain.ENTITLEMENT, name, endpoint, see, entitlement_id=held.id))
    links += chain.carried(found.shipment, door)
    if (usage := found.usage) is not None:
        endpoint = f"{door}_usage.show"
        links.append(linked(chain.USAGE, usage.reference, endpoint, P.USAGE_SEE, usage_id=usage.id))
    return links


def billed_line(line: StatementLine, door: str) -> ChainLink:
    """A line by its statement and number."""
    label, endpoint = f"{line.statement.number} / {line.serial}", f"{door}_statements.line"
    return linked(chain.LINE, label, endpoint, P.STATEMENT_SEE, line_id=line.id)


def about(dispute: Dispute, door: str, *, here: bool = False) -> ChainLink:
    """A dispute with its state in the words of this door."""
    state = (DISPUTES if door == "desk" else DISPUTES_FOR_CUSTOMERS)[dispute.state].text
    endpoint, see = f"{door}_disputes.show", P.DISPUTE_SEE
    named = {"dispute_id": dispute.id}
    return linked(chain.DISPUTE, dispute.number, endpoint, see, here=here, state=state, **named)


def _quoted(of: Any) -> Any:
    """Loads the contract with the quotation that it came from."""
    version = joinedload(of).joinedload(Contract.quotation_version)
    return version.joinedload(QuotationVersion.quotation)


def _one(model: Any, row_id: int | None, permission: P, *options: Any) -> Any:
    if row_id is None or not g.viewer.may(permission):
        return None
    wanted = visible(select(model), model, g.viewer).where(model.id == row_id)
    return db.session.scalar(wanted.options(*options))
