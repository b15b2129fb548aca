"""Things of ours that customers have on loan (REQUIREMENTS K9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.care.rules.kinds import AssetKind
from portal.care.rules.states import AssetState
from portal.customers.models import Contact, Customer, Site, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import Amount
from portal.kernel.text import t

audit.declare(
    {
        "asset.registered": Event(t("Thing to lend registered")),
        "asset.changed": Event(t("Thing to lend changed")),
        "asset.lent": Event(t("Lent to the customer"), public=True),
        "asset.returned": Event(t("Given back by the customer"), public=True),
        "asset.extended": Event(t("Loan prolonged"), public=True),
        "asset.lost": Event(t("Not given back by the customer")),
        "asset.retired": Event(t("Thing to lend no longer in use")),
        "asset.revived": Event(t("Thing to lend in use again")),
    }
)


class Asset(Versioned, Stamped, Base):
    """One thing with its number on it: where it is now is `state`, with whom its open loan."""

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint(one_of("kind", AssetKind), name="known_kind"),
        CheckConstraint(one_of("state", AssetState), name="known_state"),
        CheckConstraint("worth IS NULL OR worth >= 0", name="worth_not_negative"),
        Index("ix_asset_state", "state", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    serial: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(8), default=AssetState.HERE.value)
    worth: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    condition: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    search_text: Mapped[str] = mapped_column(String(600), default="")


class AssetLoan(CustomerOwned, Versioned, Stamped, Base):
    """One thing in one customer's hands: what it was like when it went out and came back. The customer reads it.

    Open while `returned_on` is None; a thing has one open loan at most. `deposit` in `currency`, given back on
    `deposit_back_on`. `is_lost`: it ended without the thing.
    """

    __tablename__ = "asset_loan"
    __table_args__ = (
        CheckConstraint("deposit >= 0", name="deposit_not_negative"),
        CheckConstraint("due_on >= lent_on", name="due_after_lent"),
        CheckConstraint("returned_on IS NULL OR returned_on >= lent_on", name="back_after_lent"),
        Index("ix_asset_loan_customer", "customer_id", "returned_on", "due_on", "id"),
        Index("ix_asset_loan_due", "due_on", "id"),
        Index("ix_asset_loan_asset", "asset_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    lent_on: Mapped[date]
    due_on: Mapped[date]
    condition_out: Mapped[str] = mapped_column(String(300), default="")
    deposit: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    returned_on: Mapped[date | None]
    condition_in: Mapped[str] = mapped_column(String(300), default="")
    deposit_back_on: Mapped[date | None]
    is_lost: Mapped[bool] = mapped_column(default=False)
    lent_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    asset: Mapped[Asset] = relationship()
    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
    site: Mapped[Site | None] = relationship()


Index(
    "uq_asset_loan_open",
    AssetLoan.asset_id,
    unique=True,
    sqlite_where=AssetLoan.returned_on.is_(None),
    postgresql_where=AssetLoan.returned_on.is_(None),
)
