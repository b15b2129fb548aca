"""People who sign in: the firm's staff and its customers' users."""

from __future__ import annotations

from datetime import datetime

from flask_security import AsaList, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access.permissions import Role
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.phones import HasPhone
from portal.db.types import UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "user.invited": Event(t("Invited")),
        "user.changed": Event(t("Own details changed")),
        "user.joined": Event(t("Invitation accepted")),
        "user.roles_changed": Event(t("Roles changed")),
        "user.deactivated": Event(t("Sign-in blocked")),
        "user.reactivated": Event(t("Sign-in allowed again")),
        "user.password_changed": Event(t("Password changed")),
        "user.second_factor_set": Event(t("Second factor set up")),
        "user.second_factor_removed": Event(t("Second factor removed")),
        "user.created": Event(t("Sign-in created")),
    }
)


class StaffRole(Base):
    """One role that one member of staff holds."""

    __tablename__ = "staff_role"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(32), primary_key=True)

    @property
    def name(self) -> str:
        """What Flask-Security calls a role by."""
        return self.role

    def get_permissions(self) -> set[str]:
        """None of Flask-Security's: the policy table decides."""
        return set()


class User(UserMixin, HasPhone, Versioned, Stamped, Base):
    """A login. `kind` says which door it opens; a customer's user acts through memberships."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("kind IN ('staff', 'customer')", name="known_kind"),
        CheckConstraint("email = lower(email)", name="lower_case_email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))
    locale: Mapped[str] = mapped_column(String(8), default="zh_CN")
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_customer_id: Mapped[int | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    search_text: Mapped[str] = mapped_column(String(500), default="")

    roles: Mapped[list[StaffRole]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def role_set(self) -> frozenset[Role]:
        """The staff roles this user holds."""
        return frozenset(Role(row.role) for row in self.roles)

    @property
    def has_joined(self) -> bool:
        """Whether the invitation was taken: before that there is no password."""
        return self.password is not None

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code after the password."""
        return bool(self.tf_totp_secret and self.tf_primary_method)

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Flask-Security's question: a code for those who set it up, and for staff where it is compulsory."""
        required, methods = super().check_tf_required(tf_setup_methods, tf_fresh)
        return required and (self.kind == "staff" or bool(methods)), methods

    def check_tf_required_setup(self) -> bool:
        """Flask-Security's question: whether the second factor may not be turned off."""
        return self.kind == "staff" and bool(super().check_tf_required_setup())


class Invitation(Base):
    """A mailed link to choose a password: good once and for a while; only its hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
