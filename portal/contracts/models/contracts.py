"""Contracts: the agreement, its terms from a date, its lines with frozen prices, its amendments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.states import AmendmentState, ContractState
from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, Quantity, Rate, UTCDateTime
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.quotations.models import QuotationVersion

audit.declare(
    {
        "contract.created": Event(t("Contract drafted")),
        "contract.changed": Event(t("Draft changed")),
        "contract.submitted": Event(t("Sent for approval")),
        "contract.approved": Event(t("Approved")),
        "contract.returned": Event(t("Returned to the author")),
        "contract.sent": Event(t("Sent for signature"), public=True),
        "contract.signed": Event(t("Signed"), public=True),
        "contract.activated": Event(t("In force"), public=True),
        "contract.scan_added": Event(t("Signed copy attached"), public=True),
        "contract.suspended": Event(t("Suspended"), public=True),
        "contract.resumed": Event(t("In force again"), public=True),
        "contract.completed": Event(t("Completed"), public=True),
        "contract.terminated": Event(t("Terminated"), public=True),
        "contract.voided": Event(t("Voided")),
        "contract.renewed": Event(t("Successor drafted")),
        "contract.reminded": Event(t("Reminder of the renewal sent")),
        "contract.handed_over": Event(t("Owner changed")),
        "amendment.created": Event(t("Amendment drafted")),
        "amendment.changed": Event(t("Draft of the amendment changed")),
        "amendment.submitted": Event(t("Amendment sent for approval")),
        "amendment.approved": Event(t("Amendment approved"), public=True),
        "amendment.returned": Event(t("Amendment returned to the author")),
        "amendment.signed": Event(t("Amendment signed"), public=True),
        "amendment.voided": Event(t("Amendment voided")),
        "clause.changed": Event(t("Clause changed")),
    }
)


class Contract(CustomerOwned, Versioned, Stamped, Base):
    """One agreement with one customer; what it says on a day is in `terms` and `lines` (DOMAIN E1).

    `ends_on` repeats the last signed terms' end, so that lists and the renewal list need no join. `payer_id` is the
    settlement party where it is not the customer. `signed_scan_id` names the stored scan of the signed paper.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint(one_of("state", ContractState), name="known_state"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("state <> 'terminated' OR end_reason <> ''", name="terminated_with_reason"),
        CheckConstraint("state <> 'active' OR signed_on IS NOT NULL", name="active_is_signed"),
        Index("ix_contract_updated", "updated_at", "id"),
        Index("ix_contract_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_contract_ending", "state", "ends_on", "id"),
        Index("ix_contract_owner", "owner_id", "state", "updated_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(20), default=ContractState.DRAFT.value)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    quotation_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("quotation_version.id"), unique=True
    )
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), unique=True)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    language: Mapped[str] = mapped_column(String(8), default="zh_en")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    total_amount: Mapped[Decimal | None] = mapped_column(Amount)
    internal_note: Mapped[str] = mapped_column(String(2000), default="")

    # Who decided what.
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submit_reason: Mapped[str] = mapped_column(String(500), default="")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    signed_on: Mapped[date | None]
    signed_for_customer: Mapped[str] = mapped_column(String(120), default="")
    signed_for_firm: Mapped[str] = mapped_column(String(120), default="")
    signed_scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(1000), default="")
    search_text: Mapped[str] = mapped_column(String(600), default="")

    customer: Mapped[Customer] = relationship(foreign_keys="Contract.customer_id")
    payer: Mapped[Customer | None] = relationship(foreign_keys=[payer_id])
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    quotation_version: Mapped[QuotationVersion | None] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()
    predecessor: Mapped[Contract | None] = relationship(remote_side="Contract.id")
    terms: Mapped[list[ContractTerms]] = relationship(
        back_populates="contract", order_by="ContractTerms.from_on", cascade="all, delete-orphan"
    )
    lines: Mapped[list[ContractLine]] = relationship(
        back_populates="contract", order_by="ContractLine.position", cascade="all, delete-orphan"
    )
    amendments: Mapped[list[Amendment]] = relationship(
        back_populates="contract", order_by="Amendment.serial"
    )


class Amendment(CustomerOwned, Versioned, Stamped, Base):
    """A child document 变更协议 with its own paper and signature; it changes terms and lines from a date.

    What it proposes lies in its own `ContractTerms` and `ContractLine` rows; they count from `from_on` once it is in
    force. Nothing that it replaces is removed.
    """

    __tablename__ = "contract_amendment"
    __table_args__ = (
        UniqueConstraint("contract_id", "serial"),
        CheckConstraint(one_of("state", AmendmentState), name="known_state"),
        CheckConstraint("state <> 'in_force' OR signed_on IS NOT NULL", name="in_force_is_signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=AmendmentState.DRAFT.value)
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    signed_on: Mapped[date | None]
    signed_for_customer: Mapped[str] = mapped_column(String(120), default="")
    signed_for_firm: Mapped[str] = mapped_column(String(120), default="")
    signed_scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))

    contract: Mapped[Contract] = relationship(back_populates="amendments")


