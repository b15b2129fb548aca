"""Quotations and their versions. A version is frozen when it is issued; a change makes the next one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Contact, Customer
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount, JSONText, Quantity, Rate, UTCDateTime
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.quotations.rules.states import QuotationState

audit.declare(
    {
        "quotation.created": Event(t("Quotation drafted")),
        "quotation.changed": Event(t("Draft changed")),
        "quotation.repriced": Event(t("Prices brought to date")),
        "quotation.submitted": Event(t("Sent for approval")),
        "quotation.approved": Event(t("Approved")),
        "quotation.returned": Event(t("Returned to the author")),
        "quotation.reopened": Event(t("Reopened for editing")),
        "quotation.issued": Event(t("Issued"), public=True),
        "quotation.superseded": Event(t("Replaced by a newer version"), public=True),
        "quotation.withdrawn": Event(t("Withdrawn"), public=True),
        "quotation.accepted": Event(t("Accepted"), public=True),
        "quotation.declined": Event(t("Declined"), public=True),
        "quotation.asked": Event(t("Question asked"), public=True),
        "quotation.answered": Event(t("Question answered"), public=True),
        "quotation.handed_over": Event(t("Owner changed")),
        "quotation.link_sent": Event(t("Link sent to a contact")),
        "quotation.link_revoked": Event(t("Link revoked")),
    }
)


class Quotation(CustomerOwned, Versioned, Stamped, Base):
    """What one customer asked for; the figures are in its versions.

    `state`, `valid_until`, `total_amount` and `total_currency` repeat the latest version's, so that a list needs no
    join; `latest_no` names it and `issued_no` the one that the customer may accept (0: none).
    """

    __tablename__ = "quotation"
    __table_args__ = (
        Index("ix_quotation_updated", "updated_at", "id"),
        Index("ix_quotation_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_quotation_owner_state", "owner_id", "state", "updated_at"),
        Index("ix_quotation_state", "state", "updated_at"),
        Index("ix_quotation_expiring", "state", "valid_until", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    origin: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(60), default="")
    latest_no: Mapped[int] = mapped_column(default=1)
    issued_no: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default=QuotationState.DRAFT.value)
    valid_until: Mapped[date | None]
    total_amount: Mapped[Decimal | None] = mapped_column(Amount)
    total_currency: Mapped[str] = mapped_column(String(3), default="CNY")
    search_text: Mapped[str] = mapped_column(String(600), default="")

    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
    owner: Mapped[User] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()
    versions: Mapped[list[QuotationVersion]] = relationship(
        back_populates="quotation", order_by="QuotationVersion.version_no"
    )


class QuotationVersion(CustomerOwned, Versioned, Stamped, Base):
    """One version 修订版: shipment, lines, texts, totals; one issued version of a quotation at a time."""

    __tablename__ = "quotation_version"
    __table_args__ = (
        UniqueConstraint("quotation_id", "version_no"),
        CheckConstraint(
            "state IN ('draft', 'pending_approval', 'approved', 'issued', 'accepted', 'declined', "
            "'superseded', 'withdrawn')",
            name="known_state",
        ),
        CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL", name="declined_with_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quotation_id: Mapped[int] = mapped_column(ForeignKey("quotation.id"))
    version_no: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=QuotationState.DRAFT.value)

    # What is shipped, as the pricing engine's Cargo in JSON, and the words around it.
    category: Mapped[str] = mapped_column(String(24), default="")
    load: Mapped[str] = mapped_column(String(8), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    destination: Mapped[str] = mapped_column(String(60), default="")
    carrier: Mapped[str] = mapped_column(String(40), default="")
    incoterm: Mapped[str] = mapped_column(String(24), default="")
    goods: Mapped[str] = mapped_column(String(160), default="")
    routing: Mapped[str] = mapped_column(String(120), default="")
    transit_days: Mapped[int | None]
    free_days: Mapped[int | None]
    reference_on: Mapped[date | None]
    cargo: Mapped[Any] = mapped_column(JSONText, default=dict)

    # How it is offered.
    valid_until: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(8), default="zh_en")
    total_currency: Mapped[str] = mapped_column(String(3), default="CNY")
    shows_converted_total: Mapped[bool] = mapped_column(default=True)
    hides_zero_lines: Mapped[bool] = mapped_column(default=True)
    discount_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    terms: Mapped[Any] = mapped_column(JSONText, default=list)
    note: Mapped[str] = mapped_column(String(2000), default="")
    internal_note: Mapped[str] = mapped_column(String(2000), default="")

    # Stored results: computed by the rules whenever a line changes, frozen at issue.
    totals: Mapped[Any] = mapped_column(JSONText, default=dict)
    total_amount: Mapped[Decimal | None] = mapped_column(Amount)
    exchange_rates: Mapped[Any] = mapped_column(JSONText, default=dict)
    teu: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    boxes: Mapped[int] = mapped_column(default=0)

    # Who decided what.
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    approval_reasons: Mapped[Any] = mapped_column(JSONText, default=list)
    submit_reason: Mapped[str | None] = mapped_column(String(500))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_name: Mapped[str | None] = mapped_column(String(120))
    decided_ip: Mapped[str | None] = mapped_column(String(45))
    accepted_option: Mapped[str | None] = mapped_column(String(40))
    decline_reason: Mapped[str | None] = mapped_column(String(1000))
    withdraw_reason: Mapped[str | None] = mapped_column(String(500))

    quotation: Mapped[Quotation] = relationship(back_populates="versions")
    lines: Mapped[list[QuotationLine]] = relationship(
        back_populates="version_row",
        order_by="QuotationLine.position",
        cascade="all, delete-orphan",
    )


Index(
    "uq_quotation_version_issued",
    QuotationVersion.quotation_id,
    unique=True,
    sqlite_where=QuotationVersion.state == "issued",
    postgresql_where=QuotationVersion.state == "issued",
)


class QuotationLine(CustomerOwned, Base):
    """One charge of a version: its own copy of price, terms and working (DOMAIN S5, P19).

    `quantity` is in `unit`, `rate` per unit, `amount` before tax treatment in `currency`; `net`, `tax` and `gross`
    follow the line's tax class. `stat_quantity` counts in `main_unit` (TEU) for totals (REQUIREMENTS Q2).
    `quantity_given` is a quantity that somebody typed instead of the measured one. `option` names the alternative
    that the line belongs to ("": all of them). A percentage of charges in two currencies fills two rows: the second
    names the first in `split_of_id`. `problem` says why there is no amount, or why the line does not apply.
    """

    __tablename__ = "quotation_line"
    __table_args__ = (
        Index("ix_quotation_line_version", "version_id", "position"),
        CheckConstraint("NOT is_manual OR manual_reason IS NOT NULL", name="manual_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("quotation_version.id"))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(24), default="freight")
    option: Mapped[str] = mapped_column(String(40), default="")
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    price_id: Mapped[int | None]
    tariff_id: Mapped[int | None] = mapped_column(ForeignKey("tariff.id"))
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("price_scheme.id"))
    surcharge_rule_id: Mapped[int | None]
    split_of_id: Mapped[int | None] = mapped_column(ForeignKey("quotation_line.id"))
    charge_code: Mapped[str] = mapped_column(String(24), default="")
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    inclusive_codes: Mapped[str] = mapped_column(String(240), default="")
    carrier: Mapped[str] = mapped_column(String(40), default="")
    packaging: Mapped[str] = mapped_column(String(16), default="")
    unit: Mapped[str] = mapped_column(String(16), default="")
    main_unit: Mapped[str] = mapped_column(String(16), default="")
    currency: Mapped[str] = mapped_column(String(3))
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    quantity_given: Mapped[Decimal | None] = mapped_column(Quantity)
    stat_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    discount_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    tax_class: Mapped[str] = mapped_column(String(24), default="")
    tax_kind: Mapped[str] = mapped_column(String(8), default="taxed")
    tax_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    tax_label_zh: Mapped[str] = mapped_column(String(20), default="")
    tax_label_en: Mapped[str] = mapped_column(String(20), default="")
    tax_inclusive: Mapped[bool] = mapped_column(default=True)
    net: Mapped[Decimal | None] = mapped_column(Amount)
    tax: Mapped[Decimal | None] = mapped_column(Amount)
    gross: Mapped[Decimal | None] = mapped_column(Amount)
    is_collect: Mapped[bool] = mapped_column(default=False)
    is_optional: Mapped[bool] = mapped_column(default=False)
    is_pass_through: Mapped[bool] = mapped_column(default=False)
    is_on_request: Mapped[bool] = mapped_column(default=False)
    is_manual: Mapped[bool] = mapped_column(default=False)
    manual_reason: Mapped[str | None] = mapped_column(String(300))
    terms: Mapped[Any | None] = mapped_column(JSONText)
    working: Mapped[Any | None] = mapped_column(JSONText)
    problem: Mapped[Any | None] = mapped_column(JSONText)
    note: Mapped[str] = mapped_column(String(300), default="")

    version_row: Mapped[QuotationVersion] = relationship(back_populates="lines")
