"""What later rooms have for an opportunity's page: quotations, contracts and proposals, each with its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.contracts import labels as contract_labels
from portal.contracts.models import Contract
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.opportunities.models import Opportunity
from portal.proposals import queries as proposals
from portal.proposals.labels import PROPOSALS
from portal.quotations import labels as quotation_labels
from portal.quotations.models import Quotation
from portal.web.chain import CONTRACT, QUOTATION, reached
from portal.web.labels import Label

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


def papers(row: Opportunity) -> list[Paper]:
    """Those that the viewer may see: proposals, quotations, contracts, each the latest first."""
    kinds = (
        (P.PROPOSAL_SEE, _proposals),
        (P.QUOTATION_SEE, _quotations),
        (P.CONTRACT_SEE, _contracts),
    )
    return [
        paper for permission, read in kinds if g.viewer.may(permission) for paper in read(row.id)
    ]


def _proposals(opportunity_id: int) -> Iterator[Paper]:
    for row in proposals.of_opportunity(opportunity_id, g.viewer):
        url = url_for("desk_proposals.show", proposal_id=row.id)
        yield Paper(PROPOSAL, "journal-text", row.number, row.title, PROPOSALS[row.state], url)


def _quotations(opportunity_id: int) -> Iterator[Paper]:
    for row in _rows(Quotation, opportunity_id):
        label = quotation_labels.label_of(row, clock.today())
        drafts = row.state == "accepted"
        yield Paper(
            QUOTATION, "file-earmark-text", row.number, row.title, label,
            reached("desk_quotations.show", P.QUOTATION_SEE, quotation_id=row.id),
            row.total_amount, row.total_currency,
            reached("desk_contracts.from_quotation", P.CONTRACT_EDIT, quotation_id=row.id) if drafts else None,
        )  # fmt: skip


def _contracts(opportunity_id: int) -> Iterator[Paper]:
    for row in _rows(Contract, opportunity_id):
        label = contract_labels.label_of(row, clock.today())
        url = reached("desk_contracts.show", P.CONTRACT_SEE, contract_id=row.id)
        yield Paper(CONTRACT, "file-earmark-check", row.number, row.title, label, url)


def _rows(model: Any, opportunity_id: int) -> Any:
    wanted = visible(select(model), model, g.viewer).where(model.opportunity_id == opportunity_id)
    return db.session.scalars(wanted.order_by(model.id.desc()).limit(SHOWN))
