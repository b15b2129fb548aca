"""What is done with users: invite, join, roles, block, second factor; each step leaves its entry."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.actions import sign_ins
from portal.accounts.models import Invitation, StaffRole, User
from portal.accounts.queries import by_email, open_invitation, other_administrators, token_hash
from portal.accounts.rules.sign_ins import Why
from portal.db import audit
from portal.db.audit import Actor
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.pinyin import search_words
from portal.kernel.text import t

INVITATION_HOURS = 72
FIRST_LINK_HOURS = 24
NO_ADDRESS = "administrator@localhost.invalid"
LINK_IS_GONE = t(
    "This link was used already, was replaced, or is too old. Ask for a new invitation."
)


def create_user(
    email: str,
    name: str,
    kind: str,
    *,
    now: datetime,
    roles: Iterable[Role] = (),
    locale: str = "zh_CN",
    phone: str | None = None,
    password_hash: str | None = None,
    actor: Actor = SYSTEM,
) -> User:
    """A new user of `kind` staff or customer, flushed; without a password nobody can sign in with it.

    Raises Invalid at "email" when the address has a sign-in already.
    """
    if by_email(email) is not None:
        raise Invalid(t("%(email)s has a sign-in already.", email=email.strip()), "email")
    user = User(
        email=email.strip().lower(),
        name=name.strip(),
        kind=kind,
        locale=locale,
        phone=phone,
        password=password_hash,
        confirmed_at=now if password_hash else None,
        fs_uniquifier=secrets.token_hex(16),
        roles=[StaffRole(role=role.value) for role in sorted(set(roles))],
    )
    _index(user)
    db.session.add(user)
    audit.record(actor, "user.created", user, now, after=_said(user))
    return user


def invite(
    email: str,
    name: str,
    kind: str,
    locale: str,
    actor: Actor,
    now: datetime,
    *,
    roles: Iterable[Role] = (),
) -> User:
    """The user with this address, made if need be; whoever has not joined yet gets a link by mail.

    A customer's user who signs in already is returned as it is, since one person may act for several customers.
    Raises Invalid at "email" for staff who exist, for an address on the other side, or a blocked one.
    """
    user = by_email(email)
    if user is None:
        user = create_user(email, name, kind, now=now, roles=roles, locale=locale, actor=actor)
    elif user.kind != kind or not user.active:
        raise Invalid(t("This address cannot be invited here."), "email")
    elif kind == "staff":
        raise Invalid(t("%(email)s has a sign-in already.", email=user.email), "email")
    if not user.has_joined:
        invite_again(user, actor, now)
    return user


def invite_staff(
    email: str, name: str, locale: str, roles: Iterable[Role], actor: Actor, now: datetime
) -> User:
    """Invite a new member of staff into these roles; Invalid at "roles" when there are none."""
    wanted = frozenset(roles)
    if not wanted:
        raise Invalid(t("Choose at least one role."), "roles")
    return invite(email, name, "staff", locale, actor, now, roles=wanted)


def invite_again(user: User, actor: Actor, now: datetime) -> None:
    """Mail a fresh link; the ones before it are void. NotAllowedNow once the person has joined."""
    if user.has_joined or not user.active:
        raise NotAllowedNow(t("This person has joined already, or is blocked."))
    token = _new_token(user, now, INVITATION_HOURS)
    post_mail(
        user.email,
        "invitation",
        {
            "name": user.name,
            "inviter": actor.name,
            "path": f"/join/{token}",
            "hours": INVITATION_HOURS,
        },
        locale=user.locale,
        key=f"invitation:{token_hash(token)[:32]}",
        now=now,
    )
    audit.record(actor, "user.invited", user, now, after={"email": user.email})


def first_administrator_link(base_url: str, now: datetime) -> str:
    """The address at which the first administrator of an empty portal signs up; once, within 24 hours.

    Asked for again before anybody used it, it gives a fresh link and the old one is void.
    """
    user = by_email(NO_ADDRESS) or create_user(
        NO_ADDRESS, "Administrator", "staff", now=now, roles=[Role.ADMINISTRATOR]
    )
    return f"{base_url}/join/{_new_token(user, now, FIRST_LINK_HOURS)}"


def administrator_link(
    email: str, name: str, locale: str, base_url: str, now: datetime
) -> str | None:
    """From the server's command line: this person is an administrator; the link with which they join.

    None for somebody of the staff who signs in already and only gets the role. A link given before is void.
    Raises Invalid at "email" for a customer's user and for somebody blocked.
    """
    user = by_email(email) or create_user(
        email, name, "staff", now=now, roles=[Role.ADMINISTRATOR], locale=locale
    )
    if user.kind != "staff" or not user.active:
        raise Invalid(t("This address cannot be invited here."), "email")
    if Role.ADMINISTRATOR not in user.role_set:
        change_roles(user, user.role_set | {Role.ADMINISTRATOR}, SYSTEM, now)
    return None if user.has_joined else f"{base_url}/join/{_new_token(user, now, FIRST_LINK_HOURS)}"


def join(
    token: str, name: str, password_hash: str, now: datetime, *, email: str | None = None
) -> User:
    """Take an invitation: the person's name and password are set and the link is spent.

    `email` is for the first administrator alone, who has none yet. NotFound when the link is not open any more.
    """
    invitation = open_invitation(token, now)
    if invitation is None:
        raise NotFound(LINK_IS_GONE)
    user = invitation.user
    if needs_address(user):
        _give_address(user, email or "")
    user.name, user.password, user.confirmed_at = name.strip(), password_hash, now
    user.fs_uniquifier = secrets.token_hex(16)
    _index(user)
    _void_links(user, now)
    audit.record(itself(user), "user.joined", user, now, after={"email": user.email})
    return user


def needs_address(user: User) -> bool:
    """Whether this is the first administrator, still without an address."""
    return user.email == NO_ADDRESS


def change_roles(
    user: User, roles: Iterable[Role], actor: Viewer, now: datetime, *, version: int | None = None
) -> None:
    """Give `user` these staff roles and no others. NotAllowedNow for oneself and the last administrator."""
    _unchanged_since(user, version)
    _not_oneself(user, actor)
    wanted = frozenset(roles)
    if not wanted:
        raise Invalid(t("Choose at least one role."), "roles")
    if Role.ADMINISTRATOR in user.role_set - wanted:
        _not_the_last(user)
    before = _said(user)
    kept = [row for row in user.roles if row.role in wanted]
    new = sorted(wanted - user.role_set)
    changed = len(kept) < len(user.roles) or bool(new)
    user.roles = kept + [StaffRole(role=role.value) for role in new]
    flag_modified(
        user, "updated_at"
    )  # roles are rows of their own: the user's version moves on too
    if changed:
        sign_ins.end_all(user.id, Why.ROLES, now)
    audit.record(actor, "user.roles_changed", user, now, before=before, after=_said(user))


def deactivate(user: User, actor: Viewer, now: datetime, *, reason: str) -> None:
    """Block the sign-in and end every session at once. NotAllowedNow for oneself and the last administrator."""
    _not_oneself(user, actor)
    if Role.ADMINISTRATOR in user.role_set:
        _not_the_last(user)
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    user.active, user.fs_uniquifier = False, secrets.token_hex(16)
    sign_ins.end_all(user.id, Why.BLOCKED, now)
    _void_links(user, now)
    audit.record(actor, "user.deactivated", user, now, reason=reason.strip())


def reactivate(user: User, actor: Viewer, now: datetime) -> None:
    """Let a blocked person sign in again."""
    if user.active:
        raise NotAllowedNow(t("This person can sign in already."))
    user.active = True
    audit.record(actor, "user.reactivated", user, now)


def remove_second_factor(user: User, actor: Viewer, now: datetime) -> None:
    """For somebody who lost the phone and the recovery codes: the next sign-in asks for the password alone.

    Passkeys go too: whoever has the phone may have them.
    """
    _not_oneself(user, actor)
    if not (user.has_second_factor or user.webauthn):
        raise NotAllowedNow(t("There is no second factor to remove."))
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    user.mf_recovery_codes = None
    user.webauthn = []
    user.fs_uniquifier = secrets.token_hex(16)
    sign_ins.end_all(user.id, Why.FACTOR, now)
    audit.record(actor, "user.second_factor_removed", user, now)


def change_own_details(user: User, now: datetime, *, name: str, phone: str, locale: str) -> None:
    """A person's own name, telephone number and language."""
    before = _said(user)
    user.name, user.phone, user.locale = name.strip(), phone.strip() or None, locale
    _index(user)
    if _said(user) != before:
        audit.record(itself(user), "user.changed", user, now, before=before, after=_said(user))


