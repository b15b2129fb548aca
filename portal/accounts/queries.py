"""Reading users: staff as lists see them, one person, the open invitation behind a link."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.access.gate import load
from portal.access.permissions import Permission, Role
from portal.access.viewer import Viewer
from portal.accounts.models import Invitation, SignIn, StaffRole, User
from portal.accounts.rules.sign_ins import Standing
from portal.db.base import db
from portal.kernel.errors import NotFound

_OF_SIGN_IN = (
    select(
        User,
        SignIn.id,
        SignIn.seen_at,
        SignIn.ends_at,
        SignIn.kept,
        SignIn.ended_at,
        SignIn.ended_why,
    )
    .join(SignIn, SignIn.user_id == User.id)
    .options(joinedload(User.roles))
    .where(SignIn.mark_hash == bindparam("mark_hash"))
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A sign-in with its person, as every page reads it."""

    user: User
    id: int
    standing: Standing


def of_sign_in(mark: str) -> Admitted | None:
    """Whose sign-in this is, with roles: asked on every page, so it is one statement, made once."""
    found = db.session.execute(_OF_SIGN_IN, {"mark_hash": token_hash(mark)}).unique().first()
    return Admitted(found[0], found[1], Standing(*found[2:])) if found else None


def open_sign_ins(user_id: int, idle: timedelta, now: datetime) -> list[SignIn]:
    """Where a person is signed in, the latest first."""
    heard = or_(SignIn.kept, SignIn.seen_at >= now - idle)
    still = SignIn.ended_at.is_(None), SignIn.ends_at >= now, heard
    wanted = select(SignIn).where(SignIn.user_id == user_id, *still)
    return list(db.session.scalars(wanted.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def email_behind(fs_uniquifier: str) -> str | None:
    """The address of the person whose sign-in waits for its second factor."""
    return db.session.scalar(select(User.email).where(User.fs_uniquifier == fs_uniquifier))


def staff() -> Select[User]:
    """The firm's own people."""
    return select(User).where(User.kind == "staff")


def with_role(statement: Select[User], role: str) -> Select[User]:
    """Only those who hold `role`."""
    held = exists().where(StaffRole.user_id == User.id, StaffRole.role == role)
    return statement.where(held)


def in_state(statement: Select[User], state: str) -> Select[User]:
    """Only those who are `active`, `invited` or `blocked`."""
    wanted = {
        "active": User.active.is_(True) & User.password.is_not(None),
        "invited": User.active.is_(True) & User.password.is_(None),
        "blocked": User.active.is_(False),
    }
    return statement.where(wanted[state]) if state in wanted else statement


def found_by(statement: Select[User], words: str) -> Select[User]:
    """Only those whose name (Chinese, pinyin, initials) or address holds each of `words`."""
    for word in words.lower().split():
        statement = statement.where(User.search_text.contains(word, autoescape=True))
    return statement


def staff_member(user_id: int, viewer: Viewer, permission: Permission) -> User:
    """One of the firm's own people; NotFound for a customer's user, Forbidden without `permission`."""
    user = load(User, user_id, viewer, permission)
    if user.kind != "staff":
        raise NotFound()
    return user


def by_email(email: str) -> User | None:
    """The user with this address, whatever its case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def other_administrators(user: User) -> list[User]:
    """Administrators besides `user` who can sign in; their role rows stay locked until the end."""
    rows = db.session.scalars(
        select(StaffRole).where(StaffRole.role == Role.ADMINISTRATOR).with_for_update()
    )
    ids = [row.user_id for row in rows if row.user_id != user.id]
    able = select(User).where(User.id.in_(ids), User.active, User.password.is_not(None))
    return list(db.session.scalars(able))


def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation behind a link, unless it is unknown, used, replaced, or past its time."""
    row = db.session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    if row is None or row.used_at is not None or row.expires_at <= now or not row.user.active:
        return None
    return row