class ContractTerms(CustomerOwned, Base):
    """What the contract says apart from its lines, from a day on; an amendment brings the next row.

    Promises (REQUIREMENTS C6): `pickup_from`/`pickup_until` (clock times "08:30"), `pickup_days` (ISO weekdays),
    `response_hours`, `deemed_confirmation_days` (None: silence is never a confirmation, DOMAIN R4),
    `no_minimum_order`. Payment: `payment_days` after `payment_from` (statement, invoice, sailing; DOMAIN E9).
    `clauses`: the printed clauses, a list of {title_zh, title_en, body_zh, body_en}, frozen with the paper.
    """

    __tablename__ = "contract_terms"
    __table_args__ = (
        Index("ix_contract_terms_contract", "contract_id", "from_on"),
        CheckConstraint(
            "payment_from IN ('statement', 'invoice', 'sailing')", name="known_payment_start"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    amendment_id: Mapped[int | None] = mapped_column(
        ForeignKey("contract_amendment.id"), unique=True
    )
    from_on: Mapped[date]
    ends_on: Mapped[date]
    payment_days: Mapped[int] = mapped_column(default=30)
    payment_from: Mapped[str] = mapped_column(String(12), default="statement")
    notice_days: Mapped[int] = mapped_column(default=60)
    renews_automatically: Mapped[bool] = mapped_column(default=False)
    pickup_from: Mapped[str] = mapped_column(String(5), default="")
    pickup_until: Mapped[str] = mapped_column(String(5), default="")
    pickup_days: Mapped[Any] = mapped_column(JSONText, default=list)
    response_hours: Mapped[Decimal | None] = mapped_column(Rate)
    deemed_confirmation_days: Mapped[int | None]
    no_minimum_order: Mapped[bool] = mapped_column(default=True)
    minimum_order: Mapped[str] = mapped_column(String(240), default="")
    clauses: Mapped[Any] = mapped_column(JSONText, default=list)
    note: Mapped[str] = mapped_column(String(2000), default="")

    contract: Mapped[Contract] = relationship(back_populates="terms")
    amendment: Mapped[Amendment | None] = relationship()


class ContractLine(CustomerOwned, Base):
    """One service that was bought, with its own copy of the price (DOMAIN E2, S5).

    `quantity` in `unit` is granted per `allowance`; None is unlimited. `price_terms` is `PriceTerms.to_json()`,
    `storage_policy` (storage lines) `StoragePolicy.to_json()`, `overage_terms` the price beyond the quantity. The line
    counts from `from_on` until `until_on`, both included; a line that an amendment changes is followed by another
    whose `replaces_id` names it: `root_id` is the first of such a chain, the one that the entitlements name.
    `branch_id` is the branch that alone may draw from it (None: the customer, and its branches by their usage).
    `stat_factor`: statistical units (`main_unit`, TEU) in one `unit`. A line with `is_end` ends its chain: from its
    `from_on` on nothing counts. `price_id` and `scheme_id` say where the price came from; `manual_reason` why a person
    set it ("": nobody did).
    """

    __tablename__ = "contract_line"
    __table_args__ = (
        Index("ix_contract_line_contract", "contract_id", "position"),
        Index("ix_contract_line_item", "item_id"),
        CheckConstraint(one_of("allowance", Allowance), name="known_allowance"),
        CheckConstraint(one_of("overage", Overage), name="known_overage"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        CheckConstraint("until_on >= from_on", name="until_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"))
    amendment_id: Mapped[int | None] = mapped_column(
        ForeignKey("contract_amendment.id"), index=True
    )
    quotation_line_id: Mapped[int | None] = mapped_column(ForeignKey("quotation_line.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("contract_line.id"), index=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("contract_line.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    position: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    name_zh: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16))
    main_unit: Mapped[str] = mapped_column(String(16), default="")
    stat_factor: Mapped[Decimal] = mapped_column(Rate, default=Decimal(1))
    allowance: Mapped[str] = mapped_column(String(12), default=Allowance.CONTRACT.value)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    discount_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    price_terms: Mapped[Any] = mapped_column(JSONText, default=dict)
    storage_policy: Mapped[Any | None] = mapped_column(JSONText)
    tax_class: Mapped[str] = mapped_column(String(24), default="service_6")
    tax_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    tax_inclusive: Mapped[bool] = mapped_column(default=True)
    overage: Mapped[str] = mapped_column(String(16), default=Overage.SAME_PRICE.value)
    overage_terms: Mapped[Any | None] = mapped_column(JSONText)
    carries_over: Mapped[bool] = mapped_column(default=False)
    charges_shortfall: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date]
    until_on: Mapped[date]
    is_end: Mapped[bool] = mapped_column(default=False)
    price_id: Mapped[int | None]
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("price_scheme.id"))
    manual_reason: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")

    contract: Mapped[Contract] = relationship(back_populates="lines")
    item: Mapped[ServiceItem] = relationship()
    branch: Mapped[Customer | None] = relationship(foreign_keys=[branch_id])


class ClauseTemplate(Versioned, Stamped, Base):
    """An editable text block that a new contract starts with; it is copied, so later edits change no contract."""

    __tablename__ = "clause_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    scope: Mapped[str] = mapped_column(String(24), default="")
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    body_zh: Mapped[str] = mapped_column(String(4000))
    body_en: Mapped[str] = mapped_column(String(6000), default="")
    active: Mapped[bool] = mapped_column(default=True)
