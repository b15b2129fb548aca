"""The latest papers of a customer, of every kind in one question: contracts, statements, quotations, requests, claims.

Each kind is a bounded part of one UNION, so that a page that shows them all asks once, whatever the customer has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import url_for
from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import STATEMENTS
from portal.billing.models import Statement
from portal.claims.labels import CLAIMS
from portal.claims.models import Claim
from portal.contracts.labels import label_of as contract_label
from portal.contracts.models import Contract
from portal.db.base import db
from portal.db.types import Amount, UTCDateTime
from portal.kernel import clock
from portal.quotations.labels import label_of as quotation_label
from portal.quotations.models import Quotation
from portal.service_requests.labels import REQUESTS
from portal.service_requests.models import ServiceRequest
from portal.web.labels import Label

SHOWN, KEPT = 5, 256
COLUMNS: Mapping[str, Any] = {
    "id": Integer(), "number": String(), "title": String(), "state": String(), "at": UTCDateTime(),
    "starts_on": Date(), "ends_on": Date(), "amount": Amount(), "disputed": Amount(),
    "currency": String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One of them, with its chip and its page; what a kind does not have is None."""

    kind: str
    id: int
    number: str
    title: str | None
    state: str
    at: datetime | None
    starts_on: date | None
    ends_on: date | None
    amount: Decimal | None
    disputed: Decimal | None
    currency: str | None

    @property
    def valid_until(self) -> date | None:
        """As a quotation calls its last day."""
        return self.ends_on

    @property
    def label(self) -> Label:
        """The chip of its state, today."""
        return KINDS[self.kind].label(self, clock.today())

    @property
    def url(self) -> str:
        """Its page."""
        kind = KINDS[self.kind]
        values: dict[str, Any] = {kind.argument: self.id}
        return url_for(kind.endpoint, **values)


@dataclass(frozen=True, slots=True)
class Kind:
    """How papers of a kind are read: who may, from which table, by what order, and how they are named."""

    permission: P
    model: type[Any]
    columns: Mapping[str, Any]
    newest: Sequence[Any]
    label: Callable[[Any, date], Label]
    endpoint: str
    argument: str


def _kind(
    permission: P, model: Any, order: Any, label: Any, endpoint: str, argument: str, **columns: Any
) -> Kind:
    named = {"id": model.id, "number": model.number, "state": model.state, **columns}
    newest = (order.desc(), model.id.desc())
    return Kind(permission, model, named, newest, label, endpoint, argument)


KINDS: Mapping[str, Kind] = {
    "contract": _kind(
        P.CONTRACT_SEE, Contract, Contract.updated_at, contract_label,
        "desk_contracts.show", "contract_id",
        title=Contract.title, at=Contract.updated_at, starts_on=Contract.starts_on, ends_on=Contract.ends_on,
    ),
    "statement": _kind(
        P.STATEMENT_SEE, Statement, Statement.ends_on, lambda row, _on: STATEMENTS[row.state],
        "desk_statements.show", "statement_id",
        starts_on=Statement.starts_on, ends_on=Statement.ends_on, amount=Statement.gross_amount,
        disputed=Statement.disputed_amount, currency=Statement.currency,
    ),
    "quotation": _kind(
        P.QUOTATION_SEE, Quotation, Quotation.updated_at, quotation_label,
        "desk_quotations.show", "quotation_id",
        title=Quotation.title, at=Quotation.updated_at, ends_on=Quotation.valid_until,
        amount=Quotation.total_amount, currency=Quotation.total_currency,
    ),
    "request": _kind(
        P.REQUEST_SEE, ServiceRequest, ServiceRequest.received_at,
        lambda row, _on: REQUESTS[row.state], "desk_requests.show", "request_id",
        title=ServiceRequest.title, at=ServiceRequest.received_at,
    ),
    "claim": _kind(
        P.CLAIM_SEE, Claim, Claim.noticed_on, lambda row, _on: CLAIMS[row.state],
        "desk_claims.show", "claim_id",
        starts_on=Claim.noticed_on, amount=Claim.claimed_amount, currency=Claim.currency,
    ),
}  # fmt: skip


def latest(customer_id: int, viewer: Viewer) -> dict[str, list[Paper]]:
    """The latest few of every kind that the viewer may see, newest first, by kind; one question."""
    kinds = _kinds(viewer)
    found: dict[str, list[Paper]] = {name: [] for name in kinds}
    if not kinds:
        return found
    for row in db.session.execute(_statement(viewer), {"customer": customer_id}):
        paper = Paper(kinds[row.place], *(getattr(row, name) for name in COLUMNS))
        found[paper.kind].append(paper)
    for papers in found.values():  # a UNION promises no order of its own
        papers.sort(key=_when, reverse=True)
    return found


def _kinds(viewer: Viewer) -> list[str]:
    return [name for name, kind in KINDS.items() if viewer.may(kind.permission)]


@lru_cache(KEPT)
def _statement(viewer: Viewer) -> CompoundSelect[Any]:
    """The question, put together once for each viewer: that takes longer than its answer."""
    return union_all(*(_latest(place, name, viewer) for place, name in enumerate(_kinds(viewer))))


def _latest(place: int, name: str, viewer: Viewer) -> Select[Any]:
    kind = KINDS[name]
    shown = [
        kind.columns[column].label(column)
        if column in kind.columns
        else cast(null(), type_).label(column)
        for column, type_ in COLUMNS.items()
    ]
    theirs = visible(select(*shown), kind.model, viewer)
    newest = theirs.where(kind.model.customer_id == bindparam("customer")).order_by(*kind.newest)
    rows = newest.limit(SHOWN).subquery()
    return select(literal(place).label("place"), *rows.c)


def _when(paper: Paper) -> tuple[str, int]:
    day = paper.at or paper.ends_on or paper.starts_on
    return ("" if day is None else day.isoformat(), paper.id)
