"""A duplicate becomes part of the customer that stays: everything of it moves, nothing of it is lost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.access.models import Assignment
from portal.access.permissions import Permission
from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.customers import queries as customer_queries
from portal.customers.actions.profile import refresh_search
from portal.customers.models import Contact, CreditStanding, Customer
from portal.customers.rules.kinds import CustomerKind, Part
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit, kept, moving
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.moving import Place
from portal.intake.actions.uniting import Uniting, unite
from portal.intake.models import CustomerMerge
from portal.intake.queries.merging import movable, refusals
from portal.intake.rules.merging import FIELDS, PRINTED, TERMS, usual
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import t
from portal.receivables.actions import standing

CODES = ("credit_code",)
LATE = timedelta(days=7)
"""For so long is looked for rows that were on their way while their customer was merged."""


def merge(
    survivor: Customer, duplicate: Customer, chosen: Mapping[str, bool], versions: tuple[int, int], reason: str,
    actor: Viewer, now: datetime,
) -> CustomerMerge:  # fmt: skip
    """Make `duplicate` a part of `survivor`. `chosen` {field: whether the duplicate's value is taken}.

    `versions` are those of both that the person looked at: StaleEdit when either changed since. NotAllowedNow names
    what stands against it: a billing run, a draft, goods of two sizes, a merge that somebody else was quicker with.
    """
    if not actor.may(Permission.CUSTOMER_MERGE):
        raise Forbidden()
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    write_from_here(db.session())
    db.session.flush()
    with past_the_walls():
        moving.hold((survivor.id, duplicate.id))
        ours, theirs = _held(survivor.id), _held(duplicate.id)
        _check(ours, theirs, versions)
        return _merged(ours, theirs, dict(chosen), reason.strip()[:500], actor, now)


def sweep(now: datetime) -> int:
    """Move rows that were written for a duplicate while it was being merged; how many there were."""
    moved = 0
    with past_the_walls():
        recent = select(CustomerMerge).where(CustomerMerge.at > now - LATE)
        for each in list(db.session.scalars(recent)):
            counts = moving.counts(movable(), each.merged_id)
            if any(counts.values()):
                moving.hold((each.customer_id, each.merged_id))
                survivor, duplicate = _held(each.customer_id), _held(each.merged_id)
                uniting = Uniting(survivor, duplicate, False, SYSTEM.name, now)
                moved += sum(_move(uniting).values())
                each.united = [*each.united, *_plain(uniting.set_aside)]
    db.session.flush()
    return moved


def _held(customer_id: int) -> Customer:
    """A customer as it is now."""
    row = db.session.get(Customer, customer_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def _check(ours: Customer, theirs: Customer, versions: tuple[int, int]) -> None:
    wrong = refusals(ours, theirs)
    if wrong:
        raise NotAllowedNow(wrong[0])
    if (ours.version, theirs.version) != versions:
        raise StaleEdit(
            t("Somebody changed one of these customers a moment ago. Look at them again.")
        )


def _merged(
    ours: Customer, theirs: Customer, chosen: dict[str, bool], reason: str, actor: Viewer, now: datetime
) -> CustomerMerge:  # fmt: skip
    before = {"survivor": _facts(ours), "duplicate": _facts(theirs)}
    takes = {**usual(before["survivor"], before["duplicate"]), **chosen}
    names = dict(before["duplicate"])
    uniting = Uniting(ours, theirs, bool(takes.get(TERMS)), actor.name, now)
    moved = _move(uniting)
    _branches(ours, theirs)
    _retire(ours, theirs)
    _take(ours, {name: names[name] for name, wanted in takes.items() if wanted and name in FIELDS})
    row = CustomerMerge(
        customer_id=ours.id, merged_id=theirs.id, at=now, by_id=actor.user_id, reason=reason, before=_plain(before),
        chosen=takes, moved={f"{p.table}.{p.column}": n for p, n in moved.items() if n},
        united=_plain(uniting.set_aside),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    refresh_search(ours, CustomerFacts(**customer_queries.facts_of(ours)), SYSTEM)
    after = {"from": theirs.code, "rows": sum(moved.values()), "version": ours.version + 1}
    told = {"code": theirs.code, "name_zh": theirs.name_zh, "name_en": theirs.name_en}
    audit.record(actor, "customer.merged", ours, now, before=told, after=after, reason=reason)
    _work_out(ours, now)
    kept.changed()
    return row


def _move(uniting: Uniting) -> dict[Place, int]:
    """Everything that names the duplicate names the survivor; how many rows at which place."""
    ours, theirs = uniting.survivor.id, uniting.duplicate.id
    main = _main_contact(ours)
    owner = _owner(ours)
    for place in PRINTED:
        moving.remember(Place(*place), theirs, uniting.now)
    unite(uniting)
    moved = {place: moving.move(place, theirs, ours) for place in movable()}
    moving.holder_keys_moved("customer", theirs, ours)
    db.session.execute(
        update(User).where(User.last_customer_id == theirs).values(last_customer_id=ours)
    )
    for row in (uniting.survivor, uniting.duplicate):
        db.session.expire(row, ["contacts", "sites", "branches"])
    _expire_others(uniting)
    _one_main(ours, main)
    _one_owner(ours, owner)
    return moved


def _expire_others(uniting: Uniting) -> None:
    """What the session remembers of rows that have moved is read anew."""
    customers = {uniting.survivor, uniting.duplicate}
    for row in [each for each in db.session.identity_map.values() if each not in customers]:
        db.session.expire(row)


def _main_contact(customer_id: int) -> int | None:
    main = Contact.is_main.is_(True), Contact.active.is_(True)
    return db.session.scalar(select(Contact.id).where(Contact.customer_id == customer_id, *main))


def _one_main(customer_id: int, main: int | None) -> None:
    """The survivor's main contact stays the only one; without one the duplicate's takes the place."""
    wanted = select(Contact).where(Contact.customer_id == customer_id, Contact.is_main.is_(True))
    rows = list(db.session.scalars(wanted.order_by(Contact.id)))
    first = main or next((row.id for row in rows), None)
    for row in rows:
        row.is_main = row.id == first
    db.session.flush()


def _owner(customer_id: int) -> int | None:
    owned = Assignment.customer_id == customer_id, Assignment.part == Part.OWNER
    return db.session.scalar(select(Assignment.user_id).where(*owned))


def _one_owner(customer_id: int, owner: int | None) -> None:
    """The survivor's owner stays the only one; the duplicate's is one of the team."""
    owned = Assignment.customer_id == customer_id, Assignment.part == Part.OWNER
    rows = list(db.session.scalars(select(Assignment).where(*owned).order_by(Assignment.id)))
    first = owner or next((row.user_id for row in rows), None)
    for row in rows:
        row.part = Part.OWNER.value if row.user_id == first else Part.TEAM.value
    db.session.flush()


def _branches(ours: Customer, theirs: Customer) -> None:
    """The duplicate's branches are the survivor's, which is a group then; what was merged into it follows as well."""
    below = select(Customer).where(
        (Customer.parent_id == theirs.id) | (Customer.merged_into_id == theirs.id)
    )
    for row in db.session.scalars(below):
        if row.parent_id == theirs.id:
            row.parent_id = ours.id
            ours.kind = CustomerKind.GROUP.value
        if row.merged_into_id == theirs.id:
            row.merged_into_id = ours.id
    if theirs.id == ours.parent_id:
        ours.parent_id = None


def _retire(ours: Customer, theirs: Customer) -> None:
    """The duplicate's row stays for its old addresses, without the code that only one may have."""
    theirs.active, theirs.credit_code, theirs.merged_into_id = False, None, ours.id
    db.session.flush()


def _take(ours: Customer, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(ours, name, value or None if name in CODES else value)


def _facts(row: Customer) -> dict[str, Any]:
    """Everything that a form about the customer holds, and what is chosen beside it."""
    names = {each.name for each in fields(CustomerFacts)} | set(FIELDS)
    return {name: getattr(row, name) for name in sorted(names)}


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _work_out(ours: Customer, now: datetime) -> None:
    """The credit of the one that stays, over everything that is owed now."""
    held = select(CreditStanding.id).where(CreditStanding.customer_id == ours.id)
    if db.session.scalar(held) is not None:
        with suppress(Invalid):
            standing.work_out(ours.id, now)
