"""Which mails somebody does not want."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.models import User
from portal.db.base import db
from portal.hooks.models import MailOff


def off_of(user_id: int) -> frozenset[str]:
    """The topics that a person switched off."""
    return frozenset(db.session.scalars(select(MailOff.topic).where(MailOff.user_id == user_id)))


def is_unwanted(address: str, topic: str) -> bool:
    """Whether the user with this address switched the topic off; who has no sign-in has switched off nothing."""
    wanted = select(MailOff.topic).join(User, User.id == MailOff.user_id)
    wanted = wanted.where(User.email == address.strip().lower(), MailOff.topic == topic)
    return db.session.scalar(wanted) is not None


def may_choose(address: str) -> bool:
    """Whether somebody with this address can sign in and choose."""
    wanted = select(User.id).where(User.email == address.strip().lower(), User.active.is_(True))
    return db.session.scalar(wanted) is not None
