"""What later rooms have for an opportunity's page: quotations, contracts and proposals, each with its state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.contracts import labels as contract_labels
from portal.contracts.models import Contract
from portal.db.together import Inquiry, Question, records
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.opportunities.models import Opportunity
from portal.proposals.labels import PROPOSALS
from portal.proposals.models import Proposal
from portal.quotations import labels as quotation_labels
from portal.quotations.models import Quotation
from portal.web.chain import CONTRACT, QUOTATION, reached
from portal.web.labels import Label

C, Q = Contract, Quotation
SHOWN = 20
PROPOSAL = t("Proposal")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper beside the opportunity; `next_url` leads on from an accepted quotation to its contract."""

    kind: Text
    icon: str
    number: str
    title: str
    label: Label
    url: str | None
    amount: Decimal | None = None
    currency: str = ""
    next_url: str | None = None


def papers(row: Opportunity) -> Inquiry[list[Paper]]:
    """Those that the viewer may see: proposals, quotations, contracts, each the latest first."""
    kinds: list[tuple[P, Any, tuple[Any, ...], Callable[[Any], Paper]]] = [
        (P.PROPOSAL_SEE, Proposal, (), _proposal),
        (P.QUOTATION_SEE, Q, (Q.valid_until, Q.total_amount, Q.total_currency), _quotation),
        (P.CONTRACT_SEE, C, (C.starts_on, C.ends_on), _contract),
    ]
    seen = [each for each in kinds if g.viewer.may(each[0])]
    asks = [_latest(model, row.id, more) for _right, model, more, _drawn in seen]

    def drawn(*found: list[Any]) -> list[Paper]:
        return [kind[3](each) for kind, rows in zip(seen, found, strict=True) for each in rows]

    return Inquiry(asks, drawn)


def _proposal(row: Any) -> Paper:
    url = url_for("desk_proposals.show", proposal_id=row.id)
    return Paper(PROPOSAL, "journal-text", row.number, row.title, PROPOSALS[row.state], url)


def _quotation(row: Any) -> Paper:
    label = quotation_labels.label_of(row, clock.today())
    drafts = row.state == "accepted"
    return Paper(
        QUOTATION, "file-earmark-text", row.number, row.title, label,
        reached("desk_quotations.show", P.QUOTATION_SEE, quotation_id=row.id),
        row.total_amount, row.total_currency,
        reached("desk_contracts.from_quotation", P.CONTRACT_EDIT, quotation_id=row.id) if drafts else None,
    )  # fmt: skip


def _contract(row: Any) -> Paper:
    label = contract_labels.label_of(row, clock.today())
    url = reached("desk_contracts.show", P.CONTRACT_SEE, contract_id=row.id)
    return Paper(CONTRACT, "file-earmark-check", row.number, row.title, label, url)


def _latest(model: Any, opportunity_id: int, more: Sequence[Any]) -> Question[list[Any]]:
    columns = (model.id, model.number, model.title, model.state, *more)
    wanted = visible(select(*columns), model, g.viewer).where(
        model.opportunity_id == opportunity_id
    )
    return records(wanted.order_by(model.id.desc()).limit(SHOWN))
