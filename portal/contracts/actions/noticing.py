"""Letters to those who hold an entitlement, and to its customer's owner: low, used up, ending soon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access.models import Assignment
from portal.access.permissions import Permission, of_powers
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.contracts.models import Entitlement
from portal.contracts.queries import entitlements as queries
from portal.contracts.rules.ledger import plain
from portal.contracts.rules.notices import DueNotice, due_notices
from portal.customers.models import Membership
from portal.customers.rules.kinds import Part
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.clock import business_day
from portal.kernel.units import unit_of

NOTICED = "entitlement.noticed"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets the letter, with the door that it leads to."""

    user_id: int
    name: str
    email: str
    locale: str
    door: str


def to_look_at(viewer: Viewer, now: datetime, after_id: int, limit: int) -> Sequence[Entitlement]:
    """Entitlements above `after_id` that are low, used up or ending soon, in order; of them some were told before."""
    today, seen = business_day(now), queries.entitlements(viewer)
    kinds = (queries.low, queries.exhausted, queries.expiring)
    ids = [narrow(select(Entitlement.id), today) for narrow in kinds]
    statement = seen.where(
        Entitlement.id > after_id, or_(*(Entitlement.id.in_(each) for each in ids))
    )
    return list(db.session.scalars(statement.order_by(Entitlement.id).limit(limit)))


def tell(rows: Sequence[Entitlement], actor: Viewer, now: datetime) -> int:
    """Put the letters that are due into the outbox, each once for ever; how many."""
    today = business_day(now)
    told, readers = _told(rows), _readers({row.customer_id for row in rows}, today)
    posted = 0
    for row in rows:
        left = None if row.is_unlimited else row.remaining
        for due in due_notices(row.granted, left, row.starts_on, row.ends_on, today):
            if (row.id, due.mark) in told:
                continue
            for reader in readers.get(row.customer_id, ()):
                _post(row, due, reader, now)
                posted += 1
            audit.record(actor, NOTICED, row, now, after={"notice": due.mark})
    return posted


def _told(rows: Iterable[Entitlement]) -> set[tuple[int, str]]:
    """(entitlement, mark) of every notice that was sent."""
    statement = select(AuditEntry.subject_id, AuditEntry.after).where(
        AuditEntry.subject_type == Entitlement.__tablename__,
        AuditEntry.subject_id.in_([row.id for row in rows]),
        AuditEntry.event == NOTICED,
    )
    return {(row.subject_id, row.after["notice"]) for row in db.session.execute(statement)}


def _readers(customer_ids: set[int], today: date) -> dict[int, list[Reader]]:
    """Customer id → its members who may see entitlements, then its owner."""
    found: dict[int, list[Reader]] = {}
    for member in _members(customer_ids, today):
        found.setdefault(member.customer_id, []).append(_reader(member.user, "my"))
    owners = (
        select(Assignment.customer_id, User)
        .join(User, User.id == Assignment.user_id)
        .where(
            Assignment.customer_id.in_(customer_ids),
            Assignment.part == Part.OWNER,
            User.active.is_(True),
        )
    )
    for customer_id, user in db.session.execute(owners):
        found.setdefault(customer_id, []).append(_reader(user, "desk"))
    return found


def _members(customer_ids: set[int], today: date) -> list[Membership]:
    statement = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.customer_id.in_(customer_ids),
            User.active.is_(True),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        )
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    )
    return [
        each
        for each in db.session.scalars(statement)
        if Permission.ENTITLEMENT_SEE in of_powers(each.power_set)
    ]


def _reader(user: User, door: str) -> Reader:
    return Reader(user.id, user.name, user.email, user.locale, door)


def _post(row: Entitlement, due: DueNotice, reader: Reader, now: datetime) -> None:
    facts: dict[str, Any] = {
        "name": reader.name,
        "kind": due.kind.value,
        "item": (row.item.name_en if reader.locale == "en" else "") or row.item.name_zh,
        "customer": row.customer.label,
        "left": "" if row.is_unlimited else plain(row.remaining),
        "granted": "" if row.is_unlimited else plain(row.granted),
        "unit": _unit(row.unit, reader.locale),
        "ends_on": row.ends_on.isoformat(),
        "page": f"/{reader.door}/entitlements/{row.id}",
    }
    key = f"entitlement:{row.id}:{due.mark}:{reader.user_id}"
    post_mail(reader.email, "entitlement", facts, locale=reader.locale, key=key, now=now)


def _unit(code: str, locale: str) -> str:
    unit = unit_of(code)
    return unit.short_en if locale == "en" else unit.short_zh
