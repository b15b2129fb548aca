"""A claim with its amounts, evidence and recourse, and the limits that law sets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.models import Credit, StatementLine
from portal.claims.rules.kinds import LOSS_WORDS, EvidenceKind, LimitUnit, Loss, Settlement
from portal.claims.rules.states import CLAIM_WORDS, ClaimState, EvidenceState, RecourseState
from portal.contracts.models import Contract
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, Quantity, Rate, UTCDateTime
from portal.kernel.text import Text as Sentence
from portal.kernel.text import t
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.clock_kinds import Mode
from portal.service_requests.rules.kinds import Responsible
from portal.shipments.models import Shipment

audit.declare(
    {
        "claim.notified": Event(t("Claim notified"), public=True),
        "claim.filed": Event(t("Claim filed"), public=True),
        "claim.changed": Event(t("Claim changed"), public=True),
        "claim.taken": Event(t("Somebody took the claim")),
        "claim.evidence_asked": Event(t("Evidence asked for"), public=True),
        "claim.evidence_given": Event(t("Evidence given"), public=True),
        "claim.evidence_judged": Event(t("Evidence looked at"), public=True),
        "claim.survey": Event(t("Survey begun"), public=True),
        "claim.decided": Event(t("Liability decided"), public=True),
        "claim.proposed": Event(t("Offer sent for approval")),
        "claim.returned": Event(t("Offer not approved")),
        "claim.offered": Event(t("Offer made"), public=True),
        "claim.agreed": Event(t("Offer accepted"), public=True),
        "claim.declined": Event(t("Offer declined"), public=True),
        "claim.escalated": Event(t("Looked at again one level higher"), public=True),
        "claim.withdrawn": Event(t("Claim withdrawn"), public=True),
        "claim.credited": Event(t("Claim credited"), public=True),
        "claim.refused": Event(t("Claim refused"), public=True),
        "claim.paid": Event(t("Claim paid"), public=True),
        "claim.closed": Event(t("Claim closed"), public=True),
        "claim.recourse": Event(t("Recourse")),
        "limit.changed": Event(t("Limit of liability changed")),
    }
)


class Claim(CustomerOwned, Versioned, Stamped, Base):
    """What a customer wants for goods lost, damaged, short or late. Amounts are in `currency`.

    `noticed_on` against `notice_due_on` says whether it came in time; late is judged by a person, not refused by the
    program. `limit_working` keeps how the limit of liability was worked out, as texts; `limit_lifted`: it does not
    count, for intent or gross negligence (T8). `sdr_rate`: `currency` for one SDR. `in_container`: the sea's longer
    notice. `offered_amount` is never over `assessed_amount`; `agreed_amount` never over what was offered; a credit or a
    payment is made once (T9). `document_id`: the printed settlement agreement.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("request_id"),
        CheckConstraint(one_of("state", ClaimState), name="known_state"),
        CheckConstraint(one_of("loss", Loss), name="known_loss"),
        CheckConstraint(one_of("mode", Mode), name="known_mode"),
        CheckConstraint(one_of("settlement", Settlement), name="known_settlement"),
        CheckConstraint(one_of("recourse", RecourseState), name="known_recourse"),
        CheckConstraint(
            f"liability IS NULL OR {one_of('liability', Responsible)}", name="known_liability"
        ),
        CheckConstraint("claimed_amount > 0", name="claimed_positive"),
        CheckConstraint("assessed_amount IS NULL OR assessed_amount >= 0", name="assessed_not_negative"),
        CheckConstraint(
            "offered_amount IS NULL OR offered_amount <= assessed_amount", name="offer_in_assessed"
        ),
        CheckConstraint(
            "agreed_amount IS NULL OR agreed_amount <= offered_amount", name="agreed_in_offer"
        ),
        CheckConstraint("credit_id IS NULL OR paid_on IS NULL", name="settled_once"),
        Index("ix_claim_state", "state", "noticed_on", "id"),
        Index("ix_claim_customer", "customer_id", "noticed_on", "id"),
        Index("ix_claim_noticed", "noticed_on", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    state: Mapped[str] = mapped_column(String(20), default=ClaimState.NOTIFIED.value)
    loss: Mapped[str] = mapped_column(String(12))
    mode: Mapped[str] = mapped_column(String(12))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    statement_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("statement_line.id"), index=True
    )
    waybill: Mapped[str] = mapped_column(String(60), default="")
    delivered_on: Mapped[date | None]
    noticed_on: Mapped[date]
    notice_due_on: Mapped[date | None]
    answer_due_on: Mapped[date | None]

    currency: Mapped[str] = mapped_column(String(3))
    goods_value: Mapped[Decimal | None] = mapped_column(Amount)
    declared_value: Mapped[Decimal | None] = mapped_column(Amount)
    packages: Mapped[int | None]
    in_container: Mapped[bool] = mapped_column(default=False)
    gross_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    freight_amount: Mapped[Decimal | None] = mapped_column(Amount)
    claimed_amount: Mapped[Decimal] = mapped_column(Amount)
    assessed_amount: Mapped[Decimal | None] = mapped_column(Amount)
    limit_amount: Mapped[Decimal | None] = mapped_column(Amount)
    limit_working: Mapped[Any] = mapped_column(JSONText, default=list)
    limit_lifted: Mapped[bool] = mapped_column(default=False)
    sdr_rate: Mapped[Decimal | None] = mapped_column(Rate)
    liability: Mapped[str | None] = mapped_column(String(16))
    liability_text: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    offered_amount: Mapped[Decimal | None] = mapped_column(Amount)
    offer_text: Mapped[str] = mapped_column(Text, default="")
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    offered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offer_until: Mapped[date | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_amount: Mapped[Decimal | None] = mapped_column(Amount)
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str] = mapped_column(String(2000), default="")
    level: Mapped[int] = mapped_column(default=1)
    settlement: Mapped[str] = mapped_column(String(8), default=Settlement.CREDIT.value)
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("credit.id"), unique=True)
    paid_on: Mapped[date | None]
    payment_reference: Mapped[str] = mapped_column(String(80), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    end_reason: Mapped[str] = mapped_column(String(2000), default="")

    recourse: Mapped[str] = mapped_column(String(20), default=RecourseState.NONE.value)
    recourse_party: Mapped[str] = mapped_column(String(120), default="")
    recourse_due_on: Mapped[date | None]
    recourse_amount: Mapped[Decimal | None] = mapped_column(Amount)
    recovered_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest] = relationship()
    shipment: Mapped[Shipment | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    statement_line: Mapped[StatementLine | None] = relationship()
    credit: Mapped[Credit | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    @property
    def language(self) -> str:
        """What its papers and letters are written in, as customers' records say it."""
        return self.customer.document_language

    @property
    def loss_words(self) -> Sentence:
        """What happened to the goods."""
        return LOSS_WORDS[Loss(self.loss)]

    def state_words(self, is_staff: bool) -> Sentence:
        """Where it is; that an offer is being made is none of the customer's business yet."""
        hidden = self.state in (ClaimState.LIABILITY_DECIDED, ClaimState.PENDING_APPROVAL)
        return t("With us") if hidden and not is_staff else CLAIM_WORDS[ClaimState(self.state)]


class ClaimEvidence(CustomerOwned, Versioned, Stamped, Base):
    """One piece of the evidence list; its files are attachments of `claim_evidence`."""

    __tablename__ = "claim_evidence"
    __table_args__ = (
        CheckConstraint(one_of("kind", EvidenceKind), name="known_kind"),
        CheckConstraint(one_of("state", EvidenceState), name="known_state"),
        Index("ix_claim_evidence_claim", "claim_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default=EvidenceState.ASKED.value)
    text: Mapped[str] = mapped_column(String(500), default="")
    due_on: Mapped[date | None]
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    judgement: Mapped[str] = mapped_column(String(500), default="")


class RecourseReceipt(CustomerOwned, AppendOnly, Base):
    """Money that came back from carrier, supplier or insurer; corrected by a negative one."""

    __tablename__ = "recourse_receipt"
    __table_args__ = (Index("ix_recourse_receipt_claim", "claim_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(Amount)
    payer: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(300), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LiabilityLimit(Versioned, Stamped, Base):
    """A limit of liability as data with a from-date (T7, T8): the higher of two rows of one `code` counts."""

    __tablename__ = "liability_limit"
    __table_args__ = (
        CheckConstraint(one_of("mode", Mode), name="known_mode"),
        CheckConstraint(one_of("unit", LimitUnit), name="known_unit"),
        CheckConstraint("rate > 0", name="positive"),
        Index("ix_liability_limit_mode", "mode", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    mode: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(20))
    rate: Mapped[Decimal] = mapped_column(Rate)
    only_declared: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
