"""A customer's request 服务请求, what is said on it to the customer, and what only the house reads."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.models import Statement, StatementLine
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, Quantity, UTCDateTime
from portal.kernel.text import t
from portal.service_requests.models.reach import OfRequest, shared_with
from portal.service_requests.rules.kinds import (
    Authority,
    Channel,
    LinkKind,
    NoMatch,
    RequesterKind,
    RequestKind,
    Scope,
    ThirdParty,
)
from portal.service_requests.rules.states import RequestState
from portal.shipments.models import Shipment

audit.declare(
    {
        "request.opened": Event(t("Request opened"), public=True),
        "request.accepted": Event(t("Request accepted"), public=True),
        "request.started": Event(t("Work on the request began"), public=True),
        "request.waits_customer": Event(t("Waiting for the customer's answer"), public=True),
        "request.waits_third_party": Event(t("Waiting for a third party"), public=True),
        "request.resumed": Event(t("Work on the request goes on"), public=True),
        "request.resolved": Event(t("Request resolved"), public=True),
        "request.closed": Event(t("Case closed"), public=True),
        "request.reopened": Event(t("Request opened again"), public=True),
        "request.withdrawn": Event(t("Request withdrawn"), public=True),
        "request.rejected": Event(t("Request rejected"), public=True),
        "request.merged": Event(t("Merged into another request"), public=True),
        "request.replied": Event(t("Answer to the customer"), public=True),
        "request.customer_wrote": Event(t("The customer wrote"), public=True),
        "request.promised": Event(t("A day was promised"), public=True),
        "request.noted": Event(t("Internal note")),
        "request.note_shared": Event(t("Internal note shown to the customer"), public=True),
        "request.changed": Event(t("Request changed")),
        "request.matched": Event(t("Matched to an entitlement")),
        "request.assigned": Event(t("Given to")),
        "request.handed_over": Event(t("Handed over")),
        "request.shared": Event(t("Shared with colleagues")),
        "request.linked": Event(t("Linked to another request")),
        "request.authority": Event(t("Third party's authority checked")),
        "request.escalated": Event(t("Escalated to a manager")),
        "request.checked": Event(t("Goods checked")),
    }
)

LONG = 8000
AFTER_ALL = "9000-01-01 00:00:00.000000"
"""Where requests without a running clock stand in a queue, as both databases write an instant."""


class RequestCategory(Versioned, Base):
    """What a request is about, in two levels: 运输异常 / 破损. `kinds` []: any kind of request."""

    __tablename__ = "request_category"
    __table_args__ = (Index("ix_request_category_parent", "parent_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("request_category.id"))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    kinds: Mapped[Any] = mapped_column(JSONText, default=list)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped[RequestCategory | None] = relationship(remote_side="RequestCategory.id")


class ServiceRequest(CustomerOwned, Versioned, Stamped, Base):
    """What a customer, or somebody for them, wants of us; its course, and everything that it points at.

    `tier` is the customer's when it was opened; `rank` orders queues: severity and tier together, 0 the first.
    `entitlement_id` is what was bought and is meant, else `no_match` says why there is none; contract, shipment and
    statement line are what it is about. `context` keeps what has no row: {"storage": {warehouse_id, from, until}}.
    `next_due_at` is the earliest running clock, None while all are met or paused; `queue_at` is the same with AFTER_ALL
    for None, so that a queue can be read from its index page by page. `promised_on` is a day that the
    customer was told. A request is the customer's own to see unless `is_internal` (REQUIREMENTS S13).
    """

    __tablename__ = "service_request"
    __table_args__ = (
        CheckConstraint(one_of("state", RequestState), name="known_state"),
        CheckConstraint(one_of("kind", RequestKind), name="known_kind"),
        CheckConstraint(one_of("channel", Channel), name="known_channel"),
        CheckConstraint(one_of("scope", Scope), name="known_scope"),
        CheckConstraint(one_of("requester_kind", RequesterKind), name="known_requester"),
        CheckConstraint(one_of("authority", Authority), name="known_authority"),
        CheckConstraint(
            f"third_party IS NULL OR {one_of('third_party', ThirdParty)}", name="known_third_party"
        ),
        CheckConstraint(
            f"no_match IS NULL OR {one_of('no_match', NoMatch)}", name="known_no_match"
        ),
        CheckConstraint("severity BETWEEN 1 AND 4", name="known_severity"),
        CheckConstraint(
            "entitlement_id IS NOT NULL OR no_match IS NOT NULL", name="matched_or_why"
        ),
        CheckConstraint(
            "state NOT IN ('resolved', 'closed') OR solution <> ''", name="resolved_with_solution"
        ),
        CheckConstraint("state <> 'rejected' OR end_reason <> ''", name="rejected_with_reason"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
        Index("ix_service_request_queue", "is_open", "queue_at", "id"),
        Index("ix_service_request_rank", "is_open", "rank", "id"),
        Index("ix_service_request_owner", "owner_id", "is_open", "queue_at", "id"),
        Index("ix_service_request_customer", "customer_id", "received_at", "id"),
        Index("ix_service_request_received", "received_at", "id"),
        Index("ix_service_request_state", "state", "received_at", "id"),
        Index("ix_service_request_kind", "kind", "received_at", "id"),
        Index("ix_service_request_resolved", "state", "resolved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(24), default=RequestState.NEW.value)
    is_open: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[str] = mapped_column(String(16))
    is_internal: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(String(12))
    severity: Mapped[int]
    tier: Mapped[str] = mapped_column(String(16))
    rank: Mapped[int]
    scope: Mapped[str] = mapped_column(String(8), default=Scope.ONE.value)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("request_category.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)

    requester_kind: Mapped[str] = mapped_column(String(16), default=RequesterKind.CUSTOMER.value)
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    requester_name: Mapped[str] = mapped_column(String(80))
    requester_phone: Mapped[str] = mapped_column(String(40), default="")
    requester_email: Mapped[str] = mapped_column(String(254), default="")
    third_party: Mapped[str | None] = mapped_column(String(16))
    third_party_firm: Mapped[str] = mapped_column(String(120), default="")
    authority: Mapped[str] = mapped_column(String(12), default=Authority.NOT_NEEDED.value)

    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    entitlement_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement.id"), index=True)
    no_match: Mapped[str | None] = mapped_column(String(16))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    statement_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("statement_line.id"), index=True
    )
    context: Mapped[Any] = mapped_column(JSONText, default=dict)
    details: Mapped[Any] = mapped_column(JSONText, default=dict)

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    promised_on: Mapped[date | None]
    next_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    queue_at: Mapped[datetime] = mapped_column(
        UTCDateTime, Computed(f"coalesce(next_due_at, '{AFTER_ALL}')", persisted=True)
    )
    last_message_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    customer_waits: Mapped[bool] = mapped_column(default=True)
    reopened: Mapped[int] = mapped_column(default=0)
    escalation: Mapped[int] = mapped_column(default=0)
    solution: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(String(1000), default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    search_text: Mapped[str] = mapped_column(String(1000), default="")

    customer: Mapped[Customer] = relationship()
    category: Mapped[RequestCategory | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    requester: Mapped[User | None] = relationship(foreign_keys=[requester_id])
    contract: Mapped[Contract | None] = relationship()
    entitlement: Mapped[Entitlement | None] = relationship()
    shipment: Mapped[Shipment | None] = relationship()
    statement: Mapped[Statement | None] = relationship()
    statement_line: Mapped[StatementLine | None] = relationship()
    merged_into: Mapped[ServiceRequest | None] = relationship(remote_side="ServiceRequest.id")

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Given to, or shared with, this member of staff."""
        return or_(cls.owner_id == user_id, cls.id.in_(shared_with(user_id)))

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """Not what one department asks of another."""
        return cls.is_internal.is_(False)


