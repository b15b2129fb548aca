"""People who sign in: the firm's staff and its customers' users."""

from __future__ import annotations

from datetime import datetime

from flask_security import AsaList, UserMixin, WebAuthnMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access.permissions import Role
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.phones import HasPhone
from portal.db.types import UTCDateTime
from portal.kernel import clock
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
        "user.passkey_added": Event(t("Passkey added")),
        "user.passkey_removed": Event(t("Passkey removed")),
        "user.signed_out": Event(t("Signed out by somebody else")),
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


class WordList(AsaList):
    """Flask-Security's list of words in one column; it has no state, so that statements with it may be cached."""

    cache_ok = True


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
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(WordList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        String(64), unique=True
    )
    search_text: Mapped[str] = mapped_column(String(500), default="")

    roles: Mapped[list[StaffRole]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", lazy="selectin"
    )
    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", order_by="Passkey.id"
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


class SignIn(Base):
    """One sign-in on one device, from the password or passkey until it ends; the browser holds an opaque mark of it.

    It is over when `ended_at` says so, when `ends_at` has come, or when nothing was heard of it (`seen_at`) for as
    long as the settings allow; a browser that is `kept` may be silent until `ends_at`.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_user_id_seen_at", "user_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    mark_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    kept: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(16))
    way: Mapped[str] = mapped_column(String(16))
    second: Mapped[str | None] = mapped_column(String(16))
    browser: Mapped[str] = mapped_column(String(40), default="")
    system: Mapped[str] = mapped_column(String(40), default="")
    ip: Mapped[str] = mapped_column(String(45), default="")


class Passkey(WebAuthnMixin, Base):
    """A passkey 通行密钥 of one person: the public half alone. Names of columns are Flask-Security's.

    `usage` first: signs in by itself, with the owner's finger, face or PIN; secondary: after the password.
    """

    __tablename__ = "passkey"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("usage IN ('first', 'secondary')", name="known_usage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(16))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(WordList()))
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    lastuse_datetime: Mapped[datetime] = mapped_column(UTCDateTime)

    def get_user_mapping(self) -> dict[str, object]:
        """Flask-Security's question: whose it is."""
        return {"id": self.user_id}
