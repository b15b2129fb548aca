"""The users of a customer: invited, given powers, sent away; and for which customer somebody acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Power
from portal.access.viewer import Viewer
from portal.accounts import actions as accounts
from portal.accounts.models import User
from portal.customers import queries
from portal.customers.actions.edits import refuse_clash, save
from portal.customers.models import Customer, Membership
from portal.customers.rules.people import (
    ADMINISTER,
    ContactFacts,
    Grant,
    check_grant,
    check_still_administered,
    cleaned_contact,
    cleaned_email,
)
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t


def add_member(
    customer: Customer,
    email: str,
    name: str,
    grant: Grant,
    locale: str,
    actor: Viewer,
    now: datetime,
) -> Membership:
    """Make a person a user of the customer; whoever has no sign-in yet is invited by mail.

    Raises `Invalid` or `InvalidMany` with the fields (`email`, `name`, `powers`, `covers_branches`, `ends_on`).
    """
    address = cleaned_email(email)
    person = cleaned_contact(ContactFacts(name=name)).name
    _check(customer, grant, actor, now)
    user = accounts.invite(
        email=address, name=person, kind="customer", locale=locale, actor=actor, now=now
    )
    if _membership_of(user, customer) is not None:
        raise Invalid(t("This person is a user of this customer already."), "email")
    membership = Membership(
        user_id=user.id,
        customer_id=customer.id,
        powers=sorted(grant.powers),
        covers_branches=grant.covers_branches,
        ends_on=grant.ends_on,
        created_at=now,
    )
    db.session.add(membership)
    after = {"name": user.name, "email": user.email, **in_words(grant)}
    audit.record(actor, "customer.member_invited", membership, now, after=after)
    return membership


def change_member(
    membership: Membership, grant: Grant, version: int, actor: Viewer, now: datetime
) -> Membership:
    """Save what a user may do, as it was read at `version`.

    Raises `InvalidMany`, `EditClash`, and `Invalid` at `powers` when a customer's own people would be left without
    anybody who administers them.
    """
    _check(membership.customer, grant, actor, now, held=membership.covers_branches)
    refuse_clash(membership, version, in_words(grant))
    _keep_administered(membership, grant.powers, actor)
    before = in_words(grant_of(membership))
    membership.powers = sorted(grant.powers)
    membership.covers_branches = grant.covers_branches
    membership.ends_on = grant.ends_on
    save(membership, before, in_words(grant), "customer.member_changed", actor, now)
    return membership


def end_member(membership: Membership, actor: Viewer, now: datetime) -> None:
    """End a user's access to the customer at once; the sign-in stays, for other customers."""
    _keep_administered(membership, frozenset(), actor)
    user = membership.user
    before = {"name": user.name, "email": user.email, **in_words(grant_of(membership))}
    audit.record(actor, "customer.member_removed", membership, now, before=before)
    if user.last_customer_id == membership.customer_id:
        user.last_customer_id = None
    db.session.delete(membership)
    db.session.flush()


def choose_customer(customer_id: int, actor: Viewer) -> None:
    """Act for this customer from now on. Raises `NotFound` for one without a membership in force."""
    if customer_id not in {own_id for own_id, _ in actor.switchable} or actor.user_id is None:
        raise NotFound()
    user = db.session.get(User, actor.user_id)
    if user is not None:
        user.last_customer_id = customer_id


def grant_of(membership: Membership) -> Grant:
    """What a membership gives, as a value."""
    return Grant(membership.power_set, membership.covers_branches, membership.ends_on)


def in_words(grant: Grant) -> dict[str, Any]:
    """A grant as history keeps it."""
    return {
        "powers": sorted(str(power) for power in grant.powers),
        "covers_branches": grant.covers_branches,
        "ends_on": grant.ends_on.isoformat() if grant.ends_on else "",
    }


def _check(
    customer: Customer, grant: Grant, actor: Viewer, now: datetime, *, held: bool = False
) -> None:
    """That `actor` may give this; a reach over branches that is `held` already needs nobody's own."""
    if not grant.powers <= set(Power):
        raise Invalid(t("Choose among the powers."), "powers")
    below = queries.branch_ids(customer.id)
    reaches = actor.customer_ids is None or actor.is_staff or below <= actor.customer_ids
    check_grant(
        grant,
        giver_covers_branches=reaches or held,
        has_branches=bool(below) or held,
        today=clock.business_day(now),
    )


def _keep_administered(membership: Membership, powers: frozenset[str], actor: Viewer) -> None:
    """Our own staff may leave a customer without an administrator; its own people may not."""
    if not actor.is_staff and ADMINISTER in membership.powers:
        check_still_administered(queries.other_powers(membership), powers)


def _membership_of(user: User, customer: Customer) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.user_id == user.id, Membership.customer_id == customer.id
        )
    )