class RequestMessage(OfRequest, AppendOnly, Base):
    """What was said between the customer and us; both read it. Files are attachments of `request_message`.

    `from_note_id`: it was an internal note that somebody decided to show.
    """

    __tablename__ = "request_message"
    __table_args__ = (
        Index("ix_request_message_request", "request_id", "id"),
        CheckConstraint("side IN ('customer', 'staff')", name="known_side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author_name: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    from_note_id: Mapped[int | None] = mapped_column(ForeignKey("internal_note.id"), unique=True)


class InternalNote(OfRequest, AppendOnly, Base):
    """What only the house reads. No customer's session can select this table; its files are never shared."""

    __tablename__ = "internal_note"
    __table_args__ = (Index("ix_internal_note_request", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author_name: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """None of them, whatever a query forgets."""
        return false()


class RequestLine(OfRequest, Versioned, Base):
    """Goods of a return, or materials asked for: how much was claimed, counted once, counted again (S13)."""

    __tablename__ = "request_line"
    __table_args__ = (
        Index("ix_request_line_request", "request_id", "position"),
        CheckConstraint("asked_quantity > 0", name="asked_positive"),
        CheckConstraint("checked_quantity IS NULL OR checked_quantity >= 0", name="checked_not_negative"),
        CheckConstraint("second_quantity IS NULL OR second_quantity >= 0", name="second_not_negative"),
        CheckConstraint(
            "second_by IS NULL OR second_by <> checked_by", name="second_pair_of_eyes"
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(16))
    asked_quantity: Mapped[Decimal] = mapped_column(Quantity)
    reference: Mapped[str] = mapped_column(String(60), default="")
    cause: Mapped[str] = mapped_column(String(300), default="")
    checked_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    second_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    second_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    second_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(300), default="")


class RequestShare(OfRequest, Base):
    """A colleague who works on the request too."""

    __tablename__ = "request_share"
    __table_args__ = (
        UniqueConstraint("request_id", "user_id"),
        Index("ix_request_share_user", "user_id", "request_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    shared_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    shared_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RequestLink(CustomerOwned, Base):
    """Two requests that belong together; a request follows `other_id` where the kind is `follow_up`."""

    __tablename__ = "request_link"
    __table_args__ = (
        UniqueConstraint("request_id", "other_id"),
        CheckConstraint(one_of("kind", LinkKind), name="known_kind"),
        CheckConstraint("request_id <> other_id", name="two_requests"),
        Index("ix_request_link_other", "other_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    kind: Mapped[str] = mapped_column(String(12))
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)
