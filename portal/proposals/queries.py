"""Reading proposals: lists, one version, what stands beside an opportunity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.documents.models import Document
from portal.kernel.pinyin import normalise
from portal.opportunities.models import Opportunity
from portal.opportunities.queries.evidence import PAPERS
from portal.opportunities.rules.kinds import EntryRule
from portal.proposals.models import Proposal, ProposalOutline, ProposalVersion
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.rules.states import QuotationState

NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
WITH_PARTIES = (
    joinedload(Proposal.customer),
    joinedload(Proposal.owner).lazyload(User.roles),
    joinedload(Proposal.contact),
    joinedload(Proposal.opportunity).load_only(
        Opportunity.number, Opportunity.title, Opportunity.state, Opportunity.customer_id
    ),
)
CURRENT = and_(
    ProposalVersion.proposal_id == Proposal.id, ProposalVersion.version_no == Proposal.issued_no
)
SHOWN = 20
OFFERED = 40


def proposals(viewer: Viewer) -> Select[Any]:
    """The rows of the desk's list, with customer, owner and opportunity."""
    statement = visible(select(Proposal), Proposal, viewer)
    return statement.options(
        joinedload(Proposal.customer).load_only(*NAMES),
        joinedload(Proposal.owner).load_only(User.name).lazyload(User.roles),
        joinedload(Proposal.opportunity).load_only(Opportunity.number, Opportunity.customer_id),
        defer(Proposal.search_text),
    )


def found(statement: Select[Any], words: str) -> Select[Any]:
    """Narrowed to what each word names: number, title, customer in Chinese or pinyin."""
    for word in normalise(words).lower().split()[:8]:
        statement = statement.where(Proposal.search_text.contains(word, autoescape=True))
    return statement


def version(proposal: Proposal, number: int, viewer: Viewer) -> ProposalVersion | None:
    """One version with its author and the quotation that it rests on; None where there is none to be seen."""
    wanted = visible(select(ProposalVersion), ProposalVersion, viewer).where(
        ProposalVersion.proposal_id == proposal.id, ProposalVersion.version_no == number
    )
    wanted = wanted.options(
        joinedload(ProposalVersion.quotation_version).joinedload(QuotationVersion.quotation),
        joinedload(ProposalVersion.author).lazyload(User.roles),
    )
    return db.session.scalar(wanted)


def versions(proposal: Proposal, viewer: Viewer) -> Sequence[ProposalVersion]:
    """All versions that the viewer may see, the latest first, without their texts."""
    wanted = visible(select(ProposalVersion), ProposalVersion, viewer)
    wanted = wanted.where(ProposalVersion.proposal_id == proposal.id)
    wanted = wanted.options(
        defer(ProposalVersion.sections),
        joinedload(ProposalVersion.author).load_only(User.name).lazyload(User.roles),
    )
    return db.session.scalars(wanted.order_by(ProposalVersion.version_no.desc())).all()


def addressed(viewer: Viewer) -> Select[Any]:
    """What a customer may read: (the version that stands, its proposal)."""
    statement: Any = select(ProposalVersion).join(Proposal, CURRENT)
    statement = statement.options(
        contains_eager(ProposalVersion.proposal).options(defer(Proposal.search_text)),
        defer(ProposalVersion.sections),
    )
    return visible(visible(statement, ProposalVersion, viewer), Proposal, viewer)


def paper(version: ProposalVersion, viewer: Viewer) -> Document | None:
    """The stored paper of a version."""
    if version.document_id is None:
        return None
    wanted = visible(select(Document), Document, viewer)
    return db.session.scalar(wanted.where(Document.id == version.document_id))


def _issued_for(opportunity_id: int) -> Select[Any]:
    return select(Proposal.id).where(
        Proposal.opportunity_id == opportunity_id, Proposal.issued_no > 0
    )


PAPERS[EntryRule.PROPOSAL] = _issued_for
"""What a stage that asks for a proposal is told by (opportunities.queries.evidence)."""


def quoted(proposal: Proposal, viewer: Viewer) -> Sequence[QuotationVersion]:
    """Versions whose prices it may print: the customer's issued, accepted, drafted ones; this opportunity's first."""
    alive = (
        QuotationState.DRAFT, QuotationState.PENDING_APPROVAL, QuotationState.APPROVED,
        QuotationState.ISSUED, QuotationState.ACCEPTED,
    )  # fmt: skip
    own = Quotation.opportunity_id == proposal.opportunity_id
    wanted: Any = select(QuotationVersion).join(Quotation)
    wanted = visible(wanted, QuotationVersion, viewer).where(
        QuotationVersion.customer_id == proposal.customer_id,
        or_(own, QuotationVersion.state.in_([QuotationState.ISSUED, QuotationState.ACCEPTED])),
        QuotationVersion.state.in_(alive),
    )
    wanted = wanted.options(contains_eager(QuotationVersion.quotation))
    order = (own.desc().nulls_last(), QuotationVersion.id.desc())
    return db.session.scalars(wanted.order_by(*order).limit(OFFERED)).all()


def outlines(*, all_: bool = False) -> Sequence[ProposalOutline]:
    """The firm's outlines in their order; those out of use only when all are wanted."""
    wanted = select(ProposalOutline)
    if not all_:
        wanted = wanted.where(ProposalOutline.active.is_(True))
    return db.session.scalars(wanted.order_by(ProposalOutline.position, ProposalOutline.id)).all()
