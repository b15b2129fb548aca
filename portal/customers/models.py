"""Customers, contacts, sites and memberships."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access.permissions import Power
from portal.accounts.models import User
from portal.customers.rules.kinds import (
    Abc,
    Area,
    Attitude,
    CustomerKind,
    CustomerState,
    Influence,
    Market,
    Nature,
    NoteKind,
    Reach,
    Segment,
    Source,
    Structure,
)
from portal.customers.rules.settlement import DueFrom, SettlementKind
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import (
    Base,
    CustomerItself,
    CustomerOwned,
    HouseOnly,
    Stamped,
    Versioned,
    once_where_set,
)
from portal.db.phones import HasPhone
from portal.db.types import Amount, JSONText, Rate, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "customer.created": Event(t("Customer created")),
        "customer.changed": Event(t("Customer changed")),
        "customer.deactivated": Event(t("Customer set inactive")),
        "customer.reactivated": Event(t("Customer set active again")),
        "customer.assigned": Event(t("Owner or team changed")),
        "customer.contact_added": Event(t("Contact added")),
        "customer.contact_changed": Event(t("Contact changed")),
        "customer.main_contact": Event(t("Main contact changed")),
        "customer.contact_removed": Event(t("Contact removed")),
        "customer.site_added": Event(t("Site added")),
        "customer.site_changed": Event(t("Site changed")),
        "customer.site_removed": Event(t("Site removed")),
        "customer.member_invited": Event(t("User invited"), public=True),
        "customer.member_changed": Event(t("User's powers changed"), public=True),
        "customer.member_removed": Event(t("User removed"), public=True),
        "customer.settlement_changed": Event(t("Settlement terms changed")),
        "customer.held": Event(t("Credit held")),
        "customer.released": Event(t("Credit no longer held")),
        "customer.blacklisted": Event(t("Blacklisted")),
        "customer.cleared": Event(t("Taken off the blacklist")),
        "customer.classified": Event(t("Tier, class or state changed")),
        "customer.overridden": Event(t("Tier, class or state set by hand")),
        "customer.override_ended": Event(t("Set by hand no longer")),
        "customer.merged": Event(t("Duplicate merged into this customer")),
        "customer.imported": Event(t("Brought in from a file")),
        "customer.noted": Event(t("History noted")),
        "customer.note_changed": Event(t("Noted history changed")),
    }
)


def one_of(column: str, words: type[StrEnum]) -> str:
    """The condition that `column` holds one of `words`."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


def one_or_none(column: str, words: type[StrEnum]) -> str:
    """The condition that `column` holds one of `words`, or nothing."""
    return f"{column} = '' OR {one_of(column, words)}"


