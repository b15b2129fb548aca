"""The search beyond customers and quotations: the chain from contract to statement, by number, box, paper or words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import DISPUTES, STATEMENTS
from portal.billing.models import Dispute, Statement
from portal.billing.queries import statements
from portal.contracts.labels import label_of
from portal.contracts.models import Contract
from portal.contracts.queries import contracts
from portal.db.base import db
from portal.home.links import address
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.opportunities.labels import STATES
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import lists as opportunities
from portal.proposals import queries as proposals
from portal.proposals.labels import PROPOSALS
from portal.proposals.models import Proposal
from portal.service_requests.labels import REQUESTS
from portal.service_requests.queries.at_desk import found_by_words
from portal.shipments.labels import BOOKINGS, SHIPMENTS
from portal.shipments.models import Booking, Shipment
from portal.shipments.queries import bookings, shipments
from portal.web.labels import Label

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Found:
    """One record with its state and its page."""

    title: str
    note: str
    state: Label
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; never empty."""

    title: Text
    icon: str
    found: list[Found]


def found_along_the_chain(words: str, viewer: Viewer) -> list[Group]:
    """What the viewer may see and the words name, the latest of each kind first."""
    kinds = (
        (P.OPPORTUNITY_SEE, t("Opportunities"), "bullseye", _opportunities),
        (P.PROPOSAL_SEE, t("Proposals"), "journal-text", _proposals),
        (P.CONTRACT_SEE, t("Contracts"), "file-earmark-check", _contracts),
        (P.BOOKING_SEE, t("Bookings"), "calendar-check", _bookings),
        (P.SHIPMENT_SEE, t("Shipments"), "truck", _shipments),
        (P.STATEMENT_SEE, t("Statements"), "receipt", _statements),
        (P.DISPUTE_SEE, t("Disputes"), "chat-square-dots", _disputes),
        (P.REQUEST_SEE, t("Service requests"), "headset", _requests),
    )
    groups = (
        Group(title, icon, list(find(words, viewer)))
        for permission, title, icon, find in kinds
        if viewer.may(permission)
    )
    return [group for group in groups if group.found]


def _opportunities(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = opportunities.search(opportunities.opportunities(viewer), words)
    newest = statement.order_by(Opportunity.updated_at.desc(), Opportunity.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_opportunities.show", opportunity_id=row.id)
        yield Found(f"{row.number} {row.title}", row.customer.label, STATES[row.state], url)


def _proposals(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = proposals.found(proposals.proposals(viewer), words)
    newest = statement.order_by(Proposal.updated_at.desc(), Proposal.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_proposals.show", proposal_id=row.id)
        yield Found(f"{row.number} {row.title}", row.customer.label, PROPOSALS[row.state], url)


def _contracts(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = contracts.search(visible(select(Contract), Contract, viewer), words)
    statement = statement.options(joinedload(Contract.customer))
    newest = statement.order_by(Contract.updated_at.desc(), Contract.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_contracts.show", contract_id=row.id)
        title = f"{row.number} {row.title}"
        yield Found(title, row.customer.label, label_of(row, clock.today()), url)


def _bookings(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = bookings.search(bookings.bookings(viewer), words)
    newest = statement.order_by(Booking.updated_at.desc(), Booking.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_bookings.show", booking_id=row.id)
        yield Found(f"{row.number} {row.goods}", row.customer.label, BOOKINGS[row.state], url)


def _shipments(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = shipments.search(shipments.shipments(viewer), words)
    newest = statement.order_by(Shipment.updated_at.desc(), Shipment.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_shipments.show", shipment_id=row.id)
        yield Found(f"{row.number} {row.goods}", row.customer.label, SHIPMENTS[row.state], url)


def _statements(words: str, viewer: Viewer) -> Iterator[Found]:
    statement = statements.search(statements.statements(viewer), words)
    newest = statement.order_by(Statement.ends_on.desc(), Statement.id.desc()).limit(SHOWN)
    for row in db.session.scalars(newest):
        url = address("desk_statements.show", statement_id=row.id)
        title = f"{row.number} {row.starts_on} – {row.ends_on}"
        yield Found(title, row.customer.label, STATEMENTS[row.state], url)


def _disputes(words: str, viewer: Viewer) -> Iterator[Found]:
    """By number alone; those of a customer are reached from its page."""
    named = Dispute.number.startswith(words.upper(), autoescape=True)
    wanted = visible(select(Dispute), Dispute, viewer).where(named)
    wanted = wanted.options(joinedload(Dispute.customer))
    for row in db.session.scalars(wanted.order_by(Dispute.id.desc()).limit(SHOWN)):
        url = address("desk_disputes.show", dispute_id=row.id)
        yield Found(row.number, row.customer.label, DISPUTES[row.state], url)


def _requests(words: str, viewer: Viewer) -> Iterator[Found]:
    for row in found_by_words(words, viewer, SHOWN):
        url = address("desk_requests.show", request_id=row.id)
        yield Found(f"{row.number} {row.title}", row.customer.label, REQUESTS[row.state], url)