def itself(user: User) -> Viewer:
    """A person who acts on their own record."""
    return Viewer(
        kind="staff" if user.kind == "staff" else "customer", name=user.name, user_id=user.id
    )


def _new_token(user: User, now: datetime, hours: int) -> str:
    db.session.flush()
    _void_links(user, now)
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=hours)
    db.session.add(
        Invitation(
            user_id=user.id, token_hash=token_hash(token), created_at=now, expires_at=expires_at
        )
    )
    return token


def _void_links(user: User, now: datetime) -> None:
    open_ones = Invitation.user_id == user.id, Invitation.used_at.is_(None)
    db.session.execute(update(Invitation).where(*open_ones).values(used_at=now))


def _give_address(user: User, email: str) -> None:
    if by_email(email) is not None:
        raise Invalid(t("%(email)s has a sign-in already.", email=email.strip()), "email")
    user.email = email.strip().lower()


def _index(user: User) -> None:
    user.search_text = search_words(user.name, user.email, user.phone or "")


def _said(user: User) -> dict[str, object]:
    """What history keeps of a user."""
    roles = sorted(row.role for row in user.roles)
    return {"email": user.email, "name": user.name, "phone": user.phone, "roles": roles}


def _unchanged_since(user: User, version: int | None) -> None:
    if version is None or version == user.version:
        return
    latest = audit.timeline(user, public_only=False)[0]
    raise StaleEdit(
        t("%(who)s changed this a moment ago: %(what)s.", who=latest.actor_name, what=latest.label)
    )


def _not_oneself(user: User, actor: Viewer) -> None:
    if user.id == actor.user_id:
        raise NotAllowedNow(t("Nobody changes their own rights. Ask another administrator."))


def _not_the_last(user: User) -> None:
    if not other_administrators(user):
        raise NotAllowedNow(
            t("The portal needs an administrator who can sign in. This is the last.")
        )