class Customer(CustomerItself, HasPhone, Versioned, Stamped, Base):
    """The company (or person) we quote and bill.

    `segment`, `state`, `abc` and `structure` are what the latest monthly run, or an override, found; how and why is in
    insights. `merged_into_id`: this row was a duplicate of that one and is kept for its old addresses alone.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(one_of("kind", CustomerKind), name="known_kind"),
        CheckConstraint(one_of("segment", Segment), name="known_segment"),
        CheckConstraint("(kind = 'branch') = (parent_id IS NOT NULL)", name="branch_has_group"),
        CheckConstraint(one_of("state", CustomerState), name="known_state"),
        CheckConstraint(one_or_none("abc", Abc), name="known_abc"),
        CheckConstraint(one_or_none("structure", Structure), name="known_structure"),
        CheckConstraint(one_or_none("market", Market), name="known_market"),
        CheckConstraint(one_or_none("area", Area), name="known_area"),
        CheckConstraint(one_or_none("reach", Reach), name="known_reach"),
        CheckConstraint(one_or_none("nature", Nature), name="known_nature"),
        CheckConstraint(one_or_none("source", Source), name="known_source"),
        Index("ix_customer_segment", "segment", "id"),
        Index("ix_customer_state", "state", "id"),
        Index("ix_customer_name", "name_zh", "id"),
        Index("ix_customer_updated", "updated_at", "id"),
    )

    code: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    short_name: Mapped[str] = mapped_column(String(40), default="")
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    tax_number: Mapped[str] = mapped_column(String(40), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    segment: Mapped[str] = mapped_column(String(16), default="ordinary")
    state: Mapped[str] = mapped_column(String(12), default=CustomerState.POTENTIAL.value)
    abc: Mapped[str] = mapped_column(String(1), default="")
    structure: Mapped[str] = mapped_column(String(12), default="")
    industry: Mapped[str] = mapped_column(String(60), default="")
    market: Mapped[str] = mapped_column(String(16), default="")
    area: Mapped[str] = mapped_column(String(24), default="")
    reach: Mapped[str] = mapped_column(String(16), default="")
    nature: Mapped[str] = mapped_column(String(12), default="")
    source: Mapped[str] = mapped_column(String(12), default="")
    is_foreign: Mapped[bool] = mapped_column(default=False)
    billing: Mapped[str] = mapped_column(String(8), default="own")
    default_currency: Mapped[str] = mapped_column(String(3), default="CNY")
    document_language: Mapped[str] = mapped_column(String(8), default="zh_en")
    address: Mapped[str] = mapped_column(String(240), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(String(1000), default="")

    parent: Mapped[Customer | None] = relationship(
        remote_side="Customer.id", back_populates="branches", foreign_keys=[parent_id]
    )
    branches: Mapped[list[Customer]] = relationship(
        back_populates="parent", order_by="Customer.code", foreign_keys=[parent_id]
    )
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", order_by="Contact.id")
    sites: Mapped[list[Site]] = relationship(back_populates="customer", order_by="Site.id")

    @property
    def label(self) -> str:
        """How the customer is called in a sentence."""
        return self.short_name or self.name_zh or self.name_en


Index(  # of the few that have one: SQLite would take "IS NULL" for a search, and read all others by it
    "ix_customer_merged_into_id",
    Customer.merged_into_id,
    sqlite_where=Customer.merged_into_id.is_not(None),
    postgresql_where=Customer.merged_into_id.is_not(None),
)


class Contact(CustomerOwned, HasPhone, Versioned, Base):
    """A person at the customer; not necessarily somebody who signs in.

    One who was removed stays as a row that is not `active`: issued papers name people. `influence`, `attitude` and
    `reports_to_id` draw the contact tree (REQUIREMENTS O12); they are ours, never the customer's to read. `left_on`:
    the day on which the person left the customer.
    """

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(one_or_none("influence", Influence), name="known_influence"),
        CheckConstraint(one_or_none("attitude", Attitude), name="known_attitude"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    wechat: Mapped[str] = mapped_column(String(60), default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)
    influence: Mapped[str] = mapped_column(String(12), default="")
    attitude: Mapped[str] = mapped_column(String(12), default="")
    reports_to_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    left_on: Mapped[date | None]

    customer: Mapped[Customer] = relationship(back_populates="contacts")


class Site(CustomerOwned, HasPhone, Versioned, Base):
    """A place where the customer ships, receives or gets its post; removed ones are not `active`."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(16), default="shipping")
    address: Mapped[str] = mapped_column(String(240))
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Customer] = relationship(back_populates="sites")


