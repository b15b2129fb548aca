"""Customers, contacts, sites and memberships."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access.permissions import Power
from portal.accounts.models import User
from portal.customers.rules.kinds import CustomerKind, Segment
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerItself, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
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
    }
)


def one_of(column: str, words: type[StrEnum]) -> str:
    """The condition that `column` holds one of `words`."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


class Customer(CustomerItself, Versioned, Stamped, Base):
    """The company (or person) we quote and bill."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint(one_of("kind", CustomerKind), name="known_kind"),
        CheckConstraint(one_of("segment", Segment), name="known_segment"),
        CheckConstraint("(kind = 'branch') = (parent_id IS NOT NULL)", name="branch_has_group"),
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
    industry: Mapped[str] = mapped_column(String(60), default="")
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
        remote_side="Customer.id", back_populates="branches"
    )
    branches: Mapped[list[Customer]] = relationship(
        back_populates="parent", order_by="Customer.code"
    )
    contacts: Mapped[list[Contact]] = relationship(back_populates="customer", order_by="Contact.id")
    sites: Mapped[list[Site]] = relationship(back_populates="customer", order_by="Site.id")

    @property
    def label(self) -> str:
        """How the customer is called in a sentence."""
        return self.short_name or self.name_zh or self.name_en


class Contact(CustomerOwned, Versioned, Base):
    """A person at the customer; not necessarily somebody who signs in.

    One who was removed stays as a row that is not `active`: issued papers name people.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    wechat: Mapped[str] = mapped_column(String(60), default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)

    customer: Mapped[Customer] = relationship(back_populates="contacts")


class Site(CustomerOwned, Versioned, Base):
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
