"""What a customer's people read of their own requests; nothing of the house's own is ever among it (S9, S13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import defer, joinedload, lazyload, load_only

from portal.access.permissions import Permission
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.models import Statement, StatementLine
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.together import Question
from portal.kernel.pinyin import normalise
from portal.service_requests.models import RequestLine, RequestLink, RequestMessage, ServiceRequest
from portal.service_requests.queries.requests import Linked
from portal.service_requests.rules.kinds import LinkKind
from portal.service_requests.rules.states import RequestState
from portal.shipments.models import Shipment

L, M, R = RequestLink, RequestMessage, ServiceRequest
SHOWN = 5
NAMES = (Customer.name_zh, Customer.name_en, Customer.short_name)
WAITING: ColumnElement[int] = case(
    (R.state == RequestState.WAITING_CUSTOMER.value, 2), (R.is_open.is_(True), 1), else_=0
)
"""2: waits for the customer, 1: with us, 0: over."""
COLUMNS: Mapping[str, Any] = {
    "entitlement": R.entitlement_id,
    "contract": R.contract_id,
    "shipment": R.shipment_id,
    "statement": R.statement_id,
}
"""What a request may be about → where it says so; one about a line is about its statement too."""


def requests(viewer: Viewer) -> Select[Any]:
    """Every request of the customer that the viewer may read, without its long texts."""
    wanted = visible(select(R), R, viewer).where(R.is_internal.is_(False))
    return wanted.options(
        joinedload(R.customer).load_only(*NAMES),
        defer(R.text),
        defer(R.solution),
        defer(R.search_text),
    )


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Narrow by number, title or what it is about: Chinese, pinyin, initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(R.search_text.contains(word, autoescape=True))
    return statement


def with_all() -> tuple[Any, ...]:
    """Loads with one request everything that it points at; the second wall leaves out what the viewer does not see."""
    return (
        joinedload(R.customer),
        joinedload(R.owner).options(load_only(User.name), lazyload(User.roles)),
        joinedload(R.merged_into).load_only(R.number, R.title),
        joinedload(R.contract).load_only(Contract.number),
        joinedload(R.entitlement).joinedload(Entitlement.item),
        joinedload(R.shipment).load_only(Shipment.number, Shipment.state, Shipment.category),
        joinedload(R.statement).load_only(Statement.number),
        joinedload(R.statement_line).load_only(StatementLine.serial),
    )


def messages(ids: Sequence[int], viewer: Viewer) -> list[RequestMessage]:
    """What was said on these requests (one and what was merged into it), oldest first."""
    wanted = visible(select(M), M, viewer).where(M.request_id.in_(ids))
    return list(db.session.scalars(wanted.order_by(M.written_at, M.id)))


def goods(ids: Sequence[int], viewer: Viewer) -> list[RequestLine]:
    """The goods that these requests list, in their order."""
    wanted = visible(select(RequestLine), RequestLine, viewer)
    wanted = wanted.where(RequestLine.request_id.in_(ids))
    return list(db.session.scalars(wanted.order_by(RequestLine.request_id, RequestLine.position)))


def linked(request: ServiceRequest, viewer: Viewer) -> list[Linked]:
    """The customer's other requests that belong with this one, those merged into it as well: one select."""
    to_it = (L.request_id == request.id) & (L.other_id == R.id)
    from_it = (L.other_id == request.id) & (L.request_id == R.id)
    wanted: Any = requests(viewer).outerjoin(L, to_it | from_it).add_columns(L.kind, L.request_id)
    wanted = wanted.where(L.id.is_not(None) | (R.merged_into_id == request.id)).order_by(R.id)
    merged = LinkKind.MERGED
    return [
        Linked(LinkKind(kind) if kind else merged, row, first == request.id)
        for row, kind, first in db.session.execute(wanted)
    ]


def about(what: str, row_id: int, viewer: Viewer) -> list[ServiceRequest]:
    """For a customer: the latest requests about a record (`COLUMNS`), those that wait for an answer first."""
    if viewer.kind != "customer" or not viewer.may(Permission.REQUEST_SEE):
        return []
    wanted = requests(viewer).where(COLUMNS[what] == row_id)
    return list(db.session.scalars(wanted.order_by(WAITING.desc(), R.id.desc()).limit(SHOWN)))


class OpenOne(NamedTuple):
    """A request that is not over, as a row of a list."""

    id: int
    number: str
    title: str
    state: str
    received_at: datetime
    last_message_at: datetime | None


def open_ones(viewer: Viewer, limit: int = SHOWN) -> Question[list[OpenOne]]:
    """Requests that are not over, those that wait for the customer first."""
    columns = (R.id, R.number, R.title, R.state, R.received_at, R.last_message_at)
    wanted = requests(viewer).where(R.is_open.is_(True)).with_only_columns(*columns)
    first = wanted.order_by(WAITING.desc(), R.id.desc()).limit(limit)
    return Question(first, lambda rows: [OpenOne(*row) for row in rows])