class Membership(CustomerOwned, Versioned, Base):
    """A user's place in one customer: the powers, and whether they reach to its branches."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    powers: Mapped[Any] = mapped_column(JSONText, default=list)
    covers_branches: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship()
    customer: Mapped[Customer] = relationship()

    @property
    def power_set(self) -> frozenset[Power]:
        """The powers as a set."""
        return frozenset(Power(name) for name in self.powers)


class SettlementTerms(CustomerOwned, Versioned, Stamped, Base):
    """How this customer is billed and pays 结算条款; without a row the defaults of the columns count (DOMAIN E8-E10).

    `one_currency`: every line is converted into `currency`, else each currency has its statement. `rate_rule` is a
    catalogue.rules.exchange.RateRule, `agreed_rates` {currency: rate} for its "agreed". `payment_days` None: as the
    contract says. `confirm_days`: by when the customer is asked to answer (R4). `late_fee_percent` a day, 0: none.
    `csv_layout`: the customer's own columns (billing.rules.csv_layout).
    """

    __tablename__ = "settlement_terms"
    __table_args__ = (
        UniqueConstraint("customer_id"),
        CheckConstraint(one_of("kind", SettlementKind), name="known_kind"),
        CheckConstraint(one_of("due_from", DueFrom), name="known_due_from"),
        CheckConstraint("credit_limit IS NULL OR credit_limit >= 0", name="limit_not_negative"),
        CheckConstraint("reconciliation_day BETWEEN 1 AND 28", name="day_of_month"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), default=SettlementKind.MONTHLY.value)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    one_currency: Mapped[bool] = mapped_column(default=True)
    rate_rule: Mapped[str] = mapped_column(String(16), default="statement_day")
    agreed_rates: Mapped[Any] = mapped_column(JSONText, default=dict)
    payment_days: Mapped[int | None]
    due_from: Mapped[str] = mapped_column(String(12), default=DueFrom.STATEMENT.value)
    next_working_day: Mapped[bool] = mapped_column(default=False)
    reconciliation_day: Mapped[int] = mapped_column(default=5)
    reconciliation_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    confirm_days: Mapped[int] = mapped_column(default=7)
    grace_days: Mapped[int] = mapped_column(default=15)
    rating: Mapped[str] = mapped_column(String(1), default="")
    credit_limit: Mapped[Decimal | None] = mapped_column(Amount)
    late_fee_percent: Mapped[Decimal] = mapped_column(Rate, default=Decimal(0))
    csv_layout: Mapped[Any] = mapped_column(JSONText, default=dict)

    customer: Mapped[Customer] = relationship()
    reconciliation_contact: Mapped[Contact | None] = relationship()


class CreditStanding(CustomerOwned, Versioned, Base):
    """Where the customer's credit stands: worked out from what is owed, and what people decided about it.

    `exposure_amount`, `overdue_amount` and `overdue_days` (of the oldest) in `currency` are as of `worked_out_at`;
    `unbilled_amount` is the part of the exposure that was used and not billed yet.
    `held_since` with `hold_reason`: new orders and releases wait, except while `lifted_until` has not passed. A
    blacklisting blocks quotation, order and credit until it ends; never the collection (K8).
    """

    __tablename__ = "credit_standing"
    __table_args__ = (
        UniqueConstraint("customer_id"),
        CheckConstraint("held_since IS NULL OR hold_reason <> ''", name="held_with_reason"),
        CheckConstraint(
            "blacklisted_on IS NULL OR blacklist_reason <> ''", name="blacklisted_with_reason"
        ),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    exposure_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    unbilled_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    overdue_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    overdue_days: Mapped[int] = mapped_column(default=0)
    worked_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    held_since: Mapped[date | None]
    hold_reason: Mapped[str] = mapped_column(String(500), default="")
    held_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lifted_until: Mapped[date | None]
    lift_reason: Mapped[str] = mapped_column(String(1000), default="")
    blacklisted_on: Mapped[date | None]
    blacklisted_until: Mapped[date | None]
    blacklist_reason: Mapped[str] = mapped_column(String(500), default="")
    blacklisted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    customer: Mapped[Customer] = relationship()


class HistoryNote(HouseOnly, Versioned, Stamped, Base):
    """Something that happened between us and a customer and is told by a person: a talk, a meeting, a letter.

    `source_key` names the row of the file that brought it, so that the same file brings it once.
    """

    __tablename__ = "history_note"
    __table_args__ = (
        CheckConstraint(one_of("kind", NoteKind), name="known_kind"),
        Index("ix_history_note_customer", "customer_id", "happened_at", "id"),
        Index("ix_history_note_written", "written_by", "happened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default=NoteKind.NOTE.value)
    happened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    subject: Mapped[str] = mapped_column(String(160), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    source_key: Mapped[str | None] = mapped_column(String(120))

    customer: Mapped[Customer] = relationship()
    contact: Mapped[Contact | None] = relationship()
    writer: Mapped[User | None] = relationship()


once_where_set(HistoryNote.source_key)
