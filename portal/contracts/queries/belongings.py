"""What belongs to a contract: its stored papers, and what it granted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract, ContractLine, Entitlement
from portal.db.base import db
from portal.documents.models import Document
from portal.kernel.errors import NotFound
from portal.quotations.models import QuotationVersion

LATEST = 8


def document_of(document_id: int | None, viewer: Viewer) -> Document:
    """One stored paper that the viewer may see; NotFound where nothing was printed yet."""
    statement = visible(select(Document), Document, viewer).where(Document.id == document_id)
    found = db.session.scalar(statement) if document_id is not None else None
    if found is None:
        raise NotFound()
    return found


def entitlements_of(contract: Contract, viewer: Viewer) -> dict[int, list[Entitlement]]:
    """What a contract granted, by the root of the line's chain, in the order of the periods."""
    statement = visible(select(Entitlement), Entitlement, viewer)
    statement = statement.where(Entitlement.contract_id == contract.id)
    found: dict[int, list[Entitlement]] = {}
    for row in db.session.scalars(statement.order_by(Entitlement.line_id, Entitlement.period_no)):
        found.setdefault(row.line_id, []).append(row)
    return found


def contracts_with(item_id: int, viewer: Viewer) -> list[Contract]:
    """The latest contracts that agree on a service item, with their quotations and customers."""
    if not viewer.may(Permission.CONTRACT_SEE):
        return []
    offered = joinedload(Contract.quotation_version).joinedload(QuotationVersion.quotation)
    lines = select(ContractLine.contract_id).where(ContractLine.item_id == item_id)
    wanted = visible(select(Contract), Contract, viewer).where(Contract.id.in_(lines))
    wanted = wanted.options(offered, joinedload(Contract.customer)).order_by(Contract.id.desc())
    return list(db.session.scalars(wanted.limit(LATEST)))
