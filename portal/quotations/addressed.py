"""What is addressed to a customer: of each quotation the version that was issued last, never a draft."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager, defer

from portal.access.permissions import Power
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers import queries as customers
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.documents.models import Document
from portal.quotations.models import Quotation, QuotationQuestion, QuotationVersion
from portal.quotations.rules.states import QuotationState

CURRENT = and_(
    QuotationVersion.quotation_id == Quotation.id,
    QuotationVersion.version_no == Quotation.issued_no,
)
_BULKY = (
    QuotationVersion.terms,
    QuotationVersion.totals,
    QuotationVersion.cargo,
    QuotationVersion.approval_reasons,
    QuotationVersion.exchange_rates,
    QuotationVersion.note,
    QuotationVersion.internal_note,
)


def addressed(viewer: Viewer) -> Select[Any]:
    """(the version to look at, its quotation): what lists repeat on the quotation may be a draft's."""
    statement: Any = select(QuotationVersion).join(Quotation, CURRENT)
    statement = statement.options(
        contains_eager(QuotationVersion.quotation).options(
            defer(Quotation.search_text), defer(Quotation.state)
        ),
        *(defer(column) for column in _BULKY),
    )
    return visible(visible(statement, QuotationVersion, viewer), Quotation, viewer)


def in_state(statement: Select[Any], state: str, today: date) -> Select[Any]:
    """Narrow by the state as the customer reads it today."""
    past = QuotationVersion.valid_until < today
    issued = QuotationVersion.state == QuotationState.ISSUED.value
    if state == QuotationState.ISSUED.value:
        return statement.where(issued, ~past)
    if state == QuotationState.EXPIRED.value:
        return statement.where(issued, past)
    return statement.where(QuotationVersion.state == state)


def who_may_accept(quotation: Quotation, viewer: Viewer) -> list[str]:
    """Names of the customer's own people who may accept, for a colleague who may not."""
    members = customers.members(viewer, quotation.customer_id)
    return [
        each.user.name
        for each in members
        if Power.ACCEPT_QUOTATIONS in each.power_set and each.user.active
    ]


def paper(version: QuotationVersion, viewer: Viewer) -> Document | None:
    """The stored paper of a version that the viewer was shown."""
    if version.document_id is None:
        return None
    statement = visible(select(Document), Document, viewer)
    return db.session.scalar(statement.where(Document.id == version.document_id))


def course(quotation: Quotation) -> list[AuditEntry]:
    """The public part of a quotation's history, newest first."""
    return audit.timeline(quotation, public_only=True)


def questions(quotation: Quotation, viewer: Viewer) -> list[QuotationQuestion]:
    """Questions and answers, oldest first."""
    statement = visible(select(QuotationQuestion), QuotationQuestion, viewer)
    statement = statement.where(QuotationQuestion.quotation_id == quotation.id)
    return list(db.session.scalars(statement.order_by(QuotationQuestion.id)))
